import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { announce, announced, localUrl } from "../../../src/app/local-endpoint.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const endpoint = { url: "http://127.0.0.1:8005", token: "lbl_secret", pid: process.pid };

it("is read back by its owner, readable by nobody else, and gone when withdrawn", () => {
  const directory = temporaryDirectory();
  const { withdraw } = announce(directory, endpoint);
  expect(announced(directory)).toEqual(endpoint);
  expect(statSync(join(directory, "serve.json")).mode & 0o777).toBe(0o600);
  withdraw();
  expect(existsSync(join(directory, "serve.json"))).toBe(false);
  expect(announced(directory)).toBeNull();
});

it("takes the place of one that a killed process left, and of its half-written one", () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "serve.json"), "{}");
  writeFileSync(join(directory, "serve.json.new"), "{", { mode: 0o644 });
  announce(directory, endpoint);
  expect(announced(directory)).toEqual(endpoint);
  expect(statSync(join(directory, "serve.json")).mode & 0o777).toBe(0o600);
});

it.each([
  ["no JSON", "{"], ["another shape", "[1]"], ["a pid that is none", JSON.stringify({ ...endpoint, pid: "1" })], ["a process that ended", JSON.stringify({ ...endpoint, pid: 4_194_305 })],
  ["far too long", JSON.stringify({ ...endpoint, token: "x".repeat(10_000) })],
])("%s is as good as none", (_what, text) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "serve.json"), text);
  expect(announced(directory)).toBeNull();
  expect(readFileSync(join(directory, "serve.json"), "utf8")).toBe(text);
});

it.each([
  ["http://0.0.0.0:8005", "http://127.0.0.1:8005"], ["http://[::]:8005", "http://[::1]:8005"], ["http://10.0.0.1:8005", "http://10.0.0.1:8005"], ["https://[::1]:1", "https://[::1]:1"],
])("%s is reached at %s", (url, local) => {
  expect(localUrl(url)).toBe(local);
});
