import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { writeCaptures } from "../support/kill-series.js";
import { LookbackProcess } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let running: LookbackProcess | null = null;
let server: Server | null = null;

afterEach(() => {
  running?.child.kill("SIGKILL");
  server?.closeAllConnections();
  server?.close();
});

const JOB = {
  id: "j", path: "/a.pcap", state: "RUNNING", submitted: "2026-11-24T00:00:00.000Z", started: null, finished: null,
  packets: 0, bytes: 0, totalBytes: 1, sessions: 0, error: null, warnings: [],
};

/** A service whose imports never end; resolves to its URL. `asked` is told of each question. */
async function endless(asked: (what: "submit" | "job", answer: () => void) => void): Promise<string> {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (data: Buffer) => { body += data.toString(); });
    request.on("end", () => {
      const answer = (data: object): void => { response.setHeader("content-type", "application/json").end(JSON.stringify({ data })); };
      if (body.includes("importCapture(")) asked("submit", () => { answer({ importCapture: { jobs: [JOB], refused: [] } }); });
      else if (body.includes("importJob(")) asked("job", () => { answer({ j0: JOB }); });
      else answer(body.includes("importJobs(") ? { importJobs: { jobs: [] } } : { __typename: "Query" });
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(["SIGTERM", "SIGINT"] as const)("%s ends import --monitor with 0, and not when the import that runs does", (signal) => {
  it.each([["of a service of this machine", "job"], ["of a service of this machine", "submit"], ["of a remote service", "job"]] as const)("%s, while it asks (%s)", async (where, moment) => {
    const directory = temporaryDirectory();
    writeCaptures(path.join(directory, "spool"), 1, 10);
    const url = await endless((what, answer) => {
      if (what === moment) running?.child.kill(signal);
      // A service that does not answer holds nothing up either.
      if (moment !== "submit") answer();
    });
    if (where === "of a remote service") {
      running = new LookbackProcess(["import", "--monitor", "spool", "--json", "--url", url, "--token", "t"], directory);
    } else {
      mkdirSync(path.join(directory, "data"));
      openCatalogue(path.join(directory, "data"), { nowMs: () => 0 }).close();
      writeFileSync(path.join(directory, "data", "serve.json"), JSON.stringify({ url, token: "t", pid: process.pid }));
      running = new LookbackProcess(["import", "--monitor", "spool", "--json", "--data", "data"], directory);
    }
    expect(await running.exited).toMatchObject({ code: 0, signal: null, error: "" });
  });
});
