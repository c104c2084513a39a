import { describe, expect, it } from "vitest";
import { draftProfile } from "../../../mappings/files/profile-draft.ts";
import { listNames, proposeColumns } from "../../../mappings/files/profile-proposal.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { compile } from "./mapping-case.ts";

const dictionary = dictionaryOf("gw-1.0");
if (dictionary === null) throw new Error("gw-1.0 is in service");
const names = listNames(dictionary);

/** Columns by name, each with its values. */
function propose(columns: Readonly<Record<string, readonly string[]>>) {
  const header = Object.keys(columns);
  const length = Math.max(...Object.values(columns).map((values) => values.length));
  const rows = Array.from({ length }, (_, row) =>
    header.map((name) => ({ type: "text", text: columns[name]?.[row] ?? "" }) as const),
  );
  return proposeColumns({ name: "", header, rows }, names);
}

const first = (columns: Readonly<Record<string, readonly string[]>>) => {
  const [column] = propose(columns);
  const target = column?.target ?? null;
  return { place: target === null ? null : `${target.recordType.name}.${target.item.name}`, ...target, reasons: column?.reasons };
};

describe("what a column is taken for", () => {
  it.each([
    ["D.O.B.", ["21/02/1950"], "PATIENT.dateOfBirth"],
    ["NHS_No", ["9990000018"], "PATIENT.nhsNumber"],
    ["Post Code", ["AB1 2CD"], "PATIENT.postcode"],
    ["Ejection Fraction", ["45", "50"], "INITIATING_EVENT.lvefPercent"],
    ["ISWT", ["350"], "ASSESSMENT.iswtMetres"],
    ["Smoking", ["Never", "Ex-smoker"], "ASSESSMENT.smokingStatus"],
    ["Refferal Date", ["21/02/2026"], "REHABILITATION.referralDate"],
  ])("%s is told by its header and its values", (header, values, place) => {
    expect(first({ [header]: values }).place).toBe(place);
  });

  it("is an NHS number by its values, whatever it is called", () => {
    expect(first({ "Ref 7": ["9990000018", "9990000026", "9990000034"] })).toMatchObject({
      place: "PATIENT.nhsNumber",
      reasons: ["VALUES_ARE_NHS_NUMBERS"],
    });
  });

  it("is left to be decided where the values contradict the header", () => {
    expect(first({ DOB: ["blue", "green", "red"] })).toMatchObject({ place: null });
    expect(first({ "NHS Number": ["1234567890", "1234567891"] })).toMatchObject({ place: null });
  });

  it("is left to be decided where nothing is like it", () => {
    expect(first({ "Car park": ["B2"] })).toMatchObject({ place: null, reasons: ["NOTHING_LIKE_IT"] });
  });

  it("belongs to the assessment its header names", () => {
    const targets = propose({ "Weight 1": ["80"], "Weight 2": ["78"], "12m Weight": ["77"], Weight_Pre: ["80"] }).map(
      ({ target }) => target?.assessment ?? null,
    );
    expect(targets).toEqual([1, 2, 3, null]);
  });

  it("is a tick box of an option where its header is one and its values are yes and no", () => {
    expect(first({ HTN: ["Y", "N", "Y"] })).toMatchObject({ place: "COMORBIDITY.type", option: "HYPERTENSION" });
    expect(first({ HTN: ["160", "170"] })).toMatchObject({ place: null });
  });

  it("goes to the column that fits best where two may be the same item", () => {
    const [one, other] = propose({ Sex: ["M", "F"], Gender: ["?", "!"] });
    expect([one?.target?.item.name, other?.target ?? null, other?.reasons]).toEqual([
      "gender",
      null,
      ["ANOTHER_COLUMN_FITS_BETTER"],
    ]);
  });
});

describe("dates of a proposal", () => {
  it.each([
    [["13/02/2026", "01/02/2026"], "DD/MM/YYYY", false],
    [["02/13/2026", "01/02/2026"], "MM/DD/YYYY", false],
    [["03/02/2026", "01/02/2026"], "DD/MM/YYYY", true],
    [["3 Feb 2026"], "D MMM YYYY", false],
    [["46056", "46060"], "EXCEL", false],
  ])("%s are written as %s", (values, format, untold) => {
    const { fit, reasons } = first({ "Event Date": values });
    expect(fit?.dateFormats).toEqual([format]);
    expect(reasons?.includes("DAY_AND_MONTH_UNTOLD")).toBe(untold);
  });
});

describe("the profile of a proposal", () => {
  it("fits the dataset, has every column, and leaves untranslated codes to a person", () => {
    const columns = propose({
      "Patient ID": ["1", "2"],
      Sex: ["M", "F"],
      Diagnosis: ["STEMI", "Zzz"],
      "Event Date": ["21/02/2026", "22/02/2026"],
      "Assessment Date 1": ["21/03/2026", ""],
      Aspirin: ["Y", "N"],
      "Car park": ["B", "C"],
    });
    const document = draftProfile("proposed", [{ name: "", columns }], dictionary);
    expect(() => compile(document)).not.toThrow();
    const [table] = document.tables;
    expect(table?.ignored).toEqual([{ column: "Car park", reason: "TO_BE_DECIDED" }]);
    const text = JSON.stringify(document);
    for (const column of ["Patient ID", "Sex", "Diagnosis", "Event Date", "Assessment Date 1", "Aspirin"])
      expect(text).toContain(column);
    expect(text).toContain('"codes":{"STEMI":"MI_STEMI"}');
    expect(text).not.toContain("Zzz");
  });
});
