import { packagedCatalogue } from "../../model/field-catalogue.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";

/** Prints the fields that expressions can name: name, kind, document path, meaning. */
export function run({ operands: [text], options, print }: CommandContext): Promise<number> {
  const catalogue = packagedCatalogue();
  const wanted = typeof text === "string" ? text.toLowerCase() : "";
  const fields = [...catalogue.declared, ...catalogue.derived].filter((field) => field.expression !== "");
  const shown = fields.filter((field) => [field.expression, field.path, field.name, field.help, ...field.aliases].some((part) => part.toLowerCase().includes(wanted)));
  shown.sort((a, b) => (a.group === b.group ? (a.expression < b.expression ? -1 : 1) : a.group < b.group ? -1 : 1));
  if (options["json"] === true) {
    print(JSON.stringify(shown.map(({ expression, aliases, path, kind, group, name, help, since }) => ({ expression, aliases, path, kind, group, name, help, since })), null, 2));
  } else {
    for (const field of shown) print(`${field.expression.padEnd(32)} ${field.kind.padEnd(12)} ${field.path.padEnd(32)} ${field.help || field.name}`);
  }
  return Promise.resolve(shown.length === 0 ? EXIT.failed : EXIT.ok);
}
