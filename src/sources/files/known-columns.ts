/** Which cells of a row are names of columns: by it a header is told from a title, and a comma that separates cells from one that does not. */
import type { RecordTypeName } from "../../dataset/define.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import { countColumns } from "../../dataset/match-csv-header.ts";
import { countStaffingColumns } from "../../reporting/staffing-columns.ts";

/** How many of the cells are known names, as columns of that record type, or of the one that knows most where none is named. */
export type CountKnown = (cells: readonly string[], recordType: RecordTypeName | null) => number;

/** Columns of the importer's own layout. */
export const countImporterColumns =
  (dictionary: Dictionary): CountKnown =>
  (cells, recordType) => {
    const types = recordType === null ? dictionary.recordTypes.map(({ name }) => name) : [recordType];
    const survey = recordType === null ? countStaffingColumns(cells) : 0;
    return Math.max(survey, ...types.map((type) => countColumns(dictionary, type, cells)));
  };
