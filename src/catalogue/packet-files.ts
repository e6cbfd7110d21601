import { dirname, sep } from "node:path";
import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";
import { numbersOf } from "./json.js";

export type PacketFileStorage = "own" | "in-place";
export type PacketFileState = "writing" | "complete" | "gone";

/** A packet file that positions in the index point into. Times are milliseconds since 1970. */
export interface PacketFile {
  readonly id: number;
  readonly node: string;
  /** Where it lies. */
  readonly path: string;
  /** What `file ==` compares: the path as it was given. */
  readonly displayName: string;
  /** Inode of the directory that it was seen in, and when that was made; null where nobody saw it there. */
  readonly directoryInode: string | null;
  /** Identity of its stream, 32 hex digits. */
  readonly stream: string;
  /** `own` was written by us and may be deleted by retention; `in-place` is the user's. */
  readonly storage: PacketFileStorage;
  readonly locked: boolean;
  readonly state: PacketFileState;
  readonly format: string;
  readonly linkTypes: readonly number[];
  /** Its size; of an imported one when its identity was taken. */
  readonly bytes: number;
  readonly packets: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** Position in the stream of its first packet. */
  readonly firstOrdinal: number;
  readonly importedAtMs: number;
}

/** What retention asks of a file that is not gone. */
export type RetainedFile = Pick<PacketFile, "id" | "node" | "path" | "stream" | "storage" | "locked" | "bytes" | "packets" | "firstMs" | "lastMs" | "firstOrdinal" | "importedAtMs" | "directoryInode"> & {
  readonly state: Exclude<PacketFileState, "gone">;
};

/** What an insert or an update may say; the rest has defaults. */
export type NewPacketFile = Pick<PacketFile, "node" | "path" | "displayName" | "stream" | "storage" | "state" | "format"> &
  Partial<Pick<PacketFile, "id" | "directoryInode" | "locked" | "linkTypes" | "bytes" | "packets" | "firstMs" | "lastMs" | "firstOrdinal">>;

/** What changes while a file is written and when it is complete. */
export type PacketFileChange = Partial<
  Pick<PacketFile, "path" | "directoryInode" | "locked" | "state" | "format" | "linkTypes" | "bytes" | "packets" | "firstMs" | "lastMs" | "firstOrdinal" | "stream">
>;

interface Row {
  readonly id: number; readonly node: string; readonly path: string; readonly display_name: string; readonly directory_inode: string | null;
  readonly stream: string; readonly storage: PacketFileStorage; readonly locked: number; readonly state: PacketFileState;
  readonly format: string; readonly link_types: string; readonly bytes: number; readonly packets: number;
  readonly first_ms: number | null; readonly last_ms: number | null; readonly first_ordinal: number; readonly imported_at: number;
}

function fileOf(row: Row): PacketFile {
  return {
    id: row.id, node: row.node, path: row.path, displayName: row.display_name, directoryInode: row.directory_inode, stream: row.stream,
    storage: row.storage, locked: row.locked === 1, state: row.state, format: row.format, linkTypes: numbersOf(row.link_types),
    bytes: row.bytes, packets: row.packets, firstMs: row.first_ms, lastMs: row.last_ms, firstOrdinal: row.first_ordinal,
    importedAtMs: row.imported_at,
  };
}

/** What paths below directories begin with, as JSON. */
function prefixesOf(directories: readonly string[]): string {
  return JSON.stringify(directories.map((directory) => directory + sep));
}

