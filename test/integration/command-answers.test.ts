import { describe, expect, it } from "vitest";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const directory = temporaryDirectory();
const run = (...words: string[]) => lookback(words, directory);

describe("fields", () => {
  it("says of a text that no field has whether Arkime has fields of it", async () => {
    expect(await run("fields", "email")).toMatchObject({ code: 1, output: "", error: expect.stringMatching(/^no field has "email" in it; fields of Arkime that are not filled here yet: .*email\.dst, /) });
    expect(await run("fields", "xyzzy")).toMatchObject({ code: 1, output: "", error: 'no field has "xyzzy" in it\n' });
  });
});
