import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { classicCapture } from "../support/capture-bytes.js";
import { udpFrame } from "../support/frames.js";
import { readCapture } from "../support/read-capture.js";
import { at, runServer, type RunningServer } from "../support/running-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let running: RunningServer | null = null;

afterEach(async () => {
  await running?.stop();
  running = null;
});

const JOB = "id state packets sessions bytes sha256 downloadUrl missingPackets";

it("an export asked for through GraphQL is downloaded by its signed link, by its owner alone", async () => {
  const directory = temporaryDirectory();
  const source = path.join(directory, "source.pcap");
  const frame = (host: number, text: string) => udpFrame({ source: `10.0.0.${host}`, destination: "192.0.2.1", sourcePort: 1000, destinationPort: 9999 }, Buffer.from(text));
  const capture = classicCapture(Array.from({ length: 60 }, (_, index) => ({ seconds: 1_767_000_000 + index, nanoseconds: 5000, data: frame(index % 3, `packet ${index}`) })));
  writeFileSync(source, capture.bytes);
  running = await runServer(directory, [source]);
  const { graphql, headers, server } = running;
  const created = await graphql(`mutation { createExport(expression: "ip.src == 10.0.0.2") { ${JOB} } }`);
  expect(created.errors).toEqual([]);
  const id = at(created.data, "createExport", "id");
  let job: unknown = null;
  // Every turn is a request to the server, which works meanwhile.
  for (let turn = 0; turn < 5000 && at(job, "state") !== "DONE"; turn += 1) {
    const answer = await graphql(`query ($id: ID!) { export(id: $id) { ${JOB} } }`, { id });
    expect(answer.errors).toEqual([]);
    job = at(answer.data, "export");
    expect(["QUEUED", "RUNNING", "DONE"]).toContain(at(job, "state"));
  }
  expect(job).toMatchObject({ state: "DONE", packets: 20, sessions: 1, missingPackets: 0 });
  const url = server.url + String(at(job, "downloadUrl"));
  const response = await fetch(url, { headers });
  expect(response.status).toBe(200);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(at(job, "sha256"));
  expect(readCapture(bytes).packets.map((packet) => packet.data)).toEqual(Array.from({ length: 20 }, (_, index) => frame(2, `packet ${3 * index + 2}`).toString("latin1")));
  const part = await fetch(url, { headers: { ...headers, range: "bytes=0-23" } });
  expect(part.status).toBe(206);
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(0, 24))).toBe(true);
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url.replace(/user=\w+/, "user=other"), { headers })).status).toBe(403);
  expect((await fetch(url.replace(/signature=./, "signature="), { headers })).status).toBe(403);
});
