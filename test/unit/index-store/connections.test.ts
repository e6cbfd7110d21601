import { beforeEach, describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { Connections, type Taker } from "../../../src/index-store/embedded/connections.js";

class FakeConnection {
  isClosed = false;
  closeSync(): void {
    this.isClosed = true;
  }
}

class FakeTaker implements Taker {
  reason: LookbackError | null = null;
  onStop: ((reason: LookbackError) => void) | null = null;
  giveUp(): void {
    this.reason = new LookbackError("QUERY_CANCELLED", "the query was cancelled");
    this.onStop?.(this.reason);
  }
}

/** Lets everything run that waits for nothing outside. */
const settled = () => new Promise((resolve) => { setImmediate(resolve); });

describe("bounded connections", () => {
  let made: { readonly resolve: (connection: FakeConnection) => void; readonly reject: (error: Error) => void }[];
  let connections: Connections<FakeConnection>;

  beforeEach(() => {
    made = [];
    connections = new Connections(() => new Promise((resolve, reject) => { made.push({ resolve, reject }); }), 1);
  });

  const first = async (): Promise<FakeConnection> => {
    const taken = connections.take(new FakeTaker());
    made[0]?.resolve(new FakeConnection());
    return taken;
  };

  it("are not lost when who waits gives up while one is opened for it", async () => {
    const connection = await first();
    const taker = new FakeTaker();
    const waiting = connections.take(taker);
    connections.discard(connection);
    expect(made).toHaveLength(2);
    taker.giveUp();
    await expect(waiting).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    const opened = new FakeConnection();
    made[1]?.resolve(opened);
    await settled();
    expect(await connections.take(new FakeTaker())).toBe(opened);
    expect(made).toHaveLength(2);
  });

  it("that one gave up go to the next that waits", async () => {
    const connection = await first();
    const [impatient, patient] = [new FakeTaker(), new FakeTaker()];
    const gone = connections.take(impatient);
    const waiting = connections.take(patient);
    connections.discard(connection);
    impatient.giveUp();
    await expect(gone).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    const opened = new FakeConnection();
    made[1]?.resolve(opened);
    expect(await waiting).toBe(opened);
    expect(patient.onStop).toBeNull();
  });

  it("that cannot be opened fail who waits, each in turn, and may be opened later", async () => {
    const connection = await first();
    const waiting = [connections.take(new FakeTaker()), connections.take(new FakeTaker())].map((one) => one.catch((error: unknown) => error));
    connections.discard(connection);
    for (const attempt of [1, 2]) {
      made[attempt]?.reject(new Error(`no ${attempt}`));
      await settled();
    }
    expect(await Promise.all(waiting)).toMatchObject([{ message: "no 1" }, { message: "no 2" }]);
    const later = connections.take(new FakeTaker());
    const opened = new FakeConnection();
    made[3]?.resolve(opened);
    expect(await later).toBe(opened);
  });

  it("that the first who asks does not get are opened for who waits behind it", async () => {
    const begun = connections.take(new FakeTaker()).catch((error: unknown) => error);
    const waiting = connections.take(new FakeTaker());
    made[0]?.reject(new Error("no first"));
    expect(await begun).toMatchObject({ message: "no first" });
    const opened = new FakeConnection();
    made[1]?.resolve(opened);
    expect(await waiting).toBe(opened);
  });

  it("are closed with the store, those that are being opened too, and nobody waits on", async () => {
    const connection = await first();
    const waiting = connections.take(new FakeTaker()).catch((error: unknown) => error);
    connections.discard(connection);
    connections.close();
    const opened = new FakeConnection();
    made[1]?.resolve(opened);
    await settled();
    expect(opened.isClosed).toBe(true);
    expect(await waiting).toMatchObject({ code: "SHUTTING_DOWN" });
  });
});
