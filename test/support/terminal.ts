import { spawn, spawnSync, type ChildProcess } from "node:child_process";

/** Longest wait for what a program prints, in milliseconds. */
const LONGEST_MS = 30_000;

/** Whether programs can be given a terminal on this host. */
export function hasTerminal(): boolean {
  return spawnSync("script", ["--version"]).status === 0;
}

function shellWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A program at a terminal, through util-linux's `script`. */
export class Terminal {
  readonly #child: ChildProcess;
  readonly exited: Promise<number | null>;
  #shown = "";
  /** Up to where what is shown has been waited for. */
  #seen = 0;
  #look: () => void = () => {};

  constructor(words: readonly string[], workingDirectory: string, environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn("script", ["-qefc", words.map(shellWord).join(" "), "/dev/null"], {
      cwd: workingDirectory, env: { ...process.env, TERM: "xterm", ...environment }, stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout?.on("data", (data: Buffer) => {
      this.#shown += data.toString();
      this.#look();
    });
    this.exited = new Promise((resolve) => { this.#child.on("close", resolve); });
  }

  /** Everything that was shown. */
  get shown(): string {
    return this.#shown;
  }

  /** Resolves when a text is shown after what was waited for before. */
  async until(text: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => { reject(new Error(`the terminal does not show ${JSON.stringify(text)}:\n${this.#shown}`)); }, LONGEST_MS);
      this.#look = () => {
        const found = this.#shown.indexOf(text, this.#seen);
        if (found < 0) return;
        this.#seen = found + text.length;
        clearTimeout(late);
        resolve();
      };
      this.#look();
    });
  }

  /** Types a line, or only keys where `enter` is false. */
  type(text: string, enter = true): void {
    this.#child.stdin?.write(enter ? `${text}\r` : text);
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }
}
