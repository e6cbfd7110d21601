import { closeSync, openSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { Turns } from "../../../src/base/turns.js";
import { identityOf, openForWriting } from "../../../src/capture/open-for-writing.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const opened: number[] = [];
/** Opens a file for writing. */
const open = (file: string): string => {
  opened.push(openSync(file, "w"));
  return file;
};
const wanted = (file: string) => ({ path: file, identity: identityOf(statSync(file, { bigint: true })) });

afterEach(() => {
  for (const descriptor of opened.splice(0)) closeSync(descriptor);
});

it("looks behind no descriptor of another file, which may be on a mount that does not answer", async () => {
  // Kernels before 5.14 do not tell which file is open.
  if (!readFileSync("/proc/self/fdinfo/0", "utf8").includes("ino:")) return;
  const directory = temporaryDirectory();
  const [ours, other] = [open(path.join(directory, "a.pcap")), open(path.join(directory, "dead.bin"))];
  const looked: string[] = [];
  const found = await openForWriting([wanted(ours)], (descriptor) => {
    looked.push(readlinkSync(descriptor));
    return stat(descriptor, { bigint: true });
  });
  expect([found, looked.includes(ours), looked.includes(other)]).toEqual([new Set([wanted(ours).identity]), true, false]);
});

it("goes on without one that does not answer, and does not ask for it again until it does", async () => {
  const [directory, dead] = [temporaryDirectory(), temporaryDirectory()];
  const [ours, other] = [open(path.join(directory, "a.pcap")), open(path.join(dead, "a.pcap"))];
  const waiting = new Set<() => void>();
  const looks = new Turns(5_000, (run) => {
    waiting.add(run);
    return () => { waiting.delete(run); };
  });
  let hung = 0;
  const ask = () => openForWriting([wanted(ours)], (descriptor) => {
    if (readlinkSync(descriptor) !== other) return stat(descriptor, { bigint: true });
    hung += 1;
    setImmediate(() => { for (const run of waiting) run(); });
    return new Promise(() => {});
  }, looks);
  for (let times = 0; times < 3; times += 1) expect(await ask()).toEqual(new Set([wanted(ours).identity]));
  expect(hung).toBe(1);
});
