/**
 * From which fields of a source each dataset item is filled, as the mapping reports of the cases say: what is documented is what was seen
 * to happen, and a mapping without a case does not show.
 */
import { readdirSync, readFileSync } from "node:fs";
import { mapFhir } from "../../mappings/fhir/fhir-mapping.ts";
import { findFhirProfile } from "../../mappings/fhir/fhir-profiles.ts";
import { mapHl7v2 } from "../../mappings/hl7v2/hl7v2-mapping.ts";
import { DEFAULT_HL7V2_PROFILE, HL7V2_PROFILES } from "../../mappings/hl7v2/hl7v2-profiles.ts";
import type { MappedSource } from "../../src/records/draft-record.ts";
import type { MappingReportLine } from "../../src/records/issue.ts";

/** `PATIENT.birthDate` to the source fields it was filled from, most telling first. */
export type ItemSources = ReadonlyMap<string, readonly string[]>;

export interface SourceKindEvidence {
  readonly items: ItemSources;
  /** Reason of a line that is not MAPPED, to the source fields it was given for. */
  readonly reasons: ReadonlyMap<string, readonly string[]>;
}

const CASES = new URL("../../test/cases/", import.meta.url);
/** Beyond these a cell of the table says "and others". */
const MOST_NAMED = 6;

interface Case {
  readonly input: unknown;
  readonly profile: string | null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A file holds one case or a list of them. */
function readCases(folder: string): readonly Case[] {
  const names = readdirSync(new URL(folder, CASES)).filter((name) => name.endsWith(".json"));
  return names.toSorted().flatMap((name) => {
    const parsed: unknown = JSON.parse(readFileSync(new URL(`${folder}${name}`, CASES), "utf8"));
    const list: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    return list.filter(isObject).map(({ input, profile }) => ({ input, profile: typeof profile === "string" ? profile : null }));
  });
}

const toTexts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
const toMessages = (input: unknown): readonly string[] =>
  (Array.isArray(input) ? input : []).map((message: unknown) =>
    typeof message === "string" ? message : toTexts(message).join("\r"),
  );

function mapFhirCase({ input, profile }: Case): MappedSource | null {
  const found = findFhirProfile(profile ?? "uk-core");
  return found === null ? null : mapFhir(input, found);
}

function mapHl7v2Case({ input, profile }: Case): MappedSource | null {
  const found = profile === null ? DEFAULT_HL7V2_PROFILE : HL7V2_PROFILES.get(profile);
  return found === undefined ? null : mapHl7v2(toMessages(input), found);
}

const linesOf = ({ drafts, mappingReport }: MappedSource): readonly MappingReportLine[] => [
  ...mappingReport,
  ...drafts.flatMap((draft) => draft.mappingReport),
];

function gather(sources: readonly (MappedSource | null)[]): SourceKindEvidence {
  const items = new Map<string, Map<string, number>>();
  const reasons = new Map<string, Map<string, number>>();
  const count = (into: Map<string, Map<string, number>>, key: string, sourceField: string): void => {
    const known = into.get(key) ?? new Map<string, number>();
    known.set(sourceField, (known.get(sourceField) ?? 0) + 1);
    into.set(key, known);
  };
  for (const { sourceField, result, recordType, field, reason } of sources.flatMap((source) =>
    source === null ? [] : linesOf(source),
  )) {
    if (result === "MAPPED" && recordType !== null && field !== null) count(items, `${recordType}.${field}`, sourceField);
    if (result !== "MAPPED" && reason !== null) count(reasons, `${result} ${reason}`, sourceField);
  }
  for (const source of sources) if (source !== null) countOrigins(source, (key, sourceField) => count(items, key, sourceField));
  return { items: rank(items), reasons: rank(reasons) };
}

/** A field of a segment, in the place a value was read from: a coded event is dated by a field that is no item by itself. */
const SEGMENT_FIELD = /\.([A-Z][A-Z0-9]{2})(?:\[\d+\])?-(\d+)/;

function countOrigins({ drafts }: MappedSource, count: (key: string, sourceField: string) => void): void {
  for (const { recordType, values, origins = {} } of drafts) {
    for (const [item, expression] of Object.entries(origins)) {
      const [, segment, field] = SEGMENT_FIELD.exec(expression) ?? [];
      if (segment !== undefined && values[item] != null) count(`${recordType}.${item}`, `${segment}-${field}`);
    }
  }
}

/** The most frequent first; of equals by name, so that the page does not change with the order of cases. */
const rank = (counted: ReadonlyMap<string, ReadonlyMap<string, number>>): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...counted].map(([key, fields]) => {
      const sorted = [...fields].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([field]) => field);
      return [key, sorted.length > MOST_NAMED ? [...sorted.slice(0, MOST_NAMED), "…"] : sorted];
    }),
  );

export const gatherFhir = (): SourceKindEvidence => gather(readCases("fhir/").map(mapFhirCase));
export const gatherHl7v2 = (): SourceKindEvidence => gather(readCases("hl7v2/").map(mapHl7v2Case));

const PROFILES = new URL("../../mappings/files/profiles/", import.meta.url);

/** Columns the shipped examples of column profiles read each item from, by `RECORD.item`. */
export function gatherColumnProfiles(): ItemSources {
  const columns = new Map<string, Map<string, number>>();
  for (const name of readdirSync(PROFILES).toSorted()) {
    const profile: unknown = JSON.parse(readFileSync(new URL(name, PROFILES), "utf8"));
    if (isObject(profile)) collectColumns(profile, String(profile.name ?? name).replace(/-example$/, ""), columns);
  }
  return rank(columns);
}

function collectColumns(
  profile: Readonly<Record<string, unknown>>,
  name: string,
  columns: Map<string, Map<string, number>>,
): void {
  for (const table of toObjects(profile.tables)) {
    for (const { record, items } of toObjects(table.records)) {
      for (const entry of toObjects(items)) {
        const named = [entry.column, ...toTexts(entry.columns)].filter((column) => typeof column === "string");
        const key = `${String(record)}.${String(entry.item)}`;
        const known = columns.get(key) ?? new Map<string, number>();
        for (const column of named) known.set(`${name}: ${column}`, 1);
        columns.set(key, known);
      }
    }
  }
}

const toObjects = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
