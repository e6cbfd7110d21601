import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { EXIT } from "./exit-code.js";

/** First wait before a child is started again, in milliseconds; doubled up to the longest. Packets are lost meanwhile. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 60_000;
/** A child that ran for so many milliseconds and ends is started again after the first wait; those that end sooner, and again and again, after longer ones. */
const LASTING_MS = 60_000;
/** Where it ran for so long it waits no longer than that, or than a tenth of the run: of what passes meanwhile most is captured. */
const SHORT_MS = 1_000;

/** A child process that is started again when it ends without being told to. */
export interface Supervised {
  /** Tells the child to read its configuration again, once it runs. */
  hangUp(): void;
  /** Tells the child to end and waits for it. */
  stop(): Promise<void>;
}

/** How a child is supervised beyond starting it again. */
export interface Supervision {
  /** Called when a child ended for want of room, before it is started again. */
  readonly makeRoom?: () => Promise<void>;
  /** The program that is run, by default `lookback`. */
  readonly program?: string;
  /** First wait before a child is started again, in milliseconds. */
  readonly firstWaitMs?: number;
  /** Milliseconds of a clock that is never set. */
  readonly nowMs?: () => number;
}

/**
 * Runs `lookback` with `words` as a child; messages call it `what`. A first child that ends by itself before it said that it runs is
 * not tried again: it has printed why (no interface, no right to capture), and trying would print it for ever. One that found no room,
 * or another process in its role (what a killed `lookback start` left), that a signal ended, or that the kernel made no process for, is, and so is every child after one that ran: what worked once will work again.
 */
export function supervise(what: string, words: readonly string[], note: (line: string) => void, supervision: Supervision = {}): Supervised {
  const { makeRoom, program = fileURLToPath(new URL("./main.js", import.meta.url)), firstWaitMs = FIRST_WAIT_MS, nowMs = () => performance.now() } = supervision;
  let child: ChildProcess | null = null;
  let stopping = false;
  let waitMs = firstWaitMs;
  /** The wait after a run that ends too soon. */
  let afterShortMs = firstWaitMs;
  let timer: NodeJS.Timeout | null = null;
  let listening = false;
  let hasRun = false;
  let ranSinceMs = 0;
  let ended: Promise<void> = Promise.resolve();

  const startLater = (why: string): void => {
    note(`${why}; starting it again in ${waitMs / 1000} s`);
    timer = setTimeout(start, waitMs);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  };
  const onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
    const full = code === EXIT.noRoom;
    if (!hasRun && !full && code !== EXIT.roleHeld && signal === null) {
      note(`${what} did not start (exit code ${code ?? "unknown"}); it is not tried again`);
      return;
    }
    if (full) makeRoom?.().catch((error: unknown) => { note(`no room could be made for ${what}: ${error instanceof Error ? error.message : String(error)}`); });
    if (listening) {
      // What kept it from starting before it ran is over.
      const ranMs = nowMs() - ranSinceMs;
      const isLasting = ranMs >= LASTING_MS;
      waitMs = isLasting ? firstWaitMs : ranMs < SHORT_MS ? afterShortMs : Math.min(afterShortMs, Math.max(SHORT_MS, ranMs / 10));
      afterShortMs = Math.min((isLasting ? firstWaitMs : afterShortMs) * 2, LONGEST_WAIT_MS);
    }
    startLater(`${what} ended (${signal ?? `exit code ${code ?? "unknown"}`})`);
  };
  const start = (): void => {
    let started: ChildProcess;
    try {
      started = fork(program, [...words], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    } catch (error) {
      startLater(`${what} could not be started: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    child = started;
    started.on("message", () => {
      if (!listening) ranSinceMs = nowMs();
      hasRun = true;
      listening = true;
    });
    ended = new Promise((resolve) => {
      started.on("exit", (code, signal) => {
        child = null;
        resolve();
        if (!stopping) onExit(code, signal);
        listening = false;
      });
      started.on("error", (error) => {
        // One that there is hears of a signal or a message that does not reach it as well, and goes on.
        if (started.pid !== undefined) {
          note(`${what}: ${error.message}`);
          return;
        }
        child = null;
        resolve();
        if (!stopping) startLater(`${what} could not be started: ${error.message}`);
      });
    });
  };
  start();
  return {
    hangUp() {
      // Before it says that it runs, a child has no ear for the signal, which would end it.
      if (listening) child?.kill("SIGHUP");
    },
    async stop() {
      stopping = true;
      if (timer !== null) clearTimeout(timer);
      // One that could not be started has no process: the signal would go to others, such as this one and all of its group.
      if (child?.pid !== undefined) child.kill("SIGTERM");
      await ended;
    },
  };
}
