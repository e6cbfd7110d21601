import type { LiveAccount } from "../capture/live-account.js";
import { printBytes, printDuration } from "./progress.js";
import { printable, type Terminal } from "./terminal.js";

/** Room on the device of a packet directory. */
export interface DirectorySpace {
  readonly directory: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** What the screen shows: the account now and a while ago, and the room there is. */
export interface Shown {
  readonly account: LiveAccount;
  readonly before: LiveAccount;
  readonly directories: readonly DirectorySpace[];
}

interface Rates {
  readonly seconds: number;
  readonly packets: number;
  readonly bits: number;
  readonly bytes: number;
  readonly lost: number;
}

function ratesOf({ account, before }: Shown): Rates {
  const seconds = Math.max((account.atMs - before.atMs) / 1000, 0.001);
  const rate = (count: (total: LiveAccount["total"]) => number): number => Math.max(0, (count(account.total) - count(before.total)) / seconds);
  const bytes = rate(({ bytes: all }) => all);
  return { seconds, packets: rate(({ received }) => received), bytes, bits: bytes * 8, lost: rate(({ lost }) => lost) };
}

/** The account as a screen of lines, no wider than the terminal. */
export function screenLines(shown: Shown, terminal: Terminal): readonly string[] {
  const { account, directories } = shown;
  const rates = ratesOf(shown);
  const loss = `${count(account.total.lost)} lost (${share(account.total.lost, account.total.received)})`;
  const lines = [
    terminal.bold(`${printable(account.interfaces.map(({ name }) => name).join(", "))}, capturing for ${printDuration((account.atMs - account.startedMs) / 1000)}`),
    `rate      ${count(Math.round(rates.packets))} packets/s  ${bits(rates.bits)}  ${rates.lost > 0 ? terminal.red(`${count(Math.round(rates.lost))} lost/s`) : "nothing lost"}`,
    `packets   ${count(account.total.received)} received  ${count(account.total.stored)} stored  ${count(account.total.byRule)} left out by rules  ${account.total.lost > 0 ? terminal.red(loss) : loss}`,
    ...account.interfaces.map(({ name, received, droppedByKernel, droppedByInterface, lostToQueue, lostToDisk, cut, malformed }) =>
      `  ${printable(name)}: ${count(received)} received; lost: kernel ${orUnknown(droppedByKernel)}, interface ${orUnknown(droppedByInterface)}, queue ${count(lostToQueue)}, disk ${count(lostToDisk)}; cut ${count(cut)}, damaged ${count(malformed)}`),
    `queues    ${account.waits === 0 ? "never full" : `sources waited ${count(account.waits)} times for ours; the kernel's rings took the packets`}`,
    `sessions  ${count(account.sessions.open)} open  ${count(account.sessions.closed)} closed: ${count(account.sessions.indexed)} indexed, ${count(account.sessions.byRule)} left out by rules, ${count(account.sessions.lost)} lost`,
    ...directories.map(({ directory, freeBytes, totalBytes }) =>
      `disk      ${printable(directory)}: ${printBytes(freeBytes)} free of ${printBytes(totalBytes)} (${share(freeBytes, totalBytes)})${rates.bytes > 0 ? `, taken in ${printDuration(freeBytes / rates.bytes)} at this rate` : ""}`),
    ...(account.failure === null ? [] : [terminal.red(`not stored: ${printable(account.failure)}`)]),
  ];
  return lines.map((line) => fitted(line, terminal.columns));
}

/** The account as one line of words and numbers, for files and pipes. */
export function plainLine(shown: Shown): string {
  const { account, directories } = shown;
  const rates = ratesOf(shown);
  const { received, stored, byRule, lost } = account.total;
  const free = directories.map(({ freeBytes }) => freeBytes);
  return [
    new Date(account.atMs).toISOString(), `packets/s=${Math.round(rates.packets)}`, `Mbit/s=${(rates.bits / 1e6).toFixed(1)}`, `received=${received}`, `stored=${stored}`, `by-rule=${byRule}`,
    `lost=${lost}`, `waits=${account.waits}`, `open=${account.sessions.open}`, `indexed=${account.sessions.indexed}`, ...(free.length === 0 ? [] : [`free-bytes=${Math.min(...free)}`]),
    ...(account.failure === null ? [] : [`failure=${JSON.stringify(account.failure)}`]),
  ].join(" ");
}

/** What a terminal is sent to show lines in place of those before: from the top left, each line to its end, then nothing below. */
export function redrawn(lines: readonly string[]): string {
  return `\u001b[H${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`;
}

const count = (number: number): string => number.toLocaleString("en-US");
const orUnknown = (number: number | null): string => (number === null ? "unknown" : count(number));

function share(part: number, whole: number): string {
  if (whole === 0) return "0 %";
  const percent = (part / whole) * 100;
  // A loss that rounds to nothing is a loss.
  return percent > 0 && percent < 0.01 ? "under 0.01 %" : `${percent.toFixed(percent < 10 ? 2 : 0)} %`;
}

function bits(perSecond: number): string {
  const units = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"];
  let [value, unit] = [perSecond, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value.toFixed(unit === 0 ? 0 : 1)} ${units[unit] ?? ""}`;
}

/** A line cut to the width; styles take no room, and end with the line. */
function fitted(line: string, columns: number): string {
  let [left, out] = [columns, ""];
  // A style, or one character.
  for (const [part] of line.matchAll(/\u001b\[[0-9;]*m|./gu)) {
    const isStyle = part.length > 1 && part.startsWith("\u001b");
    if (!isStyle && left <= 0) continue;
    if (!isStyle) left -= 1;
    out += part;
  }
  return out;
}
