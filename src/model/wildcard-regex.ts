/** What a regular expression gives a meaning. */
const OPERATORS = /[\\.+*?()[\]{}|^$~@&#<>"]/g;

/**
 * The portable regular expression of a pattern (`*`, `?`, backslash escapes) that SQL's LIKE would try in every way, or null when LIKE
 * matches it in one pass. DuckDB has a matcher for patterns of nothing but `%` and text that means itself; with `_` or an escape it
 * tries every place for each `%`, and `*a*a*a*a*a?b` on a text of sixty letters takes hours that nothing interrupts.
 */
export function regexOfWildcard(pattern: string): string | null {
  const stars = pattern.replace(/\\[\\*?]/g, "").match(/\*+/g)?.length ?? 0;
  if (stars < 2 || !/[?%_\\]/.test(pattern)) return null;
  return pattern.replace(/\\([\\*?])|(\*+)|(\?)|([^\\*?]+|\\)/gs, (_piece, escaped: string | undefined, many: string | undefined, one: string | undefined, text: string | undefined) => {
    if (many !== undefined) return ".*";
    if (one !== undefined) return ".";
    return (escaped ?? text ?? "").replace(OPERATORS, "\\$&");
  });
}
