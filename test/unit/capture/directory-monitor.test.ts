import { chmodSync, closeSync, linkSync, mkdirSync, openSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DirectoryMonitor, type EarlierImports } from "../../../src/capture/directory-monitor.js";
import { sourceIdentity } from "../../../src/capture/source-identity.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

let directory: string;
let now = 0;

beforeEach(() => {
  directory = temporaryDirectory();
  now = 1_000_000;
});

const monitor = (more: Partial<ConstructorParameters<typeof DirectoryMonitor>[0]> = {}): DirectoryMonitor =>
  new DirectoryMonitor({ directories: [directory], fileNames: /\.pcap$/, workingDirectory: directory, nowMs: () => now, ...more });

/** Imports that were made before, by name of the file. */
const earlier = (imports: Readonly<Record<string, { readonly startedAtMs: number; readonly source: string | null }>>): EarlierImports & { readonly asked: string[][] } => {
  const asked: string[][] = [];
  return {
    asked,
    of(files: readonly string[]) {
      asked.push(files.map((file) => path.basename(file)));
      return files.map((file) => imports[path.basename(file)] ?? null);
    },
  };
};

const names = (files: readonly string[]): string[] => files.map((file) => path.relative(directory, file));

/** Runs the loop of a monitor until `isEnough` of what it tells, without waiting for its timers. */
async function loopOf(watched: DirectoryMonitor, isEnough: (files: readonly string[]) => boolean, between: () => void = () => {}): Promise<void> {
  const ended = new AbortController();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const loop = (async () => {
      for await (const files of watched.files(ended.signal)) if (isEnough(files)) ended.abort();
    })();
    while (!ended.signal.aborted) {
      between();
      await vi.advanceTimersByTimeAsync(10_000);
      await new Promise((resolve) => { setImmediate(resolve); });
    }
    await loop;
  } finally {
    vi.useRealTimers();
  }
}

