import { describe, expect, it } from "vitest";
import { loadConfig, type LookbackConfig } from "../../../src/config/config.js";
import { LIVE_KEYS, LiveConfig } from "../../../src/config/live-config.js";
import type { SettingKey } from "../../../src/config/settings.js";

const load = (overrides: Partial<Record<SettingKey, string>> = {}): LookbackConfig =>
  loadConfig({ file: null, node: "n", environment: {}, workingDirectory: "/nowhere", overrides });

describe("a live configuration", () => {
  it("takes what can change, names what waits, and keeps that", () => {
    const live = new LiveConfig(load());
    const heard: string[] = [];
    live.onChange((values) => heard.push(values.logLevel));
    expect(live.reload(load({ logLevel: "debug", freeSpaceG: "12", viewPort: "1", offlineFilenameRegex: "x" }))).toEqual({ changed: ["logLevel", "freeSpaceG"], waiting: ["viewPort", "offlineFilenameRegex"] });
    expect(live.values).toMatchObject({ logLevel: "debug", freeSpaceG: { unit: "gib", value: 12 }, viewPort: 8005 });
    expect(heard).toEqual(["debug"]);
    expect(live.reload(load({ logLevel: "debug", freeSpaceG: "12" }))).toEqual({ changed: [], waiting: [] });
    expect(heard).toEqual(["debug"]);
  });

  it("takes every key that is called live", () => {
    const other: Partial<Record<SettingKey, string>> = { pcapMaxAgeDays: "3", pcapMaxSizeG: "3", sessionMaxSizeG: "3", sessionFreeSpaceG: "15%", auditDays: "3", forecastWarnDays: "3", logLevel: "error", logLevels: "http=error", apiCostPerMinute: "9", debug: "3", freeSpaceG: "9", expireDays: "9", queryTimeoutSeconds: "9", maxExportG: "9" };
    expect(new Set(Object.keys(other))).toEqual(LIVE_KEYS);
    const live = new LiveConfig(load());
    expect(new Set(live.reload(load(other)).changed)).toEqual(LIVE_KEYS);
    for (const key of LIVE_KEYS) expect(live.values[key]).toEqual(load(other).values[key]);
  });
});
