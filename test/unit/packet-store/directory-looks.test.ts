import { mkdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { measureSpace } from "../../../src/packet-store/packet-store.js";
import { hangingFiles } from "../../support/hanging-files.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const space = { freeBytes: 4, totalBytes: 9 };

it("a directory that does not answer is not measured, keeps no other from it, and is asked once until it answers", async () => {
  const root = temporaryDirectory();
  const [hung, good] = [path.join(root, "hung"), path.join(root, "good")];
  for (const directory of [hung, good]) mkdirSync(directory);
  const files = hangingFiles([hung]);
  const measure = () => measureSpace([hung, good], () => Promise.resolve(space), files.looks);
  const given = { devices: [{ directories: [good], ...space }], unmeasured: [{ directory: hung, reason: `${hung} does not answer within 5 s; look at its disk or mount` }] };
  const first = measure();
  await expect.poll(files.waiting).toBe(1);
  files.giveUp();
  expect(await first).toMatchObject(given);
  for (let again = 0; again < 10; again += 1) expect(await measure()).toMatchObject(given);
  expect(files.begun()).toEqual([`stat ${hung}`]);
  files.letGo();
  await expect.poll(measure).toMatchObject({ devices: [{ directories: [hung, good] }], unmeasured: [] });
});

it("a measurement that hangs is not begun again, and each asks anew once the one before has ended", async () => {
  const directory = temporaryDirectory();
  const files = hangingFiles([]);
  let answer = (): void => {};
  let probes = 0;
  const measure = () => measureSpace([directory], () => {
    probes += 1;
    const freeBytes = probes;
    return new Promise((resolve) => { answer = () => { resolve({ freeBytes, totalBytes: 9 }); }; });
  }, files.looks);
  const [one, other] = [measure(), measure()];
  await expect.poll(() => probes).toBe(1);
  answer();
  await expect.poll(() => probes).toBe(2);
  files.giveUp();
  expect([await one, await other]).toMatchObject([{ devices: [{ freeBytes: 1 }] }, { devices: [], unmeasured: [{ directory, reason: expect.stringContaining("does not answer") }] }]);
  expect(await measure()).toMatchObject({ devices: [] });
  expect(probes).toBe(2);
});
