import { afterEach, expect, it } from "vitest";
import { startApi, type ApiServer } from "../support/api-server.js";

let api: ApiServer | null = null;

afterEach(async () => {
  await api?.server.stop();
  api = null;
});

it("a mutation asked again under its key gives the answer of the first time, and refuses another request", async () => {
  api = await startApi();
  const ann = await api.token({ name: "ann", role: "analyst" });
  const tag = "mutation ($tag: String!, $key: String) { addTags(tags: [$tag], expression: \"protocols == dns\", idempotencyKey: $key) { matched changed asOf } }";
  const first = await api.ask(ann, tag, { tag: "seen", key: "k" });
  expect(first.data["addTags"]).toMatchObject({ matched: 12, changed: 12 });
  api.clock.now += 1000;
  expect((await api.ask(ann, tag, { tag: "seen", key: "k" })).data).toEqual(first.data);
  expect((await api.ask(ann, tag.replace("matched changed asOf", "changed"), { tag: "seen", key: "k" })).data).toEqual({ addTags: { changed: 12 } });
  expect((await api.ask(ann, tag, { tag: "other", key: "k" })).errors[0]?.extensions["code"]).toBe("IDEMPOTENCY_CONFLICT");
  // Without a key it is done again.
  expect((await api.ask(ann, tag, { tag: "seen" })).data["addTags"]).toMatchObject({ changed: 0 });
});

it("a refused mutation may be asked again under its key", async () => {
  api = await startApi();
  const ann = await api.token({ name: "ann", role: "analyst" });
  const tag = (tags: string) => `mutation { addTags(tags: ["${tags}"], expression: "protocols == dns", idempotencyKey: "k") { changed } }`;
  expect((await api.ask(ann, tag("no tag"))).errors[0]?.extensions["code"]).toBe("BAD_INPUT");
  expect((await api.ask(ann, tag("seen"))).data["addTags"]).toMatchObject({ changed: 12 });
});

it("the secret of a token is not kept for a repetition", async () => {
  api = await startApi();
  await api.token({ name: "ann", role: "analyst" });
  const login = await fetch(`${api.server.url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: "ann", password: "a long password" }) });
  const headers = { "content-type": "application/json", cookie: (login.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
  const ask = async (): Promise<string> => (await fetch(`${api?.server.url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query: 'mutation { createToken(name: "t", idempotencyKey: "k") { secret } }' }) })).text();
  expect(await ask()).toContain("secret");
  expect(await ask()).toContain("ALREADY_DONE");
  expect(api.access.tokens("ann").filter(({ name }) => name === "t")).toHaveLength(1);
});
