// The questions, through GraphQL and as the best SQL that a person would write over the same segments.
import { DuckDBInstance } from "@duckdb/node-api";
import { join } from "node:path";
import { median } from "./measure.mjs";

/** Times each question is asked; the first few only warm up. */
const ASKED = 24;
const WARM = 3;

const TWENTY_FIELDS = `id firstPacket lastPacket length ipProtocol protocol node segmentCnt totDataBytes
  source { ip port packets bytes } destination { ip port packets bytes } network { packets bytes community_id }`;
const TWENTY_COLUMNS = `id, "firstPacket", "lastPacket", length, "ipProtocol", protocol, node, "segmentCnt", "totDataBytes",
  "source.ip", "source.port", "source.packets", "source.bytes", "destination.ip", "destination.port", "destination.packets",
  "destination.bytes", "network.packets", "network.bytes", "network.community_id"`;

/** An IPv4 address as the UUID that its column holds. */
function uuid(address) {
  const hex = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0")).join("");
  return `00000000-0000-0000-0000-ffff${hex}`;
}

/** The questions about a store in which `address` is a source and `host` begins names of hosts. */
export function questions(address, host) {
  const page = (expression) => `{ sessions(first: 100, expression: ${JSON.stringify(expression)}, order: [{ field: "stoptime" }]) { nodes { ${TWENTY_FIELDS} } } }`;
  const select = (where) => `SELECT ${TWENTY_COLUMNS} FROM s ${where} ORDER BY "lastPacket" DESC LIMIT 100`;
  return [
    { name: "newest page", graphql: page(""), sql: select("") },
    { name: "IP equality", graphql: page(`ip.src == ${address}`), sql: select(`WHERE "source.ip" = '${uuid(address)}'::UUID`) },
    { name: "host wildcard", graphql: page(`host.http == ${host}*`), sql: select(`WHERE list_bool_or(list_transform("http.host", lambda h: h LIKE '${host}%'))`) },
    { name: "DNS name wildcard", graphql: page(`host.dns == ${host}*`), sql: select(`WHERE list_bool_or(list_transform("dns.host", lambda h: h LIKE '${host}%'))`) },
    { name: "time histogram", graphql: "{ aggregate { histogram { series { values } } } }", sql: `SELECT "lastPacket" // 60000 AS t, count(*) FROM s GROUP BY t ORDER BY t` },
    { name: "top 20", graphql: '{ aggregate { terms(field: "ip.dst", size: 20) { buckets { key sessions } } } }', sql: 'SELECT "destination.ip", count(*) AS n FROM s GROUP BY ALL ORDER BY n DESC LIMIT 20' },
  ];
}

/** Milliseconds that `work` takes, at p50. */
export async function p50(work) {
  const times = [];
  for (let turn = 0; turn < ASKED; turn++) {
    const start = performance.now();
    await work();
    if (turn >= WARM) times.push(performance.now() - start);
  }
  return median(times);
}

/** Milliseconds of each question, `graphql` and `sql` at p50. */
export async function time(server, data, asked) {
  const database = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await database.connect();
  await connection.run(`CREATE VIEW s AS FROM read_parquet('${join(data, "sessions", "*", "*.parquet").replaceAll("'", "''")}', union_by_name = true)`);
  const out = [];
  for (const { name, graphql, sql } of asked) {
    const viaGraphql = await p50(() => server.ask(graphql));
    const direct = await p50(async () => (await connection.runAndReadAll(sql)).getRows());
    out.push({ name, graphql: viaGraphql, sql: direct });
  }
  connection.closeSync();
  database.closeSync();
  return out;
}
