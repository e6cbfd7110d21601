import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";

/** Directory of the conformance corpus: `LOOKBACK_CONFORMANCE`, or beside the checkout; null when there is none. */
export const corpus: string | null = [process.env["LOOKBACK_CONFORMANCE"], path.resolve("../shared/conformance")]
  .find((directory) => directory !== undefined && existsSync(path.join(directory, "pcap"))) ?? null;

/** The corpus' directory, for tests that are skipped without it. */
export function corpusPath(...parts: string[]): string {
  if (corpus === null) throw new Error("no corpus");
  return path.join(corpus, ...parts);
}

/** Base names of the captures, sorted. */
export function captureNames(): string[] {
  return readdirSync(corpusPath("pcap")).filter((name) => name.endsWith(".pcap")).map((name) => name.slice(0, -5)).sort();
}

/** One search expression and what it must come to. */
export interface CorpusQuery {
  readonly test: string;
  readonly line: number;
  readonly kind: "count" | "error";
  readonly expected: number | null;
  readonly expression: string;
}

/** The rows of queries.tsv. */
export function corpusQueries(): CorpusQuery[] {
  const [, ...rows] = readFileSync(corpusPath("queries.tsv"), "utf8").trimEnd().split("\n");
  return rows.map((row) => {
    const [test = "", line = "", kind = "", expected = "", , expression = ""] = row.split("\t");
    if (kind !== "count" && kind !== "error") throw new Error(`unknown kind ${kind}`);
    return { test, line: Number(line), kind, expected: kind === "count" ? Number(expected) : null, expression };
  });
}

/** Says in one line that tests are left out, so that nobody takes their silence for success. */
export function saySkipped(what: string, why: string): void {
  process.stdout.write(`skipped: ${what}: ${why}\n`);
}
