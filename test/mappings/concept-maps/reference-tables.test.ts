/**
 * Compares our maps with the open reference tables, where these are at hand (`../shared/data/codes` beside the checkout).
 * They are reference material and no part of the project; without them the tests are skipped.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CONCEPT_MAPS, lookUpCode } from "../../../mappings/concept-maps/clinical-codes.ts";
import { codesOf } from "../../../mappings/concept-maps/concept-group.ts";
import { groupsOfTarget } from "../../../mappings/concept-maps/site-targets.ts";
import type { CodeSystem } from "../../../mappings/support/coded-target.ts";

const FOLDER = "../shared/data/codes";
const present = existsSync(`${FOLDER}/snomed.csv`);
if (!present) console.log(`skipped: no reference tables in ${FOLDER}`);

interface Row {
  readonly code: string;
  readonly target: string;
  readonly action: string;
}

const readCells = (line: string): readonly string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) => (cell ?? "").replace(/^"|"$/g, ""));

/** Columns of all three tables: code, text, target, role or action. */
const readRows = (file: string): readonly Row[] =>
  readFileSync(`${FOLDER}/${file}`, "utf8")
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => {
      const [code = "", , target = "", action = ""] = readCells(line);
      return { code, target, action };
    });

/** As site tables are read; of a way to the aortic valve the core knows which of the two a code is. */
const expectedGroups = ({ target, action }: Row): readonly string[] =>
  target === "TAVI_APPROACH" ? ["TAVI_ACCESS", "TAVI_IMAGING"] : groupsOfTarget(target, action);

/** Where we differ on purpose: code and why. */
const NAMED_DIFFERENCES: Readonly<Record<CodeSystem, readonly (readonly [code: RegExp, reason: string])[]>> = {
  ICD10: [
    [/^I461$/, "sudden death is no event for rehabilitation (interop A.1)"],
    [/^C44/, "skin cancer other than melanoma does not count (interop A.2 leaves it to us)"],
  ],
  OPCS4: [],
  SNOMED: [
    [/^(175036008|175037004|175038009|175039001|175040004)$/, "revision of a bypass, as in OPCS-4"],
    [/^440332008$/, "the tables say nothing; it is an angiogram"],
  ],
};

/** Targets of which appendix A.4 names every concept; of the others it leaves out a long tail. */
const COMPLETE: ReadonlySet<string> = new Set([
  ...["MI_STEMI", "MI_NSTEMI", "MI_UNKNOWN", "MI_COMPLICATION", "UNSTABLE_ANGINA", "ANGINA", "ACS_REVIEW", "CHD_NOS"],
  ...["PREV_MI", "PREV_PCI", "PREV_CABG", "PREV_CARDIAC_ARREST", "CARDIAC_ARREST", "VALVE_DISEASE"],
  ...["PCI", "AORTIC_VALVE", "ICD", "PACEMAKER", "LVAD", "VAD_RIGHT", "TRANSPLANT", "ABLATION", "DIAGNOSTIC_CORONARY"],
]);

/** Codes of the tables whose meaning in our maps is another one; `mustKnow`: a code our maps do not know counts too. */
const findDifferences = (system: CodeSystem, rows: readonly Row[], mustKnow: boolean): readonly string[] =>
  rows.flatMap((row) => {
    const { code, target, action } = row;
    const groups = lookUpCode(system, code).map(({ group }) => group);
    if (groups.length === 0 && !mustKnow) return [];
    const expected = expectedGroups(row);
    const isNamed = NAMED_DIFFERENCES[system].some(([pattern]) => pattern.test(code));
    return isNamed || expected.some((group) => groups.includes(group)) ? [] : [`${code} ${target} ${action}: ${groups.join()}`];
  });

describe.skipIf(!present)("Our maps and the open reference tables agree", () => {
  it("on every ICD-10 code", () => {
    expect(findDifferences("ICD10", readRows("icd10.csv"), true)).toEqual([]);
  });

  it("on every OPCS-4 code", () => {
    expect(findDifferences("OPCS4", readRows("opcs4.csv"), true)).toEqual([]);
  });

  it("on every SNOMED CT concept both have", () => {
    expect(findDifferences("SNOMED", readRows("snomed.csv"), false)).toEqual([]);
  });

  it("on every ischaemic, history and treatment concept of appendix A.4, none of which may be missing", () => {
    const rows = readRows("snomed.csv").filter(({ target }) => COMPLETE.has(target));
    expect(rows.length).toBeGreaterThan(100);
    expect(findDifferences("SNOMED", rows, true)).toEqual([]);
  });

  it("and our selection is not a copy of them", () => {
    const ours = new Set(CONCEPT_MAPS.SNOMED.flatMap(codesOf));
    const rows = new Set(readRows("snomed.csv").map(({ code }) => code));
    expect([...rows].filter((code) => ours.has(code)).length).toBeLessThan(rows.size / 2);
  });

  it("control: a wrong target is found", () => {
    expect(findDifferences("ICD10", [{ code: "I210", target: "MI_NSTEMI", action: "index" }], true)).toHaveLength(1);
    expect(findDifferences("OPCS4", [{ code: "W371", target: "PCI", action: "new" }], true)).toHaveLength(1);
  });
});
