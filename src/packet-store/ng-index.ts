import {
  NG_ENHANCED_PACKET, NG_INTERFACE, NG_OLD_PACKET, NG_SECTION, ngInterface, ngTime, word,
  type NgInterface, type PacketTime,
} from "./record-layout.js";

/** Reads `length` bytes at `offset`; fewer at the end of the file. */
export type RangeRead = (offset: number, length: number) => Promise<Buffer>;

/** Bytes read at a time while scanning block headers. */
const CHUNK_BYTES = 1 << 20;
/** Most interfaces kept of one section, and most sections of one file; what lies beyond has no layout. */
const MAX_INTERFACES = 65_536;
const MAX_SECTIONS = 65_536;
/** Longest block that is stepped over; a longer one is garbage, as in the core. */
const MAX_BLOCK = 16 << 20;
/** Longest interface block that is read. */
const MAX_INTERFACE_BLOCK = 1 << 20;
/** Distance of the marks from which the time before a simple packet is looked up again. */
const MARK_EVERY = 4 << 20;

interface Section {
  readonly start: number;
  readonly bigEndian: boolean;
  readonly interfaces: NgInterface[];
}

/** Ticks of a clock, converted only when somebody asks: a scan passes millions. */
interface Ticks {
  readonly high: number;
  readonly low: number;
  readonly from: NgInterface;
}

/** Time of a simple packet that no other packet precedes, as in the core. */
const EPOCH: PacketTime = { seconds: 0, nanoseconds: 0 };

/** A state of the scan that can be taken up again. */
interface Mark {
  readonly offset: number;
  readonly section: number;
  readonly before: Ticks | null;
}

interface ScanState {
  next: number;
  section: number;
  before: Ticks | null;
}

/** What a block at an offset needs to be decoded. */
export interface NgContext {
  readonly bigEndian: boolean;
  readonly interfaces: readonly NgInterface[];
}

/**
 * Sections and interfaces of a pcapng file, found by one scan over its block headers that goes on only as far as the
 * largest offset asked for. Interfaces may appear anywhere before the packets that use them, so nothing shorter will do.
 */
export class NgIndex {
  readonly #read: RangeRead;
  readonly #sections: Section[] = [];
  readonly #marks: Mark[] = [];
  #next = 0;
  #before: Ticks | null = null;
  #ended = false;
  /** Scans run one after the other: each goes on where the last one stopped. */
  #scanning: Promise<void> = Promise.resolve();

  constructor(read: RangeRead) {
    this.#read = read;
  }

  /** The section of the block at `offset`, or null where the file has none (garbage before it, or its end). */
  async contextAt(offset: number): Promise<NgContext | null> {
    await this.#scanTo(offset);
    if (this.#ended && offset >= this.#next) return null;
    return this.#sections[this.#sectionAt(offset)] ?? null;
  }

  /** As `contextAt`, when the scan has come past `offset` already; undefined when it has not. */
  knownContextAt(offset: number): NgContext | null | undefined {
    if (offset < this.#next) return this.#sections[this.#sectionAt(offset)] ?? null;
    return this.#ended ? null : undefined;
  }

  /** Time of the last packet before the block at `offset`; 1970 when there is none. */
  async timeBefore(offset: number): Promise<PacketTime> {
    await this.#scanTo(offset);
    let mark: Mark | undefined;
    let low = 0;
    for (let high = this.#marks.length; low < high; ) {
      const middle = (low + high) >> 1;
      const candidate = this.#marks[middle];
      if (candidate && candidate.offset <= offset) {
        mark = candidate;
        low = middle + 1;
      } else high = middle;
    }
    if (!mark) return EPOCH;
    const state: ScanState = { next: mark.offset, section: mark.section, before: mark.before };
    await this.#walk(state, offset, (section) => {
      const index = this.#sections.findIndex((one) => one.start === section.start);
      state.section = index === -1 ? state.section : index;
    }, () => {});
    return state.before ? ngTime(state.before.high, state.before.low, state.before.from) : EPOCH;
  }

