/**
 * What an extract is made of: groups of columns, each a file, after the product of the Community Services Data Set. Columns are those of the
 * national side, by its own list; what names a person there (pseudonym, version of its key) is no column here.
 */
import {
  ACUTE_EVENT_COLUMNS,
  ASSESSMENT_COLUMNS,
  DRUG_CLASS_COLUMNS,
  JOURNEY_COLUMNS,
  type NationalColumn,
  type NationalTable,
} from "../../national/national-columns.ts";
import type { CutJourney } from "../cut-journey.ts";

export interface ExtractColumn {
  /** In the file. */
  readonly name: string;
  /** In agreements: `journey.age`. */
  readonly field: string;
  readonly column: NationalColumn;
}

/** A value as both formats write it. */
export type Cell = string | number | null;

export interface ExtractGroup {
  /** Also the beginning of the file's name. */
  readonly table: NationalTable;
  readonly label: string;
  readonly columns: readonly ExtractColumn[];
  readonly rowsOf: (journey: CutJourney) => readonly object[];
}

/** Several codes in one cell (dataset.md, Decision 28). */
const SEPARATOR = ";";
/** What each agreement has its own of, in the place of the national pseudonym. */
const NAMING: ReadonlySet<string> = new Set(["pseudonym", "keyVersion"]);

/** Columns every file has: the person and the journey, by the agreement's own key. Everything joins by them. */
export const ID_COLUMNS = [
  { name: "patientId", label: "Person", description: "The same person in every extract of this agreement, and in no other's." },
  { name: "journeyId", label: "Journey", description: "An event with its rehabilitation; joins the files of this agreement." },
] as const;

const columnsOf = (group: string, columns: Readonly<Record<string, NationalColumn>>): readonly ExtractColumn[] =>
  Object.entries(columns)
    .filter(([name]) => !NAMING.has(name))
    .map(([name, column]) => ({ name, field: `${group}.${name}`, column }));

export const EXTRACT_GROUPS: readonly ExtractGroup[] = [
  {
    table: "journey",
    label: "Patients and journeys, one row for each journey",
    columns: columnsOf("journey", JOURNEY_COLUMNS),
    rowsOf: ({ row }) => [row],
  },
  {
    table: "assessment",
    label: "Assessments 1 to 3",
    columns: columnsOf("assessment", ASSESSMENT_COLUMNS),
    rowsOf: ({ assessments }) => assessments,
  },
  {
    table: "acute_event",
    label: "Acute events during rehabilitation",
    columns: columnsOf("acuteEvent", ACUTE_EVENT_COLUMNS),
    rowsOf: ({ acuteEvents }) => acuteEvents,
  },
  {
    table: "drug_class",
    label: "Drug classes told at assessments",
    columns: columnsOf("drugClass", DRUG_CLASS_COLUMNS),
    rowsOf: ({ drugs }) => drugs,
  },
];

/** What an agreement may name. */
export const EXTRACT_FIELDS: readonly string[] = EXTRACT_GROUPS.flatMap(({ columns }) => columns.map(({ field }) => field));

/** Groups with the columns that are named; one without any is left out, but for the journeys, which everything hangs off. */
export function chooseGroups(fields: readonly string[]): readonly ExtractGroup[] {
  const named = new Set(fields);
  return EXTRACT_GROUPS.map((group) => ({ ...group, columns: group.columns.filter(({ field }) => named.has(field)) })).filter(
    ({ table, columns }) => table === "journey" || columns.length > 0,
  );
}

/** Of one row of the group, in the order of the columns. */
export function cellsOf({ columns }: Pick<ExtractGroup, "columns">, row: object): readonly Cell[] {
  return columns.map(({ name, column }) => toCell(Reflect.get(row, name), column));
}

function toCell(value: unknown, { kind }: NationalColumn): Cell {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.join(SEPARATOR);
  if (typeof value === "number") return value;
  return kind === "month" ? String(value).slice(0, 7) : String(value);
}
