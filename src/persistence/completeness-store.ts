/** Counts of what is filled: of a programme under the own organisation, of the nation under the role that reads frozen rows of cuts. */
import { RECORD_TYPE_NAMES } from "../dataset/define.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import { auditYearPeriod } from "../reporting/period.ts";
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
  const kept = new KeptFigures();
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
    national: (cutId, auditYear) => kept.get(`${cutId}/${auditYear}`, () => readNational(database, national, cutId, auditYear)),
  };
}

/** Frozen, so counted once: of a million journeys it takes seconds. */
const YEARS_KEPT = 8;

function readNational(
  database: Database,
  statements: readonly NationalCompletenessSql[],
  cutId: string,
  auditYear: number,
): Promise<readonly NationalFilled[]> {
  const { from, to } = auditYearPeriod(auditYear);
  return database.withRole(
    { role: "nacr_extractor" },
    async (tx) => {
      const counts: NationalFilled[] = [];
      for (const statement of statements) {
        const [row] = await tx.$queryRaw<SqlRow[]>(statement.count([cutId, from, to]));
        if (row !== undefined) counts.push(...toNational(statement, row));
      }
      return counts;
    },
    REPORT_TIMEOUT,
  );
}

/** The last ones asked for; what failed is asked for again. */
class KeptFigures {
  readonly #kept = new Map<string, Promise<readonly NationalFilled[]>>();

  async get(key: string, count: () => Promise<readonly NationalFilled[]>): Promise<readonly NationalFilled[]> {
    const counting = this.#kept.get(key) ?? count();
    this.#kept.delete(key);
    this.#kept.set(key, counting);
    for (const oldest of this.#kept.keys()) if (this.#kept.size > YEARS_KEPT) this.#kept.delete(oldest);
    try {
      return await counting;
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }
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
