/** What a programme's report is made of: one read, under the own programme. */
import type { Dictionary } from "../dataset/dictionary.ts";
import type { PeriodCounts, ProgrammeReportStore } from "../reporting/reporting-ports.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import { toMeasuredFacts } from "./reporting-rows.ts";
import { REPORT_TIMEOUT, readStanding, settingsOf } from "./reporting-store.ts";
import { ASSESSMENT_COUNTS, compileMeasuredFacts, PERIOD_COUNTS } from "./sql/programme-report-queries.ts";
import { numberOf, type SqlRow } from "./sql-row.ts";

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
  const measured = compileMeasuredFacts(dictionary);
  return {
    read: (scope, { period, auditYear, around }, entry) =>
      database.withRole(
        settingsOf(scope),
        async (tx) => {
          const own = [scope.programme.ods, scope.programme.code];
          const [counts] = await tx.$queryRaw<SqlRow[]>(PERIOD_COUNTS([...own, period.from, period.to]));
          const assessments = await tx.$queryRaw<SqlRow[]>(ASSESSMENT_COUNTS([...own, period.from, period.to]));
          const [facts] = await tx.$queryRaw<SqlRow[]>(measured([...own, around.from, around.to]));
          const standing = await readStanding(tx, scope, auditYear);
          await writeAuditEntry(tx, entry, newId);
          return { ...standing, counts: toCounts(counts, assessments), rehabilitations: await toMeasuredFacts(facts) };
        },
        REPORT_TIMEOUT,
      ),
  };
}

function toCounts(row: SqlRow | undefined, assessments: readonly SqlRow[]): PeriodCounts {
  if (row === undefined) throw new Error("An aggregate returned no row");
  return {
    referred: numberOf(row, "referred"),
    agreed: numberOf(row, "agreed"),
    started: numberOf(row, "started"),
    completed: numberOf(row, "completed"),
    assessments: assessments.map((each) => ({ number: numberOf(each, "number"), count: numberOf(each, "count") })),
  };
}
