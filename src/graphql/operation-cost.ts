/**
 * What an operation may come to, before it runs: the number of objects in its answer. A list counts as its `first`; a list without
 * one as an assumed size. An estimate, not a bound: lists inside a record are cut elsewhere.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromAST,
} from "graphql";
import { LIMITS } from "../lib/limits.ts";

/** Entries of a list that has no `first` and no assumption of its own (`AssumedSize`): a record has a few issues, changes, lines. */
const ASSUMED_LIST_SIZE = 5;

type Variables = Readonly<Record<string, unknown>>;

interface Reading {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Variables;
}

/**
 * Objects the operation may answer with. The document is valid, so its fragments end; `variables` are as they were sent.
 * `@skip` and `@include` are not read: what may be left out counts.
 */
export function estimateNodes(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const reading = { schema, fragments, variables: withDefaults(operation, variables) };
  return countSet(operation.selectionSet, schema.getRootType(operation.operation), ASSUMED_LIST_SIZE, reading);
}

/** Only numbers matter here, so a default of any other form is left out. */
function withDefaults({ variableDefinitions = [] }: OperationDefinitionNode, variables: Variables): Variables {
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)] as const] : [],
  );
  return { ...Object.fromEntries(defaults), ...variables };
}

/** `listSize`: entries of the lists of this type. Those of a connection, `nodes` and `edges`, follow the `first` it was asked with. */
function countSet(
  set: SelectionSetNode | undefined,
  type: GraphQLNamedType | undefined | null,
  listSize: number,
  reading: Reading,
): number {
  let nodes = 0;
  for (const selection of set?.selections ?? []) {
    if (selection.kind === Kind.FIELD) nodes += countField(selection, type, listSize, reading);
    else {
      const part = selection.kind === Kind.INLINE_FRAGMENT ? selection : reading.fragments.get(selection.name.value);
      const condition = part?.typeCondition?.name.value;
      const narrowed = condition === undefined ? type : reading.schema.getType(condition);
      nodes += countSet(part?.selectionSet, narrowed, listSize, reading);
    }
  }
  return nodes;
}

function countField(selection: FieldNode, type: GraphQLNamedType | undefined | null, listSize: number, reading: Reading): number {
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.name.value] : undefined;
  if (field === undefined) return 0;
  const below = getNamedType(field.type);
  if (!isCompositeType(below)) return 0;
  const outer = isNonNullType(field.type) ? field.type.ofType : field.type;
  const { assumedSize } = field.extensions;
  const listed = typeof assumedSize === "number" ? assumedSize : listSize;
  return (
    (isListType(outer) ? listed : 1) *
    (1 + countSet(selection.selectionSet, below, readFirst(field, selection, reading), reading))
  );
}

/** More than a page is refused where the list is read, so it counts as a page here. */
function readFirst(field: GraphQLField<unknown, unknown>, selection: FieldNode, { variables }: Reading): number {
  const definition = field.args.find(({ name }) => name === "first");
  if (definition === undefined) return ASSUMED_LIST_SIZE;
  const stated = selection.arguments?.find(({ name }) => name.value === "first");
  const first = stated === undefined ? definition.defaultValue : valueFromAST(stated.value, definition.type, variables);
  return typeof first === "number" && first >= 0 ? Math.min(first, LIMITS.pageSize) : LIMITS.pageSize;
}
