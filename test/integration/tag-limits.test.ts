import { afterAll, beforeAll, expect, test } from "vitest";
import { LIMITS } from "../../src/graphql/limits.js";
import { MemoryStore } from "../support/memory-store.js";
import { someRows, startApi, type ApiServer } from "../support/api-server.js";

/** A store that says how much was changed at once, and in which turn of the event loop. */
class NotingStore extends MemoryStore {
  readonly changes: { readonly sessions: number; readonly tags: number; readonly turn: number }[] = [];
  #turn = 0;

  override changeTags(ids: readonly string[], add: readonly string[], remove: readonly string[]): Promise<number> {
    this.changes.push({ sessions: ids.length, tags: add.length + remove.length, turn: this.#turn });
    setImmediate(() => { this.#turn += 1; });
    return Promise.resolve(ids.length);
  }
}

let api: ApiServer;
let store: NotingStore;
let analyst: string;
const SESSIONS = 10_001;

beforeAll(async () => {
  store = new NotingStore(someRows(SESSIONS));
  api = await startApi(store);
  analyst = await api.token({ name: "ana", role: "analyst" });
});
afterAll(() => api.server.stop());

const addTags = (count: number) => api.ask(analyst, "mutation($tags: [String!]!) { addTags(tags: $tags, expression: \"ip.dst == 192.0.2.1\") { matched changed } }", { tags: Array.from({ length: count }, (_, at) => `t${at}`) });

test("sessions are tagged in parts, and others are served in between", async () => {
  const answer = await addTags(10);
  expect(answer.errors).toEqual([]);
  expect(answer.data.addTags).toEqual({ matched: SESSIONS, changed: SESSIONS });
  expect(store.changes.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(SESSIONS);
  for (const { sessions, tags } of store.changes) expect(sessions * tags).toBeLessThanOrEqual(5_000);
  expect(store.changes.map(({ turn }) => turn)).toEqual(store.changes.map((_, at) => at));
});

test("sessions × tags are bounded", async () => {
  store.changes.length = 0;
  const most = LIMITS.tagChanges / 100;
  const answer = await addTags(100);
  expect(answer.errors[0]).toMatchObject({ message: expect.stringContaining(`with 100 tags at most ${most} may`), extensions: { code: "LIMIT_EXCEEDED" } });
  expect(store.changes).toEqual([]);
});
