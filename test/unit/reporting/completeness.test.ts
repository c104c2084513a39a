/** The nation beside a programme's completeness. */
import { describe, expect, it } from "vitest";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import { listFields } from "../../../src/reporting/completeness.ts";

const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
if (dictionary === null) throw new Error("the dictionary is missing");

const nationOf = (rows: number, filled: number, organisations: number): number | null | undefined =>
  listFields(dictionary, [], [{ recordType: "PATIENT", item: "gender", rows, filled, organisations }]).find(
    ({ item }) => item === "gender",
  )?.nationalPercent;

describe("the nation's completeness", () => {
  it.each([
    [30, 20, 3, 67],
    [25, 25, 3, 100],
    [24, 20, 3, null],
    [400, 200, 2, null],
  ])("of %i rows, %i filled, of %i organisations is %s", (rows, filled, organisations, shown) => {
    expect(nationOf(rows, filled, organisations)).toBe(shown);
  });

  it("is said of no item that the national rows do not keep", () => {
    expect(listFields(dictionary, [], []).every(({ nationalPercent }) => nationalPercent === null)).toBe(true);
  });
});
