import { n as openCluster, r as withClusterMigrations, t as clusterOptions } from "./cluster-BRTmDvjG.js";

export { openCluster };