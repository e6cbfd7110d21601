import { generateKeyPairSync } from "node:crypto";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { signedBytes } from "../../../src/export/manifest.js";
import { noProgress, runExport } from "../../../src/export/run-export.js";
import { openSigningKey, SIGNING_KEY_FILE } from "../../../src/export/signing-key.js";
import { manifestPathOf, verifyExport } from "../../../src/export/verify-export.js";
import type { SessionSpan } from "../../../src/export/session-span.js";
import { SERVICE_SCOPE } from "../../../src/model/access-scope.js";
import type { Field } from "../../../src/model/field.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { PacketReader } from "../../../src/packet-store/packet-store.js";
import { classicCapture } from "../../support/capture-bytes.js";
import { EVERYTHING_REQUEST, partialStore, plainParts } from "../../support/export-service-parts.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

let root: string;
let file: string;
const key = (): string => openSigningKey(root).publicPem;

beforeEach(async () => {
  root = temporaryDirectory();
  const capture = classicCapture([{ seconds: 1, nanoseconds: 0, data: Buffer.from("packet") }]);
  writeFileSync(path.join(root, "source.pcap"), capture.bytes);
  const reader = new PacketReader();
  const result = await runExport({
    ...plainParts(root), reader, lookup: (fileId) => ({ file: { fileId, path: path.join(root, "source.pcap"), own: true } }),
    lossIn: () => ({ packets: 7, uncounted: false, unknownDrops: false }),
    store: partialStore({ async *streamPackets() { yield [{ id: "s", firstPacketMs: 0, lastPacketMs: 0, final: true, packets: capture.positions.map((position) => ({ fileId: 1, ...position })) }]; } }),
    describeFile: () => ({ node: "n", name: "source.pcap", stream: "ab", fileBytes: capture.bytes.length }),
  }, {
    request: { ...EVERYTHING_REQUEST, query: "ip == 10.0.0.1", range: { startMs: 0, endMs: null, bounding: "either" } },
    context: { scope: { ...SERVICE_SCOPE, user: "ann", oldestMs: 5 }, signal: new AbortController().signal, timeoutMs: 1000 },
    directory: root, name: "e", requestedMs: 1000, asOfMs: 2000, completeUntilMs: 1500,
  }, noProgress());
  await reader.close();
  file = path.join(root, result.fileName);
});

const failed = async (...given: Parameters<typeof verifyExport>): Promise<readonly string[]> => (await verifyExport(...given)).checks.filter(({ ok }) => !ok).map(({ name }) => name);

describe("a manifest", () => {
  it("says what was asked, by whom, of when, from where, and what came", () => {
    expect(JSON.parse(readFileSync(manifestPathOf(file), "utf8"))).toMatchObject({
      lookbackManifest: 2, file: { name: "e.pcap", format: "pcap", bytes: 46 }, narrowed: true, asOf: "1970-01-01T00:00:02.000Z", completeUntil: "1970-01-01T00:00:01.500Z",
      request: { query: "ip == 10.0.0.1", expression: { node: "everything" }, range: { start: "1970-01-01T00:00:00.000Z", end: null, bounding: "either" }, packets: "MATCHING_PART", user: "ann", at: "1970-01-01T00:00:01.000Z" },
      sessions: 1, packets: 1, sources: [{ fileId: 1, node: "n", name: "source.pcap", stream: "ab", fileBytes: 46, packets: 1, bytes: 22 }], missing: { packets: 0, files: [], sessions: [] }, losses: null,
      software: { name: "Lookback" }, signature: { algorithm: "Ed25519", keyId: openSigningKey(root).keyId },
    });
  });

  it("is signed over its members in order of name, without white space", () => {
    expect(signedBytes({ b: [1, { d: null, c: "x" }], a: "\u00e9", signature: "left out" }).toString()).toBe('{"a":"é","b":[1,{"c":"x","d":null}]}');
  });
});

