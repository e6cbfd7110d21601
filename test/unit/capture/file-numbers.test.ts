import { afterEach, beforeEach, expect, it } from "vitest";
import { FileNumbers, type FileNumberRun } from "../../../src/capture/file-numbers.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

let catalogue: Catalogue;
beforeEach(() => { catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 }); });
afterEach(() => { catalogue.close(); });

const numbers = (): FileNumbers => new FileNumbers(catalogue, "s", 100);
const none = (): never => { throw new Error("there are enough"); };

it("a start that makes no file takes no numbers", () => {
  expect(numbers().begin(true)).toEqual({ first: 1, count: 100 });
  expect(numbers().begin(true)).toEqual({ first: 1, count: 100 });
  // Of a directory that does not answer nobody knows which there are.
  expect(numbers().begin(false)).toEqual({ first: 101, count: 100 });
  // There may be files of both blocks, until a start sees all of them.
  expect([1, 100, 101, 200, 201].map((id) => numbers().mayBeOurs(id))).toEqual([true, true, true, true, false]);
});

it("the next start goes on behind the files of the one before, while there are enough", () => {
  const first = numbers();
  first.begin(true);
  first.use(5, none);
  // One is left out: it tells where a capture began.
  expect(numbers().begin(true)).toEqual({ first: 7, count: 94 });
  catalogue.files.add({ id: 40, node: "n1", path: "/40.pcap", displayName: "/40.pcap", stream: "s", storage: "own", state: "complete", format: "pcap" });
  expect(numbers().begin(true)).toEqual({ first: 42, count: 59 });
  first.use(88, none);
  expect(numbers().begin(true)).toEqual({ first: 90, count: 11 });
  first.use(89, none);
  expect(numbers().begin(true)).toEqual({ first: 101, count: 100 });
  catalogue.files.add({ id: 200, node: "n1", path: "/200.pcap", displayName: "/200.pcap", stream: "s", storage: "own", state: "complete", format: "pcap" });
  expect(numbers().begin(true)).toEqual({ first: 202, count: 99 });
});

it("a capture gets more before its numbers end, once, and no number that another has", () => {
  const ours = numbers();
  ours.begin(true);
  expect(catalogue.files.reserve(10)).toBe(101);
  const given: FileNumberRun[] = [];
  let takes = false;
  const more = (run: FileNumberRun): boolean => {
    if (takes) given.push(run);
    return takes;
  };
  ours.use(90, more);
  ours.use(91, more);
  expect(given).toEqual([]);
  takes = true;
  for (const highest of [91, 92, 99, 100, 111, 150]) ours.use(highest, more);
  expect(given).toEqual([{ first: 111, count: 100 }]);
  // Files of both may be left by a crash, and of no others.
  expect([1, 100, 101, 110, 111, 210, 211].map((id) => numbers().mayBeOurs(id))).toEqual([true, true, false, false, true, true, false]);
  expect(numbers().begin(true)).toEqual({ first: 152, count: 59 });
});

it("numbers that a failed transaction took back are given to nobody", () => {
  const ours = numbers();
  ours.begin(true);
  const given: number[] = [];
  const full = new Error("full");
  const more = ({ first }: FileNumberRun): boolean => given.push(first) > 0;
  const reserve = catalogue.files.reserve.bind(catalogue.files);
  catalogue.files.reserve = (count) => { reserve(count); throw full; };
  expect(() => { ours.use(95, more); }).toThrow(full);
  catalogue.files.reserve = reserve;
  expect([given, reserve(1)]).toEqual([[], 101]);
  ours.use(95, more);
  expect(given).toEqual([102]);
});
