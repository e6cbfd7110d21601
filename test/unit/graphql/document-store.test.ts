import { parse } from "graphql";
import { expect, test } from "vitest";
import { DocumentStore } from "../../../src/graphql/document-store.js";

test("keeps documents by what was asked for last, within a bound of their text", async () => {
  const store = new DocumentStore();
  const text = (at: number): string => `{ a${at} } # ${"x".repeat(1_000)}`;
  const length = text(100).length;
  for (let at = 100; at < 200; at++) await store.set(`k${at}`, parse(text(at)));
  expect(store.size).toBe(100);
  const most = Math.floor(262_144 / length);
  for (let at = 200; at < 100 + most; at++) await store.set(`k${at}`, parse(text(at)));
  expect(await store.get("k100")).toEqual(parse(text(100)));
  for (let at = 700; at < 710; at++) await store.set(`k${at}`, parse(text(at)));
  expect(store.size).toBe(most);
  expect(await store.get("k100")).toBeDefined();
  expect(await store.get("k101")).toBeUndefined();
  await store.set("large", parse(`{ a } # ${"x".repeat(300_000)}`));
  expect([store.size, await store.get("large")]).toEqual([0, undefined]);
  await store.set("again", parse("{ a }"));
  expect([await store.delete("again"), await store.delete("again"), store.size]).toEqual([true, false, 0]);
});
