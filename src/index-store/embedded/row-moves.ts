import { randomBytes } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { PacketRef } from "../../model/session.js";
import type { SegmentInfo } from "../../model/segment.js";
import type { PacketMove } from "../index-store.js";
import { describe, ROW_GROUP_ROWS, wholeRows, type CompactionParts } from "./compaction.js";
import type { RunLimits } from "./engine.js";
import type { LiveSet, Snapshot } from "./live-set.js";
import { packPositions } from "./positions.js";
import { sync, TEMPORARY_PREFIX } from "../segment-files.js";
import { literal, quoted, uuidOf } from "./statement.js";
import { duckdb } from "./duckdb.js";

/**
 * Writes the rows of `moves` anew from the segments that may hold them, in their next version and with their new packet positions: one segment for each day that
 * has some. Rows that are not there, or may still get packets, are left out. Nothing is visible yet: the caller commits the
 * segments or removes them.
 */
export async function writeMoved(
  parts: CompactionParts, snapshot: Snapshot, candidates: readonly SegmentInfo[], moves: readonly PacketMove[], limits: RunLimits,
): Promise<readonly SegmentInfo[]> {
  const byDay = new Map<string, SegmentInfo[]>();
  for (const segment of candidates) byDay.set(segment.day, [...(byDay.get(segment.day) ?? []), segment]);
  const written: SegmentInfo[] = [];
  try {
    for (const [day, segments] of byDay) {
      const one = await writeDay(parts, snapshot, segments, day, moves, limits);
      if (one !== null) written.push(one);
    }
    return written;
  } catch (error) {
    removeWritten(parts, written);
    throw error;
  }
}

/** Removes segments that were written and will not be committed. One that the catalogue has is left: its rows are nowhere else. */
export function removeWritten({ catalogue, live }: { readonly catalogue: Catalogue; readonly live: Pick<LiveSet, "fileOf"> }, segments: readonly SegmentInfo[]): void {
  for (const { path } of segments) if (!catalogue.segments.has(path)) rmSync(live.fileOf(path), { force: true });
}

async function writeDay(
  parts: CompactionParts, snapshot: Snapshot, segments: readonly SegmentInfo[], day: string, moves: readonly PacketMove[], limits: RunLimits,
): Promise<SegmentInfo | null> {
  const name = `moves_${randomBytes(8).toString("hex")}`;
  const { rows, columns } = wholeRows(parts, snapshot, segments);
  const temporary = join(parts.directory, day, `${TEMPORARY_PREFIX}compact-${randomBytes(8).toString("hex")}`);
  try {
    await parts.engine.use(limits, async (connection) => {
      const { BIGINT, LIST, listValue } = duckdb();
      await connection.run(`CREATE TEMP TABLE ${quoted(name)} (id UUID, packed BLOB, files BIGINT[])`);
      try {
        const appender = await connection.createAppender(name);
        for (const { id, packets } of moves) {
          appender.appendUUID(uuidOf(id));
          appender.appendBlob(packPositions(packets));
          appender.appendList(listValue(filesOf(packets).map(BigInt)), LIST(BIGINT));
          appender.endRow();
        }
        appender.closeSync();
        await connection.run(
          `COPY (SELECT r.* EXCLUDE (filename, file_row_number) REPLACE (CAST(r."rowVersion" + 1 AS INTEGER) AS "rowVersion", m.packed AS "packetPos", m.files AS "fileId")
             FROM (SELECT * FROM ${rows} WHERE final) r JOIN ${quoted(name)} m ON m.id = r.id ORDER BY r."lastPacket", r.id)
           TO ${literal(temporary)} (FORMAT parquet, COMPRESSION lz4_raw, PARQUET_VERSION V2, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, KV_METADATA {'lookback.schema': '1'})`,
        );
      } finally {
        await connection.run(`DROP TABLE IF EXISTS ${quoted(name)}`);
      }
    });
    const segment = await describe(parts, temporary, day, 1, columns, limits);
    if (segment === null) return null;
    sync(temporary);
    renameSync(temporary, parts.live.fileOf(segment.path));
    sync(dirname(temporary));
    return segment;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The packet files of a row, each once, in order of first use. */
function filesOf(packets: readonly PacketRef[]): readonly number[] {
  return [...new Set(packets.map(({ fileId }) => fileId))];
}
