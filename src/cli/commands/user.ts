import { ALL_RIGHTS, RIGHT_NAMES } from "../../access/rights.js";
import { LookbackError } from "../../base/errors.js";
import type { Answer } from "../answer.js";
import type { CommandContext } from "../command.js";
import type { Access } from "../connection.js";
import { EXIT } from "../exit-code.js";
import { passwordOfInput } from "../password-input.js";
import { TimePrinter } from "../print-time.js";
import { table, tabSeparated } from "../table.js";
import { UsageError } from "../usage-error.js";

const USER = `name role loginBy enabled forcedExpression hiddenFields maxAgeHours created lastLogin
  rights { ${RIGHT_NAMES.join(" ")} } tokens { name scopes created expires }`;

function nameOf(operand: CommandContext["operands"][number]): string {
  return typeof operand === "string" ? operand : "";
}

async function ask(context: CommandContext, access: Access, operation: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  const connection = await context.connect(access);
  try {
    return await connection.ask(operation, variables);
  } finally {
    await connection.close();
  }
}

/** An option that is one of a few words, as the API spells it. */
function word(flag: string, value: unknown, allowed: readonly string[]): string | undefined {
  if (value === undefined) return undefined;
  const given = String(value).toLowerCase();
  if (allowed.includes(given)) return given.toUpperCase();
  throw new UsageError(`${flag} ${given.slice(0, 40)}: allowed: ${allowed.join(", ")}`);
}

function commaList(value: unknown): string[] | undefined {
  return value === undefined ? undefined : String(value).split(",").map((item) => item.trim()).filter((item) => item !== "");
}

/** What the options of `add` and `set` change. */
function changeOf({ options }: CommandContext): Readonly<Record<string, unknown>> {
  const rights: Record<string, boolean> = {};
  for (const given of Array.isArray(options["right"]) ? options["right"].map(String) : []) {
    const [name = "", value = ""] = given.split("=");
    const right = RIGHT_NAMES.find((known) => known.toLowerCase() === name.toLowerCase());
    if (right === undefined || !["true", "false"].includes(value)) throw new UsageError(`--right ${given.slice(0, 60)}: allowed: ${RIGHT_NAMES.join(", ")}, each =true or =false`);
    rights[right] = value === "true";
  }
  const hours = options["timeLimit"];
  if (hours !== undefined && !/^\d{1,9}$/.test(String(hours))) throw new UsageError(`--time-limit ${String(hours).slice(0, 40)}: allowed: hours, 0 for none`);
  return {
    role: word("--role", options["role"], ["viewer", "analyst", "operator", "administrator"]),
    loginBy: word("--login", options["login"], ["password", "oidc", "header"]),
    forcedExpression: options["expression"], hiddenFields: commaList(options["hideFields"]), maxAgeHours: hours === undefined ? undefined : Number(hours),
    ...(Object.keys(rights).length === 0 ? {} : { rights }),
  };
}

/** The password that is to be taken from standard input, or null: one is made. */
async function givenPassword({ options }: CommandContext): Promise<string | null> {
  return options["passwordStdin"] === true ? passwordOfInput() : null;
}

function done(context: CommandContext, answer: Answer, line: (user: Answer) => string): number {
  const { options, print, note } = context;
  const user = answer.at("user");
  const password = answer.at("madePassword").orNull()?.text() ?? null;
  if (options["json"] === true) {
    print(JSON.stringify({ ...(user.value as object), ...(password === null ? {} : { madePassword: password }) }));
  } else {
    note(line(user));
    if (password !== null) {
      note("Its password, shown this once:");
      print(password);
    }
  }
  return EXIT.ok;
}

/** Prints the users. */
export async function list(context: CommandContext): Promise<number> {
  const { options, print, terminal } = context;
  const users = (await ask(context, "read", `{ users { users { ${USER} } } }`)).at("users").at("users");
  if (options["json"] === true) {
    print(JSON.stringify(users.value, null, 2));
    return EXIT.ok;
  }
  const times = new TimePrinter(options["utc"] === true);
  const rows = users.list().map((user) => {
    const limits = [
      ...(user.at("forcedExpression").text() === "" ? [] : [user.at("forcedExpression").text()]),
      ...(user.at("hiddenFields").list().length === 0 ? [] : [`without ${user.at("hiddenFields").list().map((path) => path.text()).join(", ")}`]),
      ...(user.at("maxAgeHours").isNull ? [] : [`last ${user.at("maxAgeHours").number()} h`]),
      ...RIGHT_NAMES.filter((right) => user.at("rights").at(right).flag() !== ALL_RIGHTS[right]).map((right) => `${right}=${String(!ALL_RIGHTS[right])}`),
    ];
    const last = user.at("lastLogin").orNull();
    return [
      user.at("name").text(), user.at("role").text().toLowerCase(), user.at("enabled").flag() ? "yes" : "no", user.at("loginBy").text().toLowerCase(),
      String(user.at("tokens").list().length), last === null ? "" : times.print(last.time()), limits.join("; "),
    ];
  });
  const columns = [{ title: "User" }, { title: "Role" }, { title: "May log in" }, { title: "By" }, { title: "Tokens" }, { title: "Last login" }, { title: "Limits", least: 10 }];
  for (const line of terminal.forPeople ? table(columns, rows, terminal) : tabSeparated(rows)) print(line);
  return EXIT.ok;
}

