import { Kind, valueFromASTUntyped, type FieldNode, type GraphQLResolveInfo, type SelectionSetNode } from "graphql";

/** One selected field with its arguments and what is selected below it. */
export interface SelectedField {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly below: Selection;
}

/** What an operation selects below a field; fragments are expanded, a name may stand several times. */
export type Selection = readonly SelectedField[];

function selectedOf(set: SelectionSetNode, info: GraphQLResolveInfo, into: SelectedField[]): void {
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      into.push(selectedField(node, info));
    } else if (node.kind === Kind.INLINE_FRAGMENT) {
      selectedOf(node.selectionSet, info, into);
    } else {
      // Validation has refused unknown fragments and cycles.
      const fragment = info.fragments[node.name.value];
      if (fragment !== undefined) selectedOf(fragment.selectionSet, info, into);
    }
  }
}

function selectedField(node: FieldNode, info: GraphQLResolveInfo): SelectedField {
  const args: Record<string, unknown> = {};
  for (const argument of node.arguments ?? []) args[argument.name.value] = valueFromASTUntyped(argument.value, info.variableValues);
  const below: SelectedField[] = [];
  if (node.selectionSet !== undefined) selectedOf(node.selectionSet, info, below);
  return { name: node.name.value, args, below };
}

/** What the operation selects below the field being resolved. Fields under a false `@include` count as selected. */
export function selectionOf(info: GraphQLResolveInfo): Selection {
  return info.fieldNodes.flatMap((node) => selectedField(node, info).below);
}

/** What is selected below a path of names. */
export function selectionAt(selection: Selection, ...names: readonly string[]): Selection {
  let at = selection;
  for (const name of names) at = at.filter((field) => field.name === name).flatMap((field) => field.below);
  return at;
}

/** Whether a name is selected. */
export function selects(selection: Selection, name: string): boolean {
  return selection.some((field) => field.name === name);
}

/** Name in the answer of the root field above a field. */
export function rootNameOf({ path }: GraphQLResolveInfo): string {
  let at = path;
  while (at.prev !== undefined) at = at.prev;
  return String(at.key);
}
