// How fast packet files are written, beside `dd` that writes as many bytes in as large pieces to the same directory.
import { rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { measure, median } from "./measure.mjs";

const WRITER = "native/target/release/examples/write_rate";
const MEBIBYTE = 1 << 20;
/** Written by each: more than a disk's own cache, little enough for a shared machine. */
const WRITTEN_MIB = 1024;

/** Bytes a second of `dd`, flushed at its end; `flags` as it takes them. */
async function dd(work, flags) {
  const file = join(work, "dd.bin");
  try {
    const { wall } = await measure("dd", ["if=/dev/zero", `of=${file}`, "bs=1M", `count=${WRITTEN_MIB}`, "status=none", ...flags]);
    return (WRITTEN_MIB * MEBIBYTE) / wall;
  } finally {
    rmSync(file, { force: true });
  }
}

async function ours(work) {
  const { output } = await measure(WRITER, [join(work, "written.pcap"), String(WRITTEN_MIB)]);
  return JSON.parse(output).rate;
}

/**
 * Rates in bytes a second, medians of rounds that take turns: `dd` through the page cache, `dd` past it (O_DIRECT; null where
 * the file system has none), our writer.
 * @returns {Promise<{ buffered: number, direct: number | null, ours: number } | null>} null without room for it
 */
export async function writing(work, rounds) {
  const { bavail, bsize } = statfsSync(work);
  if (bavail * bsize < 4 * WRITTEN_MIB * MEBIBYTE) return null;
  const [buffered, direct, written] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    buffered.push(await dd(work, ["conv=fdatasync"]));
    written.push(await ours(work));
    direct.push(await dd(work, ["oflag=direct", "conv=fdatasync"]).catch(() => null));
  }
  return { buffered: median(buffered), direct: direct.includes(null) ? null : median(direct), ours: median(written) };
}
