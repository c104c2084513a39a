/** Who wrote the values that this submission replaces or ignores: asked only for stored rows, and only for the items decided on. */
import type { ValueSources } from "./build-results.ts";
import type { Entry } from "./entry.ts";
import type { StoredRow, UnitOfWork } from "./ports.ts";

const NONE: ValueSources = new Map();

export async function readValueSources(
  entries: readonly Entry[],
  unit: Pick<UnitOfWork, "readValueSources">,
): Promise<ValueSources> {
  const rows = new Map<string, StoredRow>();
  const fields = new Map<string, string[]>();
  for (const { row, merge } of entries) {
    if (!row?.stored || !merge) continue;
    const replaced = merge.decisions.filter((decision) => decision.before !== null).map((decision) => decision.item.name);
    if (replaced.length === 0) continue;
    rows.set(row.id, row.stored);
    fields.set(row.id, [...(fields.get(row.id) ?? []), ...replaced]);
  }
  return rows.size === 0 ? NONE : await unit.readValueSources([...rows.values()], fields);
}
