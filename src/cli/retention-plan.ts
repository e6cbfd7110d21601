import type { Answer } from "./answer.js";
import { counted } from "./counted.js";
import { printBytes } from "./progress.js";

/** What a plan of retention is read from, whoever makes it. */
export const RETENTION_PLAN = `{ retentionPlan {
  devices { directories freeBytes totalBytes targetBytes pendingBytes deleteBytes shortfallBytes deletionCount deletions { ...File } kept { ...Kept } blocked { hold items bytes } }
  missing { ...File } elsewhere { ...Kept } excessBytes days { day sessions bytes expires reason heldSessions holds note } mergeCount compaction { day segments sessions bytes reason } placement { index bytes reason settings { name value } } nodesShortBytes exports { id owner bytes } auditEntries
  unmeasured { directory reason } warnings
} }
fragment File on PlannedFile { path bytes reason heldBytes note }
fragment Kept on KeptFiles { reason files bytes }`;

/** A plan of the API as lines: what would go and why, in order, and how much stays for each reason. */
export function retentionPlanLines(plan: Answer): readonly string[] {
  const days = plan.at("days").list();
  const going = days.filter((day) => day.at("expires").flag());
  const staying = days.length - going.length;
  const [exports, missing, excess] = [plan.at("exports").list(), plan.at("missing").list(), plan.at("excessBytes").number()];
  return [
    ...plan.at("devices").list().flatMap(deviceLines),
    ...(missing.length > 0 ? ["files that are not there any more:", ...missing.map((file) => fileLine("strike off", file))] : []),
    ...(plan.at("elsewhere").list().length > 0 ? ["files elsewhere, none is deleted:", ...plan.at("elsewhere").list().map(keptLine)] : []),
    ...(excess > 0 ? [`${printBytes(excess)} of packet files beyond pcapMaxSizeG; nothing more may go`] : []),
    `${counted(sum(going, "sessions") - sum(going, "heldSessions"), "session")}${going.length === 0 ? "" : ` of ${counted(going.length, "day")}`} would be removed, ${counted(staying, "day")} ${staying === 1 ? "stays" : "stay"}`,
    ...going.map((day) => `  expire ${day.at("day").text()} (${day.at("sessions").number()} sessions, ${printBytes(day.at("bytes").number())}): ${day.at("reason").text()}${day.at("heldSessions").number() > 0 ? `, ${day.at("heldSessions").number()} held sessions stay` : ""}`),
    ...days.filter((day) => day.at("reason").text() === "held").map((day) => `  kept, held: ${day.at("day").text()} (hold ${day.at("holds").list().map((hold) => hold.number()).join(", ")}${day.at("note").orNull() === null ? "" : `, ${day.at("note").text()}`})`),
    ...(plan.at("nodesShortBytes").number() > 0 ? [`  ${printBytes(plan.at("nodesShortBytes").number())} short of sessionFreeSpaceG on the data nodes; nothing more may go`] : []),
    ...compactionLines(plan), ...placementLines(plan),
    `exports whose time is over: ${exports.length} (${printBytes(sum(exports, "bytes"))}) would be removed`,
    ...exports.map((one) => `  remove ${one.at("id").text()} of ${one.at("owner").text()} (${printBytes(one.at("bytes").number())})`),
    `audit log: ${plan.at("auditEntries").number()} entries would be removed`,
  ];
}

function deviceLines(device: Answer): string[] {
  const bytes = (name: string): string => printBytes(device.at(name).number());
  const [deletions, count] = [device.at("deletions").list(), device.at("deletionCount").number()];
  return [
    `${device.at("directories").list().map((directory) => directory.text()).join(", ")}: ${bytes("freeBytes")} of ${bytes("totalBytes")} free, ${bytes("targetBytes")} wanted: ${counted(count, "file")} (${bytes("deleteBytes")}) would be deleted`,
    ...(device.at("pendingBytes").number() > 0 ? [`  ${bytes("pendingBytes")} of deleted files are not unlinked yet`] : []),
    ...device.at("blocked").list().map((hold) => `  hold ${hold.at("hold").number()} keeps ${counted(hold.at("items").number(), "file")} (${printBytes(hold.at("bytes").number())}) that would go`),
    ...(device.at("shortfallBytes").number() > 0 ? [`  ${bytes("shortfallBytes")} short of what is wanted; nothing more may go`] : []),
    ...deletions.map((file) => fileLine("delete", file)), ...(count > deletions.length ? [`  … and ${count - deletions.length} more`] : []),
    ...device.at("kept").list().map(keptLine),
  ];
}

function placementLines(plan: Answer): string[] {
  const indices = plan.at("placement").list();
  if (indices.length === 0) return [];
  return [
    `indices: ${indices.length} would be placed anew`,
    ...indices.map((one) => `  place ${one.at("index").text()} (${printBytes(one.at("bytes").number())}): ${one.at("reason").text()}, ${one.at("settings").list().map((setting) => `${setting.at("name").text()}=${setting.at("value").text()}`).join(", ")}`),
  ];
}

function compactionLines(plan: Answer): string[] {
  const [merges, count] = [plan.at("compaction").list(), plan.at("mergeCount").number()];
  return [
    `compaction: ${count} merges would be made`,
    ...merges.map((merge) => `  merge ${merge.at("segments").number()} segments of ${merge.at("day").text()} (${merge.at("sessions").number()} sessions, ${printBytes(merge.at("bytes").number())}): ${merge.at("reason").text()}`),
    ...(count > merges.length ? [`  … and ${count - merges.length} more`] : []),
  ];
}

function fileLine(verb: string, file: Answer): string {
  const [held, why] = [file.at("heldBytes").number(), file.at("note").orNull()?.text() ?? null];
  return `  ${verb} ${file.at("path").text()} (${printBytes(file.at("bytes").number())}): ${file.at("reason").text()}${held > 0 ? `, ${printBytes(held)} of held packets are copied out first` : ""}${why === null ? "" : `, ${why}`}`;
}

function keptLine(kept: Answer): string {
  return `  kept, ${kept.at("reason").text()}: ${counted(kept.at("files").number(), "file")} (${printBytes(kept.at("bytes").number())})`;
}

function sum(items: readonly Answer[], name: string): number {
  return items.reduce((total, item) => total + item.at(name).number(), 0);
}
