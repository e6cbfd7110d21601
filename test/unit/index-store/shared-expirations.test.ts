import { beforeEach, describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { ClusterState } from "../../../src/index-store/elasticsearch/cluster-state.js";
import { HoldAnswering } from "../../../src/index-store/elasticsearch/hold-answering.js";
import { Servers } from "../../../src/index-store/elasticsearch/servers.js";
import { ANSWER_MS, SharedExpirations } from "../../../src/index-store/elasticsearch/shared-expirations.js";
import type { ExpirySpan, HeldInSpan } from "../../../src/index-store/shared-expiry.js";
import { MemoryCluster } from "../../support/memory-cluster.js";

const LIMITS = { signal: null, timeoutMs: 1_000 };
const DAYS: readonly ExpirySpan[] = [{ startMs: 0, endMs: 86_400_000 }, { startMs: 86_400_000, endMs: 172_800_000 }];
const START = Date.UTC(2026, 0, 16);

let nowMs: number;
let cluster: MemoryCluster;
let warnings: string[];
const clock = { nowMs: () => nowMs };

beforeEach(() => {
  nowMs = START;
  cluster = new MemoryCluster();
  warnings = [];
});

function idsFrom(first: number, count: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, at) => {
    const id = Buffer.alloc(16);
    id.writeUInt32BE(first + at, 12);
    return id;
  });
}

/** A server of a node. Its waits for answers pass at once: time goes on by as much, and `meanwhile` happens. */
interface TestServer {
  readonly servers: Servers;
  readonly expirations: SharedExpirations;
  readonly answering: HoldAnswering;
  meanwhile: () => Promise<void>;
  /** Lets the next word be said that a run goes on. */
  word: () => void;
}

function server(node: string, held: (spans: readonly ExpirySpan[]) => readonly HeldInSpan[] = (spans) => spans.map((span) => ({ ...span, whole: false, ids: [] }))): TestServer {
  const logger = { ...silentLogger, warn: (_fields: object, message: string) => { warnings.push(message); } };
  const state = new ClusterState(cluster, "");
  const servers = new Servers(state, clock);
  const parts = { state, servers, nodes: { installation: `of-${node}` }, node, clock, logger };
  const one: TestServer = {
    servers, meanwhile: () => Promise.resolve(), word: () => {},
    expirations: new SharedExpirations({
      ...parts, wait: (ms, signal) => {
        if (ms >= 30_000) {
          return new Promise((over) => {
            one.word = over;
            signal.addEventListener("abort", () => { over(); }, { once: true });
          });
        }
        nowMs += ms;
        return one.meanwhile();
      },
    }),
    answering: new HoldAnswering({ ...parts, held: (spans) => Promise.resolve().then(() => held(spans)) }),
  };
  return one;
}

