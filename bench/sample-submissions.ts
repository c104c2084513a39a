/** The load of `submitRecords`: full requests of synthetic patients, and what the gateway must answer to them. */
import { randomUUID } from "node:crypto";
import type { Dictionary } from "../src/dataset/dictionary.ts";
import { sampleIds, samplePatientRecord } from "../src/dataset/sample-records.ts";
import { LIMITS } from "../src/lib/limits.ts";
import { DEFAULT_DATASET_VERSION, dictionaryOf } from "../src/records/dictionaries.ts";
import { expectEqual } from "./answer-check.ts";
import { toBody } from "./graphql-client.ts";

export const PATIENTS_PER_REQUEST = LIMITS.patientsPerRequest;
export const RECORDS_PER_PATIENT = 6;
export const RECORDS_PER_REQUEST = PATIENTS_PER_REQUEST * RECORDS_PER_PATIENT;
/** One patient in a hundred has a value that the dictionary refuses, so that answers hold issues, as real ones do. */
export const INVALID_EVERY = 100;
const INVALID_PATIENTS = PATIENTS_PER_REQUEST / INVALID_EVERY;
/** Every sample patient has an NHS number of the range kept for tests, which is a warning. */
const TEST_NUMBERS = PATIENTS_PER_REQUEST;
export const PROGRAMME_CODE = "CR-VALLEY";
export const SOURCE_SYSTEM = { vendor: "Bench", product: "Bench", version: "1" };

const SUBMIT_RECORDS = `mutation ($input: SubmitRecordsInput!) { submitRecords(input: $input) {
  id status outcome counts { received created updated unchanged rejected held warnings }
  issueGroups { code field count cascaded message }
  records(first: 100) { totalCount nodes { index sourceRecordId recordType outcome } } } }`;

function requireDictionary(): Dictionary {
  const dictionary = dictionaryOf(DEFAULT_DATASET_VERSION);
  if (dictionary === null) throw new Error(`the dictionary ${DEFAULT_DATASET_VERSION} is missing`);
  return dictionary;
}

export const benchDictionary = requireDictionary();

/** The range of NHS numbers kept for tests holds 899,991: in a longer load the patients beyond are known by their hospital number alone. */
export const NUMBERED_PATIENTS = 890_000;

/** One patient; always the same for the same numbers. `invalid`: with a value that the dictionary refuses. */
export function samplePatient(seed: number, { invalid, numbered }: { invalid: boolean; numbered: boolean }): object {
  const { patient, ...rest } = samplePatientRecord(benchDictionary, seed);
  const { nhsNumber, ...others } = { nhsNumber: undefined, ...(typeof patient === "object" ? patient : {}) };
  return {
    ...rest,
    patient: { ...others, ...(numbered ? { nhsNumber } : {}), ...(invalid ? { gender: "not a code" } : {}) },
  };
}

/** A request's patients from `from` on. */
export const samplePatients = (from: number, numbered = true): readonly object[] =>
  Array.from({ length: PATIENTS_PER_REQUEST }, (_, position) =>
    samplePatient(from + position, { invalid: position % INVALID_EVERY === 0, numbered }),
  );

/** The input with a key of its own: the same patients twice are two submissions. */
const toInput = (records: unknown, programmeCode: string = PROGRAMME_CODE): object => ({
  options: { idempotencyKey: randomUUID(), programmeCode, sourceSystem: SOURCE_SYSTEM },
  records,
});

export const toSubmitRecords = (records: readonly object[], programmeCode?: string): Buffer =>
  toBody(SUBMIT_RECORDS, { input: toInput(records, programmeCode) });

/**
 * The bodies of a load that goes on: the patients are those of one request, written once; only their ids differ from body to body. To make
 * 500 patients anew takes 30 ms of the cores that the gateway works on, this 3.
 */
export class RequestTexts {
  readonly #seed: number;
  readonly #patients: readonly string[];

  constructor(seed: number, { patients, numbered = true }: { patients?: number; numbered?: boolean } = {}) {
    this.#seed = seed;
    this.#patients = samplePatients(seed, numbered)
      .slice(0, patients)
      .map((patient) => JSON.stringify(patient));
  }

