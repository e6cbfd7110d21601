import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { spoolInput } from "../../../src/cli/spooled-input.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 2);
const never = new AbortController().signal;

it("a spooled input is a file of the directory's owner that nobody else reads", async () => {
  const directory = temporaryDirectory();
  const file = await spoolInput(Readable.from([Buffer.from("ab"), Buffer.from("c")]), directory, NOW_MS, never);
  expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777, statSync(file).uid]).toEqual(["abc", 0o600, statSync(directory).uid]);
  expect(readdirSync(directory)).toHaveLength(1);
});

it("an input that fails or is interrupted leaves nothing, and a directory that takes nothing is named", async () => {
  const directory = temporaryDirectory();
  const broken = new Readable({ read() { this.destroy(new Error("broken")); } });
  await expect(spoolInput(broken, directory, NOW_MS, never)).rejects.toThrow("broken");
  await expect(spoolInput(new Readable({ read() {} }), directory, NOW_MS, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  expect(readdirSync(directory)).toEqual([]);
  writeFileSync(join(directory, "file"), "");
  await expect(spoolInput(Readable.from(["x"]), join(directory, "file"), NOW_MS, never)).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining(join(directory, "file")) });
});

it("what a killed process left goes after a day, and nothing else does", async () => {
  const directory = temporaryDirectory();
  const ended = spawnSync("true").pid;
  const names = [`standard-input-${ended}-00000001.pcap`, `standard-input-${ended}-00000002.pcap`, `standard-input-${process.pid}-00000003.pcap`, "catalogue.sqlite"];
  names.forEach((name, at) => {
    writeFileSync(join(directory, name), "x");
    const writtenS = (NOW_MS - (at === 1 ? DAY_MS / 2 : 2 * DAY_MS)) / 1000;
    utimesSync(join(directory, name), writtenS, writtenS);
  });
  const file = await spoolInput(Readable.from(["x"]), directory, NOW_MS, never);
  expect(readdirSync(directory).map((name) => join(directory, name)).toSorted()).toEqual([...names.slice(1).map((name) => join(directory, name)), file].toSorted());
});
