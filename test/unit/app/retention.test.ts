import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { directoriesOf } from "../../../src/app/core.js";
import { retentionParts, retentionRules, storageWarnings } from "../../../src/app/retention.js";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { loadConfig } from "../../../src/config/config.js";
import { LiveConfig } from "../../../src/config/live-config.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { noRetentionEvents } from "../../../src/model/retention-event.js";
import { PacketFilePresence, PacketReader } from "../../../src/packet-store/packet-store.js";
import { RetentionService } from "../../../src/retention/retention-service.js";
import { MemoryStore } from "../../support/memory-store.js";
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
  it("give a directory of pcapDir another freeSpaceG, and no other directory", () => {
    const config = load("[default]\npcapDir=a;b\nfreeSpaceG=10%;b=200\n");
    const of = (name: string) => retentionRules(config, config.values, []).packets.storage.find((one) => one.directory === path.join(directory, name))?.freeSpace;
    expect([of("a"), of("b")]).toEqual([{ unit: "percent", value: 10 }, { unit: "gib", value: 200 }]);
    expect(retentionRules(load("[default]\npcapDir=a;b\nfreeSpaceG=b=2%\n"), config.values, []).packets.storage).toHaveLength(2);
    expect(failure("[default]\npcapDir=a\nfreeSpaceG=10%;b=200\n")).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(/test\.ini:3: freeSpaceG names .*\/b, which is no directory of pcapDir: allowed: .*\/a$/) });
    // What a reload reads is of the same directories.
    expect(retentionRules(config, { ...config.values, freeSpaceG: { unit: "percent", value: 3, directories: [{ directory: "a", unit: "gib", value: 1 }] } }, []).packets.storage.map(({ freeSpace }) => freeSpace)).toEqual([{ unit: "gib", value: 1 }, { unit: "percent", value: 3 }]);
  });
  it.each(["10%;a=120%", "10%;a=abc", "10%;a=-5", "10%;5%", "10%;=5", "10%;a=1;a=2", "10%;"])("refuse freeSpaceG=%s", (value) => {
    expect(failure(`[default]\npcapDir=a\nfreeSpaceG=${value}\n`)).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(/test\.ini:3: freeSpaceG=.*: allowed: 0% to 99%/) });
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

describe("what retention works on", () => {
  it("has the directory of a node that gets its first files while it runs", async () => {
    const config = load("[default]\npcapDir=a\n[sensor2]\npcapDir=b\nfreeSpaceG=50%\n");
    const clock = { now: 0, nowMs: () => clock.now };
    mkdirSync(config.dataDirectory);
    const catalogue = openCatalogue(config.dataDirectory, clock);
    const reader = new PacketReader();
    const core = {
      config, live: new LiveConfig(config), directories: directoriesOf(config), logger: silentLogger, fields: packagedCatalogue(), catalogue, presence: new PacketFilePresence(clock.nowMs),
      store: new MemoryStore([]), cluster: null,
    };
    const parts = retentionParts(core, reader, clock);
    const retention = new RetentionService(Object.assign(parts, { events: noRetentionEvents, probe: () => Promise.resolve({ freeBytes: 1, totalBytes: 100 }) }));
    expect(await retention.enforcePackets(null)).toMatchObject({ deleted: 0 });
    const files = [1, 2].map((id) => {
      const file = path.join(directory, "b", `sensor2-260101-0000000${id}.pcap`);
      writeFileSync(file, "x");
      catalogue.files.add({ id, node: "sensor2", path: file, displayName: file, stream: String(id).padStart(32, "0"), storage: "own", state: "complete", format: "pcap", bytes: 1, packets: 1, firstMs: id, lastMs: id });
      return file;
    });
    clock.now += 5_000;
    expect(await retention.relieve(path.join(directory, "b"), null)).toMatchObject({ deleted: 1 });
    expect(files.map((file) => existsSync(file))).toEqual([false, true]);
    await reader.close();
    catalogue.close();
  });
});

describe("what is odd about packet directories", () => {
  it("names one that is not there", async () => {
    expect(await storageWarnings(load("[default]\npcapDir=a;nowhere\n"))).toEqual([expect.stringMatching(/pcapDir .*nowhere cannot be used: ENOENT.*make it, or mount/)]);
    expect(await storageWarnings(load(""))).toEqual([]);
  });
  it("names two of one device that want different room", async () => {
    const content = "[default]\npcapDir=a\nfreeSpaceG=10%\n[sensor2]\npcapDir=b\nfreeSpaceG=20%\n";
    expect(await storageWarnings(load(content))).toEqual([expect.stringMatching(/^FREE_SPACE_CONFLICT: .*\/a \(freeSpaceG=10%\) and .*\/b \(freeSpaceG=20%\) are on one device; the larger is kept free for all/)]);
    expect(await storageWarnings(load("[default]\npcapDir=a;b\nfreeSpaceG=10%;b=20%\n"))).toEqual([expect.stringMatching(/^FREE_SPACE_CONFLICT: .*\/a \(freeSpaceG=10%\) and .*\/b \(freeSpaceG=20%\)/)]);
    expect(await storageWarnings(load(content.replace("20%", "10%")))).toEqual([]);
  });
});
