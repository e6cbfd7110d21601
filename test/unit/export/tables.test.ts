import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { USUAL_COLUMNS } from "../../../src/export/export-request.js";
import { tableWriter } from "../../../src/export/table-writers.js";
import type { TableFormat } from "../../../src/export/table-columns.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import type { Field } from "../../../src/model/field.js";
import type { FieldValue, SessionRow } from "../../../src/model/session.js";

const catalogue = packagedCatalogue();

function field(name: string): Field {
  const entry = catalogue.find(name);
  if (entry?.entry !== "field") throw new Error(`no field ${name}`);
  return entry.field;
}

const FIELDS = ["starttime", "ip.src", "port.src", "host.http", "host.http.cnt", "tcpflags.syn", "tags", "dns.answer.ip"].map(field);

function row(id: string, ...values: readonly FieldValue[]): SessionRow {
  return { id, values: new Map(FIELDS.map(({ path }, at) => [path, values[at] ?? null])) };
}

const ROWS = [
  row("s1", Date.UTC(2026, 10, 24), "10.0.0.1", 40_000, ["a.example", "b.example"], 2, 1, ["red"], ["192.0.2.1", "192.0.2.2"]),
  row("s2", Date.UTC(2026, 10, 24, 1), "2001:db8::1", null, ['=HYPERLINK("http://evil.example")'], 1, null, ["+1", "x"], null),
  row("s3", null, null, null, ["-2+3", 'quote " and, comma', "line\r\nbreak"]),
];

function table(format: TableFormat, rows: readonly SessionRow[], perBatch: number): Buffer {
  const writer = tableWriter(format, FIELDS);
  const pieces = [writer.head()];
  for (let at = 0; at < rows.length; at += perBatch) pieces.push(writer.rows(rows.slice(at, at + perBatch)));
  return Buffer.concat([...pieces, writer.end()]);
}

describe("a CSV table", () => {
  it("quotes, prints times, and makes formulas harmless", () => {
    expect(table("csv", ROWS, 2).toString().split("\r\n").slice(0, 3)).toEqual([
      "starttime,ip.src,port.src,host.http,host.http.cnt,tcpflags.syn,tags,dns.answer.ip",
      '2026-11-24T00:00:00.000Z,10.0.0.1,40000,"a.example, b.example",2,1,red,"192.0.2.1, 192.0.2.2"',
      `2026-11-24T01:00:00.000Z,2001:db8::1,,"'=HYPERLINK(""http://evil.example"")",1,,"'+1, x",`,
    ]);
    expect(table("csv", ROWS, 1).toString()).toContain(`"'-2+3, quote "" and, comma, line\r\nbreak"`);
  });

  it("guards every first character by which a spreadsheet computes", () => {
    for (const text of ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]) {
      expect(table("csv", [row("s", null, null, null, [text])], 1).toString().split("\r\n")[1] ?? "").toMatch(/^,,,"?'/);
    }
    expect(table("csv", [row("s", null, null, -5)], 1).toString()).toContain(",,-5,");
  });
});

describe("an NDJSON table", () => {
  it("has an object a line, with lists as lists", () => {
    const lines = table("ndjson", ROWS, 2).toString().trimEnd().split("\n").map((line): unknown => JSON.parse(line));
    expect(lines[0]).toEqual({
      id: "s1", starttime: Date.UTC(2026, 10, 24), "ip.src": "10.0.0.1", "port.src": 40_000, "host.http": ["a.example", "b.example"], "host.http.cnt": 2, "tcpflags.syn": 1,
      tags: ["red"], "dns.answer.ip": ["192.0.2.1", "192.0.2.2"],
    });
    expect(lines).toHaveLength(3);
  });
});