describe("losses in a manifest", () => {
  const LOST = { packets: 12, uncounted: true, unknownDrops: true };
  const NONE = { packets: 0, uncounted: false, unknownDrops: false };

  /** Exports sessions of these times without packets, and returns the losses of the manifest and for which spans they were asked. */
  const lossesOf = async (format: "pcap" | "csv", times: readonly (readonly [number, number])[], lost: typeof LOST, fields: readonly Field[] = []) => {
    const spans: SessionSpan[] = [];
    const reader = new PacketReader();
    const result = await runExport({
      ...plainParts(root), reader, lookup: () => ({ absent: "file-unknown", path: null }), lossIn: (span) => { spans.push(span); return lost; },
      store: partialStore({
        async *streamPackets() { for (const [firstPacketMs, lastPacketMs] of times) yield [{ id: "s", firstPacketMs, lastPacketMs, final: true, packets: [] }]; },
        async *streamRows(request) { for (const [first, last] of times) yield [{ id: "s", values: new Map(request.fields.map(({ path: name }) => [name, name === "firstPacket" ? first : name === "lastPacket" ? last : null])) }]; },
      }),
    }, {
      request: { ...EVERYTHING_REQUEST, format, fields }, context: { scope: SERVICE_SCOPE, signal: new AbortController().signal, timeoutMs: 1000 },
      directory: root, name: "losses", requestedMs: 1000, asOfMs: 2000, completeUntilMs: null,
    }, noProgress());
    await reader.close();
    file = path.join(root, result.fileName);
    return [(JSON.parse(readFileSync(manifestPathOf(file), "utf8")) as { losses: unknown }).losses, spans];
  };

  it.each([["pcap"], ["csv"]] as const)("are those from the first to the last packet of the sessions of a %s", async (format) => {
    expect(await lossesOf(format, [[5000, 9000], [4000, 6000], [4500, 4600]], LOST)).toEqual([{ start: "1970-01-01T00:00:04.000Z", end: "1970-01-01T00:00:09.000Z", ...LOST }, [{ startMs: 4000, endMs: 9000 }]]);
    expect(await lossesOf(format, [], LOST)).toEqual([null, []]);
  });

  it("need no column of a table, and give it none", async () => {
    const fields = ["node", "lastPacket"].flatMap((name) => packagedCatalogue().byPath(name) ?? []);
    expect((await lossesOf("csv", [[4000, 6000]], LOST, fields))[1]).toEqual([{ startMs: 4000, endMs: 6000 }]);
    expect(readFileSync(file, "utf8")).toBe("node,stoptime\r\n,1970-01-01T00:00:06.000Z\r\n");
  });

  it("are signed, and told where it is verified", async () => {
    await lossesOf("pcap", [[4000, 6000]], LOST);
    const verified = await verifyExport(file, manifestPathOf(file), key());
    expect([verified.ok, verified.summary.replace(/^.*?Z/, "")]).toEqual([true, "; 12 packets were lost in that time; a capture died in that time, and what it lost was counted by nobody; what the kernel dropped in that time is unknown (libpcap)"]);
    writeFileSync(manifestPathOf(file), readFileSync(manifestPathOf(file), "utf8").replace('"packets": 12', '"packets": 0'));
    expect(await failed(file, manifestPathOf(file), key())).toEqual(["signature"]);
    await lossesOf("pcap", [[4000, 6000]], NONE);
    expect((await verifyExport(file, manifestPathOf(file), key())).summary).toMatch(/Z$/);
  });
});

describe("verification", () => {
  it("accepts file and manifest as they were made, also when the manifest's JSON is printed otherwise", async () => {
    expect(await verifyExport(file, manifestPathOf(file), key())).toMatchObject({ ok: true, summary: expect.stringContaining("ann") });
    const other = path.join(root, "compact.json");
    writeFileSync(other, JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(readFileSync(manifestPathOf(file), "utf8")) as object).toReversed())));
    expect(await failed(file, other, key())).toEqual([]);
  });

  it("refuses an altered file, cut or changed", async () => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, -1));
    expect(await failed(file, manifestPathOf(file), key())).toEqual(["size", "sha256"]);
    bytes[45] = (bytes[45] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(await failed(file, manifestPathOf(file), key())).toEqual(["sha256"]);
  });

  it("refuses an altered manifest and one of another key", async () => {
    const manifest = readFileSync(manifestPathOf(file), "utf8");
    writeFileSync(manifestPathOf(file), manifest.replace('"ann"', '"bob"'));
    expect(await failed(file, manifestPathOf(file), key())).toEqual(["signature"]);
    writeFileSync(manifestPathOf(file), manifest);
    const foreign = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(await failed(file, manifestPathOf(file), foreign)).toEqual(["signature"]);
  });

  it("names what is not there or is none", async () => {
    await expect(verifyExport(file, path.join(root, "none.json"), key())).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(verifyExport(path.join(root, "none.pcap"), manifestPathOf(file), key())).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(verifyExport(file, file, key())).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(verifyExport(file, manifestPathOf(file), "no key")).rejects.toMatchObject({ code: "BAD_INPUT" });
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" }).toString();
    await expect(verifyExport(file, manifestPathOf(file), rsa)).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});

describe("the signing key", () => {
  it("is made once, for its owner alone", () => {
    const place = path.join(root, SIGNING_KEY_FILE);
    const { keyId } = openSigningKey(root);
    expect(statSync(place).mode & 0o777).toBe(0o600);
    chmodSync(place, 0o644);
    expect(openSigningKey(root).keyId).toBe(keyId);
    expect(statSync(place).mode & 0o777).toBe(0o600);
  });

  it("that is damaged is named and not replaced", () => {
    writeFileSync(path.join(root, SIGNING_KEY_FILE), "nothing");
    expect(() => openSigningKey(root)).toThrow(expect.objectContaining({ code: "STORE_DAMAGED" }));
    expect(readFileSync(path.join(root, SIGNING_KEY_FILE), "utf8")).toBe("nothing");
  });
});
