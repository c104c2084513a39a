/** `docs/mapping.md`: where each item comes from in each source, what the codes mean, and how sure that is. */
import { CONCEPT_MAPS } from "../../mappings/concept-maps/clinical-codes.ts";
import { type ConceptGroup, codesOf } from "../../mappings/concept-maps/concept-group.ts";
import { CODE_SYSTEMS } from "../../mappings/concept-maps/map-faults.ts";
import { MEASUREMENT_ITEMS } from "../../mappings/concept-maps/measurement-items.ts";
import type { MapElement, PublishedMap } from "../../mappings/concept-maps/published-shapes.ts";
import { PUBLISHED_MAPS, PUBLISHED_SETS } from "../../mappings/concept-maps/published-terminology.ts";
import { importerHeader } from "../../src/dataset/csv-header.ts";
import type { RecordType, StatusMark } from "../../src/dataset/define.ts";
import type { Dictionary } from "../../src/dataset/dictionary.ts";
import { versionOf } from "./fhir-terminology.ts";
import { gatherColumnProfiles, gatherFhir, gatherHl7v2, type ItemSources, type SourceKindEvidence } from "./item-sources.ts";
import { renderCode, renderTable } from "./render-markdown.ts";

const NOTICE =
  "<!-- Generated from mappings/ and test/cases/ by scripts/generate/generate-mapping-docs.ts. Change the tables or the cases, not this page. -->";

const MARKS: readonly (readonly [marks: string, meaning: string])[] = [
  ["S", "a source of the dataset states it"],
  ["V", "read in the source that is named"],
  ["W", "one weak source"],
  ["I, D, J", "our own decision, domain knowledge, judgement: **inferred**, to be confirmed by a clinician"],
  ["U, R", "looked for and not confirmed"],
];
const SOURCED: ReadonlySet<StatusMark> = new Set(["S", "V", "M"]);

interface Evidence {
  readonly fhir: SourceKindEvidence;
  readonly hl7v2: SourceKindEvidence;
  readonly columns: ItemSources;
}

export function renderMappingPage(dictionary: Dictionary): string {
  const evidence: Evidence = { fhir: gatherFhir(), hl7v2: gatherHl7v2(), columns: gatherColumnProfiles() };
  return [
    NOTICE,
    "# Mapping",
    "Where each item of the dataset comes from in each source, what the codes of the sources mean, and how sure that is. The places are taken from the mapping reports of the cases in `test/cases`, so a place that is named here is one that was seen to be read. How a site adds its own codes: [terminology.md](terminology.md); its own columns: [profiles.md](profiles.md).",
    "## Marks",
    renderTable(
      ["Mark", "Meaning"],
      MARKS.map(([marks, meaning]) => [renderCode(marks), meaning]),
    ),
    "## Items",
    "The importer's columns carry the dataset's own names. Column profiles are shown as the shipped examples have them: the layouts of these systems are not public, and none of the columns is confirmed.",
    ...dictionary.recordTypes.map(({ definition }) => renderRecordType(definition, dictionary, evidence)),
    "## Code groups",
    "Diagnoses and procedures. A three-character code stands for every code of its category that no group names by itself.",
    ...CODE_SYSTEMS.map((system) => `### ${system}\n\n${renderGroups(CONCEPT_MAPS[system])}`),
    "## Measurements",
    renderMeasurements(),
    "## All code tables",
    "As `npx tsx scripts/export-terminology.ts FOLDER` writes them. The version is the digest of what a table says.",
    renderTables(),
    "## Inferred, not sourced",
    "Entries whose mark is not S or V. None of these was read in a source a reviewer can open.",
    renderInferred(),
    "## Why a value is not taken",
    "Reasons of the mapping report, with the source fields of the cases they were given for.",
    renderReasons(evidence),
    "",
  ].join("\n\n");
}

const join = (places: readonly string[] | undefined): string =>
  (places ?? []).map((place) => (place === "…" ? place : renderCode(place))).join(", ");

