import { isIn, type RegexTree } from "./regex-tree.js";

/** What matching may cost. `spend` throws when there is nothing left. */
export interface MatchBudget {
  /** Takes `steps`: one for a character read with what is known, more for what must be found out; each is some 20 ns. */
  spend(steps: number): void;
}

/** A place in the program of a pattern. */
type Place =
  | { readonly set: Extract<RegexTree, { readonly kind: "set" }>; readonly next: number }
  | { readonly set: null; readonly ways: readonly number[] };

/** All places at which a match may be at once. `next` is by code point and filled in as texts are read. */
interface State {
  readonly places: readonly number[];
  readonly isMatch: boolean;
  readonly next: Map<number, State>;
}

/** Steps of looking at a place in the pattern. */
const STEPS_PER_PLACE = 8;
/** Most places that the known states have together; beyond, they are forgotten and found again. */
const MOST_KNOWN_PLACES = 500_000;

/**
 * Matches whole texts against a pattern in time that is linear in the text: all ways through the pattern are followed at once, and sets
 * of places that were met are kept. JavaScript's own regular expressions try one way after the other, some patterns for ever.
 */
export class LinearMatcher {
  readonly #program: Place[] = [];
  readonly #budget: MatchBudget;
  readonly #first: number;
  readonly #states = new Map<string, State>();
  #knownPlaces = 0;
  #start: State | null = null;

  /** `tree` is at most as large as MAX_REGEX_WORK lets it be. */
  constructor(tree: RegexTree, budget: MatchBudget) {
    this.#budget = budget;
    // Place 0 is the end.
    this.#program.push({ set: null, ways: [] });
    this.#first = this.#add(tree, 0);
  }

  /** Whether the pattern matches the whole text. Throws what the budget throws. */
  matches(text: string): boolean {
    this.#start ??= this.#state([this.#first]);
    let state = this.#start;
    let at = 0;
    while (at < text.length && state.places.length > 0) {
      const point = text.codePointAt(at) ?? 0;
      at += point > 0xffff ? 2 : 1;
      this.#budget.spend(1);
      state = state.next.get(point) ?? this.#step(state, point);
    }
    return at >= text.length && state.isMatch;
  }

  #step(state: State, point: number): State {
    this.#budget.spend(STEPS_PER_PLACE * state.places.length);
    const reached: number[] = [];
    for (const at of state.places) {
      const place = this.#program[at];
      if (place !== undefined && place.set !== null && isIn(place.set, point)) reached.push(place.next);
    }
    const next = this.#state(reached);
    state.next.set(point, next);
    return next;
  }

  /** The state of some places and all that lead on from them without a character. */
  #state(from: readonly number[]): State {
    const seen = new Set<number>(from);
    const places: number[] = [];
    for (const at of seen) {
      const place = this.#program[at];
      if (place === undefined) continue;
      if (place.set === null) for (const way of place.ways) seen.add(way);
      else places.push(at);
    }
    this.#budget.spend(STEPS_PER_PLACE * (1 + seen.size));
    const isMatch = seen.has(0);
    const key = `${String(isMatch)} ${places.sort((a, b) => a - b).join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    this.#knownPlaces += 1 + places.length;
    if (this.#knownPlaces > MOST_KNOWN_PLACES) {
      this.#states.clear();
      this.#start = null;
      this.#knownPlaces = 1 + places.length;
    }
    const state = { places, isMatch, next: new Map<number, State>() };
    this.#states.set(key, state);
    return state;
  }

  #push(place: Place): number {
    this.#budget.spend(STEPS_PER_PLACE);
    return this.#program.push(place) - 1;
  }

  /** Adds a tree that goes on to place `next`; the place at which it begins. */
  #add(tree: RegexTree, next: number): number {
    switch (tree.kind) {
      case "set":
        return this.#push({ set: tree, next });
      case "sequence":
        return tree.items.reduceRight((after, item) => this.#add(item, after), next);
      case "choice":
        return this.#push({ set: null, ways: tree.items.map((item) => this.#add(item, next)) });
      case "repeat": {
        let first = next;
        if (tree.high === null) {
          const ways = [next];
          first = this.#push({ set: null, ways });
          ways.push(this.#add(tree.item, first));
        } else {
          for (let count = tree.low; count < tree.high; count++) first = this.#push({ set: null, ways: [this.#add(tree.item, first), next] });
        }
        for (let count = 0; count < tree.low; count++) first = this.#add(tree.item, first);
        return first;
      }
    }
  }
}
