import { capabilities, captureInterface, captureLibrary } from "./capture-checks.js";
import type { Check } from "./check.js";
import { catalogue, dataDirectories, freeSpace, processes } from "./data-checks.js";
import { clock, limits, memory, nativeCore, node, places } from "./host-checks.js";
import { offloads, receiveQueues, receiveRings } from "./nic-checks.js";
import { certificates, listening } from "./service-checks.js";
import { trustedRate, writeSpeed } from "./speed-checks.js";

/** Every check of `lookback doctor`, in order. A module that needs another adds it here. */
export const CHECKS: readonly Check[] = [
  node, nativeCore, places, memory, limits, clock, dataDirectories, freeSpace, catalogue, processes, listening, certificates, captureLibrary, captureInterface, capabilities,
  receiveRings, offloads, receiveQueues, writeSpeed, trustedRate,
];
