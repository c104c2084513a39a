/** Which item of the dataset a column of an importer file holds: of its own record type, or of the identity of an ancestor. */
import { ancestorsOf, identityColumns } from "../../src/dataset/csv-header.ts";
import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { CompiledItem, Dictionary } from "../../src/dataset/dictionary.ts";

type Columns = ReadonlyMap<string, CompiledItem>;

const known = new WeakMap<Dictionary, Map<RecordTypeName, Columns>>();

/** By column name; the sender's own id has no item. Worked out once for each dictionary. */
export function itemsOfColumns(dictionary: Dictionary, recordType: RecordTypeName): Columns {
  const types = known.get(dictionary) ?? new Map<RecordTypeName, Columns>();
  known.set(dictionary, types);
  const found = types.get(recordType) ?? listColumns(dictionary, recordType);
  types.set(recordType, found);
  return found;
}

function listColumns(dictionary: Dictionary, recordType: RecordTypeName): Columns {
  const own = dictionary.recordType(recordType);
  const columns = new Map<string, CompiledItem>(own.items.map((item) => [item.name, item]));
  for (const ancestor of ancestorsOf(dictionary, own)) {
    for (const [name, column] of identityColumns(ancestor)) {
      const item = ancestor.byName.get(name);
      if (item !== undefined) columns.set(column, item);
    }
  }
  return columns;
}
