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
import { type MapElement, NACR_LISTS, type PublishedMap, type PublishedSet, splitCodeKey } from "./published-shapes.ts";

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

/** One map for each system that smoking findings are coded in. */
const SMOKING_MAPS: readonly PublishedMap[] = [...Map.groupBy(SMOKING_BY_FINDING, ([key]) => splitCodeKey(key).system)].map(
  ([system, findings]) => ({
    id: `${system.includes("loinc") ? "loinc" : "snomed"}-smoking-status`,
    title: `${system.includes("loinc") ? "LOINC" : "SNOMED CT"}: smoking status`,
    source: system,
    target: `${NACR_LISTS}/smoking-status`,
    elements: findings.map(
      ([key, target]): MapElement => ({
        code: splitCodeKey(key).code,
        display: "",
        isPrefix: false,
        target,
        equivalence: "wider",
        meaning: `smokingStatus ${target}`,
        status: "V",
        source: LIFESTYLE_SOURCE,
      }),
    ),
  }),
);

export const MEASUREMENT_MAPS: readonly PublishedMap[] = [...ITEM_MAPS, ...SMOKING_MAPS];

const toSet = (id: string, title: string, keys: Iterable<string>, source = LIFESTYLE_SOURCE): PublishedSet => ({
  id,
  title,
  status: "V",
  source,
  codes: [...keys].map(splitCodeKey),
});

export const MEASUREMENT_SETS: readonly PublishedSet[] = [
  toSet("smoking-observables", "Observables whose value is a smoking status", SMOKING_OBSERVABLES),
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
