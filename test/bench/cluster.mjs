// The questions over a search cluster: through GraphQL, and as a raw `_search` of the body that a person would write.
import { p50, questions } from "./queries.mjs";
import { startServer } from "./server.mjs";

const SOURCE = [
  "firstPacket", "lastPacket", "length", "ipProtocol", "protocol", "node", "segmentCnt", "totDataBytes", "source.ip", "source.port", "source.packets", "source.bytes",
  "destination.ip", "destination.port", "destination.packets", "destination.bytes", "network.packets", "network.bytes", "network.community_id",
];

/** The body of each question by its name. */
function bodies(address, host) {
  const page = (filter) => ({ size: 100, track_total_hits: false, sort: [{ lastPacket: "desc" }], _source: SOURCE, query: filter === null ? { match_all: {} } : { bool: { filter: [filter] } } });
  const counts = (aggs) => ({ size: 0, track_total_hits: false, aggs });
  return new Map([
    ["newest page", page(null)],
    ["IP equality", page({ term: { "source.ip": address } })],
    ["host wildcard", page({ prefix: { "http.host": host } })],
    ["DNS name wildcard", page({ prefix: { "dns.host": host } })],
    ["time histogram", counts({ times: { date_histogram: { field: "lastPacket", fixed_interval: "60s", min_doc_count: 1 } } })],
    ["top 20", counts({ top: { terms: { field: "destination.ip", size: 20 } } })],
  ]);
}

/** Serves a shipped data directory and times every question beside its body. `words` are the options of the store. */
export async function clusterQueries({ main, url, data, words, address, host, report, note }) {
  const raw = bodies(address, host);
  const server = await startServer([main, "serve", "--data", data, "--set", "viewPort=0", ...words], data);
  try {
    for (const { name, graphql } of questions(address, host)) {
      const body = JSON.stringify(raw.get(name));
      const send = async () => {
        const response = await fetch(`${url}/sessions3-*/_search?request_cache=false`, { method: "POST", headers: { "content-type": "application/json" }, body });
        if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
        await response.json();
      };
      const direct = await p50(send);
      const through = await p50(() => server.ask(graphql));
      note(`${name}, cluster: GraphQL ${through.toFixed(1)} ms, _search by hand ${direct.toFixed(1)} ms`);
      report(`${name}, cluster, p50 beyond _search by hand`, Math.max(0, through - direct), 15, "ms");
    }
  } finally {
    await server.stop();
  }
}
