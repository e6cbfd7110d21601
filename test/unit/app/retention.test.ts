import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { retentionRules, storageWarnings } from "../../../src/app/retention.js";
import { loadConfig } from "../../../src/config/config.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

let directory: string;
const load = (content: string, node = "sensor1") => {
  writeFileSync(path.join(directory, "test.ini"), content);
  return loadConfig({ file: path.join(directory, "test.ini"), node, environment: {}, workingDirectory: directory });
};
const failure = (content: string): unknown => {
  try {
    return load(content);
  } catch (error) {
    return error;
  }
};

beforeEach(() => {
  directory = temporaryDirectory();
  for (const name of ["a", "b"]) mkdirSync(path.join(directory, name));
});

describe("the rules of retention", () => {
  it.each(["abc", "120%", "-5%", "-5", "100%", "5 %", ""])("refuse freeSpaceG=%s, naming line, value and what is allowed", (value) => {
    expect(failure(`[default]\nfreeSpaceG=${value}\n`)).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(/test\.ini:2: freeSpaceG=.*: allowed: 0% to 99%, or a number of GiB/) });
  });
  it.each(["pcapMaxAgeDays=-1", "pcapMaxSizeG=much", "sessionMaxSizeG=0", "auditDays=0", "expireDays=-3", "forecastWarnDays=x"])("refuse %s", (line) => {
    expect(failure(`[default]\n${line}\n`)).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(line) });
  });
  it("are of every node that has files, by its own section and class", () => {
    const config = load(["[default]", "freeSpaceG=10%", "pcapDir=a", "[sensor2]", "nodeClass=small", "pcapDir=b;a", "[small]", "freeSpaceG=3", ""].join("\n"));
    expect(retentionRules(config, config.values, ["sensor2", "sensor1", "stranger"]).packets.storage).toEqual([
      { directory: path.join(directory, "a"), freeSpace: { unit: "percent", value: 10 } },
      { directory: path.join(directory, "b"), freeSpace: { unit: "gib", value: 3 } }, { directory: path.join(directory, "a"), freeSpace: { unit: "gib", value: 3 } },
    ]);
    expect(retentionRules(load(""), load("").values, []).packets.storage).toEqual([{ directory: path.join(directory, "data", "packets"), freeSpace: { unit: "percent", value: 5 } }]);
  });
});

describe("what is odd about packet directories", () => {
  it("names one that is not there", async () => {
    expect(await storageWarnings(load("[default]\npcapDir=a;nowhere\n"))).toEqual([expect.stringMatching(/pcapDir .*nowhere cannot be used: ENOENT.*make it, or mount/)]);
    expect(await storageWarnings(load(""))).toEqual([]);
  });
  it("names two of one device that want different room", async () => {
    const content = "[default]\npcapDir=a\nfreeSpaceG=10%\n[sensor2]\npcapDir=b\nfreeSpaceG=20%\n";
    expect(await storageWarnings(load(content))).toEqual([expect.stringMatching(/\/a \(freeSpaceG=10%\) and .*\/b \(freeSpaceG=20%\) are on one device; the larger is kept free for both/)]);
    expect(await storageWarnings(load(content.replace("20%", "10%")))).toEqual([]);
  });
});
