// What authorisation and audit add to a query: who asks, may they, what may they see, and the note in the audit log. Over HTTP it
// cannot be told from the query, so this calls the parts that a request goes through, on a catalogue with users of every kind.
import { join } from "node:path";
import { rmSync } from "node:fs";
import { AccessService } from "../../dist/access/access-service.js";
import { CatalogueAccessRecords } from "../../dist/access/catalogue-records.js";
import { ScopeOfUser } from "../../dist/access/scope.js";
import { openCatalogue } from "../../dist/catalogue/catalogue.js";
import { packagedCatalogue } from "../../dist/model/field-catalogue.js";
import { compileExpression } from "../../dist/query/check.js";

const USERS = 1_000;
const HIDDEN = ["http.host", "http.uri", "dns", "email"];

/** Milliseconds that they add to a request: the median and the 99th percentile, the writing of the log included. */
export async function accessCost(work, requests) {
  const directory = join(work, "access");
  rmSync(directory, { recursive: true, force: true });
  const clock = { nowMs: () => Date.now() };
  const catalogue = openCatalogue(directory, clock);
  const records = new CatalogueAccessRecords(catalogue);
  const access = new AccessService(records, clock);
  const fields = packagedCatalogue();
  const scopes = new ScopeOfUser((text) => compileExpression(text, fields, { nowMs: Date.now(), timeZone: "UTC" }), clock);
  const tokens = [];
  for (let at = 0; at < USERS; at += 1) {
    const name = `user${at}`;
    // The hash of a password takes longer than all the rest and is no part of a query.
    await access.putUser({ name, password: null, role: "analyst", loginBy: "oidc", forcedExpression: `ip.src == 10.${at % 250}.0.0/16 && protocols == http`, hiddenFields: HIDDEN, maxAgeHours: 720 });
    if (at % 10 === 0) tokens.push(access.createToken(name, "bench", 86_400_000));
  }
  const times = [];
  for (let at = 0; at < requests; at += 1) {
    const started = process.hrtime.bigint();
    const principal = access.principalOfToken(tokens[at % tokens.length]);
    access.require(principal.user, "search", principal.scopes);
    scopes.scopeOf(principal.user);
    access.log.note({ user: principal.user.name, action: "session.search", address: "192.0.2.1", method: "token", durationMs: 5, details: { expression: "protocols == http && host.http == *.example", first: 100, items: 100, total: 12_345 } });
    times.push(Number(process.hrtime.bigint() - started) / 1e6);
  }
  access.log.flush();
  catalogue.close();
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(requests * 0.5)], p99: times[Math.floor(requests * 0.99)] };
}
