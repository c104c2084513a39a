/** A merged row as rules see it, and the ways by which a rule reaches the values it asks about. */
import type { RecordTypeName, Value } from "./define.ts";
import type { CompiledItem, Dictionary } from "./dictionary.ts";

/** A row among its relatives, as it would be stored. Rows of ancestors may be partial: what is not known of them is null. */
export interface RowView {
  readonly recordType: RecordTypeName;
  /** In dictionary order of the record type. */
  readonly values: readonly (Value | null)[];
  readonly parent: RowView | null;
  /** Rows of the same record type and parent; the row itself may be among them. */
  siblings(): readonly RowView[];
  /** At least one child of the record type, stored or in this submission. */
  hasChild(type: RecordTypeName): boolean;
}

/** Reads one item of a row or of an ancestor; null where it is absent or the ancestor is not known. */
export interface PathReader {
  readonly item: CompiledItem;
  read(view: RowView): Value | null;
}

const SEPARATOR = ".";

/**
 * Resolves `item` or `ANCESTOR.item` as seen from a record type, once: reading is then some steps up and one index.
 * @throws Error for an item or an ancestor that the dictionary does not have.
 */
export function resolvePath(dictionary: Dictionary, from: RecordTypeName, path: string): PathReader {
  const at = path.indexOf(SEPARATOR);
  const typeName = at < 0 ? from : path.slice(0, at);
  const itemName = at < 0 ? path : path.slice(at + 1);
  const { recordType, depth } = findAncestor(dictionary, from, typeName);
  const item = dictionary.recordType(recordType).byName.get(itemName);
  if (item === undefined) throw new Error(`a rule of ${from} names ${path}, which is no item`);
  const { index } = item;
  if (depth === 0) return { item, read: (view) => view.values[index] ?? null };
  return { item, read: (view) => ancestorOf(view, depth)?.values[index] ?? null };
}

function findAncestor(dictionary: Dictionary, from: RecordTypeName, name: string): { recordType: RecordTypeName; depth: number } {
  let current: RecordTypeName | null = from;
  for (let depth = 0; current !== null; depth += 1) {
    if (current === name) return { recordType: current, depth };
    current = dictionary.recordType(current).definition.parent;
  }
  throw new Error(`a rule of ${from} names ${name}, which is no ancestor of it`);
}

function ancestorOf(view: RowView, depth: number): RowView | null {
  let current: RowView | null = view;
  for (let step = 0; step < depth && current !== null; step += 1) current = current.parent;
  return current;
}
