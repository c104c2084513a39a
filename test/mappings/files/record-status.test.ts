/** The column by which a table says that a record is deleted. */
import { describe, expect, it } from "vitest";
import { mapImporterRows } from "../../../mappings/files/importer-mapping.ts";
import { ImporterRow } from "../../../mappings/files/importer-row.ts";
import { matchHeader } from "../../../src/dataset/match-csv-header.ts";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { DEFAULT_DATASET_VERSION, dictionaryOf } from "../../../src/records/dictionaries.ts";

const dictionary = dictionaryOf(DEFAULT_DATASET_VERSION);
if (dictionary === null) throw new Error("the dictionary is in service");

const map = (recordStatus: string) => {
  const cells = { nhsNumber: toTestNhsNumber(1), gender: "not a code", ...(recordStatus === "" ? {} : { recordStatus }) };
  const [draft] = mapImporterRows([new ImporterRow("PATIENT", 0, cells)], dictionary).drafts;
  if (draft === undefined) throw new Error("a row makes a draft");
  return draft;
};

describe("recordStatus", () => {
  it.each(["D", "d", "Deleted", "DELETE", " deleted "])("%j withdraws the record, of which only its identity is read", (word) => {
    expect(map(word)).toMatchObject({ withdraw: true, values: { nhsNumber: toTestNhsNumber(1) }, issues: [] });
    expect(map(word).values).not.toHaveProperty("gender");
  });

  it.each(["", "A", "active", "C", "Current"])("%j leaves the row what it is", (word) => {
    expect(map(word)).not.toHaveProperty("withdraw");
    expect(map(word).values).toHaveProperty("gender");
  });

  it("that is another word refuses the row", () => {
    expect(map("merged")).not.toHaveProperty("withdraw");
    expect(map("merged").issues).toMatchObject([
      { severity: "ERROR", code: "FORMAT_INVALID", expression: "rows[0].recordStatus" },
    ]);
  });

  it.each(dictionary.recordTypes.map(({ name }) => name))(
    "is a column of %s that nobody is warned of, however it is spelt",
    (name) => {
      const { columns, issues } = matchHeader(dictionary, name, ["Record Status"], "header");
      expect(columns).toEqual(["recordStatus"]);
      expect(issues.filter(({ severity }) => severity === "WARNING")).toEqual([]);
    },
  );
});
