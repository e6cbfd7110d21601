import { LookbackError } from "../base/errors.js";

/**
 * A part of an answer of the API, read by shape: the service may be of another version than this command, so nothing of an
 * answer is taken on trust. A part that is not what it must be throws UNAVAILABLE, which names it.
 */
export class Answer {
  readonly value: unknown;
  readonly #path: string;

  constructor(value: unknown, path = "data") {
    this.value = value;
    this.#path = path;
  }

  /** A member of an object. */
  at(name: string): Answer {
    if (typeof this.value !== "object" || this.value === null || !Object.hasOwn(this.value, name)) throw this.#not(`member ${name}`);
    return new Answer(Reflect.get(this.value, name), `${this.#path}.${name}`);
  }

  /** Whether it is null. */
  get isNull(): boolean {
    return this.value === null;
  }

  /** Itself, or null where it is null. */
  orNull(): Answer | null {
    return this.isNull ? null : this;
  }

  list(): Answer[] {
    if (!Array.isArray(this.value)) throw this.#not("list");
    return this.value.map((item: unknown, at) => new Answer(item, `${this.#path}[${at}]`));
  }

  text(): string {
    if (typeof this.value === "string") return this.value;
    throw this.#not("text");
  }

  /** A number; one beyond 2^53 comes as decimal text and loses its last digits here. */
  number(): number {
    const { value } = this;
    if (typeof value === "number") return value;
    if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return Number(value);
    throw this.#not("number");
  }

  flag(): boolean {
    if (typeof this.value === "boolean") return this.value;
    throw this.#not("boolean");
  }

  /** A point in time in milliseconds since 1970. */
  time(): number {
    const { value } = this;
    const time = typeof value === "number" ? value : typeof value === "string" ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(time)) throw this.#not("time");
    return time;
  }

  #not(what: string): LookbackError {
    return new LookbackError("UNAVAILABLE", `the service's answer has no ${what} at ${this.#path}: it is of another version than this command; update the older one`);
  }
}
