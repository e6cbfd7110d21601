import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const directory = temporaryDirectory();
const run = (...words: string[]) => lookback(words, directory);

describe("fields", () => {
  it("says of a text that no field has whether Arkime has fields of it", async () => {
    expect(await run("fields", "email")).toMatchObject({ code: 1, output: "", error: expect.stringMatching(/^no field has "email" in it; fields of Arkime that are not filled here yet: .*email\.dst, /) });
    expect(await run("fields", "xyzzy")).toMatchObject({ code: 1, output: "", error: 'no field has "xyzzy" in it\n' });
  });
});

describe("config", () => {
  it("says which settings of a search cluster are not used, and what was taken for a number out of range", async () => {
    const place = temporaryDirectory();
    writeFileSync(path.join(place, "config.ini"), "[default]\nelasticsearch=https://es.example:9200\nshipQueueG=5\nsnapLen=65536\npacketsPerPoll=50000\nantiSynDrop=true\n");
    const checked = await lookback(["config", "check"], place);
    expect(checked).toMatchObject({ code: 0, error: expect.stringMatching(/^warning: .*config\.ini:4: snapLen=65536: 65535 is taken; allowed: whole number 64 to 65535\n$/) });
    expect(checked.output).toMatch(/^note: .*config\.ini:2: elasticsearch is not used: indexStore=embedded; only lookback reindex reads it then$/m);
    expect(checked.output).toMatch(/^note: .*config\.ini:3: shipQueueG is not used: indexStore=embedded\nno unknown settings$/m);
    expect((await lookback(["config", "check", "--set", "indexStore=elasticsearch"], place)).output).not.toContain("is not used");
    expect((await lookback(["config", "explain", "elasticsearch"], place)).output).toMatch(/^ {2}used: +no: indexStore=embedded;/m);
  });

  it("names all that is wrong, of other nodes too", async () => {
    const place = temporaryDirectory();
    writeFileSync(path.join(place, "config.ini"), "[default]\nauthMode=header\n[other]\nviewPort=a\n[third]\nviewPort=b\n");
    const checked = await lookback(["config", "check"], place);
    expect(checked.code).toBe(78);
    expect(checked.error.split("\n")).toEqual([expect.stringContaining("viewPort=a"), expect.stringContaining("viewPort=b"), expect.stringContaining("userNameHeader"), ""]);
  });
});
