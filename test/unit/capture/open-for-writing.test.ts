import { closeSync, mkdirSync, openSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { Turns } from "../../../src/base/turns.js";
import { identityOf, openForWriting, type DescriptorFiles } from "../../../src/capture/open-for-writing.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const opened: number[] = [];
/** Opens a file for writing. */
const open = (file: string): string => {
  opened.push(openSync(file, "w"));
  return file;
};
const wanted = (file: string) => ({ path: file, identity: identityOf(statSync(file, { bigint: true })) });

/** As the system answers, of a kernel that tells no number of a file where `tellsNumbers` is false; `dead` are the files that are on a mount of their own. */
//X
const system = (tellsNumbers: boolean, dead: ReadonlySet<string>, stat: DescriptorFiles["stat"]): DescriptorFiles => ({
  stat,
  async info(process, descriptor) {
    const told = await readFile(`/proc/${process}/fdinfo/${descriptor}`, "utf8");
    const placed = dead.has(linkOf(process, descriptor)) ? told.replace(/^mnt_id:.*$/m, "mnt_id:\t999999") : told;
    return tellsNumbers ? placed : placed.replace(/^ino:.*\n/m, "");
  },
});
const linkOf = (process: string, descriptor: string): string => readlinkSync(`/proc/${process}/fd/${descriptor}`);
const statOf = (process: string, descriptor: string) => stat(`/proc/${process}/fd/${descriptor}`, { bigint: true });

afterEach(() => {
  for (const descriptor of opened.splice(0)) closeSync(descriptor);
});

it("looks behind no descriptor of another file, which may be on a mount that does not answer", async () => {
  // Kernels before 5.14 do not tell which file is open.
  if (!readFileSync("/proc/self/fdinfo/0", "utf8").includes("ino:")) return;
  const directory = temporaryDirectory();
  const [ours, other] = [open(path.join(directory, "a.pcap")), open(path.join(directory, "dead.bin"))];
  const looked: string[] = [];
  const found = await openForWriting([wanted(ours)], system(true, new Set(), (process, descriptor) => {
    looked.push(linkOf(process, descriptor));
    return statOf(process, descriptor);
  }));
  expect([found, looked.includes(ours), looked.includes(other)]).toEqual([new Set([wanted(ours).identity]), true, false]);
});

it.each([true, false])("goes on without a mount that does not answer, and looks at one file there until it does (the kernel tells which are open: %s)", async (tellsNumbers) => {
  const [directory, away] = [temporaryDirectory(), temporaryDirectory()];
  const before = open(path.join(directory, "a.pcap"));
  const dead = new Set(Array.from({ length: 5 }, (_, at) => {
    mkdirSync(path.join(away, `${at}`));
    return open(path.join(away, `${at}`, "a.pcap"));
  }));
  const after = open(path.join(directory, "b.pcap"));
  const waiting = new Set<() => void>();
  const looks = new Turns(5_000, (run) => {
    waiting.add(run);
    return () => { waiting.delete(run); };
  });
  let hung = 0;
  const ask = () => openForWriting([wanted(before), wanted(after)], system(tellsNumbers, dead, (process, descriptor) => {
    if (!dead.has(linkOf(process, descriptor))) return statOf(process, descriptor);
    hung += 1;
    setImmediate(() => { for (const run of waiting) run(); });
    return new Promise(() => {});
  }), looks);
  for (let times = 0; times < 3; times += 1) expect(await ask()).toEqual(new Set([wanted(before).identity, wanted(after).identity]));
  expect(hung).toBe(1);
});
