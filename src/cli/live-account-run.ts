import { statfs } from "node:fs/promises";
import type { LiveAccount } from "../capture/live-account.js";
import { plainLine, redrawn, screenLines, type DirectorySpace } from "./live-screen.js";
import type { Terminal } from "./terminal.js";

/** Time between two screens, and between two lines where there is no terminal. */
const SCREEN_MS = 1000;
const LINE_MS = 10_000;

/** Where an account is shown. */
export interface AccountOutput {
  readonly terminal: Terminal;
  readonly write: (text: string) => void;
}

/** Shows a capture's account until the result is called. */
export function showAccount(capture: { account(): LiveAccount | null }, directories: readonly string[], { terminal, write }: AccountOutput): () => void {
  let before: LiveAccount | null = null;
  let isBusy = false;
  const show = async (): Promise<void> => {
    const account = capture.account();
    if (account === null) return;
    const shown = { account, before: before ?? { ...account, atMs: account.startedMs, total: { received: 0, stored: 0, byRule: 0, lost: 0, bytes: 0 } }, directories: await spaceOf(directories) };
    before = account;
    write(terminal.forPeople ? redrawn(screenLines(shown, terminal)) : `${plainLine(shown)}\n`);
  };
  const timer = setInterval(() => {
    // A disk that does not answer must not gather questions.
    if (isBusy) return;
    isBusy = true;
    show().catch((error: unknown) => {
      // What is shown ends no capture.
      write(`the account cannot be shown: ${error instanceof Error ? error.message : String(error)}\n`);
    }).finally(() => { isBusy = false; });
  }, terminal.forPeople ? SCREEN_MS : LINE_MS);
  if (terminal.forPeople) write("\u001b[2J");
  return () => { clearInterval(timer); };
}

async function spaceOf(directories: readonly string[]): Promise<readonly DirectorySpace[]> {
  const found = await Promise.all(directories.map(async (directory) => {
    try {
      const { bavail, blocks, bsize } = await statfs(directory);
      return [{ directory, freeBytes: bavail * bsize, totalBytes: blocks * bsize }];
    } catch {
      // Gone for now: capturing says what becomes of its packets.
      return [];
    }
  }));
  return found.flat();
}
