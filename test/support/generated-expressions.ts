import fc from "fast-check";
import type { Field } from "../../src/model/field.js";
import type { FieldValue, SessionRow } from "../../src/model/session.js";
import { literalPattern } from "../../src/query/pattern.js";

/** Fields and the values that sessions have of them. */
export type KnownValues = ReadonlyMap<Field, readonly (string | number | boolean)[]>;

/** The values of rows, by field; at most `most` of each. */
export function knownValues(fields: readonly Field[], rows: readonly SessionRow[], most: number): KnownValues {
  const known = new Map<Field, Set<string | number | boolean>>();
  const add = (field: Field, value: FieldValue | undefined): void => {
    if (Array.isArray(value)) {
      for (const one of value) add(field, one as FieldValue);
      return;
    }
    if (value === null || value === undefined || typeof value === "object") return;
    const values = known.get(field) ?? new Set();
    if (values.size < most) known.set(field, values.add(value));
  };
  for (const row of rows) for (const field of fields) add(field, row.values.get(field.path));
  return new Map([...known].map(([field, values]) => [field, [...values]]));
}

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&")}"`;
/** Characters that regular expressions give a meaning. */
const escaped = (text: string): string => text.replace(/[.*+?()[\]{}|\\^$/"#@&<>~-]/g, "\\$&");

/** Texts that are as values are written: whole, with wildcards, as a regular expression. */
function textValue(value: string): fc.Arbitrary<string> {
  const cut = fc.nat({ max: Math.max(0, value.length - 1) });
  return fc.oneof(
    fc.constant(quoted(literalPattern(value))),
    cut.map((at) => quoted(`${literalPattern(value.slice(0, at))}*`)),
    cut.map((at) => quoted(`*${literalPattern(value.slice(at))}`)),
    cut.map((at) => quoted(`${literalPattern(value.slice(0, at))}?*`)),
    cut.map((at) => `/${escaped(value.slice(0, at))}.*/`),
    cut.map((at) => `/.*${escaped(value.slice(at))}|x[0-9]+/`),
  );
}

function comparison(field: Field, values: readonly (string | number | boolean)[]): fc.Arbitrary<string> {
  const name = field.expression;
  const one = fc.constantFrom(...values);
  const operator = fc.constantFrom("==", "!=");
  const exists = operator.map((op) => `${name} ${op} EXISTS!`);
  const list = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(operator, fc.array(item, { minLength: 1, maxLength: 4 }), fc.boolean()).map(([op, items, all]) => `${name} ${op} ${all ? "]" : "["}${items.join(",")}${all ? "[" : "]"}`);
  switch (field.kind) {
    case "integer":
    case "float": {
      const numbers = one.map(Number);
      return fc.oneof(
        fc.tuple(fc.constantFrom("==", "!=", "<", "<=", ">", ">="), numbers, fc.constantFrom(0, 0, 1)).map(([op, number, more]) => `${name} ${op} ${number + more}`),
        fc.tuple(operator, numbers, fc.nat({ max: 500 })).map(([op, low, wide]) => `${name} ${op} ${low}-${low + wide}`),
        list(numbers.map(String)), exists,
      );
    }
    case "seconds":
      return fc.tuple(fc.constantFrom("<", "<=", ">", ">="), one).map(([op, time]) => `${name} ${op} "${new Date(Math.floor(Number(time) / 1000) * 1000).toISOString()}"`);
    case "boolean":
      return fc.tuple(operator, fc.boolean()).map(([op, yes]) => `${name} ${op} ${String(yes)}`);
    case "ip": {
      const address = one.map(String);
      const range = address.chain((text) => fc.constantFrom(...(text.includes(":") ? [text, `${text}/64`, `${text}/16`] : [text, `${text}/24`, `${text}/9`])));
      return fc.oneof(fc.tuple(operator, range).map(([op, text]) => `${name} ${op} ${text}`), list(range), exists, fc.tuple(fc.constantFrom("<", ">="), address).map(([op, text]) => `${name} ${op} ${text}`));
    }
    default: {
      if (field.view === "tokens") {
        const words = one.map((value) => String(value).split(/[^\p{L}\p{N}_]+/u).filter((word) => word !== "").slice(0, 3).join(" "));
        return fc.tuple(operator, words.filter((text) => text !== "")).map(([op, text]) => `${name} ${op} ${quoted(text)}`);
      }
      const text = one.map(String).filter((value) => value !== "" && value.length < 200).chain(textValue);
      return fc.oneof(fc.tuple(operator, text).map(([op, written]) => `${name} ${op} ${written}`), list(text), exists);
    }
  }
}

/** Expressions over values that there are, combined with and, or and not. */
export function expressions(known: KnownValues): fc.Arbitrary<string> {
  const comparisons = fc.oneof(...[...known].map(([field, values]) => comparison(field, values)));
  return fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof({ maxDepth: 3, depthIdentifier: "tree" }, { weight: 3, arbitrary: comparisons }, {
      weight: 2, arbitrary: fc.tuple(tie("tree"), fc.constantFrom("&&", "||"), tie("tree")).map(([a, op, b]) => `(${a} ${op} ${b})`),
    }, { weight: 1, arbitrary: tie("tree").map((inner) => `!(${inner})`) }),
  })).tree;
}
