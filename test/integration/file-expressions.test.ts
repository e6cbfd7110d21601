import { afterAll, beforeAll, expect, test } from "vitest";
import { fileLookup } from "../../src/app/file-lookup.js";
import { MemoryStore } from "../support/memory-store.js";
import { someRows, startApi, type ApiServer } from "../support/api-server.js";

let api: ApiServer;
let viewer: string;
let reads = 0;

beforeAll(async () => {
  const names = Array.from({ length: 100 }, (_, at) => ({ id: at + 1, displayName: `/captures/${String(at)}.pcap` }));
  const files = { names: () => { reads += 1; return names; } };
  api = await startApi(new MemoryStore(someRows(5)), { fileLookup: () => fileLookup(files, 40_000) });
  viewer = await api.token({ name: "vic", role: "viewer" });
});
afterAll(() => api.server.stop());

const aliases = (count: number, expression: (at: number) => string): string =>
  `{ ${Array.from({ length: count }, (_, at) => `a${at}: sessions(first: 1, expression: ${JSON.stringify(expression(at))}) { nodes { id } }`).join(" ")} }`;

test("all questions of an operation read the names of packet files once, and the same pattern is looked for once", async () => {
  reads = 0;
  const answer = await api.ask(viewer, aliases(50, () => "file == /.*7.*/"));
  expect(answer.errors).toEqual([]);
  expect(reads).toBe(1);
});

test("what their patterns cost is bounded together", async () => {
  const answer = await api.ask(viewer, aliases(50, (at) => `file == /.*${at}[.]p.*/`));
  expect(answer.errors[0]?.extensions).toMatchObject({ code: "EXPRESSION_TOO_LARGE" });
  const next = await api.ask(viewer, aliases(1, () => "file == /.*3[.]p.*/"));
  expect(next.errors).toEqual([]);
});

test("a pattern that has very many ways to match is answered", async () => {
  const answer = await api.ask(viewer, aliases(50, () => "file == /(.*)*(.*)*(.*)*(.*)*x/"));
  expect(answer.errors[0]?.extensions).toMatchObject({ code: "EXPRESSION_NO_SUCH_FILE" });
});
