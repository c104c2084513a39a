/** Counts of what is filled: of a programme under the own organisation, of the nation under the role that reads pseudonymous rows alone. */
import { RECORD_TYPE_NAMES } from "../dataset/define.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import type { CompletenessStore, FilledCount, NationalFilled } from "../reporting/reporting-ports.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import { REPORT_TIMEOUT, settingsOf } from "./reporting-store.ts";
import {
  type CompletenessSql,
  compileCompleteness,
  compileNationalCompleteness,
  type NationalCompletenessSql,
} from "./sql/completeness-queries.ts";
import { numberOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

export interface CompletenessStoreDependencies {
  readonly database: Database;
  readonly dictionary: Dictionary;
  readonly newId: NewId;
}

export function createCompletenessStore({ database, dictionary, newId }: CompletenessStoreDependencies): CompletenessStore {
  const own = compileCompleteness(dictionary);
  const national = compileNationalCompleteness(dictionary);
  return {
    filled: (scope, { from, to }, entry) =>
      database.withRole(
        settingsOf(scope),
        async (tx) => {
          const rows = await tx.$queryRaw<SqlRow[]>(own.count([scope.programme.ods, scope.programme.code, from, to]));
          if (entry !== null) await writeAuditEntry(tx, entry, newId);
          return rows.map((row) => toFilled(own, row));
        },
        REPORT_TIMEOUT,
      ),
    national: ({ from, to }) =>
      database.withRole(
        { role: "nacr_national" },
        async (tx) => {
          const counts: NationalFilled[] = [];
          for (const statement of national) {
            const [row] = await tx.$queryRaw<SqlRow[]>(statement.count([from, to]));
            if (row !== undefined) counts.push(...toNational(statement, row));
          }
          return counts;
        },
        REPORT_TIMEOUT,
      ),
  };
}

function numbersOf(row: SqlRow, column: string): readonly number[] {
  const cells = row[column];
  if (!Array.isArray(cells)) throw new Error(`The column ${column} is not a list of numbers`);
  return cells.map(Number);
}

function toFilled({ items }: CompletenessSql, row: SqlRow): FilledCount {
  const recordType = wordOf(row, "record_type", RECORD_TYPE_NAMES);
  const known = numbersOf(row, "known");
  const unknown = numbersOf(row, "unknown");
  const counted = (items.get(recordType) ?? []).map(
    ({ name }, index) => [name, { known: known[index] ?? 0, unknown: unknown[index] ?? 0 }] as const,
  );
  return { recordType, month: textOf(row, "month"), rows: numberOf(row, "rows"), items: new Map(counted) };
}

function toNational({ items }: NationalCompletenessSql, row: SqlRow): readonly NationalFilled[] {
  const known = numbersOf(row, "known");
  const shared = { rows: numberOf(row, "rows"), organisations: numberOf(row, "organisations") };
  return items.map(([recordType, { name }], index) => ({ recordType, item: name, filled: known[index] ?? 0, ...shared }));
}
