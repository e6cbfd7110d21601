import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

/** Bytes taken from the head and from the tail, samples between them, and the bytes of each: as in the core. */
const END_BYTES = 64 << 10;
const SAMPLES = 64;
const SAMPLE_BYTES = 4 << 10;
const LONGEST_WHOLE = 2 * END_BYTES + SAMPLES * SAMPLE_BYTES;

/** What a capture was when it was indexed: its identity (32 hex digits), and how many bytes from its start that is of. */
export interface IndexedStream {
  readonly stream: string;
  readonly bytes: number;
}

/** Parts of a stream of so many bytes that its identity is made of: at most 384 KiB. */
function sampled(bytes: number): readonly { readonly offset: number; readonly length: number }[] {
  if (bytes <= LONGEST_WHOLE) return [{ offset: 0, length: bytes }];
  const between = BigInt(bytes - 2 * END_BYTES - SAMPLE_BYTES);
  const samples = Array.from({ length: SAMPLES }, (_, at) => ({ offset: END_BYTES + Number((between * BigInt(at)) / BigInt(SAMPLES)), length: SAMPLE_BYTES }));
  return [{ offset: 0, length: END_BYTES }, ...samples, { offset: bytes - END_BYTES, length: END_BYTES }];
}

/**
 * The identity of the first `bytes` of an open capture (docs/formats/packet-files.md), or null where it is shorter. Bytes
 * appended to a capture change nothing about it. Throws the system's error.
 */
export async function streamIdentity(handle: FileHandle, bytes: number): Promise<string | null> {
  const parts = sampled(bytes);
  const read = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  const filled = await Promise.all(parts.map(({ offset, length }) => {
    const into = read.subarray(at, at + length);
    at += length;
    return fill(handle, into, offset);
  }));
  if (filled.includes(false)) return null;
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(bytes));
  return createHash("sha256").update("lookback stream 1").update(size).update(read).digest("hex").slice(0, 32);
}

/**
 * What of an open capture of `size` bytes is the one that was indexed; null where it is another one, or was cut. Throws the
 * system's error.
 */
export async function intactStream(handle: FileHandle, size: number, indexed: IndexedStream): Promise<IndexedStream | null> {
  if (size < indexed.bytes) return null;
  if ((await streamIdentity(handle, indexed.bytes)) === indexed.stream) return indexed;
  // Earlier versions noted where reading a damaged capture ended, not its size.
  if (size > indexed.bytes && (await streamIdentity(handle, size)) === indexed.stream) return { stream: indexed.stream, bytes: size };
  return null;
}

/** Whether the capture at a path is still the one that was indexed. Throws the system's error. */
export async function isIntact(path: string, indexed: IndexedStream): Promise<boolean> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    return found.isFile() && (await intactStream(handle, found.size, indexed)) !== null;
  } finally {
    await handle.close();
  }
}

async function fill(handle: FileHandle, into: Buffer, offset: number): Promise<boolean> {
  for (let filled = 0; filled < into.length; ) {
    const { bytesRead } = await handle.read(into, filled, into.length - filled, offset + filled);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return true;
}