  #sectionAt(offset: number): number {
    let low = 0;
    for (let high = this.#sections.length; low < high; ) {
      const middle = (low + high) >> 1;
      const candidate = this.#sections[middle];
      if (candidate && candidate.start <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  async #scanTo(offset: number): Promise<void> {
    if (this.#ended || this.#next > offset) return;
    const scan = this.#scanning.then(() => this.#scanOn(offset));
    this.#scanning = scan.catch(() => {});
    await scan;
  }

  async #scanOn(offset: number): Promise<void> {
    if (this.#ended || this.#next > offset) return;
    const state: ScanState = { next: this.#next, section: this.#sections.length - 1, before: this.#before };
    const whole = await this.#walk(state, offset + 1, (section) => {
      if (this.#sections.length >= MAX_SECTIONS) return;
      this.#sections.push(section);
      state.section = this.#sections.length - 1;
    }, (found) => {
      const section = this.#sections[state.section];
      if (section && section.interfaces.length < MAX_INTERFACES) section.interfaces.push(found);
    }, () => {
      const last = this.#marks.at(-1);
      if (!last || state.next - last.offset >= MARK_EVERY) this.#marks.push({ offset: state.next, section: state.section, before: state.before });
    });
    this.#next = state.next;
    this.#before = state.before;
    this.#ended = !whole;
  }

  /** Steps over blocks until `end`; false when the file ended or went bad before it. */
  async #walk(
    state: ScanState, end: number, onSection: (section: Section) => void, onInterface: (found: NgInterface) => void, onBlock: () => void = () => {},
  ): Promise<boolean> {
    let chunk: Buffer = Buffer.alloc(0);
    let chunkStart = state.next;
    const held = (length: number): boolean => state.next + length <= chunkStart + chunk.length;
    /** Has `length` bytes of the present block in the chunk; false where the file ends before. */
    const load = async (length: number): Promise<boolean> => {
      chunkStart = state.next;
      chunk = await this.#read(chunkStart, Math.max(length, CHUNK_BYTES));
      return chunk.length >= length;
    };
    while (state.next < end) {
      // Times are at most 20 bytes into a block; where the file ends before, 12 tell the block.
      if (!held(20) && !(await load(20)) && !held(12)) return false;
      let at = state.next - chunkStart;
      if (chunk.readUInt32BE(at) === NG_SECTION) {
        const order = chunk.readUInt32BE(at + 8);
        if (order !== 0x1a2b3c4d && order !== 0x4d3c2b1a) return false;
        onSection({ start: state.next, bigEndian: order === 0x1a2b3c4d, interfaces: [] });
      }
      const section = this.#sections[state.section];
      if (!section) return false;
      const { bigEndian } = section;
      const kind = word(chunk, at, bigEndian);
      const length = word(chunk, at + 4, bigEndian);
      if (length < 12 || length % 4 !== 0 || length > MAX_BLOCK) return false;
      onBlock();
      if (kind === NG_INTERFACE && length <= MAX_INTERFACE_BLOCK) {
        if (!held(length) && !(await load(length))) return false;
        at = state.next - chunkStart;
        onInterface(ngInterface(chunk.subarray(at + 8, at + length - 4), bigEndian));
      } else if ((kind === NG_ENHANCED_PACKET || kind === NG_OLD_PACKET) && length >= 32) {
        if (!held(20)) return false;
        const number = kind === NG_ENHANCED_PACKET ? word(chunk, at + 8, bigEndian) : bigEndian ? chunk.readUInt16BE(at + 8) : chunk.readUInt16LE(at + 8);
        const from = section.interfaces[number];
        if (from) state.before = { high: word(chunk, at + 12, bigEndian), low: word(chunk, at + 16, bigEndian), from };
      }
      state.next += length;
    }
    return true;
  }
}
