import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";

const MAIN = path.resolve("dist/bundle/main.js");
/** Longest wait for a line or for the end, in milliseconds. */
const LONGEST_MS = 60_000;

/** A finished command. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly error: string;
}

/** A running `lookback`. */
export class LookbackProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<Finished>;
  #output = "";
  #error = "";
  #listeners: (() => void)[] = [];

  constructor(words: readonly string[], workingDirectory: string, more: { readonly input?: Buffer; readonly command?: readonly string[]; readonly keepInput?: boolean } = {}) {
    const [program = process.execPath, ...before] = more.command ?? [];
    const args = more.command === undefined ? [MAIN, ...words] : [...before, process.execPath, MAIN, ...words];
    this.child = spawn(program, args, { cwd: workingDirectory, stdio: ["pipe", "pipe", "pipe"] });
    this.child.stdin?.on("error", () => {});
    if (more.keepInput !== true) this.child.stdin?.end(more.input);
    this.child.stdout?.on("data", (data: Buffer) => { this.#output += data.toString(); this.#tell(); });
    this.child.stderr?.on("data", (data: Buffer) => { this.#error += data.toString(); this.#tell(); });
    this.exited = new Promise((resolve) => {
      this.child.on("close", (code, signal) => {
        resolve({ code, signal, output: this.#output, error: this.#error });
        this.#tell();
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  text(): string {
    return this.#output;
  }

  errorText(): string {
    return this.#error;
  }

  /** Resolves once standard output has a line like this. */
  line(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => { reject(new Error(`no line ${String(pattern)} in:\n${this.#output}${this.#error}`)); }, LONGEST_MS);
      const look = (): void => {
        if (this.#output.split("\n").some((line) => pattern.test(line))) {
          clearTimeout(late);
          resolve();
        } else if (this.child.exitCode !== null) {
          clearTimeout(late);
          reject(new Error(`ended with ${this.child.exitCode}:\n${this.#output}${this.#error}`));
        }
      };
      this.#listeners.push(look);
      look();
    });
  }

  /** Ends it in order; resolves to the exit code. */
  async stop(): Promise<number | null> {
    this.child.kill("SIGTERM");
    return (await this.exited).code;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export function spawnLookback(words: readonly string[], workingDirectory: string, command?: readonly string[]): LookbackProcess {
  return new LookbackProcess(words, workingDirectory, { ...(command === undefined ? {} : { command }) });
}

/** Runs a command to its end. */
export function lookback(words: readonly string[], workingDirectory: string, input?: Buffer): Promise<Finished> {
  return new LookbackProcess(words, workingDirectory, { ...(input === undefined ? {} : { input }) }).exited;
}