  /** A request's patients from `from` on. */
  body(from: number): Buffer {
    const patients = this.#patients.map((text, position) => renumber(text, this.#seed + position, from + position));
    const [head = "", tail = ""] = toBody(SUBMIT_RECORDS, { input: toInput(PLACE) })
      .toString()
      .split(JSON.stringify(PLACE));
    return Buffer.from(`${head}[${patients.join(",")}]${tail}`);
  }
}

/** Where the patients stand in a body; in no other text of it. */
const PLACE = "@patients";

function renumber(text: string, from: number, to: number): string {
  const [old, ids] = [sampleIds(from), sampleIds(to)];
  return text
    .replace(old.sourceRecordId, ids.sourceRecordId)
    .replace(old.nhsNumber, ids.nhsNumber)
    .replace(old.hospitalNumber, ids.hospitalNumber);
}

/** `CHANGED`: the same patients with a fifth of their records changed. */
export type KindOfLoad = "NEW" | "UNCHANGED" | "CHANGED";

/** The first assessment of every patient and the second of each fifth: 600 of 3,000 records. */
const SECOND_CHANGED_EVERY = 5;

interface SamplePatient {
  readonly initiatingEvents: readonly [{ readonly rehabilitations: readonly [{ readonly assessments: Assessment[] }] }];
}
interface Assessment {
  readonly weightKg: number;
}

/** The patients with another weight in a fifth of the records. */
export function changePatients(patients: readonly object[]): readonly object[] {
  const changed: readonly (object & SamplePatient)[] = JSON.parse(JSON.stringify(patients));
  for (const [position, { initiatingEvents }] of changed.entries()) {
    const { assessments } = initiatingEvents[0].rehabilitations[0];
    const touched = position % SECOND_CHANGED_EVERY === 0 ? 2 : 1;
    for (const [number, assessment] of assessments.entries())
      if (number < touched) assessments[number] = { ...assessment, weightKg: assessment.weightKg === 80 ? 81 : 80 };
  }
  return changed;
}

const VALID_PATIENTS = PATIENTS_PER_REQUEST - INVALID_PATIENTS;
const UPDATED = VALID_PATIENTS + PATIENTS_PER_REQUEST / SECOND_CHANGED_EVERY - INVALID_PATIENTS;

interface SubmitRecordsAnswer {
  readonly data: {
    readonly submitRecords: {
      readonly id: string;
      readonly status: string;
      readonly outcome: string;
      readonly counts: Readonly<Record<string, number>>;
      readonly issueGroups: readonly { readonly code: string; readonly count: number; readonly cascaded: number }[];
      readonly records: { readonly totalCount: number; readonly nodes: readonly object[] };
    };
  };
}

/**
 * Checks every count of an answer. `surplus` is added to what is expected: the control that shows that the check can fail.
 * @returns the submission's id. @throws WrongAnswer
 */
export function checkSubmitRecords(text: string, kind: KindOfLoad, surplus: number, numbered = true): string {
  const { data }: SubmitRecordsAnswer = JSON.parse(text);
  const { id, status, outcome, counts, issueGroups, records } = data.submitRecords;
  const rejected = INVALID_PATIENTS * RECORDS_PER_PATIENT;
  const stored = RECORDS_PER_REQUEST - rejected + surplus;
  const updated = kind === "CHANGED" ? UPDATED : 0;
  const expected = { received: RECORDS_PER_REQUEST, created: kind === "NEW" ? stored : 0, updated };
  const rest = { unchanged: kind === "NEW" ? 0 : stored - updated, rejected, held: 0, warnings: numbered ? TEST_NUMBERS : 0 };
  expectEqual("state", [status, outcome], ["COMPLETED", "ACCEPTED_WITH_REJECTIONS"]);
  expectEqual("counts", counts, { ...expected, ...rest });
  const group = issueGroups.find(({ code }) => code === "CODE_UNKNOWN");
  expectEqual("issue group", [group?.count, group?.cascaded], [INVALID_PATIENTS, rejected - INVALID_PATIENTS]);
  expectEqual("records", [records.totalCount, records.nodes.length], [RECORDS_PER_REQUEST, LIMITS.pageSize]);
  return id;
}
