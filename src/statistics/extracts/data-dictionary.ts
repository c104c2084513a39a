/**
 * The data dictionary that goes with an extract: what each column means, in the words of the dataset where the column is one of its items.
 * Kinds and codes are those of the national side's columns; labels, units, codes' labels and sources those of the dataset and of the cube's
 * dimensions. What the national side works out itself has its words here, and nothing else has.
 */
import type { RecordTypeName } from "../../dataset/define.ts";
import type { CompiledItem, Dictionary } from "../../dataset/dictionary.ts";
import { toCsvRow } from "../../lib/csv-row.ts";
import type { NationalColumn } from "../../national/national-columns.ts";
import { DIMENSIONS } from "../cube/dimensions.ts";
import { type ExtractColumn, type ExtractGroup, ID_COLUMNS } from "./extract-groups.ts";

/** Where a column's words are. */
type Words =
  | { readonly item: readonly [RecordTypeName, string] }
  | { readonly label: string; readonly description: string; readonly unit?: string; readonly dimension?: string };

const item = (recordType: RecordTypeName, name: string): Words => ({ item: [recordType, name] });
const own = (label: string, description: string, more: { readonly unit?: string; readonly dimension?: string } = {}): Words => ({
  label,
  description,
  ...more,
});
const DAYS = { unit: "days" } as const;
const FROM_EVENT = "Counted from the event, whose month is known and whose day is not; negative before it.";

/** Columns that are no item of their own name in the record type of their group. */
const WORDS: Readonly<Record<string, Words>> = {
  "journey.nation": own("Nation of the programme", "Empty where no programme took the journey on."),
  "journey.region": own("NHS England region of the programme", "ODS code; England only."),
  "journey.programme": own("Programme", "Code of the cardiac rehabilitation programme."),
  "journey.trust": own("Organisation of the programme", "ODS code."),
  "journey.age": own("Age", "Reached in the year of the event; 90 stands for 90 and more.", { unit: "years" }),
  "journey.gender": item("PATIENT", "gender"),
  "journey.ethnicGroup": own("Ethnic group", "The six groups of the census.", { dimension: "ethnicGroup" }),
  "journey.imdQuintile": own("Deprivation quintile", "Of the patient's area within its nation; 1 the most deprived."),
  "journey.eventGroup": own("Group of the initiating event", "MI is myocardial infarction.", { dimension: "eventGroup" }),
  "journey.eventMonth": own("Month of the initiating event", "YYYY-MM."),
  "journey.treatmentGroups": own("Groups of treatments", "As many as there were.", { dimension: "treatment" }),
  "journey.referralWaitDays": own("Wait to referral", "Event to referral.", DAYS),
  "journey.startWaitDays": own("Wait to start", "Referral to core start.", DAYS),
  "journey.durationDays": own("Duration", "Core start to core end.", DAYS),
  "journey.stage": own("Stage reached", "Empty without a rehabilitation.", { dimension: "stage" }),
  "journey.comorbidities": item("COMORBIDITY", "type"),
  "assessment.day": own("Day of the assessment", FROM_EVENT, DAYS),
  "acuteEvent.number": own("Number of the acute event", "Within the journey."),
  "acuteEvent.day": own("Day of the acute event", FROM_EVENT, DAYS),
  "drugClass.assessment": item("ASSESSMENT", "number"),
  "drugClass.drugClass": item("DRUG", "class"),
};
/** Of all other columns: the item of the same name. */
const RECORD_TYPE_OF: Readonly<Record<ExtractGroup["table"], RecordTypeName>> = {
  journey: "REHABILITATION",
  assessment: "ASSESSMENT",
  acute_event: "ACUTE_EVENT",
  drug_class: "DRUG",
};

const OWN_SOURCE = "Worked out by the gateway (docs/national.md)";

/** One column of a file, explained. */
export interface DictionaryLine {
  readonly file: string;
  readonly column: string;
  readonly label: string;
  readonly kind: NationalColumn["kind"] | "id";
  readonly unit: string | null;
  /** In declared order. */
  readonly codes: readonly { readonly code: string; readonly label: string }[];
  readonly description: string;
  readonly source: string;
}

/** @throws Error for a column without words: a mistake in the code, which a test finds */
export function describeGroup(group: ExtractGroup, file: string, dictionary: Dictionary): readonly DictionaryLine[] {
  const ids = ID_COLUMNS.map(
    ({ name, label, description }): DictionaryLine => ({
      ...{ file, column: name, label, kind: "id", unit: null, codes: [], description },
      source: "Keyed digest under the agreement's own key (docs/extracts.md)",
    }),
  );
  return [...ids, ...group.columns.map((column) => describeColumn(group, column, file, dictionary))];
}

function describeColumn(
  { table }: ExtractGroup,
  { name, field, column }: ExtractColumn,
  file: string,
  dictionary: Dictionary,
): DictionaryLine {
  const words = WORDS[field] ?? item(RECORD_TYPE_OF[table], name);
  const head = { file, column: name, kind: column.kind };
  if (!("item" in words)) {
    const { label, description, unit = null, dimension } = words;
    return { ...head, label, unit, codes: codesOf(column, labelsOfDimension(dimension)), description, source: OWN_SOURCE };
  }
  const [recordType, itemName] = words.item;
  const found = dictionary.recordType(recordType).byName.get(itemName);
  if (found === undefined) throw new Error(`The column ${field} is no item of the dataset and has no words of its own`);
  const { label, unit = null, description, source } = found;
  return {
    ...head,
    label,
    unit,
    codes: codesOf(column, labelsOfItem(found)),
    description,
    source: `${dictionary.version}: ${source}`,
  };
}

const labelsOfItem = ({ compiledList }: CompiledItem): ReadonlyMap<string, string> =>
  new Map([...(compiledList?.byKey ?? [])].map(([key, { label }]) => [key, label]));

const labelsOfDimension = (wanted: string | undefined): ReadonlyMap<string, string> =>
  new Map(DIMENSIONS.find(({ key }) => key === wanted)?.categories.map(({ key, label }) => [key, label]));

const codesOf = (column: NationalColumn, labels: ReadonlyMap<string, string>): DictionaryLine["codes"] =>
  column.kind === "code" || column.kind === "codes"
    ? column.codes.map((code) => ({ code, label: labels.get(code) ?? code }))
    : [];

const HEADER = ["file", "column", "label", "kind", "unit", "codes", "description", "source"];

/** As CSV; codes in one cell as `KEY = Label`, one after the other. */
export const renderDictionary = (lines: readonly DictionaryLine[]): string =>
  [
    HEADER,
    ...lines.map(({ file, column, label, kind, unit, codes, description, source }) => [
      ...[file, column, label, kind, unit],
      codes.map((one) => `${one.code} = ${one.label}`).join("; "),
      ...[description, source],
    ]),
  ]
    .map(toCsvRow)
    .join("");
