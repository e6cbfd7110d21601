import type { HeldInSpan } from "../shared-expiry.js";
import type { ClusterState } from "./cluster-state.js";
import type { RequestLimits } from "./cluster.js";
import { at, listOf, numberOf, textOf } from "./json.js";

/** Ids of one document: 320,000 bytes, in base64. */
const PART_IDS = 20_000;
/** Bytes of an id. */
const ID_BYTES = 16;

const headOf = (installation: string): string => `answer-${installation}`;
const partOf = (installation: string, generation: number, part: number): string => `answer-${installation}-${generation}-${part}`;

/** The head of an answer: what it is to, and in how many parts. */
interface Head {
  readonly generation: number;
  readonly parts: number;
  /** Whether every part is written. */
  readonly complete: boolean;
}

async function readHead(state: ClusterState, installation: string, limits: RequestLimits): Promise<(Head & { readonly spans: readonly unknown[] }) | null> {
  const found = await state.get(headOf(installation), limits);
  if (found === null) return null;
  const { body } = found;
  return { generation: numberOf(body["generation"]), parts: numberOf(body["parts"]), complete: body["complete"] === true, spans: listOf(body["spans"]) };
}

/**
 * Writes what a server holds in the spans of a run, ids in parts of bounded size. The parts of its answer to the run before go. The
 * answer counts from the moment that its head says it is complete.
 */
export async function writeAnswer(state: ClusterState, installation: string, generation: number, held: readonly HeldInSpan[], limits: RequestLimits): Promise<void> {
  const parts = held.flatMap(({ ids }, span) => {
    const found: { readonly span: number; readonly ids: readonly Uint8Array[] }[] = [];
    for (let from = 0; from < ids.length; from += PART_IDS) found.push({ span, ids: ids.slice(from, from + PART_IDS) });
    return found;
  });
  const spans = held.map(({ startMs, endMs, whole, ids }) => ({ startMs, endMs, whole, ids: ids.length }));
  await removeParts(state, installation, limits);
  await state.write(headOf(installation), { generation, parts: parts.length, complete: false, spans }, limits);
  for (const [part, { span, ids }] of parts.entries()) await state.write(partOf(installation, generation, part), { span, ids: Buffer.concat(ids).toString("base64") }, limits);
  await state.write(headOf(installation), { generation, parts: parts.length, complete: true, spans }, limits);
}

/** What a server answered to a run; null while it has not, or not wholly. */
export async function readAnswer(state: ClusterState, installation: string, generation: number, limits: RequestLimits): Promise<readonly HeldInSpan[] | null> {
  const head = await readHead(state, installation, limits);
  if (head === null || head.generation !== generation || !head.complete) return null;
  const found = head.spans.map((): Uint8Array[] => []);
  for (let part = 0; part < head.parts; part++) {
    const body = (await state.get(partOf(installation, generation, part), limits))?.body;
    const bytes = Buffer.from(textOf(at(body, "ids")), "base64");
    const ids = found[numberOf(at(body, "span"))];
    for (let from = 0; from + ID_BYTES <= bytes.length; from += ID_BYTES) ids?.push(bytes.subarray(from, from + ID_BYTES));
  }
  // It may be written anew while it is read: then it counts when it is complete again.
  if (head.spans.some((span, position) => numberOf(at(span, "ids")) !== found[position]?.length)) return null;
  return head.spans.map((span, position) => ({ startMs: numberOf(at(span, "startMs")), endMs: numberOf(at(span, "endMs")), whole: at(span, "whole") === true, ids: found[position] ?? [] }));
}

/** Removes the parts of a server's answer; nothing when it has none. */
async function removeParts(state: ClusterState, installation: string, limits: RequestLimits): Promise<void> {
  const head = await readHead(state, installation, limits);
  for (let part = 0; part < (head?.parts ?? 0); part++) await state.remove(partOf(installation, head?.generation ?? 0, part), limits);
}

/** Removes a server's answer. */
export async function removeAnswer(state: ClusterState, installation: string, limits: RequestLimits): Promise<void> {
  await removeParts(state, installation, limits);
  await state.remove(headOf(installation), limits);
}
