import { LookbackError } from "../../base/errors.js";
import { nearestNames } from "../../base/nearest-name.js";
import type { CommandContext } from "../command.js";
import { runCheck, type Verdict } from "../doctor/check.js";
import { CHECKS } from "../doctor/checks.js";
import { EXIT } from "../exit-code.js";

/** Looks at everything that Lookback needs of the host and says what to do about what is missing. Changes nothing. */
export async function run({ operands: [names], options, config: configOf, print, terminal }: CommandContext): Promise<number> {
  const wanted = chosen(Array.isArray(names) ? names : []);
  const config = await configOf();
  const results: { readonly check: string; readonly verdict: Verdict; readonly detail: string; readonly advice: string | null }[] = [];
  const marks: Readonly<Record<Verdict, string>> = { ok: terminal.green("ok"), warn: terminal.yellow("warn"), fail: terminal.red("fail"), skip: terminal.dim("skip") };
  for (const check of wanted) {
    for (const { verdict, detail, advice } of await runCheck(check, config)) {
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

function chosen(names: readonly string[]): typeof CHECKS {
  return names.length === 0 ? CHECKS : names.map((name) => {
    const check = CHECKS.find((known) => known.name === name);
    if (check !== undefined) return check;
    const near = nearestNames(name, CHECKS.map((known) => known.name), 2);
    throw new LookbackError("BAD_INPUT", `there is no check ${name.slice(0, 60)}; ${near.length > 0 ? `did you mean ${near.join(" or ")}?` : `there are ${CHECKS.map((known) => known.name).join(", ")}`}`);
  });
}
