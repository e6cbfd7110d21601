/** What is known of the losses of live captures in a time range. */
export interface RangeLoss {
  /** Packets that are known to be lost, in spans of about a second that touch the range. */
  readonly packets: number;
  /** Whether more may have been lost, which nobody counted: a capture died. */
  readonly uncounted: boolean;
  /** Whether a source captured that cannot know what the kernel dropped. */
  readonly unknownDrops: boolean;
}
