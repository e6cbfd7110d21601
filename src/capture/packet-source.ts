/** How packets of a source are stamped: by the kernel, when they arrive in this process, or as the capture gives them that they come with. */
export type TimestampSource = "kernel" | "arrival" | "given";

/** Where live packets come from. */
export interface PacketSource {
  readonly interface: string;
  /** Link type of the packets, as pcap files number them. */
  readonly linkType: number;
  readonly timestampSource: TimestampSource;
  /** Longest packet that is delivered, in bytes. */
  readonly snapLength: number;
  /** Packets that the kernel dropped so far, or null when the source cannot know. */
  kernelDrops(): number | null;
  close(): void;
}

/** Takes one packet; the bytes are only valid during the call. */
export type PacketListener = (packet: Buffer, originalLength: number) => void;
