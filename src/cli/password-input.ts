import { LookbackError } from "../base/errors.js";

/** Most of standard input that is looked at for a password, in characters. */
const MAX_INPUT = 1_000;

/** The first line of standard input, for `--password-stdin`: a command line is seen by every user of the machine. Throws BAD_INPUT where it is empty. */
export async function passwordOfInput(): Promise<string> {
  let input = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) if (input.length < MAX_INPUT) input += String(chunk);
  const [line = ""] = input.slice(0, MAX_INPUT).split(/\r?\n/);
  if (line === "") throw new LookbackError("BAD_INPUT", "--password-stdin: standard input holds no password");
  return line;
}
