import { i as runMonitor, n as importedBefore, r as requireDirectories, t as IMPORTED_BEFORE } from "./monitor-run-BBQNv5wD.js";

export { IMPORTED_BEFORE, importedBefore, requireDirectories, runMonitor };