import { expect, it } from "vitest";
import { FailedDirectories } from "../../../src/capture/failed-directories.js";

const MINUTE = 60_000;
const open = (path: string, bytes: number) => ({ path, bytes, open: true });
const closed = (path: string, bytes: number) => ({ path, bytes, open: false });

it("a directory has failed from when it is passed over until packets went to it a minute later", () => {
  const directories = new FailedDirectories(["/a", "/b"]);
  directories.note([null, null], [open("/a/1.pcap", 100)], 0);
  expect(directories.list()).toEqual([]);
  directories.note([null, "/b/2.pcap: input/output error"], [closed("/a/1.pcap", 200), open("/a/2.pcap", 100)], 1000);
  expect(directories.list()).toEqual([{ directory: "/b", failedMs: 1000, reason: "/b/2.pcap: input/output error" }]);
  // Others get packets for as long as they like.
  directories.note([null, null], [open("/a/2.pcap", 900)], 10 * MINUTE);
  expect(directories.list()).toHaveLength(1);
  directories.note([null, null], [closed("/a/2.pcap", 900), open("/b/3.pcap", 100)], 11 * MINUTE);
  expect(directories.list()).toEqual([]);
});

it("a directory that comes and goes has failed all the while", () => {
  const directories = new FailedDirectories(["/a"]);
  directories.note(["/a/1.pcap: no space left on the device; free some"], [open("/a/1.pcap", 100)], 0);
  directories.note([null], [open("/a/1.pcap", 200)], MINUTE - 1);
  expect(directories.list()).toHaveLength(1);
  directories.note(["/a/1.pcap: no space left on the device; free some", null], [open("/a/1.pcap", 300)], MINUTE);
  expect(directories.list()).toMatchObject([{ failedMs: MINUTE }]);
  directories.note([null], [open("/a/1.pcap", 400)], 2 * MINUTE - 1);
  // Open, and nothing came: no sign that it takes anything.
  directories.note([null], [open("/a/1.pcap", 400)], 3 * MINUTE);
  expect(directories.list()).toHaveLength(1);
  directories.note([null], [open("/a/1.pcap", 401)], 3 * MINUTE);
  expect(directories.list()).toEqual([]);
});

it("a clock that was set back keeps no directory failed", () => {
  const directories = new FailedDirectories(["/a"]);
  directories.note(["/a/1.pcap: gone"], [], 100 * MINUTE);
  directories.note([null], [open("/a/1.pcap", 100)], MINUTE);
  expect(directories.list()).toEqual([]);
});

it("a failure is of the innermost directory that holds the file; others are of no packet directory", () => {
  const directories = new FailedDirectories(["/a", "/a/b/", "/ab"]);
  directories.note(["/a/b/1.pcap: gone", "/abc/1.pcap: gone"], [], 1);
  directories.note(["a capture thread did not answer", "/ab: gone"], [], 2);
  expect(directories.list()).toEqual([{ directory: "/a/b/", failedMs: 1, reason: "/a/b/1.pcap: gone" }]);
  directories.note(["/a/1.pcap: gone", null], [], 3);
  expect(directories.list().map(({ directory }) => directory)).toEqual(["/a/b/", "/a"]);
});
