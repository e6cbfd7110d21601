import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { PASSWORD_LENGTH } from "../../access/password.js";
import { LookbackError } from "../../base/errors.js";
import { defaultInterface } from "../../capture/default-interface.js";
import { commentedFile } from "../../config/commented-file.js";
import { isSecret } from "../../config/config-schema.js";
import { loadConfig, settingKeys } from "../../config/config.js";
import { SETTINGS, type SettingKey } from "../../config/settings.js";
import type { CommandContext } from "../command.js";
import { assignedSettings } from "../configuration.js";
import { EXIT } from "../exit-code.js";
import { isThere } from "../is-there.js";
import { openLocal } from "../local-connection.js";
import { passwordOfInput } from "../password-input.js";
import { Prompt } from "../prompt.js";
import { replaceFile } from "../replaced-file.js";
import { UsageError } from "../usage-error.js";

/** What setup settles. */
interface Choices {
  readonly interface: string;
  readonly dataDir: string;
  readonly storeUrl: string;
  readonly viewHost: string;
  readonly viewPort: string;
  readonly freeSpaceG: string;
  /** Empty: the first start makes one. */
  readonly password: string;
}

/** Asks what an installation needs to know (or takes it from options), writes a commented config.ini, and sets the first password. */
export async function run({ options, print, note, signal }: CommandContext): Promise<number> {
  const target = path.resolve(typeof options["config"] === "string" ? options["config"] : "config.ini");
  if (options["force"] !== true && (await isThere(target))) throw new LookbackError("BAD_INPUT", `${target} is there already; --force replaces it and keeps the old one beside it (.old), --config names another`);
  const interactive = options["yes"] !== true;
  if (interactive && !process.stdin.isTTY) throw new UsageError("there is no terminal to ask at: give --yes and what you want to choose as options (lookback setup --help)");
  const assigned = assignedSettings(options);
  const given = await givenChoices(options, assigned);
  const choices = interactive ? await ask(given, new Prompt()) : given;
  const passwordFault = choices.password === "" ? null : checkPassword(choices.password);
  if (passwordFault !== null) throw new LookbackError("BAD_INPUT", passwordFault);
  const storeFault = checkStore(choices.storeUrl);
  if (storeFault !== null) throw new UsageError(`--store-url: ${storeFault}`);

  const chosen = chosenSettings(choices, assigned);
  for (const [key, value] of Object.entries(chosen)) check(key, value);
  const node = typeof options["node"] === "string" ? options["node"] : null;
  let dataDirectory = "";
  const old = await replaceFile(target, commentedFile(new Map(Object.entries(chosen))), async (written) => {
    const config = loadConfig({ file: written, node, environment: process.env, workingDirectory: process.cwd() });
    ({ dataDirectory } = config);
    // Before the file takes its place: where a service runs, this fails.
    if (choices.password !== "") await setPassword(await openLocal(config, "change", signal), choices.password);
  });
  if (options["json"] === true) print(JSON.stringify({ file: target, old, dataDirectory, user: choices.password === "" ? null : "admin" }));
  else print(`wrote ${target}${old === null ? "" : `; the old one is ${old}`}`);
  note(choices.password === "" ? "The first start prints the password of admin, once." : "Log in as admin with the password that you gave.");
  const where = `--config ${target}${node === null ? "" : ` --node ${node}`}`;
  note(`Next: lookback doctor ${where}, then lookback start ${where}`);
  return EXIT.ok;
}

/** What the file sets: what was chosen, and what `--set` gives beside it. */
function chosenSettings(choices: Choices, assigned: Readonly<Partial<Record<SettingKey, string>>>): Partial<Record<SettingKey, string>> {
  return {
    ...assigned, dataDir: path.resolve(choices.dataDir), viewHost: choices.viewHost, viewPort: choices.viewPort, freeSpaceG: choices.freeSpaceG,
    ...(choices.interface === "" ? {} : { interface: choices.interface }), ...(choices.storeUrl === "" ? {} : { indexStore: "elasticsearch", elasticsearch: choices.storeUrl }),
  };
}

