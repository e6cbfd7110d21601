// Puts the packets of two classic captures of Ethernet into one, by turns and so that both end together: a mix all along.
// Packets keep their times, which are then in no order: for a sender, which goes by its rate. The file is on the disk at the end.
// Arguments: the two captures, the file to write.
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Bytes of a turn, some packets of each capture after some of the other. */
const TURN = 4096;
/** Bytes that are written at once. */
const PIECE = 1 << 20;

/** Where the record ends with which a turn from `start` is long enough. */
function endOfTurn(bytes, start) {
  let end = start;
  while (end < bytes.length && end - start < TURN) end += RECORD_HEADER + bytes.readUInt32LE(end + 8);
  return end;
}

const [first, second, out] = process.argv.slice(2);
const captures = [first, second].map((file) => ({ bytes: readFileSync(file), at: FILE_HEADER }));
const descriptor = openSync(out, "w");
let turns = [captures[0].bytes.subarray(0, FILE_HEADER)];
let waiting = FILE_HEADER;
while (captures.some(({ bytes, at }) => at < bytes.length)) {
  const [one, other] = captures;
  const behind = one.at / one.bytes.length <= other.at / other.bytes.length ? one : other;
  const end = endOfTurn(behind.bytes, behind.at);
  turns.push(behind.bytes.subarray(behind.at, end));
  waiting += end - behind.at;
  behind.at = end;
  if (waiting < PIECE) continue;
  writeSync(descriptor, Buffer.concat(turns));
  [turns, waiting] = [[], 0];
}
writeSync(descriptor, Buffer.concat(turns));
fdatasyncSync(descriptor);
closeSync(descriptor);