describe("days that one server expires and several hold some of", () => {
  it("go when the others have said what they hold, which is kept in parts of bounded size", async () => {
    const [leader, other] = [server("south"), server("north", (spans) => spans.map((span, at) => ({ ...span, whole: at === 1, ids: at === 0 ? idsFrom(7, 45_000) : idsFrom(3, 1) })))];
    await leader.answering.look();
    await other.answering.look();
    leader.meanwhile = () => other.answering.look();
    let parts: readonly string[] = [];
    const found = await leader.expirations.during(DAYS, async (held) => {
      expect(cluster.body("expiring")).toMatchObject({ phase: "expiring", generation: 1, spans: DAYS });
      parts = cluster.idsOf("answer-of-north-1-");
      return Promise.resolve(held);
    }, null);
    expect(found.map(({ startMs, whole, ids }) => [startMs, whole, ids.length])).toEqual([[0, false, 45_000], [86_400_000, true, 1]]);
    expect(Buffer.from(found[0]?.ids[44_999] ?? []).readUInt32BE(12)).toBe(45_006);
    expect(parts).toHaveLength(4);
    expect(cluster.body("expiring")).toMatchObject({ phase: "done", generation: 1 });
    // Whoever answered takes the answer away.
    await other.answering.look();
    expect(cluster.idsOf("answer-")).toEqual([]);
  });

  it("are asked for anew by each run", async () => {
    let held = 1;
    const [leader, other] = [server("south"), server("north", ([first = { startMs: 0, endMs: 1 }]) => [{ ...first, whole: false, ids: idsFrom(0, held) }])];
    await other.answering.look();
    leader.meanwhile = () => other.answering.look();
    const ask = () => leader.expirations.during(DAYS.slice(0, 1), (found) => Promise.resolve(found.map(({ ids }) => ids.length)), null);
    expect(await ask()).toEqual([1]);
    held = 2;
    expect(await ask()).toEqual([2]);
    expect(cluster.body("expiring")).toMatchObject({ generation: 2 });
  });

  it("go at once where nobody else serves", async () => {
    const alone = server("south");
    alone.meanwhile = () => { throw new Error("nobody is waited for"); };
    await alone.answering.look();
    expect(await alone.expirations.during(DAYS, (held) => Promise.resolve(held), null)).toEqual([]);
  });

  it("stay when one does not answer in time, which is named with its last word and the way out", async () => {
    const [leader, other] = [server("south"), server("north")];
    await other.answering.look();
    let worked = false;
    const asked = leader.expirations.during(DAYS, () => { worked = true; return Promise.resolve(); }, null);
    await expect(asked).rejects.toMatchObject({ code: "SERVER_SILENT", details: { nodes: ["north"] } });
    await expect(asked).rejects.toThrow(/^the server of node north on .* \(last word 2026-01-16T00:00:00.000Z\) does not say what it holds, so 2 days stay; start it, or forget it .*lookback cluster forget north/);
    expect(worked).toBe(false);
    expect(nowMs - START).toBeGreaterThanOrEqual(ANSWER_MS);
    expect(nowMs - START).toBeLessThan(ANSWER_MS + 2_000);
    expect(cluster.body("expiring")).toMatchObject({ phase: "done" });
  });

  it("are not answered for in part: what fails is logged, and tried again", async () => {
    let fails = true;
    const [leader, other] = [server("south"), server("north", (spans) => {
      if (fails) throw new LookbackError("INTERNAL", "half the facts");
      return spans.map((span) => ({ ...span, whole: false, ids: idsFrom(0, 1) }));
    })];
    await other.answering.look();
    let looks = 0;
    leader.meanwhile = async () => {
      await other.answering.look();
      looks += 1;
      if (looks === 2) fails = false;
    };
    expect(await leader.expirations.during(DAYS, (held) => Promise.resolve(held.length), null)).toBe(2);
    expect(warnings).toEqual(["the other servers of the cluster could not be told what is held here; it is tried again", "the other servers of the cluster could not be told what is held here; it is tried again"]);
  });

  it("are seen by whoever holds sessions after the question, and by those of a server that comes then", async () => {
    const [leader, other, late] = [server("south"), server("north"), server("west")];
    await other.answering.look();
    expect(await other.expirations.look(null)).toEqual({ token: "0", spans: [] });
    let isLate = false;
    leader.meanwhile = async () => {
      // In the midst of asking.
      expect(await other.expirations.look(null)).toEqual({ token: "1", spans: DAYS });
      if (!isLate) expect(await late.expirations.look(null)).toEqual({ token: "1", spans: DAYS });
      isLate = true;
      await other.answering.look();
    };
    await leader.expirations.during(DAYS, async () => { expect(await other.expirations.look(null)).toEqual({ token: "1", spans: DAYS }); }, null);
    expect(await other.expirations.look(null)).toEqual({ token: "1 done", spans: [] });
    // One that was listed before the question is asked, whether it looked or not.
    leader.meanwhile = () => other.answering.look();
    await expect(leader.expirations.during(DAYS, () => Promise.resolve(), null)).rejects.toThrow(/of node west/);
  });

  it("are listed for by whoever comes between the question and the list of servers", async () => {
    const [leader, late] = [server("south"), server("north", (spans) => spans.map((span) => ({ ...span, whole: false, ids: idsFrom(0, 1) })))];
    let isThere = false;
    cluster.before = ({ method, path }) => {
      if (isThere || method !== "GET" || !path.endsWith("/_doc/servers")) return;
      isThere = true;
      expect(cluster.body("expiring")).toMatchObject({ phase: "asking" });
    };
    await leader.expirations.during(DAYS, () => Promise.resolve(), null);
    expect(isThere).toBe(true);
    await late.expirations.look(null);
    leader.meanwhile = () => late.answering.look();
    expect(await leader.expirations.during(DAYS, (held) => Promise.resolve(held.length), null)).toBe(2);
  });

  it("block no hold for ever when the server that expires them dies, and no other run", async () => {
    const [leader, other] = [server("south"), server("north")];
    let died: () => void = () => {};
    const dead = new Promise<void>((over) => { died = over; });
    let isOurs: () => boolean = () => false;
    const run = leader.expirations.during(DAYS, async (_held, ours) => { isOurs = ours; await dead; }, null);
    await expect.poll(() => cluster.body("expiring")?.["phase"]).toBe("expiring");
    expect(await other.expirations.look(null)).toEqual({ token: "1", spans: DAYS });
    await expect(other.expirations.during(DAYS, () => Promise.resolve(), null)).rejects.toMatchObject({ code: "CLUSTER_BUSY" });
    nowMs += 119_000;
    expect(isOurs()).toBe(true);
    nowMs += 1_000;
    expect(isOurs()).toBe(false);
    // What it asked of the cluster may go on for a while, and clocks differ.
    nowMs += 599_000;
    expect(await other.expirations.look(null)).toEqual({ token: "1", spans: DAYS });
    nowMs += 1_000;
    // Nobody knows what it did last: holds look whether their sessions are there.
    expect(await other.expirations.look(null)).toEqual({ token: null, spans: [] });
    await leader.answering.look();
    other.meanwhile = () => leader.answering.look();
    await other.expirations.during(DAYS, async () => {
      expect(cluster.body("expiring")).toMatchObject({ generation: 2, installation: "of-north" });
      // The one that was taken for dead cannot end it.
      died();
      await run;
      expect(isOurs()).toBe(false);
      expect(cluster.body("expiring")).toMatchObject({ generation: 2, phase: "expiring" });
    }, null);
  });
});

