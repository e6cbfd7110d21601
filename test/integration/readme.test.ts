import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { lookback, spawnLookback, type LookbackProcess } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const readme = readFileSync("README.md", "utf8");

let running: LookbackProcess | null = null;
afterEach(async () => { await running?.stop(); });

it("the shell lines of the README's look-back do what they say, as they are printed", async () => {
  const directory = temporaryDirectory();
  const example = path.resolve(/--read (examples\/\S+)/.exec(readme)?.[1] ?? "");
  const start = spawnLookback(["start", "--read", example, "--data", "data", "--set", "viewPort=0"], directory);
  running = start;
  await start.line(/^Ready\.$/);
  const [, url = "", password = ""] = [/serves on (\S+)/, /password (\S+)/].reduce<string[]>((found, pattern) => [...found, pattern.exec(start.text())?.[1] ?? ""], [""]);
  const lines = readme.split("\n");
  const setUp = lines.slice(lines.findIndex((line) => line.startsWith("    URL=")), lines.findIndex((line) => line.includes("$URL/graphql; echo; }")) + 1).join("\n").replace(/URL=\S+/, `URL=${url}`).replace("PASSWORD", password);
  const inShell = (line: string): unknown => JSON.parse(execFileSync("bash", ["-c", `${setUp}\necho\n${line}`], { cwd: directory, encoding: "utf8" }).trim().split("\n").at(-1) ?? "");

  const [, first = ""] = /In the terminal: `(ask .*?)`\. /.exec(readme) ?? [];
  expect(inShell(first)).toMatchObject({ data: { sessions: { totalCount: { value: 5 } } } });
  const [, mutation = ""] = /```graphql\n(mutation [\s\S]*?)```/.exec(readme) ?? [];
  const { data: { createExport: { id } } } = inShell(`ask '${mutation}'`) as { data: { createExport: { id: string } } };
  const [, follow = ""] = /^ {4}(ask '.*)$/m.exec(readme) ?? [];
  await expect.poll(() => inShell(follow.replace('"ID"', `"${id}"`)), { timeout: 30_000 }).toMatchObject({ data: { export: { state: "DONE", downloadUrl: expect.stringMatching(/^\/api\/exports\//) } } });

  for (const [, words = ""] of readme.matchAll(/^ {4}npx lookback ((?:search|aggregate) .*?)(?: {2,}#.*)?$/gm)) {
    const { code, output } = await lookback([...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "").concat("--data", "data"), directory);
    expect([code, output.trim().split("\n").length > 2], words).toEqual([0, true]);
  }
});
