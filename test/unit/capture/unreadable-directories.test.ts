import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { findSources } from "../../../src/capture/sources.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

vi.mock(import("node:fs/promises"), async (original) => {
  const real = await original();
  // As `lost+found` answers whoever is not root.
  const refuse = (name: unknown): Promise<never> => Promise.reject(Object.assign(new Error(`EACCES: permission denied, opendir '${String(name)}'`), { code: "EACCES" }));
  return { ...real, opendir: (name, options) => (String(name).endsWith("lost+found") ? refuse(name) : real.opendir(name, options)) };
});

it("a directory below that cannot be listed keeps no others from being found", async () => {
  const directory = temporaryDirectory();
  for (const name of ["early", "lost+found", "late"]) {
    mkdirSync(path.join(directory, name));
    writeFileSync(path.join(directory, name, "a.pcap"), "1");
  }
  const { files, failed } = await findSources([directory], /\.pcap$/, directory);
  expect(files.map((file) => path.relative(directory, file))).toEqual(["early/a.pcap", "late/a.pcap"]);
  expect(failed).toMatchObject([{ path: path.join(directory, "lost+found"), error: { code: "CAPTURE_UNREADABLE" } }]);
});