it("is answered by a server whose clock is ahead", async () => {
  const [leader, other] = [server("south"), server("north", (spans) => spans.map((span) => ({ ...span, whole: false, ids: idsFrom(0, 1) })))];
  await other.answering.look();
  leader.meanwhile = async () => {
    nowMs += 200_000;
    await other.answering.look();
    expect((await other.expirations.look(null)).spans).toEqual(DAYS);
    nowMs -= 200_000;
  };
  expect(await leader.expirations.during(DAYS, (held) => Promise.resolve(held.length), null)).toBe(2);
});

it("a run is believed for as long as it says that it goes on", async () => {
  const [leader, other] = [server("south"), server("north")];
  await leader.expirations.during(DAYS, async (_held, isOurs) => {
    for (let words = 0; words < 3; words++) {
      nowMs += 110_000;
      leader.word();
      await expect.poll(() => cluster.body("expiring")?.["untilMs"]).toBe(nowMs + 120_000);
      expect(isOurs()).toBe(true);
    }
    expect((await other.expirations.look(null)).spans).toEqual(DAYS);
    cluster.before = () => { throw new LookbackError("CLUSTER_UNREACHABLE", "away"); };
    nowMs += 110_000;
    leader.word();
    await expect.poll(() => warnings).toEqual(["it could not be told that an expiry goes on"]);
    expect(isOurs()).toBe(true);
    nowMs += 10_000;
    expect(isOurs()).toBe(false);
  }, null);
  expect(warnings).toContain("the end of an expiry could not be told; it is taken as over soon");
});

describe("servers of a cluster", () => {
  it("are listed with their last word, and forgotten when they are gone", async () => {
    const [one, two, twin] = [server("south"), server("north"), server("north")];
    await one.answering.look();
    await two.answering.look();
    expect((await one.servers.list(LIMITS)).map(({ node, installation, wordMs }) => [node, installation, wordMs])).toEqual([["north", "of-north", START], ["south", "of-south", START]]);
    await expect(one.servers.forget("west", LIMITS)).rejects.toMatchObject({ code: "NOT_FOUND", details: { known: ["north", "south"] } });
    nowMs += 299_000;
    await one.answering.look();
    await expect(one.servers.forget("north", LIMITS)).rejects.toMatchObject({ code: "BAD_INPUT", message: expect.stringContaining("299 s ago") });
    await one.servers.register({ installation: "another", node: "north" }, LIMITS);
    nowMs += 1_000;
    await expect(one.servers.forget("north", LIMITS)).rejects.toThrow(/several servers have the node north.*another, of-north/);
    expect(await one.servers.forget("of-north", LIMITS)).toMatchObject({ node: "north" });
    nowMs += 300_000;
    await one.servers.forget("another", LIMITS);
    expect((await one.servers.list(LIMITS)).map(({ node }) => node)).toEqual(["south"]);
    expect(cluster.idsOf("server-")).toEqual(["server-of-south"]);
    await one.expirations.during(DAYS, () => Promise.resolve(), null);
    // One that comes back is asked again.
    await twin.answering.look();
    expect((await one.servers.list(LIMITS)).map(({ node, wordMs }) => [node, wordMs])).toContainEqual(["north", nowMs]);
  });
});
