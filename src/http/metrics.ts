import type { RequestHandler } from "express";
import type { Route } from "./routes.js";

type Labels = Readonly<Record<string, string>>;

/** Most label combinations of one metric; further ones count under `other`. */
const MAX_SERIES = 500;

/** Upper bounds of duration buckets, in seconds. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

const METRIC_NAME = /^[a-z][a-z0-9_]*$/;

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`))}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

/** One value of a metric. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

interface Family {
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  lines(name: string): readonly string[] | Promise<readonly string[]>;
}

class Series {
  readonly #values = new Map<string, number>();

  add(labels: Labels, amount: number): void {
    let key = labelText(labels);
    if (!this.#values.has(key) && this.#values.size >= MAX_SERIES) key = labelText({ series: "other" });
    this.#values.set(key, (this.#values.get(key) ?? 0) + amount);
  }

  lines(name: string): readonly string[] {
    return [...this.#values].map(([labels, value]) => `${name}${labels} ${value}`);
  }
}

/** The list of metrics, in the text format of Prometheus; each part adds its own. */
export class Metrics {
  readonly #families = new Map<string, Family>();

  #register(name: string, family: Family): void {
    if (!METRIC_NAME.test(name) || this.#families.has(name)) throw new TypeError(`metric ${name} is badly named or there twice`);
    this.#families.set(name, family);
  }

  /** A number that only grows; returns what adds to it. The name ends in `_total`. */
  counter(name: string, help: string): (labels: Labels, amount?: number) => void {
    const series = new Series();
    this.#register(name, { help, type: "counter", lines: (of) => series.lines(of) });
    return (labels, amount = 1) => series.add(labels, amount);
  }

  /** A number read when it is asked for; null when there is none. */
  gauge(name: string, help: string, read: () => number | null | Promise<number | null>): void {
    this.gauges(name, help, async () => {
      const value = await read();
      return value === null ? [] : [{ labels: {}, value }];
    });
  }

  /** Numbers read when they are asked for, one per set of labels; at most 500. */
  gauges(name: string, help: string, read: () => readonly Sample[] | Promise<readonly Sample[]>): void {
    this.#register(name, { help, type: "gauge", lines: async (of) => sampleLines(of, await read()) });
  }

  /** A number that only grows and that another part counts; the name ends in `_total`. */
  counted(name: string, help: string, read: () => readonly Sample[] | Promise<readonly Sample[]>): void {
    this.#register(name, { help, type: "counter", lines: async (of) => sampleLines(of, await read()) });
  }

  /** Durations in seconds; returns what observes one. */
  duration(name: string, help: string): (labels: Labels, seconds: number) => void {
    const buckets = new Series();
    const sum = new Series();
    const count = new Series();
    this.#register(name, { help, type: "histogram", lines: (of) => [...buckets.lines(`${of}_bucket`), ...sum.lines(`${of}_sum`), ...count.lines(`${of}_count`)] });
    return (labels, seconds) => {
      for (const bound of DURATION_BUCKETS) buckets.add({ ...labels, le: String(bound) }, seconds <= bound ? 1 : 0);
      buckets.add({ ...labels, le: "+Inf" }, 1);
      sum.add(labels, seconds);
      count.add(labels, 1);
    };
  }

  /** Everything as text. A metric that cannot be read is left out and counted in `lookback_metrics_unreadable`. */
  async text(): Promise<string> {
    let unreadable = 0;
    const parts = await Promise.all([...this.#families].map(async ([name, family]) => {
      try {
        return [`# HELP ${name} ${family.help}`, `# TYPE ${name} ${family.type}`, ...(await family.lines(name))];
      } catch {
        unreadable += 1;
        return [];
      }
    }));
    const last = ["# HELP lookback_metrics_unreadable Metrics that could not be read just now", "# TYPE lookback_metrics_unreadable gauge", `lookback_metrics_unreadable ${unreadable}`];
    return [...parts.flat(), ...last].join("\n") + "\n";
  }
}

function sampleLines(name: string, samples: readonly Sample[]): readonly string[] {
  return samples.slice(0, MAX_SERIES).map(({ labels, value }) => `${name}${labelText(labels)} ${value}`);
}

/** The route that shows the metrics. */
export function metricsRoute(metrics: Metrics): Route {
  return {
    method: "get", path: "/metrics", access: "statistics", wholeStore: true,
    handlers: [async (_request, response) => {
      response.type("text/plain; version=0.0.4; charset=utf-8").send(await metrics.text());
    }],
  };
}

/** Counts requests and how long they took, by route pattern. */
export function observeRequests(metrics: Metrics): RequestHandler {
  const total = metrics.counter("lookback_http_requests_total", "Requests by route and status class");
  const duration = metrics.duration("lookback_http_request_seconds", "Time from request to the end of its answer");
  return (request, response, next) => {
    const started = process.hrtime.bigint();
    response.once("close", () => {
      const matched: unknown = request.route;
      const path = typeof matched === "object" && matched !== null && "path" in matched && typeof matched.path === "string" ? matched.path : "none";
      const status = response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : "aborted";
      total({ route: path, status });
      duration({ route: path }, Number(process.hrtime.bigint() - started) / 1e9);
    });
    next();
  };
}

/** Counts queries and mutations and how long they took, by what they ask first. */
export function observeOperations(metrics: Metrics): (field: string, outcome: string, seconds: number) => void {
  const total = metrics.counter("lookback_queries_total", "GraphQL queries and mutations by first field and outcome: ok or an error code");
  const duration = metrics.duration("lookback_query_seconds", "Time that GraphQL queries and mutations take");
  return (field, outcome, seconds) => {
    total({ field, outcome });
    duration({ field }, seconds);
  };
}
