import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { adoptFiles, makeDirectories } from "../../../src/capture/live-files.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

describe("packet directories", () => {
  it("that cannot be used are passed over as long as another can", async () => {
    const directory = temporaryDirectory();
    const [file, good] = [path.join(directory, "file"), path.join(directory, "good", "packets")];
    writeFileSync(file, "");
    await makeDirectories([path.join(file, "packets"), good], silentLogger);
    expect(existsSync(good)).toBe(true);
    await expect(makeDirectories([path.join(file, "packets")], silentLogger)).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("ENOTDIR") });
    const catalogue = openCatalogue(directory, { nowMs: () => 1 });
    await adoptFiles({ catalogue, packetDirectories: [path.join(file, "packets"), good], settings: { node: "n1" }, logger: silentLogger }, "s");
    expect(catalogue.files.list()).toEqual([]);
    catalogue.close();
  });
});
