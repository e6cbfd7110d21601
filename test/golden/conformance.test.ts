import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.js";
import { engineSettings } from "../../src/config/engine-settings.js";
import { loadNativeCore } from "../../src/native/native.js";
import { captureNames, corpus, corpusPath, saySkipped } from "../support/corpus.js";
import { printScore, readBodies, score, type Body } from "../support/score.js";

if (corpus === null) saySkipped("conformance", "no corpus at ../shared/conformance or LOOKBACK_CONFORMANCE");

/** Least figures that the corpus must come to; they only rise. */
interface Floor {
  readonly sessions: number;
  readonly identical: number;
  readonly missing: number;
  readonly extra: number;
  readonly equal: number;
  readonly recall: number;
  readonly precision: number;
}

describe.skipIf(corpus === null)("documents of the corpus", () => {
  it("score no less than the floor", async () => {
    const core = loadNativeCore();
    const config = loadConfig({ file: corpusPath("config.ini"), node: "test", environment: {}, workingDirectory: corpusPath() });
    const expected = new Map<string, Body[]>();
    const produced = new Map<string, Body[]>();
    for (const name of captureNames()) {
      expected.set(name, readBodies(readFileSync(corpusPath("expected", `${name}.json`), "utf8")));
      produced.set(name, readBodies((await core.dissect(corpusPath("pcap", `${name}.pcap`), engineSettings(config))).documents));
    }
    const result = score(expected, produced);
    for (const line of printScore(result)) process.stdout.write(`${line}\n`);
    const worst = [...result.fields].filter(([, field]) => field.wrong > 0).sort(([, a], [, b]) => b.wrong - a.wrong).slice(0, 20);
    for (const [path, field] of worst) process.stdout.write(`  ${field.wrong} wrong: ${path} (expected ${field.expected}, produced ${field.produced}, equal ${field.equal})\n`);
    if (process.env["DIFFERENCES"] !== undefined) for (const line of result.differences) process.stdout.write(`  ${line}\n`);

    const floor = JSON.parse(readFileSync(".ci/conformance-floor.json", "utf8")) as Floor;
    expect(result.sessions).toBeGreaterThanOrEqual(floor.sessions);
    expect(result.missing).toBeLessThanOrEqual(floor.missing);
    expect(result.extra).toBeLessThanOrEqual(floor.extra);
    expect(result.identical).toBeGreaterThanOrEqual(floor.identical);
    expect(result.equal).toBeGreaterThanOrEqual(floor.equal);
    expect(result.equal / result.expected).toBeGreaterThanOrEqual(floor.recall);
    expect(result.equal / result.produced).toBeGreaterThanOrEqual(floor.precision);
  });
});
