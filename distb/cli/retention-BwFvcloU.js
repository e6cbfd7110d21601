import { a as retentionRules, i as retentionParts, n as forecastParts, o as storageWarnings, r as freeSpaceConflicts, t as classService } from "./retention-BeMbc1nZ.js";

export { classService, forecastParts, freeSpaceConflicts, retentionParts, retentionRules, storageWarnings };