async function givenChoices(options: Readonly<Record<string, unknown>>, assigned: Readonly<Partial<Record<SettingKey, string>>>): Promise<Choices> {
  const option = (name: string, key: SettingKey | null, usual: string): string => (typeof options[name] === "string" ? options[name] : ((key === null ? undefined : assigned[key]) ?? usual));
  return {
    interface: option("interface", "interface", ""), dataDir: option("data", "dataDir", "data"), storeUrl: option("storeUrl", null, ""), viewHost: option("host", "viewHost", SETTINGS.viewHost.defaultValue),
    viewPort: option("port", "viewPort", String(SETTINGS.viewPort.defaultValue)), freeSpaceG: option("freeSpace", "freeSpaceG", "5%"),
    password: options["passwordStdin"] === true ? await passwordOfInput() : "",
  };
}

async function ask(usual: Choices, prompt: Prompt): Promise<Choices> {
  const known = await readdir("/sys/class/net").catch((): string[] => []);
  const usualInterface = usual.interface !== "" ? usual.interface : (defaultInterface(readRoutes()) ?? "");
  const device = await prompt.ask(`Interfaces to capture from, separated by ; (${known.join(", ")}; none: import only)`, usualInterface, (answer) => {
    const missing = answer === "none" ? [] : answer.split(";").map((name) => name.trim()).filter((name) => name !== "" && !known.includes(name));
    return missing.length === 0 ? null : `there is no interface ${missing.join(", ")}`;
  });
  return {
    interface: device === "none" ? "" : device,
    dataDir: await prompt.ask("Data directory, for packets, sessions and catalogue", usual.dataDir, faultOf("dataDir")),
    storeUrl: await prompt.ask("URL of an Elasticsearch or OpenSearch to index into (empty: the built-in index)", usual.storeUrl, checkStore),
    viewHost: await prompt.ask("Address to serve on (0.0.0.0: every address; then put TLS in front)", usual.viewHost, faultOf("viewHost")),
    viewPort: await prompt.ask("Port to serve on", usual.viewPort, faultOf("viewPort")),
    freeSpaceG: await prompt.ask("Free space to keep by deleting the oldest packets, percent or GiB", usual.freeSpaceG, faultOf("freeSpaceG")),
    password: usual.password !== "" ? usual.password : await prompt.password("Password of the administrator admin (empty: the first start makes one)", checkPassword),
  };
}

function readRoutes(): string {
  try {
    return readFileSync("/proc/net/route", "utf8");
  } catch {
    // Without a routing table there is no usual interface.
    return "";
  }
}

function faultOf(key: SettingKey): (answer: string) => string | null {
  return (answer) => (SETTINGS[key].read(answer) === null ? `allowed: ${SETTINGS[key].allowed}` : null);
}

function check(key: string, value: string): void {
  const known = settingKeys().find((one) => one === key);
  // A line end would begin a line of its own in the file.
  const fault = known === undefined || /[\r\n]/.test(value) ? "allowed: one line" : faultOf(known)(value);
  if (fault !== null) throw new UsageError(`${key}=${isSecret(key) ? "(secret)" : value.slice(0, 200)}: ${fault}`);
}

function checkPassword(password: string): string | null {
  return password.length >= PASSWORD_LENGTH.least && password.length <= PASSWORD_LENGTH.most ? null : `a password has ${PASSWORD_LENGTH.least} to ${PASSWORD_LENGTH.most} characters`;
}

function checkStore(url: string): string | null {
  if (url === "") return null;
  return url.split(";").every((one) => URL.canParse(one) && /^https?:$/.test(new URL(one).protocol)) ? null : "expected http://HOST:PORT or https://HOST:PORT";
}

/** Makes the administrator, or gives the one that is there a new password. */
async function setPassword(connection: Awaited<ReturnType<typeof openLocal>>, password: string): Promise<void> {
  try {
    const there = (await connection.ask('{ user(name: "admin") { user { name } } }')).at("user").at("user").orNull() !== null;
    await connection.ask(there
      ? 'mutation ($password: String) { setUserPassword(name: "admin", password: $password) { madePassword } }'
      : 'mutation ($password: String) { createUser(name: "admin", password: $password, user: { role: ADMINISTRATOR }) { madePassword } }', { password });
  } finally {
    await connection.close();
  }
}
