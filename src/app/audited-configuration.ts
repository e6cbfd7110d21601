import { createHmac } from "node:crypto";
import type { AccessService } from "../access/access-service.js";
import { settingKeys } from "../config/config.js";
import type { SettingKey, SettingValues } from "../config/settings.js";
import type { Core } from "./core.js";

/** Where the catalogue keeps what the settings were: digests with a key of its own, so that no secret can be guessed from them. */
const STORED = "configuration.digests";

type Digests = Readonly<Record<string, string>>;

function read(text: string | null): Digests | null {
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) return null;
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/**
 * Notes in the audit log which settings changed: since the last start of the service, and with each reload. Their values may
 * be secrets and are not in it. A setting that the last version did not have is no change.
 */
export function auditConfiguration({ live, config, logger, catalogue: { settings } }: Pick<Core, "live" | "config" | "logger" | "catalogue">, access: Pick<AccessService, "audit">): void {
  const key = settings.secret("configuration");
  const digestOf = (value: SettingValues[SettingKey]): string =>
    createHmac("sha256", key).update(value instanceof RegExp ? String(value) : JSON.stringify(value)).digest("base64url");
  const digestsOf = (values: SettingValues): Digests => Object.fromEntries(settingKeys().map((name) => [name, digestOf(values[name])]));
  const note = (action: string, before: Digests | null, now: Digests): Digests => {
    const changed = before === null ? [] : Object.keys(now).filter((name) => before[name] !== undefined && before[name] !== now[name]);
    try {
      if (changed.length > 0) access.audit("service", action, { changed: changed.join(" "), file: config.file });
      if (changed.length > 0 || before === null || Object.keys(before).length !== Object.keys(now).length) settings.set(STORED, JSON.stringify(now));
    } catch (error) {
      // A full disk: the service must start, to make room. The next start compares with what is stored.
      logger.error({ changed, error: error instanceof Error ? error.message : String(error) }, "a change of the configuration could not be noted in the audit log");
    }
    return now;
  };
  let before = note("config.change", read(settings.get(STORED)), digestsOf(live.values));
  live.onChange((values) => { before = note("config.reload", before, digestsOf(values)); });
}
