import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { DeadRow } from "./bulk.js";
import { at, isObject, numberOf, textOf } from "./json.js";

/** Dead letters of one segment. */
export interface DeadSegment {
  readonly segment: string;
  readonly file: string;
  readonly bytes: number;
}

/** A row among the dead letters. */
export interface DeadLetter {
  readonly reason: string;
  readonly type: string;
  readonly status: number;
  readonly action: string;
  readonly document: string;
}

/**
 * Rows that the cluster refused for good, one file a segment, a line of JSON each: reason, action and document as they
 * were sent. A file is complete once it has its name; a shipper that is killed leaves a part that the next one overwrites.
 */
export class DeadLetters {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  #file(segment: string): string {
    return join(this.#directory, `${segment.replaceAll("/", "_")}.ndjson`);
  }

  /** Gathers the refused rows of a segment. */
  open(segment: string): { add(rows: readonly DeadRow[]): void; close(): number; abandon(): void } {
    const file = this.#file(segment);
    let descriptor: number | null = null;
    let count = 0;
    return {
      add: (rows) => {
        if (rows.length === 0) return;
        mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
        descriptor ??= openSync(`${file}.part`, "w", 0o600);
        for (const row of rows) writeSync(descriptor, `${JSON.stringify({ segment, ...row })}\n`);
        count += rows.length;
      },
      close: () => {
        if (descriptor === null) {
          // An earlier try may have refused rows that this one did not.
          rmSync(file, { force: true });
          return 0;
        }
        fsyncSync(descriptor);
        closeSync(descriptor);
        renameSync(`${file}.part`, file);
        return count;
      },
      abandon: () => {
        if (descriptor === null) return;
        closeSync(descriptor);
        rmSync(`${file}.part`, { force: true });
      },
    };
  }

  /** Segments that have some. */
  list(): readonly DeadSegment[] {
    if (!existsSync(this.#directory)) return [];
    return readdirSync(this.#directory).filter((name) => name.endsWith(".ndjson")).sort().map((name) => {
      const file = join(this.#directory, name);
      return { segment: this.#segmentOf(file), file, bytes: statSync(file).size };
    });
  }

  #segmentOf(file: string): string {
    const [first = ""] = readFileSync(file, "utf8").split("\n", 1);
    try {
      return textOf(at(JSON.parse(first), "segment"));
    } catch {
      // A line that does not read is no reason to hide the file.
      return "";
    }
  }

  read(file: string): readonly DeadLetter[] {
    const letters: DeadLetter[] = [];
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line === "") continue;
      const letter: unknown = JSON.parse(line);
      if (!isObject(letter)) continue;
      letters.push({ reason: textOf(letter["reason"]), type: textOf(letter["type"]), status: numberOf(letter["status"]), action: textOf(letter["action"]), document: textOf(letter["document"]) });
    }
    return letters;
  }
}
