import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { DirectoryMonitor } from "../../../src/capture/directory-monitor.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

let directory: string;
let now = 0;

beforeEach(() => {
  directory = temporaryDirectory();
  now = 1_000_000;
});

const monitor = (more: Partial<ConstructorParameters<typeof DirectoryMonitor>[0]> = {}): DirectoryMonitor =>
  new DirectoryMonitor({ directories: [directory], fileNames: /\.pcap$/, workingDirectory: directory, nowMs: () => now, ...more });

const names = (files: readonly string[]): string[] => files.map((file) => path.relative(directory, file));

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
    expect(await watched.look()).toEqual({ whole: [], waiting: true });
    now += 1;
    expect(names((await watched.look()).whole)).toEqual(["a.pcap"]);
    expect(await watched.look()).toEqual({ whole: [], waiting: false });
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
    const watched = monitor({ imported: new Map([[path.join(directory, "old.pcap"), later], [path.join(directory, "changed.pcap"), later - 86_400_000]]) });
    await watched.look();
    now += 2000;
    expect(names((await watched.look()).whole)).toEqual(["changed.pcap", "new.pcap"]);
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
