import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { access, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { systemClock } from "../../base/clock.js";
import { LookbackError, systemErrorCode } from "../../base/errors.js";
import { EXPORT_FORMATS, isCapture, type ExportFormat } from "../../export/export-request.js";
import { manifestPathOf } from "../../export/verify-export.js";
import type { Answer } from "../answer.js";
import type { CommandContext } from "../command.js";
import type { Connection } from "../connection.js";
import { counted } from "../counted.js";
import { EXIT } from "../exit-code.js";
import { withNamedFields } from "../named-fields.js";
import { printBytes, StatusLine } from "../progress.js";
import { rangeOf } from "../time-options.js";
import { errorOf } from "../told-error.js";
import { isThere } from "../is-there.js";
import { UsageError } from "../usage-error.js";

/** Milliseconds between two looks at an export. */
const LOOK_MS = 100;
/** Longest wait for an interrupted or failed export to be removed from the service, in milliseconds. */
const CLEAN_UP_MS = 5_000;

const EXPORT = "fragment Job on Export { id state progress sessions packets bytes missingPackets format sha256 downloadUrl manifestUrl error { code message } }";
const CREATE = `${EXPORT} mutation ($expression: String, $range: TimeRange, $format: ExportFormat!, $packets: ExportPackets!, $fields: [String!]) {
  createExport(expression: $expression, timeRange: $range, format: $format, packets: $packets, fields: $fields) { ...Job }
}`;
const LOOK = `${EXPORT} query ($id: ID!) { export(id: $id) { ...Job } }`;
const DELETE = "mutation ($id: ID!) { deleteExport(id: $id) { deleted } }";
const CANCEL = "mutation ($id: ID!) { cancelExport(id: $id) { id } }";

/** Writes matching sessions to a file that must not exist, its manifest beside it; or checks such a file. */
export async function run(command: CommandContext): Promise<number> {
  const { operands: [expression, file], options, connect, signal, print, note } = command;
  if (typeof options["verify"] === "string") return (await import("./export-verify.js")).verify(options["verify"], command);
  if (typeof expression !== "string" || typeof file !== "string") throw new UsageError("name an expression and the file to write, or a file to --verify");
  if (file === "-") throw new UsageError("an export is a file with its manifest beside it, and not written to standard output; name the file, or take a stream of a service: /api/sessions.pcap");
  const target = path.resolve(file);
  for (const taken of [target, manifestPathOf(target)]) {
    if (await isThere(taken)) throw new LookbackError("BAD_INPUT", `${taken} is there already; name another file`);
  }
  await requireDirectory(path.dirname(target));
  const asked = formatOf(options["format"], target);
  const fields = typeof options["fields"] === "string" ? options["fields"].split(",").map((name) => name.trim()).filter((name) => name !== "") : null;
  const range = rangeOf(options, systemClock.nowMs());
  if (expression.trim() === "" && range === null) throw new UsageError("the expression is empty and there is no time range; name the sessions, or say --start 0 for all of them");
  const connection = await connect("change");
  try {
    const variables = { expression, range, format: asked.toUpperCase(), packets: options["whole"] === true ? "WHOLE_CONNECTION" : "MATCHING_PART", fields };
    const job = await untilDone(connection, await withNamedFields(fields ?? [], () => connection.ask(CREATE, variables)), signal);
    const sha256 = await fetched(connection, job, target);
    const manifest = job.at("manifestUrl").orNull();
    const [packets, sessions, bytes, missing] = ["packets", "sessions", "bytes", "missingPackets"].map((name) => job.at(name).number());
    const format = job.at("format").text();
    if (options["json"] === true) print(JSON.stringify({ file: target, packets, sessions, bytes, missingPackets: missing, format, sha256 }));
    else print(`${target}: ${isCapture(asked) ? `${counted(packets ?? 0, "packet")} of ` : ""}${counted(sessions ?? 0, "session")}, ${bytes ?? 0} bytes, ${format}, sha256 ${sha256}`);
    if (manifest === null) note("note: no manifest was written: it names packet files, which you may not see (files)");
    if (asked === "pcap" && format === "pcapng") note(`note: classic pcap cannot hold these packets, so this is pcapng${manifest === null ? "" : "; the manifest says why"}`);
    if ((missing ?? 0) > 0) note(`warning: ${missing ?? 0} packets are not here${manifest === null ? "" : "; the manifest says which are gone, and which are with another node"}`);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/**
 * Takes a finished export and its manifest, which the service need not keep from then on. Where that fails, or is interrupted,
 * nothing of it stays here either. Resolves to its SHA-256.
 */
async function fetched(connection: Connection, job: Answer, target: string): Promise<string> {
  const written: string[] = [];
  const take = async (link: string, file: string): Promise<void> => {
    await connection.download(link, file);
    written.push(file);
  };
  const id = job.at("id").text();
  try {
    await take(job.at("downloadUrl").text(), target);
    const sha256 = await hashOf(target);
    if (sha256 !== job.at("sha256").text()) throw new LookbackError("INTERNAL", `${target} arrived with SHA-256 ${sha256}, not ${job.at("sha256").text()}; it was removed`);
    const manifest = job.at("manifestUrl").orNull();
    if (manifest !== null) await take(manifest.text(), manifestPathOf(target));
    return sha256;
  } catch (error) {
    for (const file of written) await rm(file, { force: true });
    throw error;
  } finally {
    // Where the connection itself is gone, the service removes the file after a day.
    await connection.ask(DELETE, { id }, AbortSignal.timeout(CLEAN_UP_MS)).catch(() => null);
  }
}

/** Waits for an export, showing how far it is; an interrupt ends it. Throws what it failed with. */
async function untilDone(connection: Connection, created: Answer, signal: AbortSignal): Promise<Answer> {
  const status = new StatusLine(process.stderr);
  let job = created.at("createExport");
  const id = job.at("id").text();
  try {
    for (;;) {
      const state = job.at("state").text();
      if (state === "DONE") return job;
      const error = job.at("error").orNull();
      if (error !== null) throw errorOf(error.at("code").text(), `the export failed: ${error.at("message").text()}`);
      if (state !== "QUEUED" && state !== "RUNNING") throw new LookbackError("QUERY_CANCELLED", `the export is ${state.toLowerCase()}`);
      status.show(`exporting: ${job.at("sessions").number()} sessions, ${job.at("packets").number()} packets, ${printBytes(job.at("bytes").number())}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (signal.aborted) throw new LookbackError("QUERY_CANCELLED", "cancelled");
      job = (await connection.ask(LOOK, { id })).at("export");
      if (job.isNull) throw new LookbackError("NOT_FOUND", `the export ${id} has gone`);
    }
  } catch (error) {
    // Nobody waits for it any more. Where the connection itself is gone, the service removes the file after a day.
    if (signal.aborted) await connection.ask(CANCEL, { id }, AbortSignal.timeout(CLEAN_UP_MS)).catch(() => null);
    throw error;
  } finally {
    status.clear();
  }
}

/** Found before the export is made, not after. */
async function requireDirectory(directory: string): Promise<void> {
  try {
    await access(directory, constants.W_OK);
  } catch (cause) {
    throw new LookbackError("BAD_INPUT", `${directory}: ${systemErrorCode(cause) === "ENOENT" ? "there is no such directory" : "no file can be written there"}; name another file`, { directory }, { cause });
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** The format that was named, or that the file's ending says: pcap for none. */
function formatOf(named: unknown, target: string): ExportFormat {
  const text = typeof named === "string" ? named.toLowerCase() : path.extname(target).slice(1).toLowerCase();
  const found = EXPORT_FORMATS.find((one) => one === text);
  if (found !== undefined) return found;
  if (named !== undefined) throw new UsageError(`--format ${String(named)}: one of ${EXPORT_FORMATS.join(", ")}`);
  if (text === "" || text === "cap") return "pcap";
  throw new UsageError(`${path.basename(target)}: no format ends in .${text.slice(0, 20)}; endings are ${EXPORT_FORMATS.map((one) => `.${one}`).join(", ")} and .cap, or say --format (what is written is not compressed)`);
}
