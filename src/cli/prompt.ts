import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { LookbackError } from "../base/errors.js";

/** Asks a person at the terminal. Questions go to standard error, so that standard output stays the command's. */
export class Prompt {
  /** Asks until an answer is accepted; an empty one is `usual`. `check` returns why an answer is none, or null. */
  async ask(question: string, usual: string, check: (answer: string) => string | null = () => null): Promise<string> {
    for (;;) {
      const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
      const answer = await answerOf(reader, `${question}${usual === "" ? "" : ` [${usual}]`}: `).finally(() => { reader.close(); });
      const given = answer.trim() === "" ? usual : answer.trim();
      const reason = check(given);
      if (reason === null) return given;
      process.stderr.write(`  ${reason}\n`);
    }
  }

  /** Asks for a password twice, without showing it. Empty: none. */
  async password(question: string, check: (answer: string) => string | null): Promise<string> {
    for (;;) {
      const first = await this.#hidden(`${question}: `);
      if (first === "") return "";
      const reason = check(first) ?? ((await this.#hidden("Again: ")) === first ? null : "these were not the same");
      if (reason === null) return first;
      process.stderr.write(`  ${reason}\n`);
    }
  }

  async #hidden(question: string): Promise<string> {
    const nowhere = new Writable({ write(_chunk, _encoding, done) { done(); } });
    const reader = createInterface({ input: process.stdin, output: nowhere, terminal: true });
    // Asked once the terminal shows nothing that is typed.
    process.stderr.write(question);
    try {
      return await answerOf(reader, "");
    } finally {
      reader.close();
      process.stderr.write("\n");
    }
  }
}

/** The next line. The end of the input and an interrupt are no answers. */
function answerOf(reader: ReturnType<typeof createInterface>, question: string): Promise<string> {
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (): void => { reject(new LookbackError("QUERY_CANCELLED", "nothing was written")); };
    reader.once("close", end).once("SIGINT", end);
  });
  return Promise.race([reader.question(question), ended]);
}