describe("a Parquet table", () => {
  /** Rows of a table; the reader gives undefined for lists that are null. */
  const read = async (bytes: Buffer) => {
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const rows = await parquetReadObjects({ file: { byteLength: bytes.length, slice: (start: number, end?: number) => file.slice(start, end) as ArrayBuffer } });
    return rows.map((one) => Object.fromEntries(Object.entries(one).map(([name, value]: [string, unknown]) => [name, value ?? null])));
  };

  it("reads back with its types", async () => {
    expect(await read(table("parquet", ROWS, 1))).toEqual([
      { id: "s1", starttime: new Date(Date.UTC(2026, 10, 24)), "ip.src": "10.0.0.1", "port.src": 40_000n, "host.http": ["a.example", "b.example"], "host.http.cnt": 2n, "tcpflags.syn": 1n, tags: ["red"], "dns.answer.ip": ["192.0.2.1", "192.0.2.2"] },
      { id: "s2", starttime: new Date(Date.UTC(2026, 10, 24, 1)), "ip.src": "2001:db8::1", "port.src": null, "host.http": ['=HYPERLINK("http://evil.example")'], "host.http.cnt": 1n, "tcpflags.syn": null, tags: ["+1", "x"], "dns.answer.ip": null },
      { id: "s3", starttime: null, "ip.src": null, "port.src": null, "host.http": ["-2+3", 'quote " and, comma', "line\r\nbreak"], "host.http.cnt": null, "tcpflags.syn": null, tags: null, "dns.answer.ip": null },
    ]);
  });

  it("of no sessions is a table without rows", async () => {
    expect(await read(table("parquet", [], 1))).toEqual([]);
  });

  it("of several row groups is whole", async () => {
    const many = Array.from({ length: 25_001 }, (_, at) => row(`s${at}`, at, `10.0.${at >> 8}.${at & 255}`, at));
    const rows = await read(table("parquet", many, 2048));
    expect(rows).toHaveLength(25_001);
    expect(rows[25_000]).toMatchObject({ id: "s25000", "port.src": 25_000n });
  });
});

describe("a table", () => {
  it("has the same bytes whatever the batches", () => {
    const many = Array.from({ length: 12_000 }, (_, at) => row(`s${at}`, at, "10.0.0.1", at, [`h${at % 7}`]));
    for (const format of ["csv", "ndjson", "parquet"] as const) expect(table(format, many, 1000).equals(table(format, many, 777)), format).toBe(true);
  });

  it("has the id once, also when it is asked for", async () => {
    const fields = [field("id"), field("node")];
    const rows: readonly SessionRow[] = [{ id: "s1", values: new Map([["_id", "s1"], ["node", "n"]]) }];
    const bytes = (format: TableFormat): Buffer => {
      const writer = tableWriter(format, fields);
      return Buffer.concat([writer.head(), writer.rows(rows), writer.end()]);
    };
    expect(bytes("csv").toString()).toBe("id,node\r\ns1,n\r\n");
    expect(bytes("ndjson").toString()).toBe('{"id":"s1","node":"n"}\n');
    const parquet = bytes("parquet");
    const file = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.length) as ArrayBuffer;
    expect(await parquetReadObjects({ file })).toEqual([{ id: "s1", node: "n" }]);
  });

  it("has payload as text where it is text, and marked as bytes where it is none", async () => {
    const fields = [field("payload8.src.utf8"), field("payload8.src.hex")];
    const rows: readonly SessionRow[] = ["474554202f", "ff"].map((hex, at) => ({ id: `s${at}`, values: new Map([["srcPayload8", hex]]) }));
    const bytes = (format: TableFormat): Buffer => {
      const writer = tableWriter(format, fields);
      return Buffer.concat([writer.head(), writer.rows(rows), writer.end()]);
    };
    expect(bytes("csv").toString()).toBe("payload8.src.utf8,payload8.src.hex\r\nGET /,474554202f\r\n0xff,ff\r\n");
    expect(bytes("ndjson").toString()).toBe('{"id":"s0","payload8.src.utf8":"GET /","payload8.src.hex":"474554202f"}\n{"id":"s1","payload8.src.utf8":"0xff","payload8.src.hex":"ff"}\n');
    const parquet = bytes("parquet");
    const file = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.length) as ArrayBuffer;
    expect((await parquetReadObjects({ file })).map((one) => one["payload8.src.utf8"])).toEqual(["GET /", "0xff"]);
  });

  it("has usual columns that exist", () => {
    expect(USUAL_COLUMNS.map((name) => field(name).expression)).toEqual(USUAL_COLUMNS);
  });
});