describe("a watched directory", () => {
  it("tells each file once, when it has not changed for two seconds", async () => {
    const watched = monitor();
    expect(await watched.look()).toEqual({ whole: [], waiting: false });
    writeFileSync(path.join(directory, "a.pcap"), "1");
    writeFileSync(path.join(directory, "note.txt"), "1");
    writeFileSync(path.join(directory, "empty.pcap"), "");
    expect(await watched.look()).toEqual({ whole: [], waiting: true });
    now += 1999;
    writeFileSync(path.join(directory, "a.pcap"), "12");
    expect((await watched.look()).whole).toEqual([]);
    now += 1999;
    expect((await watched.look()).whole).toEqual([]);
    now += 1;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
    now += 10_000;
    expect(await watched.look()).toEqual({ whole: [], waiting: false });
  });

  it("waits for a file that a process has open for writing, however long nothing is written", async () => {
    const watched = monitor();
    const file = path.join(directory, "growing.pcap");
    const descriptor = openSync(file, "w");
    writeSync(descriptor, "1");
    await watched.look();
    now += 60_000;
    expect(await watched.look()).toEqual({ whole: [], waiting: true });
    closeSync(descriptor);
    expect(names((await watched.look()).whole)).toEqual(["growing.pcap"]);
  });

  it("waits for it as well where the directory is reached by a link", async () => {
    const real = path.join(directory, "real");
    const link = path.join(directory, "link");
    mkdirSync(real);
    symlinkSync(real, link);
    const watched = monitor({ directories: [link] });
    const descriptor = openSync(path.join(real, "growing.pcap"), "w");
    writeSync(descriptor, "1");
    await watched.look();
    now += 60_000;
    expect(await watched.look()).toEqual({ whole: [], waiting: true });
    closeSync(descriptor);
    expect(names((await watched.look()).whole)).toEqual(["link/growing.pcap"]);
  });

  it("finds what is moved in, below it too, and tells a file that is another one under the same name", async () => {
    const watched = monitor({ written: () => Promise.resolve(new Set()) });
    const elsewhere = temporaryDirectory();
    writeFileSync(path.join(elsewhere, "x"), "1");
    mkdirSync(path.join(directory, "deep"));
    renameSync(path.join(elsewhere, "x"), path.join(directory, "deep", "b.pcap"));
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["deep/b.pcap"]);
    rmSync(path.join(directory, "deep", "b.pcap"));
    await watched.look();
    writeFileSync(path.join(directory, "deep", "b.pcap"), "another one");
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["deep/b.pcap"]);
  });

  it("tells a file again, a minute later, that could not be taken", async () => {
    const watched = monitor();
    const file = path.join(directory, "a.pcap");
    writeFileSync(file, "1");
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
    watched.again([file, path.join(directory, "gone.pcap")]);
    now += 59_999;
    expect((await watched.look()).whole).toEqual([]);
    now += 1;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
    expect(await watched.look()).toEqual({ whole: [], waiting: false });
  });

  it("tells one that may never be taken after waits that double up to a day, and soon when its rights change", async () => {
    const watched = monitor();
    const file = path.join(directory, "a.pcap");
    writeFileSync(file, "1", { mode: 0o600 });
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
    for (const minutes of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440]) {
      watched.again([file], { growing: true });
      now += minutes * 60_000 - 1;
      expect(await watched.look()).toEqual({ whole: [], waiting: false });
      now += 1;
      expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
    }
    watched.again([file], { growing: true });
    chmodSync(file, 0o644);
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
  });

  it("is watched on when the clock is set back: what waits does so anew", async () => {
    const watched = monitor();
    writeFileSync(path.join(directory, "a.pcap"), "1");
    await watched.look();
    now -= 3_600_000;
    expect(await watched.look()).toEqual({ whole: [], waiting: true });
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
  });

  it("passes over what cannot be read, says so once, and finds the rest", async () => {
    const told: string[] = [];
    const gone = path.join(directory, "gone");
    const watched = monitor({ directories: [gone, directory], unreadable: (where) => told.push(where) });
    writeFileSync(path.join(directory, "a.pcap"), "1");
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
    expect(told).toEqual([gone]);
    mkdirSync(gone);
    await watched.look();
    rmSync(gone, { recursive: true });
    await watched.look();
    expect(told).toEqual([gone, gone]);
  });

  it("after a restart tells only what was not imported, or changed since", async () => {
    for (const name of ["old.pcap", "changed.pcap", "new.pcap"]) writeFileSync(path.join(directory, name), name);
    const later = Date.now() + 5000;
    const watched = monitor({ imported: earlier({ "old.pcap": { startedAtMs: later, source: null }, "changed.pcap": { startedAtMs: later - 86_400_000, source: null } }) });
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["changed.pcap", "new.pcap"]);
  });

  it("after a restart tells another file under the name of one that was imported, also where its time of writing was kept", async () => {
    const file = path.join(directory, "a.pcap");
    writeFileSync(file, "1");
    const written = new Date(Date.now() - 86_400_000);
    utimesSync(file, written, written);
    for (const source of [null, sourceIdentity({ ...statSync(file, { bigint: true }), ino: 1n })]) {
      const watched = monitor({ imported: earlier({ "a.pcap": { startedAtMs: statSync(file).ctimeMs - 1, source } }) });
      await watched.look();
      now += 2000;
      expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
    }
  });

  it("after a restart does not tell what was imported and has other rights or names since", async () => {
    const file = path.join(directory, "a.pcap");
    writeFileSync(file, "1", { mode: 0o600 });
    const source = sourceIdentity(statSync(file, { bigint: true }));
    chmodSync(file, 0o644);
    const watched = monitor({ imported: earlier({ "a.pcap": { startedAtMs: 0, source } }) });
    await watched.look();
    now += 2000;
    expect(await watched.look()).toEqual({ whole: [], waiting: false });
  });

  it("does not tell again what was told when its rights or names change, but what could not be taken", async () => {
    const watched = monitor();
    const file = path.join(directory, "a.pcap");
    writeFileSync(file, "1", { mode: 0o600 });
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
    chmodSync(file, 0o644);
    linkSync(file, path.join(directory, "another name"));
    await watched.look();
    now += 2000;
    expect(await watched.look()).toEqual({ whole: [], waiting: false });
    // Its rights changed while somebody tried to take it.
    watched.again([file], { growing: true });
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
  });

  it("asks of each file that comes into view whether it was imported, and never again", async () => {
    for (const name of ["a.pcap", "b.pcap", "note.txt"]) writeFileSync(path.join(directory, name), name);
    const imported = earlier({});
    const watched = monitor({ imported });
    await watched.look();
    writeFileSync(path.join(directory, "c.pcap"), "1");
    for (let look = 0; look < 3; look += 1) await watched.look();
    expect(imported.asked).toEqual([["a.pcap", "b.pcap"], ["c.pcap"]]);
  });

  it("tells none of its files again after it could not be found for a while, but what changed and what is new", async () => {
    const [spool, away] = [path.join(directory, "spool"), path.join(directory, "away")];
    mkdirSync(path.join(spool, "deep"), { recursive: true });
    for (const name of ["a.pcap", "b.pcap", "deep/c.pcap"]) writeFileSync(path.join(spool, name), name);
    const watched = monitor({ directories: [spool] });
    await watched.look();
    now += 2000;
    expect((await watched.look()).whole).toHaveLength(3);
    renameSync(spool, away);
    for (let look = 0; look < 3; look += 1) expect(await watched.look()).toEqual({ whole: [], waiting: false });
    writeFileSync(path.join(away, "b.pcap"), "another one");
    writeFileSync(path.join(away, "d.pcap"), "new");
    renameSync(away, spool);
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["spool/b.pcap", "spool/d.pcap"]);
  });

  it("tells none that was imported when a mount is there again whose place was empty, but another file of the same name", async () => {
    const [spool, away] = [path.join(directory, "spool"), path.join(directory, "away")];
    mkdirSync(spool);
    for (const name of ["a.pcap", "b.pcap"]) writeFileSync(path.join(spool, name), name);
    const source = sourceIdentity(statSync(path.join(spool, "a.pcap"), { bigint: true }));
    // The clock of whoever keeps the second file is behind.
    const later = Date.now() + 86_400_000;
    const watched = monitor({ directories: [spool], imported: earlier({ "a.pcap": { startedAtMs: 0, source }, "b.pcap": { startedAtMs: later, source: "1 2 3" } }) });
    renameSync(spool, away);
    mkdirSync(spool);
    await watched.look();
    rmSync(spool, { recursive: true });
    renameSync(away, spool);
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["spool/b.pcap"]);
  });

  it("tells none that it told, or found to be in, when a mount is there again within a day whose place was empty, whoever imports", async () => {
    const [spool, away] = [path.join(directory, "spool"), path.join(directory, "away")];
    mkdirSync(spool);
    for (const name of ["in.pcap", "told.pcap", "failed.pcap"]) writeFileSync(path.join(spool, name), name);
    // As of a remote service: when, and not which file.
    const watched = monitor({ directories: [spool], imported: earlier({ "in.pcap": { startedAtMs: Date.now() + 5000, source: null } }) });
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["spool/failed.pcap", "spool/told.pcap"]);
    watched.again([path.join(spool, "failed.pcap")]);
    const flap = async (ms: number): Promise<string[]> => {
      renameSync(spool, away);
      mkdirSync(spool);
      await watched.look();
      now += ms;
      await watched.look();
      rmSync(spool, { recursive: true });
      renameSync(away, spool);
      await watched.look();
      now += 2000;
      return names((await watched.look()).whole);
    };
    expect(await flap(86_399_999)).toEqual(["spool/failed.pcap"]);
    expect(await flap(1000)).toEqual([]);
    writeFileSync(path.join(spool, "told.pcap"), "another one");
    expect(await flap(1000)).toEqual(["spool/told.pcap"]);
    // What was told that long ago may be told in vain; what is in by its time is not.
    expect(await flap(86_400_000)).toEqual(["spool/failed.pcap", "spool/told.pcap"]);
  });

  it("tells a file that was not taken once it is there again, and not while it stays", async () => {
    const [file, away] = [path.join(directory, "a.pcap"), path.join(directory, "a.away")];
    writeFileSync(file, "1");
    const watched = monitor();
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
    watched.untaken([file, path.join(directory, "gone.pcap")]);
    now += 86_400_000;
    expect(await watched.look()).toEqual({ whole: [], waiting: false });
    renameSync(file, away);
    await watched.look();
    renameSync(away, file);
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
  });

  it("remembers no more files that are gone than it may watch", async () => {
    const [spool, away] = [path.join(directory, "spool"), path.join(directory, "away")];
    mkdirSync(spool);
    for (const name of ["a.pcap", "b.pcap"]) writeFileSync(path.join(spool, name), name);
    const watched = monitor({ directories: [spool], most: 2 });
    await watched.look();
    now += 2000;
    expect((await watched.look()).whole).toHaveLength(2);
    renameSync(spool, away);
    mkdirSync(spool);
    writeFileSync(path.join(spool, "c.pcap"), "c");
    await watched.look();
    rmSync(spool, { recursive: true });
    renameSync(away, spool);
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["spool/a.pcap"]);
  });

  it("tells what is new where nobody can be asked what was imported", async () => {
    let fails = false;
    const watched = monitor({ imported: { of: () => { if (fails) throw new Error("newer version"); return []; } } });
    await watched.look();
    fails = true;
    writeFileSync(path.join(directory, "a.pcap"), "1");
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
  });

  it("of very many files asks in parts, once a look, and ends with the signal between them", async () => {
    const origin = path.join(directory, "origin");
    writeFileSync(origin, "1");
    for (let file = 0; file < 2_001; file += 1) symlinkSync(origin, path.join(directory, `${file}.pcap`));
    const events: (number | string)[] = [];
    let then = (): void => {};
    const imported: EarlierImports = {
      of(files) {
        events.push(files.length);
        setImmediate(then);
        return files.map(() => null);
      },
      close: () => { events.push("closed"); },
    };
    await monitor({ imported }).look();
    expect(events).toEqual([1000, 1000, 1, "closed"]);
    const ended = new AbortController();
    then = () => { ended.abort(); };
    const told: unknown[] = [];
    for await (const files of monitor({ imported, failed: (reason) => told.push(reason) }).files(ended.signal)) told.push(files);
    expect([events.slice(4), told]).toEqual([[1000, "closed"], []]);
  });

  it("of very many files is told in parts", async () => {
    const origin = path.join(directory, "origin");
    writeFileSync(origin, "1");
    for (let file = 0; file < 2_001; file += 1) symlinkSync(origin, path.join(directory, `${file}.pcap`));
    const parts: number[] = [];
    await loopOf(monitor({ nowMs: () => (now += 2000) }), (files) => parts.push(files.length) === 3);
    expect(parts).toEqual([1000, 1000, 1]);
  });

  it("that cannot be looked at is told of once, and looked at again", async () => {
    for (const name of ["a.pcap", "b.pcap"]) writeFileSync(path.join(directory, name), name);
    const failures: string[] = [];
    const watched = monitor({ most: 1, nowMs: () => (now += 2000), failed: (reason) => failures.push(reason) });
    const looks = vi.spyOn(watched, "look");
    const told: string[] = [];
    await loopOf(watched, (files) => told.push(...names(files)) > 0, () => { if (looks.mock.calls.length === 3) rmSync(path.join(directory, "b.pcap"), { force: true }); });
    expect([told, failures]).toEqual([["a.pcap"], ["more than 1 files: import them in parts"]]);
  });

  it("ends its loop with the signal", async () => {
    writeFileSync(path.join(directory, "a.pcap"), "1");
    const ended = new AbortController();
    let looks = 0;
    const watched = monitor({ nowMs: () => (looks += 1) * 5000 });
    const told: string[] = [];
    const loop = (async () => {
      for await (const files of watched.files(ended.signal)) {
        told.push(...names(files));
        ended.abort();
      }
    })();
    await loop;
    expect(told).toEqual(["a.pcap"]);
  });
});
