import {
  isSameInterface, NG_ENHANCED_PACKET, NG_INTERFACE, NG_OLD_PACKET, NG_SECTION, NG_SIMPLE_PACKET, ngInterface, ngTime, word,
  type NgInterface, type PacketTime,
} from "./record-layout.js";

/** Reads `length` bytes at `offset`; fewer at the end of the file. */
export type RangeRead = (offset: number, length: number) => Promise<Buffer>;

/** Bytes read at a time while scanning block headers. */
const CHUNK_BYTES = 1 << 20;
/** Most interfaces kept of one section, as in the core; those beyond are unknown. */
const MAX_INTERFACES = 65_536;
/** Most sections of one file, and most interfaces of all of them; the index ends where there are more. */
const MAX_SECTIONS = 65_536;
const MAX_ALL_INTERFACES = 262_144;
/** Longest block that the core reads, of an interface or a packet; a longer one is garbage. Others are stepped over, however long. */
const MAX_READ_BLOCK = 16 << 20;
const READ_KINDS: ReadonlySet<number> = new Set([NG_INTERFACE, NG_OLD_PACKET, NG_SIMPLE_PACKET, NG_ENHANCED_PACKET]);
/** Distance of the marks from which the time before a simple packet is looked up again. */
const MARK_EVERY = 4 << 20;
/** Bytes read at a time to look it up, and how many look-ups that go on in order of offset are remembered. */
const LOOK_UP_BYTES = 64 << 10;
const LOOK_UPS = 4;

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

/** Where a walk over blocks stands, and the bytes that it has at hand. */
class Walk {
  next: number;
  section: number;
  before: Ticks | null;
  readonly #read: RangeRead;
  readonly #readBytes: number;
  #chunk: Buffer = Buffer.alloc(0);
  #chunkStart = 0;

  constructor(read: RangeRead, from: Mark, readBytes: number) {
    this.#read = read;
    this.#readBytes = readBytes;
    this.next = from.offset;
    this.section = from.section;
    this.before = from.before;
  }

  get bytes(): Buffer {
    return this.#chunk;
  }

  /** Where the present block begins in `bytes`. */
  get at(): number {
    return this.next - this.#chunkStart;
  }

  /** Whether so many bytes of the present block are at hand. */
  has(length: number): boolean {
    return this.at + length <= this.#chunk.length;
  }

  /** Gets as many at hand; false where the file ends before. */
  async load(length: number): Promise<boolean> {
    if (this.has(length)) return true;
    this.#chunkStart = this.next;
    this.#chunk = await this.#read(this.next, Math.max(length, this.#readBytes));
    return this.#chunk.length >= length;
  }
}

/** What is done on the way. */
interface BlockUse {
  /** Whether to go on over blocks behind the end that are at hand; what is wrong with those is found when they are asked for. */
  readonly goesOn?: boolean;
  /** Number of the section that begins with the present block; null ends the walk before it. */
  readonly section: (bigEndian: boolean) => number | null;
  /** An interface; false ends the walk before it. */
  readonly found?: (one: NgInterface) => boolean;
  /** Each block, before it is stepped over. */
  readonly block?: () => void;
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
  #interfaces = 0;
  /** Scans run one after the other: each goes on where the last one stopped. */
  #scanning: Promise<void> = Promise.resolve();
  /** Look-ups, one after the other too, and where the last ones stopped, in order of use. */
  #lookingUp: Promise<unknown> = Promise.resolve();
  readonly #lookUps = new Set<Walk>();

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

  /** Time of the last packet before the block at `offset`; 1970 when there is none. Asked in order of offset it reads on. */
  async timeBefore(offset: number): Promise<PacketTime> {
    await this.#scanTo(offset);
    const lookUp = this.#lookingUp.then(() => this.#lookUp(offset));
    this.#lookingUp = lookUp.catch(() => {});
    const before = await lookUp;
    return before === null ? EPOCH : ngTime(before.high, before.low, before.from);
  }

