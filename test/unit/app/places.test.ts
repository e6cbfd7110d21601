import { expect, it } from "vitest";
import { sayPlaces } from "../../../src/app/places.js";
import { silentLogger, type Logger } from "../../../src/base/logger.js";
import { loadConfig } from "../../../src/config/config.js";

it("a process that starts warns of a file that is named and missing, and tells of what nobody named", () => {
  const config = loadConfig({ file: null, node: "n", environment: {}, workingDirectory: "/", overrides: { rirFile: "/srv/ipv4.csv" } });
  const said: string[] = [];
  const note = (level: string) => (_: unknown, message?: string): void => { said.push(`${level} ${message ?? ""}`); };
  const logger: Logger = { ...silentLogger, warn: note("warn"), info: note("info") };
  const state = { file: null, error: null };
  sayPlaces({ checkPlaceFiles: () => [{ setting: "rirFile", ...state }, { setting: "geoLite2ASN", ...state }] }, config, logger);
  expect(said).toEqual([
    "warn rirFile: there is no /srv/ipv4.csv; the rir fields stay empty until there is",
    expect.stringMatching(/^info geoLite2ASN: no file, so the asn fields stay empty/),
  ]);
});
