/**
 * The words of a text in sequence, lower-cased: runs of letters, digits and underscores. Fields of kind `lotextfield`
 * and `tokens` views compare these; every store must split values the same way.
 */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}