/** Table `files`. */
export class PacketFiles {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Adds a file and returns its id. A path may be listed once among the files that are not gone. */
  add(file: NewPacketFile): number {
    const insert = this.#connection.prepare(
      `INSERT INTO files (id, node, path, display_name, directory_inode, stream, storage, locked, state, format, link_types, bytes, packets,
         first_ms, last_ms, first_ordinal, imported_at)
       VALUES (@id, @node, @path, @displayName, @directoryInode, @stream, @storage, @locked, @state, @format, @linkTypes, @bytes, @packets,
         @firstMs, @lastMs, @firstOrdinal, @importedAt)`,
    );
    const { lastInsertRowid } = insert.run({
      id: file.id ?? null, node: file.node, path: file.path, displayName: file.displayName, directoryInode: file.directoryInode ?? null,
      stream: file.stream, storage: file.storage, locked: file.locked === true ? 1 : 0, state: file.state, format: file.format,
      linkTypes: JSON.stringify(file.linkTypes ?? []), bytes: file.bytes ?? 0, packets: file.packets ?? 0,
      firstMs: file.firstMs ?? null, lastMs: file.lastMs ?? null, firstOrdinal: file.firstOrdinal ?? 0, importedAt: this.#clock.nowMs(),
    });
    return Number(lastInsertRowid);
  }

  /** The id that the next file will get if nobody else adds one first. */
  nextId(): number {
    const row = this.#connection.prepare<[], { seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'files'").get();
    return (row?.seq ?? 0) + 1;
  }

  /** Takes `count` ids that no other file will get and returns the first; whoever took them gives them to `add`. */
  reserve(count: number): number {
    return this.#connection.transaction(() => {
      const first = this.nextId();
      const { changes } = this.#connection.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'files'").run(first + count - 1);
      if (changes === 0) this.#connection.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('files', ?)").run(first + count - 1);
      return first;
    }).immediate();
  }

  /** Changes the given properties of a file. Returns whether there is such a file. */
  update(id: number, change: PacketFileChange): boolean {
    const file = this.get(id);
    if (file === null) return false;
    const next = { ...file, ...change };
    this.#connection.prepare(
      `UPDATE files SET path = @path, directory_inode = @directoryInode, stream = @stream, locked = @locked, state = @state, format = @format,
         link_types = @linkTypes, bytes = @bytes, packets = @packets, first_ms = @firstMs, last_ms = @lastMs, first_ordinal = @firstOrdinal
       WHERE id = @id`,
    ).run({
      id, path: next.path, directoryInode: next.directoryInode, stream: next.stream, locked: next.locked ? 1 : 0, state: next.state, format: next.format,
      linkTypes: JSON.stringify(next.linkTypes), bytes: next.bytes, packets: next.packets, firstMs: next.firstMs, lastMs: next.lastMs,
      firstOrdinal: next.firstOrdinal,
    });
    return true;
  }

  get(id: number): PacketFile | null {
    const row = this.#connection.prepare<[number], Row>("SELECT * FROM files WHERE id = ?").get(id);
    return row === undefined ? null : fileOf(row);
  }

  /** All files, oldest import first; at most `limit` after the id `after`. */
  list(page: { readonly after?: number; readonly limit?: number } = {}): readonly PacketFile[] {
    return this.#connection.prepare<[number, number], Row>("SELECT * FROM files WHERE id > ? ORDER BY id LIMIT ?")
      .all(page.after ?? 0, page.limit ?? -1).map(fileOf);
  }

  /** Every file that is not gone, with what retention needs of it. */
  retained(): readonly RetainedFile[] {
    return this.#retained("state <> 'gone' ORDER BY id", {});
  }

  /**
   * What a plan needs that begins with the oldest: the `limit` complete files of ours that are first in order of their first
   * packet, those that are being written, and the newest of each node (copies of held packets aside, whose streams begin with
   * `copies`).
   */
  oldestRetained(limit: number, copies: string): readonly RetainedFile[] {
    const found = new Map<number, RetainedFile>();
    const own = "storage = 'own' AND state =";
    for (const file of this.#retained(`${own} 'complete' ORDER BY first_ms, id LIMIT @limit`, { limit })) found.set(file.id, file);
    for (const file of this.#retained(`${own} 'writing'`, {})) found.set(file.id, file);
    for (const node of this.nodes()) {
      for (const file of this.#retained(`${own} 'complete' AND node = @node AND stream NOT LIKE @copies ORDER BY first_ms DESC, id DESC LIMIT 1`, { node, copies: `${copies}%` })) found.set(file.id, file);
    }
    return [...found.values()];
  }

  #retained(rest: string, values: Readonly<Record<string, string | number>>): readonly RetainedFile[] {
    return this.#connection.prepare<[Readonly<Record<string, string | number>>], [number, string, string, string, PacketFileStorage, number, Exclude<PacketFileState, "gone">, number, number, number | null, number | null, number, number, string | null]>(
      `SELECT id, node, path, stream, storage, locked, state, bytes, packets, first_ms, last_ms, first_ordinal, imported_at, directory_inode FROM files WHERE ${rest}`,
    ).raw().all(values).map(([id, node, path, stream, storage, locked, state, bytes, packets, firstMs, lastMs, firstOrdinal, importedAtMs, directoryInode]) => (
      { id, node, path, stream, storage, locked: locked === 1, state, bytes, packets, firstMs, lastMs, firstOrdinal, importedAtMs, directoryInode }));
  }

  /** Where complete files of ours lie, at most `limit` after the id `after`, in order. */
  ownAfter(after: number, limit: number): readonly Pick<PacketFile, "id" | "path" | "directoryInode">[] {
    return this.#connection.prepare<[number, number], Pick<PacketFile, "id" | "path" | "directoryInode">>(
      "SELECT id, path, directory_inode AS directoryInode FROM files WHERE id > ? AND storage = 'own' AND state = 'complete' ORDER BY id LIMIT ?",
    ).all(after, limit);
  }

  /** Number and bytes of the files of ours that are not gone. */
  own(): { readonly files: number; readonly bytes: number } {
    return this.#connection.prepare<[], { files: number; bytes: number }>(
      "SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM files WHERE storage = 'own' AND state <> 'gone'",
    ).get() ?? { files: 0, bytes: 0 };
  }

  /** Bytes of the files of ours that are not gone and lie below one of some directories, absolute paths. */
  ownBytesIn(directories: readonly string[]): number {
    return this.#connection.prepare<[string], number>(
      `SELECT coalesce(sum(bytes), 0) FROM files WHERE storage = 'own' AND state <> 'gone'
         AND EXISTS (SELECT 1 FROM json_each(?) AS wanted WHERE substr(files.path, 1, length(wanted.value)) = wanted.value)`,
    ).pluck().get(prefixesOf(directories)) ?? 0;
  }

  /** Files of ours that came since a time, those that are gone among them. */
  writtenSince(ms: number): readonly Pick<PacketFile, "bytes" | "firstMs" | "lastMs" | "importedAtMs" | "stream">[] {
    return this.#connection.prepare<[number], Pick<PacketFile, "bytes" | "firstMs" | "lastMs" | "importedAtMs" | "stream">>(
      "SELECT bytes, first_ms AS firstMs, last_ms AS lastMs, imported_at AS importedAtMs, stream FROM files WHERE storage = 'own' AND imported_at >= ? ORDER BY id",
    ).all(ms);
  }

  /** Nodes that have files here. */
  nodes(): readonly string[] {
    return this.#connection.prepare<[], { node: string }>("SELECT DISTINCT node FROM files ORDER BY node").all().map(({ node }) => node);
  }

  /**
   * Directories below none of `known` (absolute paths) in which nodes have files of ours that are not gone, those with the newest files
   * first; at most `limit`, and none of `others`, nodes that are not asked for.
   */
  outside(known: readonly string[], others: readonly string[], limit: number): readonly { readonly node: string; readonly directory: string }[] {
    // What is left of a path without the letters of its last part ends with the separator.
    return this.#connection.prepare<[string, string, number], [string, string]>(
      `SELECT node, rtrim(path, replace(path, '/', '')) AS directory FROM files WHERE storage = 'own' AND state <> 'gone' AND path LIKE '/%'
         AND NOT EXISTS (SELECT 1 FROM json_each(?) AS within WHERE substr(files.path, 1, length(within.value)) = within.value)
         AND node NOT IN (SELECT value FROM json_each(?)) GROUP BY node, directory ORDER BY max(id) DESC LIMIT ?`,
    ).raw().all(prefixesOf(known), JSON.stringify(others), limit).map(([node, directory]) => ({ node, directory: dirname(`${directory}x`) }));
  }

  /** Files of a stream that are not gone, in order of the stream. */
  ofStream(stream: string): readonly PacketFile[] {
    return this.#connection.prepare<[string], Row>("SELECT * FROM files WHERE stream = ? AND state <> 'gone' ORDER BY first_ordinal, id")
      .all(stream).map(fileOf);
  }

  /** The last of them, or null. */
  lastOfStream(stream: string): PacketFile | null {
    const row = this.#connection.prepare<[string], Row>("SELECT * FROM files WHERE stream = ? AND state <> 'gone' ORDER BY first_ordinal DESC, id DESC LIMIT 1").get(stream);
    return row === undefined ? null : fileOf(row);
  }

  /** A file of ours that held a stream and is gone, or null. */
  expiredOf(stream: string): PacketFile | null {
    const row = this.#connection.prepare<[string], Row>("SELECT * FROM files WHERE stream = ? AND state = 'gone' AND storage = 'own' ORDER BY id DESC LIMIT 1").get(stream);
    return row === undefined ? null : fileOf(row);
  }

  /** The file at a path that is not gone, or null. */
  atPath(path: string): PacketFile | null {
    const row = this.#connection.prepare<[string], Row>("SELECT * FROM files WHERE path = ? AND state <> 'gone'").get(path);
    return row === undefined ? null : fileOf(row);
  }

  /** Ids and names that `file ==` compares. */
  names(): readonly { readonly id: number; readonly displayName: string }[] {
    return this.#connection.prepare<[], { id: number; displayName: string }>("SELECT id, display_name AS displayName FROM files ORDER BY id").all();
  }

  /** Ids of the files that were deleted, ascending. */
  goneIds(): readonly number[] {
    return this.#connection.prepare<[], number>("SELECT id FROM files WHERE state = 'gone' ORDER BY id").pluck().all();
  }

  /** The files that were not deleted and where they should lie, ascending by id. */
  listed(): readonly { readonly id: number; readonly path: string }[] {
    return this.#connection.prepare<[], { id: number; path: string }>("SELECT id, path FROM files WHERE state <> 'gone' ORDER BY id").all();
  }

  /** Ids of the files whose packets can be read. */
  availableIds(): readonly number[] {
    return this.#connection.prepare<[], { id: number }>("SELECT id FROM files WHERE state <> 'gone' ORDER BY id").all().map(({ id }) => id);
  }

  /** Number, bytes and earliest packet of the files that are there, by who keeps them. */
  totals(): readonly { readonly storage: "own" | "in-place"; readonly files: number; readonly bytes: number; readonly firstMs: number | null }[] {
    return this.#connection.prepare<[], { storage: "own" | "in-place"; files: number; bytes: number; firstMs: number | null }>(
      "SELECT storage, count(*) AS files, coalesce(sum(bytes), 0) AS bytes, min(first_ms) AS firstMs FROM files WHERE state <> 'gone' AND stream <> '' GROUP BY storage ORDER BY storage",
    ).all();
  }

  /** Takes a row out that was added for an import which then failed. Files that positions point into are set to `gone` instead. */
  remove(id: number): void {
    this.#connection.prepare("DELETE FROM files WHERE id = ?").run(id);
  }
}
