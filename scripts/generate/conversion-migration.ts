/** The migration that brings stored rows and their history into the shape of the newest dictionary. */
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../src/dataset/dictionary.ts";
import { describeTable } from "../../src/persistence/database/dataset-table.ts";

const HEADER = (
  older: string,
  newer: string,
) => `-- What is stored, from dictionary ${older} to ${newer}. Printed by \`generate-prisma.ts --conversion\` before the release; from then on
-- append-only. Rows are recoded where they stand, without a new version: nobody said anything new. Their history is recoded with them,
-- since old versions are read, and submissions taken back, in the words of today. Answers that were given stay as they were given.
-- Row-level security binds the owner of a table, too, who has to see every organisation's rows once.
`;

/**
 * SQL for what a machine can decide: new items and codes that have another key. @throws Error for what has to be written by hand: items
 * that are dropped or renamed, codes that another item decides about, sets of codes.
 */
export function renderConversion(older: Dictionary): string {
  const { storedAs } = older;
  const [hop] = storedAs?.hops ?? [];
  if (storedAs === null || hop === undefined || storedAs.hops.length > 1) throw new Error("one version to the next, please");
  const lines = [HEADER(older.version, storedAs.dictionary.version)];
  for (const type of older.recordTypes) {
    const next = storedAs.dictionary.recordType(type.name);
    const converted = hop.get(type.name);
    if (converted === undefined || converted.same) continue;
    lines.push(...renderNewColumns(storedAs.dictionary, type, next));
    for (const [at, { index, codes }] of converted.items.entries()) {
      const [item, target] = [type.items[at], next.items[index ?? -1]];
      if (item === undefined || target?.name !== item.name)
        throw new Error("an item that is dropped or renamed is written by hand");
      if (codes.size === 0) continue;
      if (item.kind === "codes") throw new Error("a set of codes is written by hand");
      const keys = [...codes].map(([key, [only, ...others]]) => {
        if (only === undefined || others.length > 0) throw new Error("a code that another item decides about is written by hand");
        return [key, only.key] as const;
      });
      lines.push(renderRecoding(type, item, keys));
    }
  }
  return `${lines.join("\n")}\n`;
}

function renderNewColumns(newest: Dictionary, type: CompiledRecordType, next: CompiledRecordType): readonly string[] {
  const table = describeTable(newest, next);
  const added = table.columns.filter(({ item }) => item !== null && !type.byName.has(item.name));
  return added.map(({ name, type: sqlType }) => `alter table public.${table.name} add column ${name} ${sqlType};`);
}

function renderRecoding(type: CompiledRecordType, item: CompiledItem, keys: readonly (readonly [string, string])[]): string {
  const table = `public.${type.definition.table}`;
  const recoded = (value: string): string =>
    `case ${value} ${keys.map(([from, to]) => `when '${from}' then '${to}'`).join(" ")} end`;
  const older = `(${keys.map(([from]) => `'${from}'`).join(", ")})`;
  const history = ["before", "after"].flatMap((side) => {
    const value = `changes #>> '{${item.name},${side}}'`;
    return [
      `update public.record_change set changes = jsonb_set(changes, '{${item.name},${side}}', to_jsonb(${recoded(value)}))`,
      `  where record_type = '${type.name}' and ${value} in ${older};`,
    ];
  });
  return [
    `alter table ${table} no force row level security;`,
    "alter table public.record_change no force row level security;",
    `update ${table} set ${item.column} = ${recoded(item.column)}`,
    `  where ${item.column} in ${older};`,
    ...history,
    `alter table ${table} force row level security;`,
    "alter table public.record_change force row level security;",
  ].join("\n");
}
