import type { DevicePlan, PacketPlan, PacketPlanItem, SessionPlan } from "./plan.js";

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** A size for people: `12.3 GiB`. */
export function printBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}

/**
 * The plans as lines: what would go and why, in order, and how many files stay for each reason; with `all`, every file
 * that stays too.
 */
export function printPlans(packets: PacketPlan, sessions: SessionPlan, all: boolean): readonly string[] {
  return [...packets.devices.flatMap((device) => deviceLines(device, all)), ...elsewhereLines(packets.elsewhere, all), ...sessionLines(sessions, all)];
}

function deviceLines(device: DevicePlan, all: boolean): string[] {
  const going = device.items.filter((item) => item.action === "delete");
  const { directories, freeBytes, totalBytes, targetBytes, deleteBytes, pendingBytes, shortfallBytes } = device;
  return [
    `${directories.join(", ")}: ${printBytes(freeBytes)} of ${printBytes(totalBytes)} free, ${printBytes(targetBytes)} wanted: ${going.length} files (${printBytes(deleteBytes)}) would be deleted`,
    ...(pendingBytes > 0 ? [`  ${printBytes(pendingBytes)} of deleted files are not unlinked yet`] : []),
    ...(shortfallBytes > 0 ? [`  ${printBytes(shortfallBytes)} short of what is wanted; nothing more may go`] : []),
    ...itemLines(device.items, all),
  ];
}

function elsewhereLines(items: readonly PacketPlanItem[], all: boolean): string[] {
  return items.length === 0 ? [] : [`files elsewhere: ${items.length}, never deleted`, ...itemLines(items, all)];
}

function itemLines(items: readonly PacketPlanItem[], all: boolean): string[] {
  const kept = new Map<string, { files: number; bytes: number }>();
  const lines: string[] = [];
  for (const { action, path, bytes, reason, note } of items) {
    if (action === "delete" || all) lines.push(`  ${action} ${path} (${printBytes(bytes)}): ${reason}${note === null ? "" : `, ${note}`}`);
    if (action === "delete") continue;
    const { files, bytes: sum } = kept.get(reason) ?? { files: 0, bytes: 0 };
    kept.set(reason, { files: files + 1, bytes: sum + bytes });
  }
  for (const [reason, { files, bytes }] of kept) lines.push(`  kept, ${reason}: ${files} files (${printBytes(bytes)})`);
  return lines;
}

function sessionLines({ expireDays, items }: SessionPlan, all: boolean): string[] {
  const going = items.filter((item) => item.action === "expire");
  const rows = going.reduce((sum, item) => sum + item.rows, 0);
  return [
    expireDays === null ? "sessions are kept for ever (expireDays is unset)" : `sessions older than ${expireDays} days: ${rows} sessions of ${going.length} days would be removed`,
    ...items.filter((item) => all || item.action === "expire").map((item) => `  ${item.action} ${item.day} (${item.rows} sessions, ${printBytes(item.bytes)}): ${item.reason}${item.note === null ? "" : `, ${item.note}`}`),
  ];
}
