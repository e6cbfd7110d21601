import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { directoriesOf } from "../../../src/app/core.js";
import { freeSpaceConflicts, retentionParts, retentionRules, storageTroubles, storageWarnings } from "../../../src/app/retention.js";
import { silentLogger, type Logger } from "../../../src/base/logger.js";
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
  /** Retention on pretended devices that are always full, beside a catalogue and what it warns of. */
  const world = (content: string) => {
    const config = load(content);
    const clock = { now: 0, nowMs: () => clock.now };
    mkdirSync(config.dataDirectory);
    const catalogue = openCatalogue(config.dataDirectory, clock);
    const reader = new PacketReader();
    const told: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (_fields, message) => { told.push(message); }, child: () => logger };
    const core = {
      config, live: new LiveConfig(config), directories: directoriesOf(config), logger, fields: packagedCatalogue(), catalogue, presence: new PacketFilePresence(clock.nowMs),
      store: new MemoryStore([]), cluster: null,
    };
    const parts = retentionParts(core, reader, clock);
    const retention = new RetentionService(Object.assign(parts, { events: noRetentionEvents, probe: () => Promise.resolve({ freeBytes: 1, totalBytes: 100 }) }));
    let last = 0;
    const add = (node: string, where: string): string => {
      last += 1;
      const file = path.join(directory, where, `${node}-260101-0000000${last}.pcap`);
      writeFileSync(file, "x");
      catalogue.files.add({ id: last, node, path: file, displayName: file, stream: String(last).padStart(32, "0"), storage: "own", state: "complete", format: "pcap", bytes: 1, packets: 1, firstMs: last, lastMs: last });
      return file;
    };
    const close = async (): Promise<void> => {
      await reader.close();
      catalogue.close();
    };
    return { core, clock, retention, add, told, close };
  };
  const there = (files: readonly string[]): boolean[] => files.map((file) => existsSync(file));

  it("has the directory of a node that gets its first files while it runs", async () => {
    const { clock, retention, add, close } = world("[default]\npcapDir=a\n[sensor2]\npcapDir=b\nfreeSpaceG=50%\n");
    expect(await retention.enforcePackets(null)).toMatchObject({ deleted: 0 });
    const files = [add("sensor2", "b"), add("sensor2", "b")];
    clock.now += 5_000;
    expect(await retention.relieve(path.join(directory, "b"), null)).toMatchObject({ deleted: 1 });
    expect(there(files)).toEqual([false, true]);
    await close();
  });

  it("has the others' where the section of a node does not read, and tells that once", async () => {
    const { core, clock, retention, add, told, close } = world("[default]\npcapDir=a\n[sensor2]\npcapDir=b\nfreeSpaceG=abc\n");
    const [ours, others] = [[add("sensor1", "a"), add("sensor1", "a")], [add("sensor2", "b"), add("sensor2", "b")]];
    for (let run = 0; run < 3; run += 1) {
      await retention.enforcePackets(null);
      clock.now += 5_000;
    }
    expect([there(ours), there(others)]).toEqual([[false, true], [true, true]]);
    const trouble = expect.stringMatching(/^packet files of node sensor2 are not deleted until its section reads: .*test\.ini:5: freeSpaceG=abc/);
    expect(told.filter((line) => line.includes("sensor2"))).toEqual([trouble]);
    expect(storageTroubles(core)).toEqual({ unread: [trouble], outside: [] });
    expect(await freeSpaceConflicts(core)).toEqual([]);
    await close();
  });

  it.each([["the same directory", "a"], ["one below", "a/below"], ["one above", "."]])("leaves files alone of a node whose section does not read and that writes to %s", async (_what, theirs) => {
    const { core, clock, retention, add, close } = world(`[default]\npcapDir=a\n[sensor2]\npcapDir=${theirs}\nfreeSpaceG=abc\n`);
    mkdirSync(path.join(directory, "a", "below"));
    const others = [add("sensor2", theirs === "." ? "a" : theirs), add("sensor2", theirs === "." ? "a" : theirs)];
    const ours = [add("sensor1", "a"), add("sensor1", "a")];
    const plan = await retention.packetPlan();
    expect(plan.devices[0]?.items.map(({ fileId, action, reason }) => `${action} ${fileId} ${reason}`)).toEqual(["delete 3 oldest", "keep 1 section-unread", "keep 2 newest", "keep 4 newest"]);
    expect([await retention.enforcePackets(null), there(others), there(ours)]).toMatchObject([{ deleted: 1 }, [true, true], [false, true]]);
    core.live.reload(load(`[default]\npcapDir=a\n[sensor2]\npcapDir=${theirs}\n`));
    clock.now += 5_000;
    expect([await retention.enforcePackets(null), there(others)]).toMatchObject([{ deleted: 1 }, [false, true]]);
    await close();
  });

  it.each([
    ["was renamed", "[default]\nfreeSpaceG=5%;a=200\n[sensor1]\npcapDir=a\n"], ["had a class that all have", "[default]\nnodeClass=big\n[big]\nfreeSpaceG=5%;a=200\n[sensor1]\npcapDir=a\n"],
    ["has a shared freeSpaceG that does not read", "[default]\nfreeSpaceG=abc\n[sensor1]\npcapDir=a\nfreeSpaceG=5%\n"],
  ])("goes by the rules of a directory for files of a node without a section that %s", async (_what, content) => {
    const { core, retention, add, close } = world(content);
    const files = [add("retired", "a"), add("retired", "a"), add("sensor1", "a"), add("sensor1", "a")];
    const plan = await retention.packetPlan();
    expect(plan.devices[0]?.items.map(({ fileId, action, reason }) => `${action} ${fileId} ${reason}`)).toContain("delete 1 oldest");
    expect([storageTroubles(core), core.live.namesStorage("retired")]).toEqual([{ unread: [], outside: [] }, false]);
    await retention.enforcePackets(null);
    expect(there(files)).toEqual([false, true, false, true]);
    await close();
  });

  it("leaves files alone of a node whose own section contradicts what all share", async () => {
    const { core, retention, add, close } = world("[default]\nfreeSpaceG=5%;a=200\n[sensor1]\npcapDir=a\n[sensor2]\npcapDir=b\n");
    const files = [add("sensor2", "b"), add("sensor2", "b")];
    expect([await retention.enforcePackets(null), there(files), storageTroubles(core).unread]).toMatchObject([{ deleted: 0 }, [true, true], [expect.stringContaining("node sensor2")]]);
    await close();
  });

  it("has the directory of a node whose section came later once the configuration is read again, and tells of its files before", async () => {
    const { core, clock, retention, add, told, close } = world("[default]\npcapDir=a\n");
    const files = [add("sensor2", "b"), add("sensor2", "b")];
    await retention.enforcePackets(null);
    const trouble = expect.stringMatching(/^packet files of node sensor2 in .*\/b are not deleted: it is no pcapDir of the configuration; name it in section \[sensor2\] and read it again \(SIGHUP\)$/);
    expect([told.filter((line) => line.includes("sensor2")), storageTroubles(core)]).toEqual([[trouble], { unread: [], outside: [trouble] }]);
    expect(core.live.reload(load("[default]\npcapDir=a\n[sensor2]\npcapDir=b\n"))).toEqual({ changed: [], waiting: [] });
    clock.now += 5_000;
    expect(await retention.enforcePackets(null)).toMatchObject({ deleted: 1 });
    expect([there(files), storageTroubles(core)]).toEqual([[false, true], { unread: [], outside: [] }]);
    await close();
  });

  it("tells of the files of a node in a directory that it had before, beside newer ones in that it has now", async () => {
    const { core, add, close } = world("[default]\npcapDir=b\n");
    mkdirSync(path.join(directory, "a", "below"));
    const files = [add("sensor1", "a"), add("sensor1", "a"), add("sensor1", "a/below"), add("sensor1", "b")];
    const outside = ["a/below", "a"].map((where) => `packet files of node sensor1 in ${path.join(directory, where)} are not deleted: it is no pcapDir of the configuration; name it in section [sensor1] and start again`);
    expect(storageTroubles(core).outside).toEqual(outside);
    core.catalogue.files.update(3, { state: "gone" });
    expect(storageTroubles(core).outside).toEqual(outside.slice(1));
    for (const id of [1, 2]) core.catalogue.files.update(id, { state: "gone" });
    expect([storageTroubles(core).outside, there(files)]).toEqual([[], [true, true, true, true]]);
    await close();
  });

  it("keeps freeSpaceG as it was where what was read again is of directories that wait for the next start", async () => {
    const { core, retention, add, close } = world("[default]\npcapDir=a\nfreeSpaceG=50%\n");
    const files = [add("sensor1", "a"), add("sensor1", "a")];
    expect(core.live.reload(load("[default]\npcapDir=a;b\nfreeSpaceG=50%;b=1\n"))).toEqual({ changed: [], waiting: ["pcapDir", "freeSpaceG"] });
    expect(await retention.enforcePackets(null)).toMatchObject({ deleted: 1 });
    expect([there(files), storageTroubles(core).unread]).toEqual([[false, true], [expect.stringMatching(/^freeSpaceG cannot be taken before the next start and stays as it was: .*\/b, which is no directory of pcapDir/)]]);
    await close();
  });

  it("keeps the freeSpaceG that a reload brought where a later one cannot be taken, and takes the next that can", async () => {
    const { core, retention, add, close } = world("[default]\npcapDir=a\nfreeSpaceG=50%\n");
    const files = [add("sensor1", "a"), add("sensor1", "a")];
    core.live.reload(load("[default]\npcapDir=a\nfreeSpaceG=1%\n"));
    expect(core.live.reload(load("[default]\npcapDir=a;b\nfreeSpaceG=10%;b=200\n"))).toEqual({ changed: [], waiting: ["pcapDir", "freeSpaceG"] });
    expect(await retention.enforcePackets(null)).toMatchObject({ deleted: 0 });
    expect([there(files), core.live.values.freeSpaceG, storageTroubles(core).unread]).toEqual([[true, true], { unit: "percent", value: 1 }, [expect.stringContaining("stays as it was")]]);
    expect(core.live.reload(load("[default]\npcapDir=a\nfreeSpaceG=2%\n"))).toEqual({ changed: ["freeSpaceG"], waiting: [] });
    expect([await retention.enforcePackets(null), storageTroubles(core).unread]).toMatchObject([{ deleted: 1 }, []]);
    await close();
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
