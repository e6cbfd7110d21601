import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { classicCapture } from "../support/capture-bytes.js";
import { httpExchange, udpFrame } from "../support/frames.js";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const directory = temporaryDirectory();
const run = (...words: string[]) => lookback(words, directory);

/** Bytes of the capture that is imported: an HTTP exchange of 9 packets, and one packet of UDP. */
let size = 0;

beforeAll(async () => {
  const ends = { source: "10.1.0.1", destination: "192.0.2.9", sourcePort: 41_000, destinationPort: 80 };
  const frames = [...httpExchange(ends, "host.example.org", "/x"), udpFrame({ ...ends, destinationPort: 5353 }, Buffer.from("x"))];
  const { bytes } = classicCapture(frames.map((data, at) => ({ seconds: 1_760_000_000 + at, nanoseconds: 0, data })));
  size = bytes.length;
  writeFileSync(path.join(directory, "a.pcap"), bytes);
  await run("import", "a.pcap");
});

describe("fields", () => {
  it("says of a text that no field has whether Arkime has fields of it", async () => {
    expect(await run("fields", "email")).toMatchObject({ code: 1, output: "", error: expect.stringMatching(/^no field has "email" in it; fields of Arkime that are not filled here yet: .*email\.dst, /) });
    expect(await run("fields", "xyzzy")).toMatchObject({ code: 1, output: "", error: 'no field has "xyzzy" in it\n' });
  });
});

describe("config", () => {
  it("says which settings of a search cluster are not used, and what was taken for a number out of range", async () => {
    const place = temporaryDirectory();
    writeFileSync(path.join(place, "config.ini"), "[default]\nelasticsearch=https://es.example:9200\nshipQueueG=5\nsnapLen=65536\npacketsPerPoll=50000\nantiSynDrop=true\n[other]\ntcpTimeout=9\n");
    const checked = await lookback(["config", "check"], place);
    expect(checked).toMatchObject({ code: 0, error: expect.stringMatching(/^warning: .*config\.ini:4: snapLen=65536: 65535 is taken; allowed: whole number 64 to 65535\nwarning: .*config\.ini:8: tcpTimeout=9: 10 is taken; allowed: .*\n$/) });
    expect(checked.output).toMatch(/^note: .*config\.ini:2: elasticsearch is not used: indexStore=embedded; only lookback reindex reads it then$/m);
    expect(checked.output).toMatch(/^note: .*config\.ini:3: shipQueueG is not used: indexStore=embedded\nno unknown settings$/m);
    expect((await lookback(["config", "check", "--set", "indexStore=elasticsearch"], place)).output).not.toContain("is not used");
    expect((await lookback(["config", "explain", "elasticsearch"], place)).output).toMatch(/^ {2}used: +no: indexStore=embedded;/m);
  });

  it("names all that is wrong, of other nodes too", async () => {
    const place = temporaryDirectory();
    writeFileSync(path.join(place, "config.ini"), "[default]\nauthMode=header\n[other]\nviewPort=a\n[third]\nviewPort=b\n");
    const checked = await lookback(["config", "check"], place);
    expect(checked.code).toBe(78);
    expect(checked.error.split("\n")).toEqual([expect.stringContaining("viewPort=a"), expect.stringContaining("viewPort=b"), expect.stringContaining("userNameHeader"), ""]);
  });
});

describe("retention", () => {
  it("counts the bytes of files that are not ours, and takes packet directories that are not there yet for no fault", async () => {
    const plan = await run("retention");
    expect(plan.output).toMatch(new RegExp(`^ {2}kept, in-place: 1 file \\(${size < 1024 ? `${size} B` : `${(size / 1024).toFixed(1)} KiB`}\\)$`, "m"));
    expect(plan.output).toMatch(/^0 sessions would be removed, 1 day stays$/m);
    expect(plan.error).toMatch(/^note: .*packets is not there: it is made when packets are stored, .*\n$/);
    expect((await run("retention", "--all")).error).toBe(plan.error);
  });
});

describe("export", () => {
  it("takes the format of the ending, and refuses one that says none", async () => {
    for (const name of ["b.cap", "b"]) expect(await run("export", "protocols == http", name)).toMatchObject({ code: 0, output: expect.stringContaining(`${name}: 9 packets of 1 session,`) });
    for (const name of ["c.pcap.gz", "c.json", "c.xyz"]) {
      expect(await run("export", "protocols == http", name)).toMatchObject({ code: 2, error: expect.stringMatching(/^error BAD_INPUT: c\.\S+: no format ends in \.(gz|json|xyz); endings are \.pcap, .* or say --format/) });
      expect(existsSync(path.join(directory, name))).toBe(false);
    }
    expect(await run("export", "protocols == http", "c.xyz", "--format", "ndjson")).toMatchObject({ code: 0, output: expect.stringContaining("ndjson") });
    expect(await run("export", "protocols == http", "-")).toMatchObject({ code: 2, error: expect.stringMatching(/not written to standard output; name the file/) });
    expect(existsSync(path.join(directory, "-"))).toBe(false);
  });

  it("of everything has to be meant", async () => {
    expect(await run("export", "", "all.pcap")).toMatchObject({ code: 2, error: expect.stringMatching(/the expression is empty and there is no time range; .*--start 0/) });
    expect(await run("export", "", "all.pcap", "--start", "0")).toMatchObject({ code: 0, output: expect.stringContaining("10 packets of 2 sessions") });
  });
});

