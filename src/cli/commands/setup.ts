import { readFileSync } from "node:fs";
import { readdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { text as textOf } from "node:stream/consumers";
import { PASSWORD_LENGTH } from "../../access/password.js";
import { LookbackError } from "../../base/errors.js";
import { defaultInterface } from "../../capture/default-interface.js";
import { commentedFile } from "../../config/commented-file.js";
import { loadConfig } from "../../config/config.js";
import { SETTINGS, type SettingKey } from "../../config/settings.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { openLocal } from "../local-connection.js";
import { Prompt } from "../prompt.js";
import { isThere } from "../is-there.js";
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
  if (options["force"] !== true && (await isThere(target))) throw new LookbackError("BAD_INPUT", `${target} is there already; --force replaces it and keeps the old one as ${path.basename(target)}.old, --config names another`);
  const interactive = options["yes"] !== true;
  if (interactive && !process.stdin.isTTY) throw new UsageError("there is no terminal to ask at: give --yes and what you want to choose as options (lookback setup --help)");
  const given = await givenChoices(options);
  const choices = interactive ? await ask(given, new Prompt()) : given;
  for (const [key, value] of [["interface", choices.interface], ["dataDir", choices.dataDir], ["viewHost", choices.viewHost], ["viewPort", choices.viewPort], ["freeSpaceG", choices.freeSpaceG]] as const) check(key, value);
  const passwordFault = choices.password === "" ? null : checkPassword(choices.password);
  if (passwordFault !== null) throw new LookbackError("BAD_INPUT", passwordFault);
  const storeFault = checkStore(choices.storeUrl);
  if (storeFault !== null) throw new UsageError(`--store-url: ${storeFault}`);

  const chosen = new Map(Object.entries({
    dataDir: path.resolve(choices.dataDir), viewHost: choices.viewHost, viewPort: choices.viewPort, freeSpaceG: choices.freeSpaceG,
    ...(choices.interface === "" ? {} : { interface: choices.interface }), ...(choices.storeUrl === "" ? {} : { indexStore: "elasticsearch", elasticsearch: choices.storeUrl }),
  }));
  await replace(target, commentedFile(chosen));
  const config = loadConfig({ file: target, node: null, environment: process.env, workingDirectory: process.cwd() });
  if (choices.password !== "") await setPassword(await openLocal(config, "change", signal), choices.password);
  if (options["json"] === true) print(JSON.stringify({ file: target, dataDirectory: config.dataDirectory, user: choices.password === "" ? null : "admin" }));
  else print(`wrote ${target}`);
  note(choices.password === "" ? "The first start prints the password of admin, once." : "Log in as admin with the password that you gave.");
  note(`Next: lookback doctor --config ${target}, then lookback start --config ${target}`);
  return EXIT.ok;
}

/** Writes a file whole, keeping the one that was there as `.old`. */
async function replace(target: string, content: string): Promise<void> {
  try {
    await writeFile(`${target}.new`, content, { mode: 0o600 });
    if (await isThere(target)) await rename(target, `${target}.old`);
    await rename(`${target}.new`, target);
  } catch (cause) {
    throw new LookbackError("UNAVAILABLE", `${target} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}; name another with --config`, {}, { cause });
  }
}

async function givenChoices(options: Readonly<Record<string, unknown>>): Promise<Choices> {
  const option = (name: string, usual: string): string => (typeof options[name] === "string" ? options[name] : usual);
  return {
    interface: option("interface", ""), dataDir: option("data", "data"), storeUrl: option("storeUrl", ""), viewHost: option("host", SETTINGS.viewHost.defaultValue),
    viewPort: option("port", String(SETTINGS.viewPort.defaultValue)), freeSpaceG: option("freeSpace", "5%"),
    password: options["passwordStdin"] === true ? ((await textOf(process.stdin)).split(/\r?\n/)[0] ?? "") : "",
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

function check(key: SettingKey, value: string): void {
  const fault = faultOf(key)(value);
  if (fault !== null) throw new UsageError(`${key}=${value.slice(0, 200)}: ${fault}`);
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
