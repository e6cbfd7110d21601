import { describe, expect, it, vi } from "vitest";
import { run } from "../../../src/cli/commands/dissect.js";
import type { CommandContext } from "../../../src/cli/command.js";
import { terminalOf } from "../../../src/cli/terminal.js";
import { loadConfig } from "../../../src/config/config.js";
import type { Dissection, NativeCore } from "../../../src/native/types.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const dissect = vi.fn<NativeCore["dissect"]>();
vi.mock("../../../src/native/native.js", () => ({
  loadNativeCore: () => ({ dissect, checkSettings: () => Promise.resolve(), checkPlaceFiles: () => [] }),
}));

async function dissected(file: string, dissection: Dissection): Promise<{ readonly code: number; readonly printed: readonly string[]; readonly noted: readonly string[] }> {
  dissect.mockResolvedValueOnce(dissection);
  const [printed, noted]: [string[], string[]] = [[], []];
  const unused = (): never => { throw new Error("a dissection needs none of this"); };
  const context: CommandContext = {
    operands: [file], options: {}, config: () => Promise.resolve(loadConfig({ file: null, node: "n", environment: {}, workingDirectory: temporaryDirectory() })),
    reread: unused, connect: unused, remote: null, signal: new AbortController().signal, commands: [], terminal: terminalOf({}, {}),
    print: (line) => { printed.push(line); }, note: (line) => { noted.push(line); },
  };
  return { code: await run(context), printed, noted };
}

describe("dissect", () => {
  it("prints documents only, and tells on standard error what was odd", async () => {
    const documents = '{"sessions3":[]}';
    expect(await dissected("a.pcap", { documents, warnings: [] })).toEqual({ code: 0, printed: [documents], noted: [] });
    const warnings = [{ name: "damaged-compression", count: 1, firstOffset: 1474 }, { name: "clock-set-back", count: 2, firstOffset: null }];
    expect(await dissected("a.pcap.gz", { documents, warnings })).toEqual({
      code: 0, printed: [documents], noted: ["a.pcap.gz: warning: damaged-compression (1, first at offset 1474)", "a.pcap.gz: warning: clock-set-back (2)"],
    });
    expect((await dissected("-", { documents, warnings: warnings.slice(0, 1) })).noted).toEqual(["standard input: warning: damaged-compression (1, first at offset 1474)"]);
  });
});
