/** Longest expression, in UTF-16 units. A longer one is refused before it is read. */
export const MAX_EXPRESSION_LENGTH = 100_000;
/** Deepest nesting of parentheses and `!`. */
export const MAX_DEPTH = 200;
/** Most items of one list. */
export const MAX_LIST_ITEMS = 5_000;
/** Most comparisons of one expression, those of inlined views included. */
export const MAX_COMPARISONS = 2_000;
/** Most field tests after virtual fields are expanded; bounds what a store has to translate. */
export const MAX_FIELD_TESTS = 20_000;
/**
 * Most that a store has to plan for one expression (`planningWork`), in tests of one value after lists are made of what is compared one by
 * one. No time limit interrupts planning, and beyond some thousand tests of members of objects it takes minutes.
 */
export const MAX_PLANNING_WORK = 5_000;
/** Most values over all comparisons after shortcuts are expanded. */
export const MAX_VALUES = 50_000;
/** Longest regular expression, in UTF-16 units. */
export const MAX_REGEX_LENGTH = 1_000;
/** Deepest nesting of groups in a regular expression. */
export const MAX_REGEX_DEPTH = 20;
/** Largest count in `{n,m}` of a regular expression, and largest product of nested ones; both stores refuse more. */
export const MAX_REGEX_REPEAT = 1_000;
/**
 * Most work that the regular expressions of one expression, its phrases and some wildcards are to their engine, each counted for every field that it is compared
 * with (`regexWork`). A unit is at most some microseconds of compiling in DuckDB, which no time limit can interrupt: of 18,000 hostile
 * patterns within the bound the worst took 0.12 s on one core, and many small ones that fill it 0.4 s.
 */
export const MAX_REGEX_WORK = 200_000;
/** Deepest chain of views that name views. */
export const MAX_VIEW_DEPTH = 10;
