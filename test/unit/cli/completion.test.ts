import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { examplesOf, type Command } from "../../../src/cli/command.js";
import { COMMANDS } from "../../../src/cli/command-list.js";
import { completedCommands } from "../../../src/cli/completion.js";
import { bashScript, fishScript, zshScript } from "../../../src/cli/completion-scripts.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const names = { fields: ["host.http", "host.http.cnt", "ip.src", "ip.dst"], settings: ["viewHost", "viewPort"] };
const commands = completedCommands(COMMANDS);
const directory = temporaryDirectory();
const installed = (shell: string): boolean => spawnSync(shell, ["-c", "true"]).status === 0;

function runnable(list: readonly Command[], path: readonly string[] = []): (readonly [string, Command])[] {
  return list.flatMap((command) => [...(command.load === undefined ? [] : [[[...path, command.name].join(" "), command] as const]), ...runnable(command.commands ?? [], [...path, command.name])]);
}

describe("every command", () => {
  it.each(runnable(COMMANDS))("%s has an example that names it", (name, { examples = [] }) => {
    expect(examples.length).toBeGreaterThan(0);
    for (const [line, what] of examples) expect([line.includes(`lookback ${name}`), what.length > 3]).toEqual([true, true]);
  });

  it("has one in the help of the group that it is in", () => {
    const groups = COMMANDS.filter(({ commands: below }) => below !== undefined);
    expect(groups.length).toBeGreaterThan(3);
    for (const group of groups) expect(examplesOf(group).map(([line]) => line.split(" ").slice(0, 3).join(" "))).toEqual(group.commands?.map(({ name }) => `lookback ${group.name} ${name}`));
  });

  it.each(runnable(COMMANDS).filter(([name]) => name !== "completion"))("%s prints JSON when asked to", (_name, { options = [] }) => {
    expect(options.map(([flags]) => flags)).toContain("--json");
  });

  it.each(runnable(COMMANDS))("%s declares completions of options that it has", (_name, { completes = {}, options = [] }) => {
    const flags = options.map(([flag]) => flag.split(/[ ,]/)[0]);
    for (const place of Object.keys(completes)) if (place !== "operand") expect(flags).toContain(place);
  });
});

describe.skipIf(!installed("bash"))("bash", () => {
  const file = join(directory, "lookback.bash");
  const complete = (...words: readonly string[]): string[] => {
    writeFileSync(file, bashScript(commands, names));
    const driver = `source ${file}; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _lookback; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", driver, "bash", "lookback", ...words], { encoding: "utf8" });
    expect(stderr).toBe("");
    return stdout.split("\n").filter((line) => line !== "");
  };

  it.each([
    [["sea"], ["search"]], [["config", ""], ["check", "explain"]], [["config", "explain", "viewP"], ["viewPort"]], [["search", "--lim"], ["--limit"]],
    [["search", "--fields", "ip.src,host"], ["ip.src,host.http", "ip.src,host.http.cnt"]], [["aggregate", "--metric", "p"], ["packets"]], [["completion", ""], ["bash", "zsh", "fish"]],
    [["--data", "x", "export", "--js"], ["--json"]], [["serve", "--set", "viewP"], ["viewPort="]], [["search", "--url", ""], []], [["capture", "--url"], []],
  ])("completes %j to %j", (words, expected) => {
    expect(complete(...words)).toEqual(expected);
  });
});

describe.each([["zsh", zshScript], ["fish", fishScript]] as const)("%s", (shell, script) => {
  it.skipIf(!installed(shell))("reads the script", () => {
    const file = join(directory, `lookback.${shell}`);
    writeFileSync(file, script(commands, names));
    expect(spawnSync(shell, ["-n", file], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  it("names every command and a value of an option", () => {
    const text = script(commands, names);
    for (const { name } of COMMANDS) expect(text).toContain(name);
    expect(text).toContain("databytes");
  });
});

describe.skipIf(!installed("zsh"))("zsh", () => {
  it("completes commands, options and values at a terminal", () => {
    const [script, file] = [join(directory, "driven.zsh"), join(directory, "completed.txt")];
    writeFileSync(script, zshScript(commands, names));
    const lines = [
      ["lookback sea", "lookback search "], ["lookback config e", "lookback config explain "], ["lookback config explain viewP", "lookback config explain viewPort "],
      ["lookback search --lim", "lookback search --limit "], ["lookback search text --js", "lookback search text --json "], ["lookback aggregate --metric pac", "lookback aggregate --metric packets "],
      ["lookback search --fields ip.src,host.http.c", "lookback search --fields ip.src,host.http.cnt,"], ["lookback serve --set viewP", "lookback serve --set viewPort="], ["lookback completion z", "lookback completion zsh "],
      ["lookback --data x export --js", "lookback --data x export --json "], ["lookback search --url ", "lookback search --url "],
    ];
    const { stderr, status } = spawnSync("zsh", ["-f", "test/support/complete-in-zsh.zsh", script, file, ...lines.map(([line = ""]) => line)], { encoding: "utf8", timeout: 60_000 });
    expect([stderr, status]).toEqual(["", 0]);
    expect(readFileSync(file, "utf8").split("\n").slice(0, -1)).toEqual(lines.map(([, completed]) => completed));
  }, 60_000);
});

describe.skipIf(!installed("fish"))("fish", () => {
  it("completes commands, options and values", () => {
    const file = join(directory, "lookback.fish");
    writeFileSync(file, fishScript(commands, names));
    const complete = (line: string): string[] => spawnSync("fish", ["-c", `source ${file}; complete -C '${line}'`], { encoding: "utf8" }).stdout.split("\n").filter((found) => found !== "").map((found) => found.split("\t")[0] ?? "");
    expect(complete("lookback sea")).toEqual(["search"]);
    expect(complete("lookback config e")).toEqual(["explain"]);
    expect(complete("lookback aggregate --metric p")).toEqual(["packets"]);
    expect(complete("lookback config explain viewP")).toEqual(["viewPort"]);
  });
});
