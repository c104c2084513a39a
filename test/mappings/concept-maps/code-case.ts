/** What a code means, as a list a clinician can read: table, code, meanings. One tuple a case, in `test/cases/codes`. */
import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";
import { lookUpCode } from "../../../mappings/concept-maps/clinical-codes.ts";
import {
  GENDER_BY_FHIR_CODE,
  translateEthnicGroup,
  translateMaritalStatus,
} from "../../../mappings/concept-maps/fhir-demographics.ts";
import { classifyByCode, classifyByName } from "../../../mappings/concept-maps/fhir-drugs.ts";
import { REFERRER_BY_ROLE } from "../../../mappings/concept-maps/fhir-systems.ts";
import { SMOKING_BY_FINDING, SMOKING_BY_TEXT } from "../../../mappings/concept-maps/lifestyle-codes.ts";
import type { CodeSystem } from "../../../mappings/support/coded-target.ts";
import { deriveEvents } from "../../../mappings/support/derive-events.ts";
import { isChronic, previousEventOf, previousEventOfTreatment } from "../../../mappings/support/derive-index.ts";

const CASES = new URL("../../cases/codes/", import.meta.url);
const NOTHING = "—";

const meaningsOf = (system: CodeSystem, code: string): readonly string[] =>
  lookUpCode(system, code).map(({ role, key }) => (key === null ? role : `${role} ${key}`));

/** The event of a stay with two diagnoses of equal rank, on one day. */
function eventOfTwo(codes: string): readonly string[] {
  const diagnoses = codes.split(" ").map((code, index) => ({
    system: "ICD10" as const,
    code,
    expression: `d${index}`,
    sourceField: "d",
    date: "2024-03-01",
    rank: null,
    sourceRecordId: null,
    recordExpression: `d${index}`,
  }));
  const spell = { id: "s", start: "2024-03-01", end: null, closed: false, died: false, diagnoses, procedures: [] };
  return deriveEvents([spell]).events.map(({ eventType }) => eventType);
}

const splitKey = (key: string): readonly [system: string, code: string] => {
  const bar = key.lastIndexOf("|");
  return [key.slice(0, bar), key.slice(bar + 1)];
};

/** The tables a case may name. */
const TABLES = {
  ICD10: (code) => meaningsOf("ICD10", code),
  OPCS4: (code) => meaningsOf("OPCS4", code),
  SNOMED: (code) => meaningsOf("SNOMED", code),
  ATC: (code) => [classifyByCode("ATC", code) ?? NOTHING],
  BNF: (code) => [classifyByCode("BNF", code) ?? NOTHING],
  "drug name": (name) => classifyByName(name).classes,
  "previous event": (eventType) => [previousEventOf(eventType)],
  "previous treatment": (treatment) => [previousEventOfTreatment(treatment) ?? NOTHING],
  "goes on": (eventType) => [isChronic(eventType) ? "yes" : "no"],
  "event of two": eventOfTwo,
  gender: (code) => [GENDER_BY_FHIR_CODE.get(code) ?? NOTHING],
  marital: (key) => [translateMaritalStatus(...splitKey(key))?.key ?? NOTHING],
  ethnic: (key) => [translateEthnicGroup(...splitKey(key))?.key ?? NOTHING],
  referrer: (key) => [REFERRER_BY_ROLE.get(key) ?? NOTHING],
  smoking: (key) => [SMOKING_BY_FINDING.get(key) ?? NOTHING],
  "smoking words": (text) => [SMOKING_BY_TEXT.get(text) ?? NOTHING],
} as const satisfies Readonly<Record<string, (code: string) => readonly string[]>>;

const isTable = (name: string): name is keyof typeof TABLES => Object.hasOwn(TABLES, name);
const codeCase = z.tuple([z.string().refine(isTable, "there is no such table"), z.string(), z.array(z.string())]);
export type CodeCase = z.infer<typeof codeCase>;

export const readCodeCases = (): readonly CodeCase[] =>
  readdirSync(CASES)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => z.array(codeCase).parse(JSON.parse(readFileSync(new URL(name, CASES), "utf8"))));

export const answerOf = ([table, code]: CodeCase): readonly string[] => (isTable(table) ? TABLES[table](code) : []);
