import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { Turns } from "../../../src/base/turns.js";
import { DELETION_PATIENCE_MS, measureSpace } from "../../../src/packet-store/packet-store.js";
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

it("one that is given up after seconds is waited for by those who wait longer, and is silent to them once it is late for them", async () => {
  const root = temporaryDirectory();
  const files = hangingFiles([root]);
  const measure = (patienceMs?: number) => measureSpace([root], () => Promise.resolve(space), files.looks, patienceMs);
  const late = (seconds: number) => ({ devices: [], unmeasured: [{ directory: root, reason: `${root} does not answer within ${seconds} s; look at its disk or mount` }] });
  const short = measure();
  await expect.poll(files.waiting).toBe(1);
  files.giveUp();
  expect([await short, files.looks.isSilent(root)]).toEqual([late(5), false]);
  const long = measure(DELETION_PATIENCE_MS);
  await expect.poll(files.waiting).toBe(1);
  expect(await measure()).toEqual(late(5));
  files.letGo();
  expect(await long).toMatchObject({ devices: [{ directories: [root], ...space }], unmeasured: [] });
  const again = hangingFiles([root]);
  const other = measureSpace([root], () => Promise.resolve(space), again.looks, DELETION_PATIENCE_MS);
  await expect.poll(again.waiting).toBe(1);
  again.giveUp();
  expect([await other, again.looks.isSilent(root)]).toEqual([late(30), true]);
  await expect(again.looks.change(root, () => Promise.resolve())).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

it("an answer that came while the process was busy is taken, though the time is over", async () => {
  const root = temporaryDirectory();
  let answer = (): void => {};
  let expire = (): void => {};
  const turns = new Turns(5_000, (run) => { expire = run; return () => {}; });
  const found = turns.run(root, () => new Promise<string>((resolve) => { answer = () => { resolve("found"); }; }));
  expire();
  answer();
  expect(await found).toBe("found");
});

it("a directory that is not there is told apart from one that does not answer", async () => {
  const [root, file] = [temporaryDirectory(), path.join(temporaryDirectory(), "file")];
  writeFileSync(file, "x");
  const failing = hangingFiles([], { stat: () => Promise.reject(Object.assign(new Error("EIO"), { code: "EIO" })) });
  const absent = async (directory: string) => (await measureSpace([directory], () => Promise.resolve(space))).unmeasured.map(({ isAbsent = false }) => isAbsent);
  expect([await absent(path.join(root, "none")), await absent(file), (await measureSpace([root], undefined, failing.looks)).unmeasured]).toEqual([[true], [true], [{ directory: root, reason: "EIO" }]]);
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
