import { describe, expect, it } from "vitest";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { openConnection } from "../../../src/catalogue/database.js";
import { ImportJobs } from "../../../src/catalogue/jobs.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

describe("imports that are remembered", () => {
  it("are the newest beyond a bound, and all that are not over", () => {
    const directory = temporaryDirectory();
    let now = 1_700_000_000_000;
    const clock = { nowMs: () => now };
    openCatalogue(directory, clock).close();
    const { connection } = openConnection(directory);
    const jobs = new ImportJobs(connection, clock, { most: 5, lookEvery: 3 });
    const add = (name: string): string => {
      now += 1_000;
      return jobs.add({ path: name, mode: "in-place", requestedBy: "ada" });
    };
    const waiting = add("waiting");
    for (let number = 1; number <= 12; number += 1) {
      const id = add(`${number}`);
      jobs.move(id, "running");
      jobs.move(id, "done");
    }
    expect(jobs.list().map(({ path }) => path)).toEqual(["12", "11", "10", "9", "8", "waiting"]);
    expect([jobs.get(waiting)?.state, jobs.imported("1"), jobs.imported("12")?.startedAtMs]).toEqual(["queued", null, now]);
    connection.close();
  });
});