describe("import", () => {
  it("of nothing that is there fails, and of some is told apart", async () => {
    expect(await run("import", "nowhere.pcap")).toMatchObject({ code: 1, error: expect.stringMatching(/^failed nowhere\.pcap: NOT_FOUND: nowhere\.pcap: no such file or directory$/m) });
    expect((await run("import", "a.pcap", "nowhere.pcap")).code).toBe(3);
  });

  it("tells of packets in no session", async () => {
    const esp = udpFrame({ source: "10.1.0.1", destination: "192.0.2.9", sourcePort: 1, destinationPort: 2 }, Buffer.alloc(40, 1));
    // The protocol of its IPv4 header.
    esp.writeUInt8(50, 23);
    writeFileSync(path.join(directory, "esp.pcap"), classicCapture([1, 2, 3].map((at) => ({ seconds: 1_760_000_000 + at, nanoseconds: 0, data: esp }))).bytes);
    const found = await run("import", "esp.pcap", "--data", "other");
    expect(found).toMatchObject({ code: 0, error: expect.stringContaining("imported esp.pcap: 3 packets, 0 sessions,") });
    expect(found.error).toContain("warning: packets-in-no-session (3, of kinds that saveUnknownPackets and trackESP leave out)");
    expect((await run("import", "esp.pcap", "--data", "tracked", "--set", "trackESP=true")).error).not.toContain("warning");
  });
});

describe("search", () => {
  it("takes the names that documents have, and document paths, to order by", async () => {
    const ports = async (...words: string[]) => (await run("search", "--fields", "port.dst", ...words)).output.trim().split("\n");
    expect(await ports("--sort", "firstPacket:asc")).toEqual(["80", "5353"]);
    expect(await ports("--sort", "db:firstPacket")).toEqual(["5353", "80"]);
    expect(await ports("--sort", "db:destination.port:asc")).toEqual(["80", "5353"]);
    expect((await run("search", "--fields", "firstPacket", "lastPacket > 2025-01-01")).output).toMatch(/^2025-10-09T/);
    expect(await run("search", "--sort", "bytes:up")).toMatchObject({ code: 2, error: expect.stringMatching(/expected FIELD or FIELD:asc/) });
  });
});

describe("names of fields in options", () => {
  it.each([
    ["aggregate", "--by", "nope"], ["aggregate", "--by", "ip.src,nope"], ["aggregate", "--stats", "nope"], ["aggregate", "--distinct", "nope"], ["search", "--sort", "nope"], ["search", "--fields", "ip.src,nope"],
    ["export", "protocols == http", "n.csv", "--fields", "nope"],
  ])("%s %s %s is a wrong command line", async (...words) => {
    expect(await run(...words)).toMatchObject({ code: 2, output: "", error: expect.stringMatching(/^error BAD_INPUT: there is no field "nope"/) });
  });

  it("say of Arkime's that they are not filled, and of several that one is to be named", async () => {
    expect(await run("aggregate", "--by", "email.src")).toMatchObject({ code: 2, error: 'error BAD_INPUT: "email.src" is a field of Arkime that is not filled here yet\n' });
    expect(await run("aggregate", "--by", "ip")).toMatchObject({ code: 2, error: expect.stringContaining("ip stands for several fields") });
    // What is wrong with the question itself is none of the command line's.
    expect((await run("aggregate", "nope == 1")).code).toBe(1);
  });

  it("of payload as text give what == takes", async () => {
    expect((await run("aggregate", "--by", "payload8.src.utf8")).output.split("\n")).toContain("GET /x H\t1");
    expect((await run("search", "--fields", "payload8.src.utf8,payload8.src.hex", 'payload8.src.utf8 == "GET /x H"')).output).toBe("GET /x H\t474554202f782048\n");
  });
});

it("class remove says what was removed, and does not print it as if it were there", async () => {
  expect((await run("class", "set", "web", "protocols == http", "--days", "3")).output).toMatch(/^web\t3\t/);
  expect(await run("class", "remove", "web")).toMatchObject({ code: 0, output: "", error: expect.stringMatching(/^Removed web, which held \d sessions? \(protocols == http\)\.\n$/) });
  expect((await run("class", "list")).output).toBe("");
});

it("reindex without options says which it wants", async () => {
  expect(await run("reindex")).toMatchObject({ code: 2, error: expect.stringMatching(/^error BAD_INPUT: say what is copied where: --from embedded --to elasticsearch, or /) });
});
