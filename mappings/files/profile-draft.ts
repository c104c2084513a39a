/** The profile document of a proposal: what was proposed, ready to be looked at, corrected and saved. */
import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { CompiledRecordType, Dictionary } from "../../src/dataset/dictionary.ts";
import { isCoded, isDate } from "./profile-compile.ts";
import type { ProposedColumn, ProposedTarget } from "./profile-proposal.ts";
import { type ColumnProfileInput, PROFILE_FORMAT } from "./profile-schema.ts";

type TableInput = ColumnProfileInput["tables"][number];
type RecordInput = TableInput["records"][number];
type ItemInput = NonNullable<RecordInput["items"]>[number];

/** Why a column is among those left out: a person has to decide. */
const TO_BE_DECIDED = "TO_BE_DECIDED";
const ANSWERS = { Y: "YES", N: "NO", YES: "YES", NO: "NO", TRUE: "YES", FALSE: "NO", "1": "YES", "0": "NO" };

type Decided = ProposedColumn & { readonly target: ProposedTarget };
const isDecided = (column: ProposedColumn): column is Decided => column.target !== null;

/** One table of the document for each table that has a column of the patient's. */
export function draftProfile(
  name: string,
  tables: readonly { readonly name: string; readonly columns: readonly ProposedColumn[] }[],
  dictionary: Dictionary,
): ColumnProfileInput {
  const usable = tables.filter(({ columns }) => columns.some(({ target }) => target?.recordType.name === "PATIENT"));
  return {
    format: PROFILE_FORMAT,
    name,
    status: "site",
    description: "Proposed from headers and values: look at every column before it is used.",
    tables: usable.map((table) => draftTable(table, usable.length > 1, dictionary)),
  };
}

function draftTable(
  { name, columns }: { readonly name: string; readonly columns: readonly ProposedColumn[] },
  isNamed: boolean,
  dictionary: Dictionary,
): TableInput {
  const decided = columns.filter(isDecided);
  const groups = Map.groupBy(decided, ({ target }) => groupOf(target));
  const needed = withAncestors(new Set(decided.map(({ target }) => target.recordType.name)), dictionary);
  const records = dictionary.recordTypes.filter((type) => needed.has(type.name)).flatMap((type) => draftRecords(type, groups));
  const undecided = columns.filter(({ target, column }) => target === null && column !== "");
  return {
    ...(isNamed ? { name } : {}),
    records,
    ignored: undecided.map(({ column }) => ({ column, reason: TO_BE_DECIDED })),
  };
}

const groupOf = ({ recordType, assessment, option }: ProposedTarget): string =>
  `${recordType.name}/${option === null ? (assessment ?? "") : "ticks"}`;

function withAncestors(names: ReadonlySet<RecordTypeName>, dictionary: Dictionary): ReadonlySet<RecordTypeName> {
  const needed = new Set<RecordTypeName>(["PATIENT"]);
  for (const name of names)
    for (let at: RecordTypeName | null = name; at !== null; at = dictionary.recordType(at).definition.parent) needed.add(at);
  return needed;
}

function draftRecords(type: CompiledRecordType, groups: ReadonlyMap<string, readonly Decided[]>): readonly RecordInput[] {
  const own = [...groups].filter(([group]) => group.startsWith(`${type.name}/`));
  if (own.length === 0) return [{ record: type.name }];
  // A list of drugs needs an assessment to hang below: the first there is.
  return own.toSorted(([a], [b]) => a.localeCompare(b)).map(([group, columns]) => draftRecord(type, group, columns));
}

function draftRecord(type: CompiledRecordType, group: string, columns: readonly Decided[]): RecordInput {
  const kind = group.slice(type.name.length + 1);
  if (kind === "ticks") return draftTicks(type, columns);
  const items: ItemInput[] = columns.map(draftItem);
  const number = columns[0]?.target.assessment ?? null;
  if (number !== null) items.unshift({ item: "number", constant: number });
  const hospitalNumber = columns.find(({ target }) => target.item.name === "hospitalNumber")?.column;
  return {
    record: type.name,
    ...(number === null ? {} : { name: `assessment ${number}` }),
    ...(type.name === "PATIENT" && hospitalNumber !== undefined ? { id: { columns: [hospitalNumber] } } : {}),
    items,
  };
}

function draftTicks(type: CompiledRecordType, columns: readonly Decided[]): RecordInput {
  const item = columns[0]?.target.item.name ?? "type";
  const ticks = Object.fromEntries(columns.map(({ column, target }) => [column, target.option ?? ""]));
  const answer = type.name === "DRUG" ? { answer: { item: "taking", codes: ANSWERS } } : {};
  return { record: type.name, name: `${type.name} ticked`, ticks: { item, columns: ticks, ...answer } };
}

function draftItem({ column, target: { item, fit } }: Decided): ItemInput {
  return {
    item: item.name,
    column,
    ...(isDate(item) ? { date: { formats: [...fit.dateFormats] } } : {}),
    ...(isCoded(item) ? { codes: fit.codes } : {}),
  };
}
