import { clusterContract } from "./cluster.contract.js";

await clusterContract("opensearch");