/** Adds a user. */
export async function add(context: CommandContext): Promise<number> {
  const name = nameOf(context.operands[0]);
  const user = changeOf(context);
  const password = await givenPassword(context);
  const answer = await ask(context, "change", `mutation ($name: String!, $password: String, $user: UserInput) { createUser(name: $name, password: $password, user: $user) { madePassword user { ${USER} } } }`, { name, password, user });
  return done(context, answer.at("createUser"), (made) => `Added ${made.at("name").text()}, ${made.at("role").text().toLowerCase()}.`);
}

/** Changes role, rights or limits of a user. */
export async function set(context: CommandContext): Promise<number> {
  return change(context, { user: changeOf(context) }, "Changed");
}

/** Lets a user log in no more, and ends all logins and tokens. */
export async function disable(context: CommandContext): Promise<number> {
  return change(context, { enabled: false }, "Disabled");
}

/** Lets a user log in again. */
export async function enable(context: CommandContext): Promise<number> {
  return change(context, { enabled: true }, "Enabled");
}

async function change(context: CommandContext, what: Readonly<Record<string, unknown>>, verb: string): Promise<number> {
  const answer = await ask(context, "change", `mutation ($name: String!, $user: UserInput, $enabled: Boolean) { updateUser(name: $name, user: $user, enabled: $enabled) { madePassword user { ${USER} } } }`, {
    name: nameOf(context.operands[0]), ...what,
  });
  return done(context, answer.at("updateUser"), (user) => `${verb} ${user.at("name").text()}.`);
}

/** Gives a user a new password. */
export async function password(context: CommandContext): Promise<number> {
  const given = await givenPassword(context);
  const answer = await ask(context, "change", `mutation ($name: String!, $password: String) { setUserPassword(name: $name, password: $password) { madePassword user { ${USER} } } }`, {
    name: nameOf(context.operands[0]), password: given,
  });
  return done(context, answer.at("setUserPassword"), (user) => `${user.at("name").text()} has a new password; all logins and tokens ended.`);
}

/** Makes, lists or ends tokens of a user. */
export async function token(context: CommandContext): Promise<number> {
  const { operands, options, print, note, terminal } = context;
  const [user, name] = [nameOf(operands[0]), nameOf(operands[1])];
  if (name === "") {
    const found = (await ask(context, "read", "query ($user: String!) { user(name: $user) { user { tokens { name scopes created expires } } } }", { user })).at("user").at("user").orNull();
    if (found === null) throw new LookbackError("NOT_FOUND", `there is no user ${JSON.stringify(user.slice(0, 64))}`);
    if (options["json"] === true) {
      print(JSON.stringify(found.at("tokens").value, null, 2));
      return EXIT.ok;
    }
    const times = new TimePrinter(options["utc"] === true);
    const rows = found.at("tokens").list().map((one) => [
      one.at("name").text(), one.at("scopes").list().map((scope) => scope.text().toLowerCase()).join(","), times.print(one.at("created").time()), times.print(one.at("expires").time()),
    ]);
    for (const line of terminal.forPeople ? table([{ title: "Token" }, { title: "Scopes" }, { title: "Made" }, { title: "Ends" }], rows, terminal) : tabSeparated(rows)) print(line);
    return EXIT.ok;
  }
  if (options["revoke"] === true) {
    await ask(context, "change", "mutation ($user: String!, $name: String!) { revokeUserToken(user: $user, name: $name) { asOf } }", { user, name });
    note(`Ended the token ${name} of ${user}.`);
    return EXIT.ok;
  }
  const scopes = (commaList(options["scopes"]) ?? ["read"]).map((scope) => word("--scopes", scope, ["read", "tag", "export", "operate", "admin"]));
  const days = String(options["days"] ?? "90");
  if (!/^\d{1,4}$/.test(days)) throw new UsageError(`--days ${days.slice(0, 40)}: allowed: 1 to 366`);
  const made = (await ask(context, "change", "mutation ($user: String!, $name: String!, $days: Int!, $scopes: [TokenScope!]!) { createUserToken(user: $user, name: $name, days: $days, scopes: $scopes) { secret token { name scopes expires } } }", {
    user, name, days: Number(days), scopes,
  })).at("createUserToken");
  if (options["json"] === true) {
    print(JSON.stringify({ ...(made.at("token").value as object), secret: made.at("secret").text() }));
  } else {
    note("The token, shown this once:");
    print(made.at("secret").text());
  }
  return EXIT.ok;
}
