/** An operation of the API with the types of its answer and its variables. */
export interface TypedOperation<Data, Variables> {
  readonly name: string;
  readonly kind: "query" | "mutation" | "subscription";
  readonly text: string;
  /** SHA-256 of the text in hex, by which the service knows it once it was sent. */
  readonly sha256: string;
  /** Never there: carries the types. */
  readonly types?: (variables: Variables) => Data;
}
