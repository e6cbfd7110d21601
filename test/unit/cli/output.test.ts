import { describe, expect, it } from "vitest";
import { Answer } from "../../../src/cli/answer.js";
import { overview } from "../../../src/cli/session-view.js";
import { printSpan, TimePrinter } from "../../../src/cli/print-time.js";
import { table, tabSeparated } from "../../../src/cli/table.js";
import { cut, printable, terminalOf, widthOf } from "../../../src/cli/terminal.js";
import { rangeOf, untilOf } from "../../../src/cli/time-options.js";

const plain = (columns: number) => terminalOf({ isTTY: true, columns }, { NO_COLOR: "1" });

describe("a terminal", () => {
  it("gets colours, a pipe, NO_COLOR and a dumb terminal get none", () => {
    expect(terminalOf({ isTTY: true }, {}).bold("x")).toBe("\u001b[1mx\u001b[22m");
    for (const [stream, environment] of [[{}, {}], [{ isTTY: true }, { NO_COLOR: "1" }], [{ isTTY: true }, { TERM: "dumb" }]] as const) {
      expect(terminalOf(stream, environment).bold("x")).toBe("x");
    }
    expect(terminalOf({}, {}).forPeople).toBe(false);
  });

  it("is not steered by what packets say", () => {
    expect(printable("a\u001b[2J\r\n\u202eb")).toBe("a·[2J···b");
  });

  it("counts wide and combining characters", () => {
    expect([widthOf("abc"), widthOf("日本"), widthOf("e\u0301")]).toEqual([3, 4, 1]);
    expect([cut("abcdef", 4), cut("日本語", 4), cut("abc", 3)]).toEqual(["abc…", "日…", "abc"]);
  });
});

describe("a table", () => {
  const columns = [{ title: "Name", least: 4 }, { title: "N", align: "right" as const }];

  it("is as wide as its content, numbers on the right", () => {
    expect(table(columns, [["a", "1"], ["bcdefg", "100"]], plain(80))).toEqual(["Name      N", "a         1", "bcdefg  100"]);
  });

  it("cuts what may be cut to the width of the terminal, and never a number", () => {
    const lines = table(columns, [["x".repeat(90), "123456"]], plain(20));
    expect(lines[1]).toBe(`${"x".repeat(11)}…  123456`);
    expect(lines.every((line) => widthOf(line) <= 20)).toBe(true);
  });

  it("is tab-separated for programs, a line per row whatever a value holds", () => {
    expect(tabSeparated([["a\tb\n", "2"]])).toEqual(["a b \t2"]);
  });
});

describe("a session", () => {
  it("is a line with what tells it apart", () => {
    const values = new Map<string, unknown>([
      ["starttime", 1_760_000_000_000], ["stoptime", 1_760_000_061_500], ["protocols", ["tcp", "http"]], ["ip.src", "2001:db8::1"], ["port.src", 4], ["ip.dst", "192.0.2.1"], ["port.dst", 80],
      ["packets", 1_234], ["bytes", 2_048], ["http.uri", ["a.example/x", "a.example/y"]], ["http.method", ["GET"]], ["http.statuscode", [200]],
    ]);
    expect(overview(new TimePrinter(true)).row(values)).toEqual([
      "2025-10-09 08:53:20.000", "1 min 1 s", "tcp,http", "[2001:db8::1]:4", "192.0.2.1:80", "1,234", "2.0 KiB", "GET 200 a.example/x (+1)",
    ]);
    expect([printSpan(4), printSpan(12_340), printSpan(7_260_000)]).toEqual(["4 ms", "12.3 s", "2 h 1 min"]);
  });
});

