import { isNonNullType, isObjectType, type GraphQLField } from "graphql";
import { beforeEach, describe, expect, it } from "vitest";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { Idempotency, type IdempotencyRecords, type KeyedRequest } from "../../../src/graphql/idempotency.js";
import { rulesOf } from "../../../src/graphql/idempotent-mutations.js";
import { graphqlSchema } from "../../../src/graphql/schema.js";
import { MemoryIdempotencyRecords } from "../../support/memory-idempotency.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const HOUR_MS = 3_600_000;
const clock = { now: 1_700_000_000_000, nowMs: () => clock.now };
const asked = (more: Partial<KeyedRequest> = {}): KeyedRequest => ({ user: "ann", key: "k1", name: "createExport", args: { expression: "ip == 1.2.3.4" }, rules: {}, ...more });

const kinds: readonly (readonly [string, () => IdempotencyRecords])[] = [
  ["in memory", () => new MemoryIdempotencyRecords(clock)],
  ["of the catalogue", () => openCatalogue(temporaryDirectory(), clock).idempotencyKeys],
];

describe.each(kinds)("keys %s", (_kind, make) => {
  let records: IdempotencyRecords;
  let idempotency: Idempotency;
  let changes: number;
  const change = (): Promise<unknown> => {
    changes += 1;
    return Promise.resolve({ id: `export ${changes}` });
  };

  beforeEach(() => {
    records = make();
    idempotency = new Idempotency(records, clock);
    changes = 0;
  });

  it("make a change once, also after a restart, and give its answer again", async () => {
    expect(await idempotency.run(asked(), change)).toEqual({ id: "export 1" });
    expect(await idempotency.run(asked(), change)).toEqual({ id: "export 1" });
    expect(await new Idempotency(records, clock).run(asked(), change)).toEqual({ id: "export 1" });
    expect(changes).toBe(1);
  });

  it("are each user's own, and are forgotten after a day", async () => {
    await idempotency.run(asked(), change);
    expect(await idempotency.run(asked({ user: "bob" }), change)).toEqual({ id: "export 2" });
    clock.now += 24 * HOUR_MS;
    expect(await idempotency.run(asked(), change)).toEqual({ id: "export 3" });
  });

  it("are refused with other arguments or for another mutation", async () => {
    await idempotency.run(asked(), change);
    for (const other of [asked({ args: { expression: "ip == 1.2.3.5" } }), asked({ name: "addTags" })]) {
      await expect(idempotency.run(other, change)).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    }
    expect(changes).toBe(1);
  });

  it("let requests of one moment run once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => idempotency.run(asked(), change)));
    expect(answers).toEqual(Array.from({ length: 20 }, () => ({ id: "export 1" })));
  });

  it("leave nothing of a change that failed; whoever waited tries itself", async () => {
    let tries = 0;
    const failing = (): Promise<unknown> => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Error("the client left")) : change();
    };
    const [first, second] = await Promise.allSettled([idempotency.run(asked(), failing), idempotency.run(asked(), failing)]);
    expect(first).toMatchObject({ status: "rejected" });
    expect(second).toMatchObject({ status: "fulfilled", value: { id: "export 1" } });
  });

  it("say that the outcome is not known when the process ended in the middle, or repeat what may be repeated", async () => {
    void idempotency.run(asked(), () => new Promise(() => {}));
    const next = new Idempotency(records, clock);
    await expect(next.run(asked(), change)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
    expect(await next.run(asked({ rules: { repeatable: true } }), change)).toEqual({ id: "export 1" });
  });

  it("keep nothing of what is confidential", async () => {
    const rules = { confidential: true };
    expect(await idempotency.run(asked({ rules, args: { password: "one" } }), change)).toEqual({ id: "export 1" });
    await expect(idempotency.run(asked({ rules, args: { password: "two" } }), change)).rejects.toMatchObject({ code: "ALREADY_DONE" });
    expect(records.find("ann", "k1")?.answer).toBeNull();
  });

  it("are 1 to 200 printable characters", async () => {
    for (const key of ["", "a b", "é", "a\n", "x".repeat(201)]) await expect(idempotency.run(asked({ key }), change)).rejects.toMatchObject({ code: "BAD_INPUT" });
    expect(changes).toBe(0);
  });
});

describe("every mutation of the schema", () => {
  const mutation = graphqlSchema().getMutationType();
  const fields: readonly GraphQLField<unknown, unknown>[] = Object.values(mutation?.getFields() ?? {});

  it("takes an idempotency key that may be left out", () => {
    expect(fields.length).toBeGreaterThan(5);
    for (const { name, args } of fields) {
      const key = args.find((argument) => argument.name === "idempotencyKey");
      expect(key?.type.toString(), name).toBe("String");
      expect(key !== undefined && isNonNullType(key.type), name).toBe(false);
    }
  });

  it("is confidential when an argument or its answer is a secret", () => {
    const secret = /password|secret|^(present|next)$/i;
    for (const { name, args, type, extensions } of fields) {
      const answer = graphqlSchema().getType(String(type).replace(/[![\]]/g, ""));
      const words = [...args.map((argument) => argument.name), ...(isObjectType(answer) ? Object.keys(answer.getFields()) : [])];
      if (words.some((word) => secret.test(word))) expect(rulesOf(extensions).confidential, `${name} handles a secret: @Extensions({ idempotency: { confidential: true } })`).toBe(true);
    }
  });
});
