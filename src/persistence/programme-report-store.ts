/** Figures of a programme's report: one read, under the own programme. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { OUTCOME_MEASURES } from "../reporting/outcome-measures.ts";
import type { OutcomeChange, ProgrammeReportStore, Spread } from "../reporting/reporting-ports.ts";
import { ASSESSMENT_2_DAYS } from "../standards/standards-data.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import { REPORT_TIMEOUT, settingsOf } from "./reporting-store.ts";
import { ASSESSMENT_COUNTS, compileOutcomes, PERIOD_COUNTS } from "./sql/programme-report-queries.ts";
import { numberOf, type SqlRow, textOf } from "./sql-row.ts";

export interface ProgrammeReportStoreDependencies {
  readonly database: Database;
  readonly dictionary: Dictionary;
  readonly newId: NewId;
}

export function createProgrammeReportStore({
  database,
  dictionary,
  newId,
}: ProgrammeReportStoreDependencies): ProgrammeReportStore {
  const outcomes = compileOutcomes(dictionary);
  return {
    read: (scope, { from, to }, entry) =>
      database.withRole(
        settingsOf(scope),
        async (tx) => {
          const values = [scope.programme.ods, scope.programme.code, from, to];
          const [counts] = await tx.$queryRaw<SqlRow[]>(PERIOD_COUNTS(values));
          const assessments = await tx.$queryRaw<SqlRow[]>(ASSESSMENT_COUNTS(values));
          const second = await tx.$queryRaw<SqlRow[]>(outcomes([...values, 2, ASSESSMENT_2_DAYS]));
          const third = await tx.$queryRaw<SqlRow[]>(outcomes([...values, 3, null]));
          await writeAuditEntry(tx, entry, newId);
          return {
            counts: toCounts(counts, assessments),
            outcomes: [...toChanges(second, 2), ...toChanges(third, 3)],
          };
        },
        REPORT_TIMEOUT,
      ),
  };
}

function toCounts(row: SqlRow | undefined, assessments: readonly SqlRow[]) {
  if (row === undefined) throw new Error("An aggregate returned no row");
  return {
    referred: numberOf(row, "referred"),
    agreed: numberOf(row, "agreed"),
    started: numberOf(row, "started"),
    completed: numberOf(row, "completed"),
    assessments: assessments.map((each) => ({ number: numberOf(each, "number"), count: numberOf(each, "count") })),
  };
}

/** In the order of the measures. */
function toChanges(rows: readonly SqlRow[], later: 2 | 3): readonly OutcomeChange[] {
  const byItem = new Map(rows.map((row) => [textOf(row, "item"), row]));
  return OUTCOME_MEASURES.flatMap(({ item, yes }) => {
    const row = byItem.get(item);
    if (row === undefined) return [];
    const spread = (name: string): Spread => toSpread(row, name, yes !== null);
    const counts = { count: numberOf(row, "count"), fell: numberOf(row, "fell"), rose: numberOf(row, "rose") };
    return [{ item, later, ...counts, first: spread("first"), last: spread("last"), change: spread("change") }];
  });
}

/** Quartiles, of a coded measure the share alone. */
function toSpread(row: SqlRow, name: string, isShare: boolean): Spread {
  if (isShare) return { lower: null, middle: numberOf(row, `${name}_mean`), upper: null };
  const cells = row[name];
  const [lower, middle, upper] = Array.isArray(cells) ? cells.map(Number) : [];
  if (lower === undefined || middle === undefined || upper === undefined) throw new Error("Quartiles are three numbers");
  return { lower, middle, upper };
}