function renderRecordType(type: RecordType, dictionary: Dictionary, { fhir, hl7v2, columns }: Evidence): string {
  const importer = new Set(importerHeader(dictionary, type.name));
  const rows = Object.entries(type.items).map(([name, { label }]) => {
    const key = `${type.name}.${name}`;
    return [
      renderCode(name),
      label,
      join(fhir.items.get(key)),
      join(hl7v2.items.get(key)),
      importer.has(name) ? renderCode(name) : "",
      join(columns.get(key)),
    ];
  });
  return [
    `### ${type.label} (${renderCode(type.name)})`,
    renderTable(["Item", "Label", "FHIR", "HL7 v2", "Importer", "Column profiles (examples)"], rows),
  ].join("\n\n");
}

function renderGroups(groups: readonly ConceptGroup[]): string {
  const rows = groups.map((group) => {
    const codes = codesOf(group);
    const shown = codes.slice(0, 4).map(renderCode).join(" ");
    return [
      renderCode(group.group),
      group.label,
      group.key === null ? group.role : `${group.role} ${renderCode(group.key)}`,
      String(codes.length),
      codes.length > 4 ? `${shown} …` : shown,
      group.status,
      group.source,
    ];
  });
  return renderTable(["Group", "Label", "Means", "Codes", "Such as", "Mark", "Source"], rows);
}

const renderMeasurements = (): string =>
  renderTable(
    ["Item", "Kept as", "SNOMED CT", "LOINC", "Mark", "Source"],
    MEASUREMENT_ITEMS.map(({ item, dimension, decimals, snomed, loinc, status, source }) => [
      renderCode(item),
      `${dimension}, ${decimals} decimals`,
      join(snomed),
      join(loinc),
      status,
      source,
    ]),
  );

function renderTables(): string {
  const maps = PUBLISHED_MAPS.map((map) => [
    renderCode(`ConceptMap ${map.id}`),
    map.title,
    String(map.elements.length),
    countMarks(map),
    renderCode(versionOf(map)),
  ]);
  const sets = PUBLISHED_SETS.map((set) => [
    renderCode(`ValueSet ${set.id}`),
    set.title,
    String(set.codes.length),
    `${set.status} ${set.codes.length}`,
    renderCode(versionOf(set)),
  ]);
  return renderTable(["Table", "Title", "Entries", "Marks", "Version"], [...maps, ...sets]);
}

const countMarks = ({ elements }: PublishedMap): string =>
  [...Map.groupBy(elements, ({ status }) => status)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([mark, of]) => `${mark} ${of.length}`)
    .join(", ");

function renderInferred(): string {
  const rows = PUBLISHED_MAPS.flatMap((map) => {
    const inferred = map.elements.filter(({ status }) => !SOURCED.has(status));
    const byReason = Map.groupBy(inferred, ({ status, meaning, source }) => `${status}\n${meaning}\n${source}`);
    return [...byReason.values()].flatMap((elements) => renderInferredGroup(map, elements));
  });
  return renderTable(["Table", "Meaning", "Codes", "Mark", "Basis"], rows);
}

function renderInferredGroup(map: PublishedMap, elements: readonly MapElement[]): readonly (readonly string[])[] {
  const [first] = elements;
  if (first === undefined) return [];
  return [[map.id, first.meaning, elements.map(({ code }) => renderCode(code)).join(" "), first.status, first.source]];
}

function renderReasons({ fhir, hl7v2 }: Evidence): string {
  const keys = [...new Set([...fhir.reasons.keys(), ...hl7v2.reasons.keys()])].toSorted();
  return renderTable(
    ["Result", "Reason", "FHIR", "HL7 v2"],
    keys.map((key) => {
      const [result = "", reason = ""] = key.split(" ");
      return [result, renderCode(reason), join(fhir.reasons.get(key)), join(hl7v2.reasons.get(key))];
    }),
  );
}
