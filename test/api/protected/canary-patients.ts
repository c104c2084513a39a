/** Invented patients of whom every identifying item says which patient and which item it is, wherever it turns up. */
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";

/**
 * A letter for each kind of text that a canary is. Not items, but what people put identifiers into: `words` of their own, names of files,
 * keys of requests, what a sending system calls itself.
 */
export const TEXT_KINDS = {
  hospitalNumber: "h",
  surname: "s",
  forename: "f",
  address: "a",
  telephone: "t",
  sourceRecordId: "r",
  words: "w",
  fileName: "k",
  requestKey: "i",
  sendingFacility: "o",
} as const;
export type TextKind = keyof typeof TEXT_KINDS;
export type CanaryItem = TextKind | "nhsNumber" | "postcode" | "dateOfBirth";

export const MARKER = "Qxj";
/** For the digits of a patient's number: texts with digits could be taken for something else than a name. */
export const LETTERS = "bcdfghjklm";
export const LETTERS_EACH = 5;

export interface CanaryPatient extends Readonly<Record<CanaryItem, string>> {
  readonly index: number;
}

/** Numbers of the test range that no other test data has. */
const FIRST_NUMBER = 300_000;
/** No other date of the gateway, its tables or its demo data lies in the 27 years from then on. */
const FIRST_BIRTH = Date.UTC(1907, 0, 1);
const DAY_MS = 86_400_000;
const DISTRICTS = 90;
const SECTORS = 10;
const POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ";

const textOf = (kind: TextKind, index: number): string =>
  MARKER + TEXT_KINDS[kind] + [...String(index).padStart(LETTERS_EACH, "0")].map((digit) => LETTERS[Number(digit)]).join("");

function postcodeOf(index: number): string {
  const rest = Math.floor(index / DISTRICTS / SECTORS);
  const letters =
    POSTCODE_LETTERS.charAt(Math.floor(rest / POSTCODE_LETTERS.length)) + POSTCODE_LETTERS.charAt(rest % POSTCODE_LETTERS.length);
  return `ZE${10 + (index % DISTRICTS)} ${Math.floor(index / DISTRICTS) % SECTORS}${letters}`;
}

/** @param index below 10,000: each has a date of birth of its own. */
export function canaryPatient(index: number): CanaryPatient {
  const text = (kind: TextKind): string => textOf(kind, index);
  return {
    index,
    nhsNumber: toTestNhsNumber(FIRST_NUMBER + index),
    hospitalNumber: text("hospitalNumber"),
    surname: text("surname"),
    forename: text("forename"),
    address: `1 ${text("address")} Street`,
    telephone: `07700 ${text("telephone")}`,
    sourceRecordId: text("sourceRecordId"),
    words: `${text("words")} asked for it`,
    fileName: `${text("fileName")}.csv`,
    requestKey: text("requestKey"),
    sendingFacility: text("sendingFacility"),
    postcode: postcodeOf(index),
    dateOfBirth: new Date(FIRST_BIRTH + index * DAY_MS).toISOString().slice(0, 10),
  };
}

type Members = Readonly<Record<string, unknown>>;

/** As `submitRecords` and lines of files take it. */
export const toRecord = (patient: CanaryPatient, more: Members = {}): Members => {
  const { nhsNumber, hospitalNumber, surname, forename, address, postcode, telephone, dateOfBirth, sourceRecordId } = patient;
  return {
    sourceRecordId,
    patient: {
      nhsNumber,
      hospitalNumber,
      surname,
      forename,
      address,
      postcode,
      telephone,
      dateOfBirth,
      gender: "FEMALE",
      ...more,
    },
    initiatingEvents: [{ sourceRecordId: `${sourceRecordId}-event`, eventType: "MI_STEMI", eventDate: "2026-01-02" }],
  };
};

export const toFhir = (patient: CanaryPatient): Members => ({
  resourceType: "Patient",
  id: patient.sourceRecordId,
  identifier: [
    { system: "https://fhir.nhs.uk/Id/nhs-number", value: patient.nhsNumber },
    { system: "https://valley.example/hospital-number", value: patient.hospitalNumber },
  ],
  name: [{ family: patient.surname, given: [patient.forename] }],
  telecom: [{ system: "phone", value: patient.telephone }],
  address: [{ line: [patient.address], postalCode: patient.postcode }],
  birthDate: patient.dateOfBirth,
  gender: "female",
});

/** @param facility MSH-4 @param more segments */
export function toHl7(patient: CanaryPatient, facility = "ZDM01", ...more: readonly string[]): string {
  const { nhsNumber, hospitalNumber, surname, forename, address, postcode, telephone, dateOfBirth, index } = patient;
  return [
    `MSH|^~\\&|PAS|${facility}|NACR|GATEWAY|20260302101500||ADT^A31^ADT_A05|${index}-${facility}|P|2.4`,
    "EVN||20260302101500",
    `PID|1||${nhsNumber}^^^NHS^NH~${hospitalNumber}^^^ZDM01^MR||${surname}^${forename}||${dateOfBirth.replaceAll("-", "")}|F|||${address}^^^^${postcode}||${telephone}`,
    "PV1|1|N",
    ...more,
    "",
  ].join("\r");
}
