/**
 * A programme's rows as the importer's files, one for each record type, as the file door of the gateway and of the national database reads
 * them (docs/files.md). What identifies patients goes to the clinical team alone; without it the files say nothing of whose rows they are,
 * and cannot be sent back.
 */

import { ancestorsOf, columnPrefix, identityColumns, importerHeader, SOURCE_RECORD_ID } from "../dataset/csv-header.ts";
import type { RecordTypeName } from "../dataset/define.ts";
import type { CompiledItem, Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { BYTE_ORDER_MARK, toCsvRow } from "../lib/csv-row.ts";
import type { Actor } from "../records/actor.ts";
import type { SurveyStaff } from "../standards/programme-survey.ts";
import type { Clock } from "../submission/ports.ts";
import { nameStart } from "../submission/report/failed-rows-file.ts";
import type { Download } from "../submission/report/report-service.ts";
import { type FilePiece, zipFiles } from "../submission/report/zip-files.ts";
import { toImporterCell } from "./importer-cell.ts";
import type { ImporterRowStore, ImporterValues, ReportingScope, ReportingStore } from "./reporting-ports.ts";
import { requireOwnProgramme } from "./reporting-scope.ts";
import { STAFFING_COLUMNS, STAFFING_FILE, type StaffingColumn } from "./staffing-columns.ts";
import type { RecordedSurvey } from "./survey.ts";

export interface ExportDependencies {
  readonly rows: ImporterRowStore;
  readonly programmes: Pick<ReportingStore, "programme">;
  readonly dictionary: Dictionary;
  readonly clock: Pick<Clock, "now">;
}

/** @throws GatewayError FORBIDDEN, DATABASE_UNAVAILABLE */
export type ExportImporter = (actor: Actor, programmeCode: string) => Promise<Download>;

export const createExportImporter =
  ({ rows, programmes, dictionary, clock }: ExportDependencies): ExportImporter =>
  async (actor, programmeCode) => {
    if (actor.role !== "CLINICAL_TEAM" && actor.role !== "SUBMITTER")
      throw new GatewayError("FORBIDDEN", "Your role does not include this file.");
    const scope = await requireOwnProgramme(programmes, actor, programmeCode);
    const withIdentity = actor.role === "CLINICAL_TEAM";
    await rows.begin(actor, scope, withIdentity);
    const now = clock.now();
    return {
      contentType: "application/zip",
      fileName: `importer_${programmeCode}_${dictionary.version}_${now.slice(0, 10)}.zip`,
      body: zipFiles(writeFiles(dictionary, rows, { scope, withIdentity }), new Date(now)),
    };
  };

interface Asked {
  readonly scope: ReportingScope;
  readonly withIdentity: boolean;
}

/** Parents before children. A record type without rows has its header, so that it is seen to be empty. */
async function* writeFiles(
  dictionary: Dictionary,
  store: ImporterRowStore,
  { scope, withIdentity }: Asked,
): AsyncGenerator<FilePiece> {
  for (const { name } of dictionary.recordTypes) {
    const columns = columnsOf(dictionary, name);
    const file = `${nameStart(name)}_${scope.programme.code}.csv`;
    yield { name: file, text: BYTE_ORDER_MARK + toCsvRow(columns.map(({ column }) => column)) };
    for await (const rows of store.rows(scope, name, withIdentity))
      yield { name: file, text: rows.map((row) => toCsvRow(columns.map((column) => cellOf(column, row)))).join("") };
  }
  const surveys = (await store.surveys(scope)).flatMap((survey) => listStaffing(survey, scope.programme.code));
  yield {
    name: `${STAFFING_FILE}_${scope.programme.code}.csv`,
    text: `${BYTE_ORDER_MARK}${[STAFFING_COLUMNS, ...surveys].map(toCsvRow).join("")}`,
  };
}

/** A row for each line of staff; a survey without any says its groups all the same. */
function listStaffing({ auditYear, staff, groupsOffered }: RecordedSurvey, programmeCode: string) {
  const lines: readonly (SurveyStaff | null)[] = staff.length === 0 ? [null] : staff;
  return lines.map((line): readonly (string | number | null)[] => {
    const cells: Readonly<Record<StaffingColumn, string | number | null>> = {
      programmeCode,
      auditYear,
      profession: line?.profession ?? null,
      wte: line?.wte ?? null,
      regular: line && (line.regular ? "Yes" : "No"),
      groupsOffered: groupsOffered.join(";"),
    };
    return STAFFING_COLUMNS.map((column) => cells[column]);
  });
}

interface Column {
  readonly column: string;
  /** Null: the id of the record. */
  readonly item: CompiledItem | null;
}

const cellOf = ({ column, item }: Column, row: ImporterValues): string | number | null => {
  const value = row[column] ?? null;
  return item === null ? String(value) : toImporterCell(item, value);
};

/** The importer's header with the item behind each column. @throws Error for a column that no item is behind: a mistake in the code */
function columnsOf(dictionary: Dictionary, recordType: RecordTypeName): readonly Column[] {
  const own = dictionary.recordType(recordType);
  const items = new Map<string, CompiledItem>(own.items.map((item) => [item.name, item]));
  for (const ancestor of ancestorsOf(dictionary, own))
    for (const [name, column] of identityColumns(ancestor)) {
      const item = ancestor.byName.get(name);
      if (item === undefined) throw new Error(`${columnPrefix(ancestor)} has no item ${name}`);
      items.set(column, item);
    }
  return importerHeader(dictionary, recordType).map((column) => {
    if (column === SOURCE_RECORD_ID) return { column, item: null };
    const item = items.get(column);
    if (item === undefined) throw new Error(`No item is behind the column ${column}`);
    return { column, item };
  });
}