  async #lookUp(offset: number): Promise<Ticks | null> {
    const mark = this.#markBefore(offset);
    if (mark === undefined) return null;
    let nearest: Walk | undefined;
    for (const one of this.#lookUps) if (one.next <= offset && one.next > (nearest?.next ?? -1)) nearest = one;
    // In order of use: the first goes where there is none to go on from.
    const last = nearest === undefined && this.#lookUps.size >= LOOK_UPS ? this.#lookUps.values().next().value : nearest;
    if (last !== undefined) this.#lookUps.delete(last);
    const walk = nearest !== undefined && nearest.next >= mark.offset ? nearest : new Walk(this.#read, mark, LOOK_UP_BYTES);
    await this.#step(walk, offset, { section: () => this.#sectionAt(walk.next) });
    this.#lookUps.add(walk);
    return walk.before;
  }

  #markBefore(offset: number): Mark | undefined {
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
    return mark;
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

  /** Goes on past `offset`, and as far as the bytes at hand tell more: to read them for every packet would be much. */
  async #scanOn(offset: number): Promise<void> {
    if (this.#ended || this.#next > offset) return;
    const walk = new Walk(this.#read, { offset: this.#next, section: this.#sections.length - 1, before: this.#before }, CHUNK_BYTES);
    const whole = await this.#step(walk, offset + 1, {
      goesOn: true,
      section: (bigEndian) => {
        if (this.#sections.length >= MAX_SECTIONS) return null;
        return this.#sections.push({ start: walk.next, bigEndian, interfaces: [] }) - 1;
      },
      found: (one) => {
        const interfaces = this.#sections[walk.section]?.interfaces;
        if (interfaces === undefined || interfaces.length >= MAX_INTERFACES) return true;
        if (this.#interfaces >= MAX_ALL_INTERFACES) return false;
        // Sections of one source describe the same interfaces again and again.
        const before = this.#sections[walk.section - 1]?.interfaces[interfaces.length];
        interfaces.push(before !== undefined && isSameInterface(before, one) ? before : one);
        this.#interfaces += 1;
        return true;
      },
      block: () => {
        const last = this.#marks.at(-1);
        if (!last || walk.next - last.offset >= MARK_EVERY) this.#marks.push({ offset: walk.next, section: walk.section, before: walk.before });
      },
    });
    this.#next = walk.next;
    this.#before = walk.before;
    this.#ended = !whole;
  }

  /** Steps over blocks until `end`; false when the file ended or went bad before it. */
  async #step(walk: Walk, end: number, use: BlockUse): Promise<boolean> {
    for (;;) {
      const isAsked = walk.next < end;
      if (!isAsked && (use.goesOn !== true || !walk.has(20))) return true;
      // Times are at most 20 bytes into a block; where the file ends before, 12 tell the block.
      if (!(await walk.load(20)) && !walk.has(12)) return !isAsked;
      if (walk.bytes.readUInt32BE(walk.at) === NG_SECTION) {
        const order = walk.bytes.readUInt32BE(walk.at + 8);
        if (order !== 0x1a2b3c4d && order !== 0x4d3c2b1a) return !isAsked;
        const number = use.section(order === 0x1a2b3c4d);
        if (number === null) return !isAsked;
        walk.section = number;
      }
      const section = this.#sections[walk.section];
      if (!section) return !isAsked;
      const { bigEndian } = section;
      const kind = word(walk.bytes, walk.at, bigEndian);
      const length = word(walk.bytes, walk.at + 4, bigEndian);
      if (length < 12 || length % 4 !== 0 || (length > MAX_READ_BLOCK && READ_KINDS.has(kind))) return !isAsked;
      use.block?.();
      if (kind === NG_INTERFACE) {
        if (!walk.has(length) && (!isAsked || !(await walk.load(length)))) return !isAsked;
        if (use.found?.(ngInterface(walk.bytes.subarray(walk.at + 8, walk.at + length - 4), bigEndian)) === false) return !isAsked;
      } else if ((kind === NG_ENHANCED_PACKET || kind === NG_OLD_PACKET) && length >= 32) {
        if (!walk.has(20)) return !isAsked;
        const { bytes, at } = walk;
        const number = kind === NG_ENHANCED_PACKET ? word(bytes, at + 8, bigEndian) : bigEndian ? bytes.readUInt16BE(at + 8) : bytes.readUInt16LE(at + 8);
        const from = section.interfaces[number];
        if (from) walk.before = { high: word(bytes, at + 12, bigEndian), low: word(bytes, at + 16, bigEndian), from };
      }
      walk.next += length;
    }
  }
}
