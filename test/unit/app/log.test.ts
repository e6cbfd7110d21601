import { describe, expect, it } from "vitest";
import { openLog } from "../../../src/app/log.js";
import { LookbackError } from "../../../src/base/errors.js";
import { loadConfig } from "../../../src/config/config.js";

function open(overrides: Parameters<typeof loadConfig>[0]["overrides"]) {
  const lines: string[] = [];
  const config = loadConfig({ file: null, node: "n", environment: {}, workingDirectory: "/", overrides: overrides ?? {} });
  const log = openLog(config, "serve", { write: (line: string) => { lines.push(line); } });
  return { log, said: () => lines.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe("the log", () => {
  it("is a JSON object per line, with process, node and area", () => {
    const { log, said } = open({});
    log.child({ area: "retention" }).info({ files: 2 }, "deleted");
    log.warn({}, "plain");
    expect(said()).toMatchObject([{ level: 30, process: "serve", node: "n", area: "retention", files: 2, msg: "deleted" }, { level: 40, msg: "plain" }]);
  });

  it("has levels per area, which a reload changes", () => {
    const { log, said } = open({ logLevel: "warn", logLevels: "retention=debug; http=silent" });
    const [retention, http, tasks] = ["retention", "http", "tasks"].map((area) => log.child({ area }));
    const speak = () => { for (const one of [retention, http, tasks, log]) { one?.debug({}, "d"); one?.warn({}, "w"); } };
    speak();
    expect(said().map(({ area, msg }) => `${String(area)} ${String(msg)}`)).toEqual(["retention d", "retention w", "tasks w", "undefined w"]);
    log.setLevels("debug", { tasks: "error" });
    speak();
    expect(said().map(({ area, msg }) => `${String(area)} ${String(msg)}`)).toEqual(["retention d", "retention w", "http d", "http w", "undefined d", "undefined w"]);
  });

  it("says what an error is and what caused it, and nothing that it carries", () => {
    const { log, said } = open({});
    const cause = Object.assign(new TypeError("x is not a function"), { code: "ERR_X", headers: { authorization: "Bearer secret" } });
    log.error({ error: cause }, "native");
    log.child({ area: "http" }).error({ error: new LookbackError("CLUSTER_REFUSED", "the cluster refuses the key", { key: "secret" }, { cause }) }, "ours");
    log.error({ error: new AggregateError([new Error("first"), new Error("second")], "") }, "several");
    log.error({ error: new LookbackError("INTERNAL", "a token that was made is not there") }, "a fault of ours");
    log.error({ error: "a sentence" }, "text");
    log.error({ error: null }, "none");
    const lines = said();
    expect(lines.map(({ error }) => error)).toEqual([
      { type: "TypeError", code: "ERR_X", message: "x is not a function", stack: expect.stringContaining("log.test.ts") },
      { type: "LookbackError", code: "CLUSTER_REFUSED", message: "the cluster refuses the key", cause: expect.objectContaining({ message: "x is not a function", stack: expect.stringContaining("log.test.ts") }) },
      expect.objectContaining({ type: "AggregateError", errors: [expect.objectContaining({ message: "first" }), expect.objectContaining({ message: "second" })] }),
      expect.objectContaining({ code: "INTERNAL", stack: expect.stringContaining("log.test.ts") }),
      "a sentence",
      null,
    ]);
    expect(JSON.stringify(lines)).not.toContain("secret");
  });

  it("bounds an error that is its own cause, and one that is long", () => {
    const { log, said } = open({});
    const round = new Error("x".repeat(100_000));
    round.cause = round;
    log.error({ error: round }, "round");
    expect(JSON.stringify(said()).length).toBeLessThan(100_000);
  });

  it.each(["retention", "retention=loud", "nowhere=debug", "=debug"])("refuses logLevels %j", (logLevels) => {
    expect(() => open({ logLevels })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
