import { ChangeFeed } from "../base/change-feed.js";
import type { ImportJob } from "./import-job.js";

/** Hands changes of imports to any number of readers. */
export class ImportEvents extends ChangeFeed<ImportJob> {}
