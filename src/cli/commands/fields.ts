import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { ARKIME_FIELDS } from "../../model/arkime-fields.js";
import { packagedCatalogue } from "../../model/field-catalogue.js";
import { table } from "../table.js";

const FIELDS = "query ($contains: String) { fields(contains: $contains) { fields { expression aliases path kind group name help since } } }";

/** One field, as `--json` prints it. */
interface FieldLine {
  readonly expression: string;
  readonly aliases: readonly string[];
  readonly path: string | null;
  readonly kind: string;
  readonly group: string;
  readonly name: string;
  readonly help: string;
  readonly since: string | null;
}

/** Kinds by their names in the API. */
const KINDS: Readonly<Record<string, string>> = {
  INTEGER: "integer", FLOAT: "float", IP: "ip", TIME: "seconds", TERM: "termfield", LOWER_TERM: "lotermfield", UPPER_TERM: "uptermfield", TEXT: "lotextfield", BOOLEAN: "boolean",
};

/** Fields of Arkime that a note names. */
const MOST_NAMED = 8;

/** Prints the fields that expressions can name: those of this build, or of the service that `--url` names. */
export async function run(context: CommandContext): Promise<number> {
  const { operands: [text], options, print, note, terminal } = context;
  const wanted = typeof text === "string" ? text : "";
  const shown = (context.remote === null ? packaged(wanted.toLowerCase()) : await served(context, wanted)).filter((field) => field.expression !== "");
  shown.sort((a, b) => (a.group === b.group ? (a.expression < b.expression ? -1 : 1) : a.group < b.group ? -1 : 1));
  if (options["json"] === true) {
    print(JSON.stringify(shown, null, 2));
  } else if (terminal.forPeople) {
    const columns = [{ title: "Expression" }, { title: "Kind" }, { title: "Group" }, { title: "Meaning", least: 20 }];
    for (const line of table(columns, shown.map((field) => [field.expression, field.kind, field.group, field.help || field.name]), terminal)) print(line);
  } else {
    for (const field of shown) print(`${field.expression.padEnd(32)} ${field.kind.padEnd(12)} ${(field.path ?? "").padEnd(32)} ${field.help || field.name}`);
  }
  if (shown.length === 0) note(nothingLike(wanted));
  return shown.length === 0 ? EXIT.failed : EXIT.ok;
}

/** Why there is no field with a text in it: Arkime may have some. */
function nothingLike(wanted: string): string {
  const text = JSON.stringify(wanted.slice(0, 60));
  const lower = wanted.toLowerCase();
  const ofArkime = [...ARKIME_FIELDS].flatMap(([group, names]) => (group === lower ? names : names.filter((name) => name.toLowerCase().includes(lower))));
  const named = [...ofArkime.slice(0, MOST_NAMED), ...(ofArkime.length > MOST_NAMED ? ["…"] : [])].join(", ");
  return `no field has ${text} in it${named === "" ? "" : `; fields of Arkime that are not filled here yet: ${named}`}`;
}

function packaged(wanted: string): FieldLine[] {
  const catalogue = packagedCatalogue();
  return [...catalogue.declared, ...catalogue.derived]
    .filter((field) => [field.expression, field.path, field.name, field.help, ...field.aliases].some((part) => part.toLowerCase().includes(wanted)))
    .map(({ expression, aliases, path, kind, group, name, help, since }) => ({ expression, aliases, path, kind, group, name, help, since }));
}

async function served({ connect }: CommandContext, contains: string): Promise<FieldLine[]> {
  const connection = await connect("read");
  try {
    const answer = await connection.ask(FIELDS, { contains });
    return answer.at("fields").at("fields").list().map((field) => ({
      expression: field.at("expression").text(), aliases: field.at("aliases").list().map((alias) => alias.text()), path: field.at("path").orNull()?.text() ?? null,
      kind: KINDS[field.at("kind").text()] ?? field.at("kind").text(), group: field.at("group").text(), name: field.at("name").text(), help: field.at("help").text(),
      since: field.at("since").orNull()?.text() ?? null,
    }));
  } finally {
    await connection.close();
  }
}
