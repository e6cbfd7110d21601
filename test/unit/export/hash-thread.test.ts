import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { HashThread } from "../../../src/export/hash-thread.js";

it("gives the digest that hashing in this thread gives", async () => {
  const piece = Buffer.from(new SharedArrayBuffer(1 << 16));
  const here = createHash("sha256");
  const thread = new HashThread();
  for (let round = 0; round < 5; round += 1) {
    piece.fill(round + 1);
    const part = piece.subarray(round, piece.length - round);
    here.update(part);
    await thread.update(part);
  }
  expect(await thread.digest()).toBe(here.digest("hex"));
  await thread.close();
});
