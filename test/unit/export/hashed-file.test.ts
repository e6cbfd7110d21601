import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { HashedFile } from "../../../src/export/hashed-file.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

describe("a file that is hashed as it is written", () => {
  for (const expectedBytes of [0, 64 << 20]) {
    it(`has nothing of a first try of which a piece was still being written${expectedBytes === 0 ? "" : ", hashed in a thread"}`, async () => {
      const name = path.join(temporaryDirectory(), "e.part");
      const handle = await open(name, "wx");
      const write = handle.write.bind(handle);
      let release = (): void => {};
      const held = new Promise<void>((resolve) => { release = resolve; });
      let holds = true;
      handle.write = (async (...given: Parameters<typeof write>) => {
        if (holds) await held;
        return write(...given);
      }) as typeof handle.write;
      const file = new HashedFile(handle);
      const first = await file.restart(1e9, expectedBytes);
      await first.write(Buffer.alloc(3 << 19, "first"));
      const restarting = file.restart(1e9, expectedBytes);
      await new Promise(setImmediate);
      holds = false;
      release();
      const second = await restarting;
      await second.write(Buffer.from("second"));
      await second.finish();
      expect(await file.digest()).toBe(createHash("sha256").update("second").digest("hex"));
      await file.close();
      await handle.close();
      expect(readFileSync(name, "utf8")).toBe("second");
    });
  }

  it("can be begun anew after a piece could not be written", async () => {
    const name = path.join(temporaryDirectory(), "e.part");
    const handle = await open(name, "wx");
    const failing = vi.spyOn(handle, "write").mockRejectedValue(new Error("no room"));
    const file = new HashedFile(handle);
    const first = await file.restart(1e9);
    await first.write(Buffer.from("first"));
    await expect(first.finish()).rejects.toThrow("no room");
    failing.mockRestore();
    const second = await file.restart(1e9);
    await second.write(Buffer.from("second"));
    await second.finish();
    await handle.close();
    expect(readFileSync(name, "utf8")).toBe("second");
  });
});
