import type { ImportJob } from "../capture/import-job.js";
import { counted } from "./counted.js";

/** What is shown of an import. */
export type ShownJob = Pick<
  ImportJob,
  "id" | "path" | "state" | "packets" | "bytes" | "totalBytes" | "sessions" | "errorCode" | "errorMessage" | "warnings" | "createdAtMs" | "startedAtMs" | "finishedAtMs"
>;

/** Least milliseconds between two lines where there is no terminal. */
const PLAIN_INTERVAL_MS = 5000;

/** `1536` as `1.5 KiB`; a rate may have parts of a byte. */
export function printBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return unit === 0 ? `${Math.round(value)} B` : `${value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** Seconds as `1:02:03` or `2:03`. */
export function printDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** One line about a running import: bar, packets, bytes, rate, remaining time. */
export function progressLine(job: ShownJob, nowMs: number, name: string): string {
  const seconds = Math.max((nowMs - (job.startedAtMs ?? nowMs)) / 1000, 0.001);
  const rate = job.bytes / seconds;
  const share = job.totalBytes > 0 ? Math.min(job.bytes / job.totalBytes, 1) : null;
  const bar = share === null ? "" : `[${"#".repeat(Math.round(share * 20)).padEnd(20, ".")}] ${String(Math.floor(share * 100)).padStart(3)} %  `;
  const left = share === null || rate === 0 ? "" : `  ${printDuration((job.totalBytes - job.bytes) / rate)} left`;
  return `${bar}${name}  ${job.packets} packets  ${printBytes(job.bytes)}  ${printBytes(rate)}/s${left}`;
}

/** What a warning is about, where its name does not say what can be done. */
const EXPLAINED: Readonly<Record<string, string>> = { "packets-in-no-session": "of kinds that saveUnknownPackets and trackESP leave out" };

/** A reader's warning: what, how often, where first. */
export function warningText(warning: Readonly<Record<string, unknown>>): string {
  const name = String(warning["name"]);
  const explained = EXPLAINED[name] === undefined ? "" : `, ${EXPLAINED[name]}`;
  return `warning: ${name} (${String(warning["count"])}${warning["firstOffset"] == null ? "" : `, first at offset ${String(warning["firstOffset"])}`}${explained})`;
}

/** What became of an import, as one line. */
export function resultLine(job: ShownJob, name: string): string {
  const seconds = Math.max(((job.finishedAtMs ?? 0) - (job.startedAtMs ?? 0)) / 1000, 0.001);
  switch (job.state) {
    case "done": {
      const warnings = job.warnings.map((warning) => `  ${warningText(warning)}`).join("");
      return `imported ${name}: ${counted(job.packets, "packet")}, ${counted(job.sessions, "session")}, ${printBytes(job.bytes)} in ${seconds.toFixed(1)} s${warnings}`;
    }
    case "already":
      return `already imported ${name}: nothing changed`;
    default:
      return `failed ${name}: ${job.errorCode ?? "INTERNAL"}: ${job.errorMessage ?? "unknown"}`;
  }
}

/** Shows how imports go: one line that is rewritten on a terminal, plain lines otherwise. */
export class ProgressPrinter {
  readonly #out: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };
  readonly #nowMs: () => number;
  #shown = false;
  /** The job that is shown, of those that go on side by side. */
  #job: string | null = null;
  #lastPlainMs: number;

  constructor(out: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown }, nowMs: () => number) {
    this.#out = out;
    this.#nowMs = nowMs;
    this.#lastPlainMs = nowMs();
  }

  running(job: ShownJob, name: string): void {
    if (this.#job !== null && this.#job !== job.id) return;
    this.#job = job.id;
    const line = progressLine(job, this.#nowMs(), name);
    if (this.#out.isTTY === true) {
      this.#out.write(`\r\u001b[K${line.slice(0, (this.#out.columns ?? 80) - 1)}`);
      this.#shown = true;
    } else if (this.#nowMs() - this.#lastPlainMs >= PLAIN_INTERVAL_MS) {
      this.#lastPlainMs = this.#nowMs();
      this.#out.write(`${line}\n`);
    }
  }

  /** A job is over, and this is told of it. */
  over(job: ShownJob, text: string | null): void {
    if (this.#job === job.id) this.#job = null;
    if (text !== null) this.line(text);
  }

  /** A line that stays. */
  line(text: string): void {
    if (this.#shown) this.#out.write("\r\u001b[K");
    this.#shown = false;
    this.#out.write(`${text}\n`);
  }
}

/** One line of progress that is rewritten in place; nothing where there is no terminal. */
export class StatusLine {
  readonly #out: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };
  #shown = false;

  constructor(out: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown }) {
    this.#out = out;
  }

  show(text: string): void {
    if (this.#out.isTTY !== true) return;
    this.#out.write(`\r\u001b[K${text.slice(0, (this.#out.columns ?? 80) - 1)}`);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) this.#out.write("\r\u001b[K");
    this.#shown = false;
  }
}
