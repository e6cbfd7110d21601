import type { RangeLoss } from "../model/range-loss.js";
import type { CaptureFormat } from "./capture-format.js";
import type { Absence } from "./missing-packets.js";
import type { SigningKey } from "./signing-key.js";

/** A packet file of which packets were asked for, or all of a node that is not of this data directory. */
export interface ManifestSource {
  /** Below 0 for another node's. */
  readonly fileId: number;
  readonly node: string | null;
  /** The name that `file ==` matches. */
  readonly name: string | null;
  /** Identity of its stream: of an imported file a hash of its content (docs/formats/packet-files.md), else of the node's capture. */
  readonly stream: string | null;
  /** Bytes of the whole file as the catalogue has them. */
  readonly fileBytes: number | null;
  /** Packets asked for, and the bytes of their records. */
  readonly packets: number;
  readonly bytes: number;
}

/** A session of which packets are missing. */
export interface IncompleteSession {
  readonly id: string;
  readonly packets: number;
  readonly missing: number;
}

/** What an export is, and what is in it. The form is in docs/formats/exports.md. */
export interface ManifestFacts {
  readonly file: { readonly name: string; readonly format: string; readonly bytes: number; readonly sha256: string };
  readonly request: {
    readonly query: string;
    readonly expression: Readonly<Record<string, unknown>>;
    readonly range: { readonly start: string | null; readonly end: string | null; readonly bounding: string };
    readonly packets: "MATCHING_PART" | "WHOLE_CONNECTION";
    readonly format: string;
    readonly maxBytes: number | null;
    readonly fields: readonly string[];
    readonly user: string;
    readonly at: string;
  };
  /** Whether what the user may see is less than everything. */
  readonly narrowed: boolean;
  readonly asOf: string;
  readonly completeUntil: string | null;
  readonly sessions: number;
  readonly packets: number;
  readonly capture: { readonly container: CaptureFormat["container"]; readonly linkTypes: readonly number[]; readonly timestampResolution: "microsecond" | "nanosecond"; readonly note: string | null } | null;
  readonly sources: readonly ManifestSource[];
  readonly sourcesUnlisted: number;
  readonly missing: {
    readonly packets: number;
    readonly files: readonly Absence[];
    readonly packetsUnlisted: number;
    readonly sessions: readonly IncompleteSession[];
    readonly sessionsUnlisted: number;
    readonly sessionsWithoutPackets: number;
  };
  /**
   * What live captures lost, by their account, from the first to the last packet of the sessions (ISO 8601): they may lack
   * packets that no capture holds, and others may be missing. Null without a session, and when the user sees a part of the store.
   */
  readonly losses: ({ readonly start: string; readonly end: string } & RangeLoss) | null;
  readonly software: { readonly name: string; readonly version: string };
}

/** A manifest as it is written. */
export interface Manifest extends ManifestFacts {
  readonly lookbackManifest: 2;
  readonly signature: { readonly algorithm: "Ed25519"; readonly keyId: string; readonly value: string };
}

/**
 * The bytes that are signed: the manifest without `signature` as JSON with the members of every object in ascending order
 * of their names, no white space, in UTF-8. Numbers are whole and below 2^53, so that every JSON printer agrees on them.
 */
export function signedBytes(manifest: object): Buffer {
  const { signature: _, ...facts } = manifest as { readonly signature?: unknown };
  return Buffer.from(canonical(facts));
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}

/** The text of a signed manifest. */
export function signManifest(facts: ManifestFacts, key: SigningKey): string {
  const manifest = { lookbackManifest: 2 as const, ...facts };
  const signed: Manifest = { ...manifest, signature: { algorithm: "Ed25519", keyId: key.keyId, value: key.sign(signedBytes(manifest)) } };
  return `${JSON.stringify(signed, null, 2)}\n`;
}
