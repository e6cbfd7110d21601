import { execFileSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { nearestNames } from "../../base/nearest-name.js";
import { PACKAGE_ROOT } from "../../base/package-root.js";
import type { CommandContext } from "../command.js";
import { runCheck, type Finding, type Verdict } from "../doctor/check.js";
import { CHECKS } from "../doctor/checks.js";
import { EXIT } from "../exit-code.js";
import { UsageError } from "../usage-error.js";

/** Longest run of a script that mends something. */
const FIX_MS = 30_000;
/** The scripts, beside the program. */
const SCRIPTS = fileURLToPath(new URL("ops/", PACKAGE_ROOT));

/** Looks at everything that Lookback needs of the host and says what to do about what is missing; with --fix it does what is safe, and looks again. */
export async function run({ operands: [names], options, config: configOf, print, note, terminal }: CommandContext): Promise<number> {
  const wanted = chosen(Array.isArray(names) ? names : []);
  const config = await configOf();
  const results: { readonly check: string; readonly verdict: Verdict; readonly detail: string; readonly advice: string | null }[] = [];
  const marks: Readonly<Record<Verdict, string>> = { ok: terminal.green("ok"), warn: terminal.yellow("warn"), fail: terminal.red("fail"), skip: terminal.dim("skip") };
  for (const check of wanted) {
    let findings = await runCheck(check, config);
    const fixes = options["fix"] === true ? findings.flatMap(({ fix }) => fix ?? []) : [];
    if (fixes.length > 0) {
      for (const fix of fixes) mend(fix, note);
      findings = await runCheck(check, config);
    }
    for (const { verdict, detail, advice } of findings) {
      results.push({ check: check.name, verdict, detail, advice: advice ?? null });
      if (options["json"] === true) continue;
      print(`${marks[verdict]}${" ".repeat(5 - verdict.length)} ${check.name}: ${detail}`);
      if (advice !== undefined) print(`      ${terminal.bold("→")} ${advice}`);
    }
  }
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  if (options["json"] === true) print(JSON.stringify({ ok: count("fail") === 0, findings: results }, null, 2));
  else print(`${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} failed${count("skip") > 0 ? `, ${count("skip")} skipped` : ""}`);
  return count("fail") === 0 ? EXIT.ok : EXIT.failed;
}

/** Runs a script of ours; what it cannot do the check tells again. */
function mend({ script, words }: NonNullable<Finding["fix"]>, note: (line: string) => void): void {
  note(`running ${[script, ...words].join(" ")}`);
  try {
    execFileSync(path.join(SCRIPTS, script), words, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8", timeout: FIX_MS });
  } catch (error) {
    note(`${script} failed: ${error instanceof Error ? error.message.split("\n").slice(0, 2).join(": ") : String(error)}`);
  }
}

function chosen(names: readonly string[]): typeof CHECKS {
  return names.length === 0 ? CHECKS : names.map((name) => {
    const check = CHECKS.find((known) => known.name === name);
    if (check !== undefined) return check;
    const near = nearestNames(name, CHECKS.map((known) => known.name), 2);
    throw new UsageError(`there is no check ${name.slice(0, 60)}; ${near.length > 0 ? `did you mean ${near.join(" or ")}?` : `there are ${CHECKS.map((known) => known.name).join(", ")}`}`);
  });
}
