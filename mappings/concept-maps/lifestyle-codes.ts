/** Findings about smoking and drinking: coded answers, and codes that are the statement by themselves (interop 1.8). */
import type { smokingStatus } from "../../schema/nacr/gw-1.0/code-lists-patient.ts";

export type SmokingStatusKey = (typeof smokingStatus)["options"][number]["key"];

/** Observables whose value is a coded smoking finding. */
export const SMOKING_OBSERVABLES: ReadonlySet<string> = new Set([
  "LOINC|72166-2",
  "SNOMED|229819007",
  "SNOMED|365981007",
  "SNOMED|365980008",
]);

const inSystem = (system: string, codes: string): readonly string[] => codes.split(" ").map((code) => `${system}|${code}`);

const SMOKING_CODES = {
  NEVER: [...inSystem("SNOMED", "266919005 221000119102"), "LOINC|LA18978-9"],
  EX: [
    ...inSystem(
      "SNOMED",
      "8517006 53896009 160617001 160620009 160621008 266921000 266922007 266923002 266924008 266925009 266928006 281018007 360890004 " +
        "360900008 449369001 735128000 48031000119106 492191000000103 517211000000106 1092031000000108 1092041000000104 " +
        "1092071000000105 1092091000000109 1092111000000104",
    ),
    "LOINC|LA15920-4",
  ],
  CURRENTLY_SMOKING: [
    ...inSystem(
      "SNOMED",
      "56578002 56771006 59978006 65568007 77176002 82302008 160603005 160604004 160605003 160606002 160612007 160616005 160619003 " +
        "230059006 230060001 230062009 230063004 230064005 230065006 266920004 266929003 308438006 394871007 394872000 394873005 " +
        "446172000 449868002 698289004 203191000000107 428041000124106 428061000124105 428071000124103",
    ),
    ...inSystem("LOINC", "LA18976-3 LA18977-1 LA18981-3 LA18982-1"),
  ],
  UNKNOWN: [...inSystem("SNOMED", "1098881000000103 266927001"), ...inSystem("LOINC", "LA18979-7 LA18980-5")],
} as const satisfies Partial<Record<SmokingStatusKey, readonly string[]>>;

/** Smoking findings, as the value of an observable or as the code itself. 160613002 and 864091000000103 say nothing about status. */
export const SMOKING_BY_FINDING: ReadonlyMap<string, SmokingStatusKey> = new Map([
  ...SMOKING_CODES.NEVER.map((code) => [code, "NEVER"] as const),
  ...SMOKING_CODES.EX.map((code) => [code, "EX"] as const),
  ...SMOKING_CODES.CURRENTLY_SMOKING.map((code) => [code, "CURRENTLY_SMOKING"] as const),
  ...SMOKING_CODES.UNKNOWN.map((code) => [code, "UNKNOWN"] as const),
]);

/** Non-smoker, past unknown: neither Never nor Ex. */
export const NON_SMOKER_FINDINGS: ReadonlySet<string> = new Set(
  inSystem("SNOMED", "8392000 405746006 360918006 360929005 87739003 105539002 105540000 105541001"),
);

/**
 * The displays of those codes where a sender gives the words and no code. Exact, and reported as read from words; anything else
 * (a non-smoker, "smoker?") stays untranslated.
 */
export const SMOKING_BY_TEXT: ReadonlyMap<string, SmokingStatusKey> = new Map([
  ...[
    "never",
    "never smoked",
    "never smoker",
    "never smoked tobacco",
    "never smoked tobacco (finding)",
    "lifelong non-smoker",
  ].map((text) => [text, "NEVER"] as const),
  ...[
    "ex",
    "ex smoker",
    "ex-smoker",
    "exsmoker",
    "ex-smoker (finding)",
    "former smoker",
    "ex-cigarette smoker",
    "stopped smoking",
  ].map((text) => [text, "EX"] as const),
  ...[
    "current smoker",
    "currently smoking",
    "current every day smoker",
    "current some day smoker",
    "smokes tobacco daily",
    "smoker",
    "smoker (finding)",
    "cigarette smoker",
    "heavy smoker",
    "light smoker",
  ].map((text) => [text, "CURRENTLY_SMOKING"] as const),
]);

/** Findings that are a statement of no alcohol at all. */
export const TEETOTAL_FINDINGS: ReadonlySet<string> = new Set(inSystem("SNOMED", "105542008 228274009"));
/** Observables of drinking whose value is one of those findings. */
export const DRINKING_OBSERVABLES: ReadonlySet<string> = new Set(inSystem("SNOMED", "228273003 897148007 365967005"));

const V2_YES_NO = ["0136", "0532"].map((table) => `http://terminology.hl7.org/CodeSystem/v2-${table}`);
/** Answers that affirm or deny what a code names: SNOMED CT, LOINC, HL7 v2-0136 and v2-0532. */
export const AFFIRMING_ANSWERS: ReadonlySet<string> = new Set([
  ...inSystem("SNOMED", "373066001 52101004"),
  ...V2_YES_NO.map((system) => `${system}|Y`),
  "LOINC|LA33-6",
]);
export const DENYING_ANSWERS: ReadonlySet<string> = new Set([
  ...inSystem("SNOMED", "373067005 2667000"),
  ...V2_YES_NO.map((system) => `${system}|N`),
  "LOINC|LA32-8",
]);

/** Whether a code of the tables above says something by itself. */
export const isLifestyleCode = (key: string): boolean =>
  SMOKING_BY_FINDING.has(key) ||
  SMOKING_OBSERVABLES.has(key) ||
  NON_SMOKER_FINDINGS.has(key) ||
  TEETOTAL_FINDINGS.has(key) ||
  DRINKING_OBSERVABLES.has(key);
