/** A session document in Arkime's shape: a dotted path is a nested object, addresses and times printed. */
export interface SessionDocument {
  readonly [key: string]: unknown;
}

/** Where one packet is stored. */
export interface PacketRef {
  /** Number of the packet file in the catalogue; below 0 it stands for the files of a node that is not of this data directory. */
  readonly fileId: number;
  /** Byte offset of the record's header (pcap) or block (pcapng). */
  readonly offset: number;
  /** Bytes of the record with its header. */
  readonly length: number;
}

/** The value of one field of one row as a store returns it: addresses as text, 64-bit numbers as number (all below 2^53). */
export type FieldValue = null | string | number | boolean | readonly FieldValue[] | { readonly [member: string]: FieldValue };

/** One row: the id, and the asked-for columns by document path. */
export interface SessionRow {
  readonly id: string;
  readonly values: ReadonlyMap<string, FieldValue>;
}
