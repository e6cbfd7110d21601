import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { adoptFiles, makeDirectories, PacketDisks } from "../../../src/capture/live-files.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { classicCapture } from "../../support/capture-bytes.js";
import { freezableDisk } from "../../support/freezable-disk.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

describe("packet directories", () => {
  it("that cannot be used are passed over as long as another can", async () => {
    const directory = temporaryDirectory();
    const [file, good] = [path.join(directory, "file"), path.join(directory, "good", "packets")];
    writeFileSync(file, "");
    const disks = new PacketDisks(silentLogger);
    await makeDirectories([path.join(file, "packets"), good], disks);
    expect(existsSync(good)).toBe(true);
    await expect(makeDirectories([path.join(file, "packets")], disks)).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("ENOTDIR") });
    const catalogue = openCatalogue(directory, { nowMs: () => 1 });
    await adoptFiles({ catalogue, packetDirectories: [path.join(file, "packets"), good], settings: { node: "n1" }, logger: silentLogger }, "s", disks);
    expect(catalogue.files.list()).toEqual([]);
    catalogue.close();
  });

  it("that do not answer keep nothing from starting, and what lies there waits for a start that can read it", async ({ skip }) => {
    const directory = temporaryDirectory();
    const mounted = path.join(directory, "mounted");
    mkdirSync(mounted);
    const disk = await freezableDisk(path.join(directory, "disk.img"), mounted, 32);
    if (disk === null) {
      skip("a file system cannot be mounted and frozen here");
      return;
    }
    const catalogue = openCatalogue(directory, { nowMs: () => 1 });
    try {
      const { bytes } = classicCapture([{ seconds: 1, nanoseconds: 0, data: Buffer.alloc(60) }]);
      const [slow, good] = [disk.directory, directory].map((place, at) => {
        const file = path.join(place, `n1-260101-0000000${at + 1}.pcap`);
        // The beginning of another record, which is cut off.
        writeFileSync(file, Buffer.concat([bytes, Buffer.alloc(5)]));
        return catalogue.files.add({ node: "n1", path: file, displayName: file, stream: "s", storage: "own", state: "writing", format: "pcap" });
      });
      const states = (): unknown[] => [slow, good].map((id) => id === undefined ? null : catalogue.files.get(id)).map((file) => [file?.state, file?.packets]);
      const adopt = (): Promise<void> => adoptFiles({ catalogue, packetDirectories: [disk.directory, directory], settings: { node: "n1" }, logger: silentLogger }, "s", new PacketDisks(silentLogger, 50));
      disk.freeze();
      await makeDirectories([path.join(disk.directory, "new"), path.join(directory, "new")], new PacketDisks(silentLogger, 50));
      await adopt();
      expect(states()).toEqual([["writing", 0], ["complete", 1]]);
      disk.thaw();
      await adopt();
      expect(states()).toEqual([["complete", 1], ["complete", 1]]);
    } finally {
      await disk.close();
      catalogue.close();
    }
  });
});