describe("a time range", () => {
  const now = Date.UTC(2026, 10, 24, 12);
  it.each([
    [{}, null], [{ last: "24h" }, [now - 86_400_000, null]], [{ last: "2" }, [now - 7_200_000, null]], [{ last: "1d", end: "2026-11-20T00:00Z" }, [Date.UTC(2026, 10, 19), Date.UTC(2026, 10, 20)]],
    [{ start: "1760000000.5" }, [1_760_000_000_500, null]], [{ start: "0" }, [0, null]], [{ start: "315532800" }, [Date.UTC(1980, 0), null]], [{ start: "2026-11-24 10:00" }, [Date.UTC(2026, 10, 24, 10), null]], [{ start: "2026-11-24T10:00+01:00" }, [Date.UTC(2026, 10, 24, 9), null]],
    [{ end: "2026-11-24" }, [null, Date.UTC(2026, 10, 24)]], [{ start: "2026-11" }, [Date.UTC(2026, 10), null]], [{ start: "2026-11-24T10:00:01.5-0130" }, [Date.UTC(2026, 10, 24, 11, 30, 1, 500), null]],
    [{ start: "2026/11/24 12:00" }, [Date.UTC(2026, 10, 24, 12), null]], [{ start: "2026/1/2", end: "2026/11/24 12:00:05Z" }, [Date.UTC(2026, 0, 2), Date.UTC(2026, 10, 24, 12, 0, 5)]],
    [{ start: "2026-11-24 12:00:00 +0000", end: "2026-11-24 12:00 UTC" }, [now, now]], [{ start: "2026-11-24T12:00:00 Z", end: "2026-11-24 13:30:00.25 +0130" }, [now, now + 250]],
    [{ start: "2026-1-2", end: "2026-11-24 8:00 -04:00" }, [Date.UTC(2026, 0, 2), now]], [{ start: "2026-11-24T13:00+01", end: "2026/11/24 07:00 est" }, [now, now]],
  ])("%j is %j", (options, bounds) => {
    const range = rangeOf(options, now);
    expect(range === null ? null : [range.start, range.end]).toEqual(bounds);
  });

  it.each([
    [{ last: "soon" }, /--last soon: expected a number and/], [{ last: "1h", start: "0" }, /--last and --start/], [{ start: "yesterday" }, /--start yesterday: expected ISO 8601/],
    [{ start: "2026-02-30" }, /--start 2026-02-30: expected ISO 8601/], [{ start: "2025" }, /--start 2025: as seconds since 1970 that is 1970-01-01T00:33:45\.000Z, before any capture; write 2025-01-01, or 0/],
    [{ end: "20260102" }, /--end 20260102: as seconds .* 1970-08-23T\S+, before any capture; write a date such as/], [{ end: "2026-06-31 10:00" }, /--end 2026-06-31 10:00: expected ISO 8601/],
    [{ start: "2026/02/30" }, /--start 2026\/02\/30: expected ISO 8601/], [{ start: "Nov 24" }, /--start Nov 24: expected ISO 8601 .* 2026\/11\/24 12:00:00, or seconds/], [{ end: "5/6/2027" }, /--end 5\/6\/2027: expected/],
    [{ start: "2026-11-24T10:60" }, /expected/], [{ start: "2026-13-01" }, /expected/], [{ start: "2026-11-24 10:00+24:00" }, /expected/],
    [{ start: "2026-11-24 12:00 PM" }, /expected/], [{ start: "2026-2-30 12:00 UTC" }, /expected/], [{ start: "2026-11-24 12:00 +0060" }, /expected/], [{ end: "24-11-2026" }, /expected/],
    [{ start: "2000000000", end: "1000000000" }, /ends before it starts/], [{ bounding: "middle" }, /--bounding middle: allowed: first, last, both, either/],
  ])("%j is refused", (options, message) => {
    expect(() => rangeOf(options, now)).toThrow(message);
  });

  it("does not depend on the zone of the host, nor does a time to come", () => {
    const { TZ } = process.env;
    process.env["TZ"] = "America/New_York";
    try {
      expect(rangeOf({ start: "2026/11/24 12:00" }, now)?.start).toBe(now);
      expect(untilOf("--until", "2026-11-24 12:00:00 +0000", now)).toBe(now);
      expect(untilOf("--until", "2026/11/24", now)).toBe(Date.UTC(2026, 10, 24));
      expect(() => untilOf("--until", "5/6/2027", now)).toThrow(/--until 5\/6\/2027: expected/);
    } finally {
      if (TZ === undefined) delete process.env["TZ"];
      else process.env["TZ"] = TZ;
    }
  });
});

describe("an answer", () => {
  it("is read by shape, and names what is not there", () => {
    const answer = new Answer({ a: [{ n: "12", t: "2026-11-24T12:00:00.000Z", z: null }] });
    const [item] = answer.at("a").list();
    expect([item?.at("n").number(), item?.at("t").time(), item?.at("z").orNull()]).toEqual([12, Date.UTC(2026, 10, 24, 12), null]);
    expect(() => item?.at("missing")).toThrow(/has no member missing at data\.a\[0\]/);
    expect(() => answer.at("a").text()).toThrow(/at data\.a/);
  });
});
