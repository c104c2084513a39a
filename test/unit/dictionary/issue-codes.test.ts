import { describe, expect, it } from "vitest";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
import { findRepeated } from "./dictionary-checks.ts";

const PLACES = new Set([
  "label",
  "list",
  "min",
  "max",
  "unit",
  "earlier",
  "later",
  "reason",
  "records",
  "year",
  "staff",
  "groups",
]);
/** The published contract, by the groups in which it lists the codes. */
const CONTRACT = {
  FILE: "ENCODING_UNREADABLE FORMAT_UNRECOGNISED RECORD_TYPE_UNKNOWN COLUMNS_UNRECOGNISED ENCODING_WINDOWS_1252 ENCODING_UTF_16 WORKBOOK_UNSUPPORTED FILE_PROTECTED FILE_TOO_LARGE TABLE_NOT_READ TABLE_INCOMPLETE ROWS_HIDDEN CELLS_MERGED YES_NO_WITHOUT_UNKNOWN DATASET_VERSION_UNKNOWN MESSAGE_UNSUPPORTED MESSAGE_MALFORMED NOT_AUTHORISED_FOR_ORGANISATION SOURCE_UNAVAILABLE SOURCE_INCOMPLETE SOURCE_DELETED SURVEY_TAKEN SURVEY_UNCHANGED",
  MAPPING:
    "PATIENT_UNIDENTIFIED REFERENCE_UNRESOLVED CODE_NOT_TRANSLATED UNIT_NOT_CONVERTIBLE SOURCE_DROPPED SOURCE_DEFAULTED SOURCE_UNMAPPED",
  RECORD:
    "NOTHING_TO_WITHDRAW WITHDRAWN_WITH_PARENT MANDATORY_MISSING CODE_UNKNOWN FORMAT_INVALID SPREADSHEET_ERROR DATE_AS_NUMBER DATE_ORDER_UNCLEAR TEXT_AS_DATE LEADING_ZERO_LOST DIGITS_LOST LENGTH_EXCEEDED NHS_NUMBER_CHECKSUM NHS_NUMBER_PLACEHOLDER PARENT_MISSING PARENT_REJECTED DATE_ORDER DATE_IN_FUTURE KEY_CONFLICT VERSION_STALE REPLACES_UNKNOWN REPLACES_CIRCULAR UNMERGE_NOT_MERGED MERGE_DATES_OF_BIRTH_DIFFER PATIENTS_MERGED PATIENTS_UNMERGED MERGE_NOTHING_FOUND OUT_OF_HARD_RANGE CONDITION_NOT_MET OUT_OF_EXPECTED_RANGE DATE_ORDER_UNUSUAL PROBABLE_DUPLICATE_EVENT UNKNOWN_IGNORED OLDER_VALUE_IGNORED ASSESSMENT_OUTSIDE_WINDOW DERIVED_VALUE_INCONSISTENT NOT_PROCESSED UP_CONVERTED NHS_NUMBER_TEST_RANGE",
  CONSENT: "OBJECTION_RECORDED",
};

/** Places of a text that no issue fills. */
const findUnknownPlaces = (text: string): readonly string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, place]) => place ?? "").filter((place) => !PLACES.has(place));

describe("issue codes", () => {
  it.each(Object.entries(CONTRACT))("of layer %s are those of the published contract", (layer, codes) => {
    const ours = gw10.issueCodes.filter((issueCode) => issueCode.layer === layer).map(({ code }) => code);
    expect([...ours].sort()).toEqual(codes.split(" ").sort());
  });

  it("stand once each, with a text and advice that are sentences", () => {
    expect(findRepeated(gw10.issueCodes.map(({ code }) => code))).toEqual([]);
    for (const { code, text, advice } of gw10.issueCodes) {
      expect(text, code).toMatch(/\.$/);
      expect(advice, code).toMatch(/\.$/);
    }
  });

  it("have no place in their text for a value that was sent", () => {
    for (const { code, text } of gw10.issueCodes) expect(findUnknownPlaces(text), code).toEqual([]);
  });

  it("are found wrong where a text has a place for a value", () => {
    expect(findUnknownPlaces("{label} is {value}.")).toEqual(["value"]);
  });
});
