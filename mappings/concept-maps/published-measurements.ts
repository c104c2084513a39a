/** The tables of measurements and lifestyle as maps and sets. */
import {
  DRINKING_OBSERVABLES,
  NON_SMOKER_FINDINGS,
  SMOKING_BY_FINDING,
  SMOKING_OBSERVABLES,
  TEETOTAL_FINDINGS,
} from "./lifestyle-codes.ts";
import { MEASUREMENT_ITEMS } from "./measurement-items.ts";
import { NEAR_MISS_REASONS } from "./measurement-near-misses.ts";
import { NYHA_BY_FINDING, NYHA_OBSERVABLES } from "./nyha-codes.ts";
import { type MapElement, NACR_LISTS, type PublishedMap, type PublishedSet, splitCodeKey } from "./published-shapes.ts";
import { QUESTION_BY_CODE } from "./questionnaire-items.ts";

const LIFESTYLE_SOURCE = "UK Core value sets, GP2GP, LOINC answer lists; interop 1.8";

const CODED_BY = [
  { id: "snomed", title: "SNOMED CT", key: "SNOMED", codesOf: (item: (typeof MEASUREMENT_ITEMS)[number]) => item.snomed },
  { id: "loinc", title: "LOINC", key: "LOINC", codesOf: (item: (typeof MEASUREMENT_ITEMS)[number]) => item.loinc },
  { id: "mdc", title: "IEEE 11073", key: "MDC", codesOf: (item: (typeof MEASUREMENT_ITEMS)[number]) => item.mdc },
] as const;

const ITEM_MAPS: readonly PublishedMap[] = CODED_BY.map(({ id, title, key, codesOf }) => ({
  id: `${id}-measurements`,
  title: `${title}: measurements and scores`,
  source: splitCodeKey(`${key}|`).system,
  target: `${NACR_LISTS}/items`,
  elements: MEASUREMENT_ITEMS.flatMap((item) =>
    codesOf(item).map(
      (code): MapElement => ({
        code,
        display: "",
        isPrefix: false,
        target: `${item.recordType}.${item.item}`,
        equivalence: "equivalent",
        meaning: item.item,
        status: item.status,
        source: item.source,
      }),
    ),
  ),
}));

/** Findings that tell the option of an item. */
interface FindingTable {
  readonly id: string;
  readonly title: string;
  readonly item: string;
  readonly findings: ReadonlyMap<string, string>;
  readonly sourceOf: (system: string) => Pick<MapElement, "status" | "source">;
}

const FINDING_TABLES: readonly FindingTable[] = [
  {
    id: "smoking-status",
    title: "smoking status",
    item: "smokingStatus",
    findings: SMOKING_BY_FINDING,
    sourceOf: () => ({ status: "V", source: LIFESTYLE_SOURCE }),
  },
  {
    id: "nyha-class",
    title: "NYHA class",
    item: "nyhaClass",
    findings: NYHA_BY_FINDING,
    sourceOf: (system) => ({
      status: "V",
      source: system.includes("loinc")
        ? "LOINC answer list of 88020-3, as public heart failure projects read it"
        : "value sets of ELGA, of the German MII and of DICOM context group 3736",
    }),
  },
];

/** One map for each system that the findings of a table are coded in. */
const toFindingMaps = ({ id, title, item, findings, sourceOf }: FindingTable): readonly PublishedMap[] =>
  [...Map.groupBy(findings, ([key]) => splitCodeKey(key).system)].map(([system, rows]) => ({
    id: `${system.includes("loinc") ? "loinc" : "snomed"}-${id}`,
    title: `${system.includes("loinc") ? "LOINC" : "SNOMED CT"}: ${title}`,
    source: system,
    target: `${NACR_LISTS}/${id}`,
    elements: rows.map(
      ([key, target]): MapElement => ({
        code: splitCodeKey(key).code,
        display: "",
        isPrefix: false,
        target,
        equivalence: "wider",
        meaning: `${item} ${target}`,
        ...sourceOf(system),
      }),
    ),
  }));

export const MEASUREMENT_MAPS: readonly PublishedMap[] = [...ITEM_MAPS, ...FINDING_TABLES.flatMap(toFindingMaps)];

const toSet = (
  id: string,
  title: string,
  keys: Iterable<string>,
  source = LIFESTYLE_SOURCE,
  status: PublishedSet["status"] = "V",
): PublishedSet => ({
  id,
  title,
  status,
  source,
  codes: [...keys].map(splitCodeKey),
});

export const MEASUREMENT_SETS: readonly PublishedSet[] = [
  toSet("smoking-observables", "Observables whose value is a smoking status", SMOKING_OBSERVABLES),
  toSet(
    "nyha-observables",
    "Observables whose value is a NYHA class",
    NYHA_OBSERVABLES,
    "SNOMED CT, LOINC: domain knowledge",
    "D",
  ),
  ...[...Map.groupBy(QUESTION_BY_CODE, ([, { sum }]) => sum.item)].map(([item, questions]) =>
    toSet(
      `questions-${item}`,
      `Questions that add up to ${item}`,
      questions.map(([key]) => key),
      "LOINC panels 44249-1 and 69737-5",
    ),
  ),
  toSet("non-smoker-past-unknown", "Non-smoker, past unknown: neither Never nor Ex", NON_SMOKER_FINDINGS),
  toSet("drinking-observables", "Observables whose value may be: no alcohol at all", DRINKING_OBSERVABLES),
  toSet("teetotal", "No alcohol at all", TEETOTAL_FINDINGS),
  ...[...Map.groupBy(NEAR_MISS_REASONS, ([, reason]) => reason)].map(([reason, keys]) =>
    toSet(
      `not-a-measurement-${reason.toLowerCase().replaceAll("_", "-")}`,
      `Never a value: ${reason}`,
      keys.map(([key]) => key),
      "UK Core value sets (MINUS lists), GP Connect, NHS Health Check; interop 1.8",
    ),
  ),
];
