/** Whether rows of importer files mean the same record, before anything that is stored is looked at. */
import { ANCHOR_DATE_ITEMS } from "../../src/dataset/anchor-date.ts";
import { identityColumns } from "../../src/dataset/csv-header.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../src/dataset/dictionary.ts";
import { readValue } from "../../src/dataset/read-value.ts";
import type { ImporterRow } from "./importer-row.ts";

/** Without spacing; empty where a row does not state it. */
export interface PatientNumbers {
  readonly nhsNumber: string;
  readonly hospitalNumber: string;
}

type Values = Readonly<Record<string, unknown>>;

/** Whether a date is to come is not asked here. */
const END_OF_TIME = "9999-12-31";

/** The patient's numbers as a row of any type states them. */
export function readNumbers({ recordType, cells }: ImporterRow, dictionary: Dictionary): PatientNumbers {
  const patient = dictionary.recordType("PATIENT");
  const columns = identityColumns(patient);
  const numberOf = (item: string): string => cells[recordType === patient.name ? item : (columns.get(item) ?? item)] ?? "";
  return { nhsNumber: numberOf("nhsNumber").replace(/[\s-]/g, ""), hospitalNumber: numberOf("hospitalNumber").trim() };
}

/** What stands for a patient's own id where the row has none: the number the sender knows the patient by. */
export const toKey = ({ nhsNumber, hospitalNumber }: PatientNumbers): string => hospitalNumber || nhsNumber;

/** One number is the same and none is another. */
export function sharesNumber(one: PatientNumbers, other: PatientNumbers): boolean {
  const pairs = [
    [one.nhsNumber, other.nhsNumber],
    [one.hospitalNumber, other.hospitalNumber],
  ].filter((pair) => pair.every((number) => number !== ""));
  return pairs.length > 0 && pairs.every(([a, b]) => a === b);
}

/** A record by what its row states of it. */
interface Stated {
  readonly stated: Values;
}

/** Of the records below one parent the one a row names; undefined where none is it, or several may be. */
export function findRecord<R extends Stated>(type: CompiledRecordType, siblings: readonly R[], wanted: Values): R | undefined {
  if (type.name !== "REHABILITATION") return siblings.find(({ stated }) => isSame(type.naturalKey, stated, wanted));
  return findRehabilitation(type, siblings, wanted);
}

const isSame = (items: readonly CompiledItem[], one: Values, other: Values): boolean =>
  items.every((item) => textOf(item, one) === textOf(item, other));

/**
 * As the stored ones are found: by an anchor date, else the only one that no date speaks against. A programme that is not stated is the
 * one that sends.
 */
function findRehabilitation<R extends Stated>(type: CompiledRecordType, siblings: readonly R[], wanted: Values): R | undefined {
  const own = siblings.filter(({ stated }) => type.naturalKey.every((item) => agree(item, stated, wanted)));
  const dates = ANCHOR_DATE_ITEMS.flatMap((name) => type.byName.get(name) ?? []);
  const named = dates.map((item) => textOf(item, wanted)).filter((date) => date !== null);
  const anchored = own.find(({ stated }) => {
    const anchor = dates.map((item) => textOf(item, stated)).find((date) => date !== null);
    return anchor !== undefined && named.includes(anchor);
  });
  const compatible = own.filter(({ stated }) => dates.every((item) => agree(item, stated, wanted)));
  return anchored ?? (compatible.length === 1 ? compatible[0] : undefined);
}

/** Not two different statements. */
function agree(item: CompiledItem, one: Values, other: Values): boolean {
  const [a, b] = [textOf(item, one), textOf(item, other)];
  return a === null || b === null || a === b;
}

/** A value in the dataset's own form; as it was written, where it has none; null where nothing is stated. */
function textOf(item: CompiledItem, values: Values): string | null {
  const raw = values[item.name];
  if (raw === undefined) return null;
  const { value } = readValue(item, raw, END_OF_TIME);
  return String(value ?? raw).trim();
}
