import { DEFAULT_PAGE } from "./session.args.js";

/** What an operation's cost is worked out from: a field's arguments, and the cost of what is selected below it. */
interface Selected {
  readonly args: Readonly<Record<string, unknown>>;
  readonly childComplexity: number;
}

/**
 * Members of a session are priced in values, of which this many make a unit of cost: a page of 100 with 20 fields costs
 * about 110 units.
 */
const VALUES_PER_UNIT = 20;
/** Units of a question to the store below each session, whatever it returns. */
const QUESTION = 100;

/** Units of `sessions` that each have members worth `values`. */
function unitsOf(sessions: number, values: number): number {
  return (Math.max(0, sessions) * values) / VALUES_PER_UNIT;
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

/** Cost of `Query.sessions` in units: its page's members as often as the page has sessions. */
export function pageCost({ args, childComplexity }: Selected): number {
  return 10 + unitsOf(numberOf(args["first"], DEFAULT_PAGE), childComplexity);
}

/** Cost of `Query.session` in units; the whole document is read. */
export function sessionCost({ childComplexity }: Selected): number {
  return 20 + unitsOf(1, childComplexity);
}

/** Cost of `Subscription.sessionsArriving` in units: a search of a handful of segments a second, and up to `mostTold` sessions each time. */
export function watchCost(mostTold: number): (selected: Selected) => number {
  return ({ childComplexity }) => 1_000 + unitsOf(mostTold, childComplexity);
}

/** Cost of `Session.fields` in values. */
export function fieldsCost({ args, childComplexity }: Selected): number {
  return Math.max(1, (Array.isArray(args["names"]) ? args["names"].length : 1) * childComplexity);
}

/** Cost of `Session.packets` in values: a question to the store and reads of packet files for every session, and the members of its packets. */
export function packetsCost({ args, childComplexity }: Selected): number {
  return QUESTION * VALUES_PER_UNIT + Math.max(0, numberOf(args["first"], 0)) * childComplexity;
}
