/** What a draft says beyond its values, as it is read: keys that are replaced, versions, other patients. */
import { describe, expect, it } from "vitest";
import { mapRecords } from "../../../mappings/records/record-input-mapping.ts";
import type { RecordTypeName } from "../../../src/dataset/define.ts";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import type { DraftRecord } from "../../../src/records/draft-record.ts";
import { createEntries, type Entry, judgeDrafts } from "../../../src/submission/entry.ts";
import { refuseCircles } from "../../../src/submission/replaces-circles.ts";

const dictionary = (() => {
  const known = dictionaryOf(LATEST_DATASET_VERSION);
  if (known === null) throw new Error("the latest version is in service");
  return known;
})();

const judge = (drafts: readonly DraftRecord[]) =>
  judgeDrafts({ drafts, issues: [], mappingReport: [], mappingVersion: "test" }, dictionary, "STATED", "2026-06-30");
const judgeOne = async (record: object) => (await judge(mapRecords([record], dictionary).drafts))[0];

const patient = (more: object) => ({ sourceRecordId: "x", patient: { nhsNumber: toTestNhsNumber(1), ...more } });
const NHS_NUMBER = dictionary.recordType("PATIENT").byName.get("nhsNumber")?.index;
const errorsOf = (judged: Awaited<ReturnType<typeof judgeOne>>) =>
  judged?.judged.issues.filter(({ severity }) => severity === "ERROR").map(({ code, expression }) => `${code} ${expression}`);

describe("a correction", () => {
  it("is null of a record that states values and nothing else, and of one that says null throughout", async () => {
    expect((await judgeOne(patient({})))?.correction).toBeNull();
    expect((await judgeOne(patient({ replaces: null, expectedVersion: null })))?.correction).toBeNull();
  });

  it("reads a replaced key as any other value: in whatever form it is written, and refused where it is none", async () => {
    const spaced = toTestNhsNumber(2).replace(/^(...)(...)/, "$1 $2 ");
    const read = await judgeOne(patient({ replaces: { nhsNumber: spaced, nhsNumberSuperseded: true } }));
    expect(read?.correction?.replaces?.key).toEqual(new Map([[NHS_NUMBER, toTestNhsNumber(2)]]));
    expect(read?.correction?.replaces?.nhsNumberSuperseded).toBe(true);
    const wrong = await judgeOne(patient({ replaces: { dateOfBirth: "1951-02-30" } }));
    expect(errorsOf(wrong)).toEqual(["FORMAT_INVALID records[0].patient.replaces.dateOfBirth"]);
  });

  it("replaces nothing where null is said of what every stored record has", async () => {
    const read = await judgeOne(patient({ replaces: { nhsNumber: null, dateOfBirth: null } }));
    expect(read?.correction?.replaces).toBeNull();
  });

  it("takes a number of another patient that cannot be read for none, with a warning", async () => {
    const [draft] = mapRecords([patient({})], dictionary).drafts;
    if (draft === undefined) throw new Error("a patient is a draft");
    const merges = [
      { nhsNumber: "9999999999", hospitalNumber: "H1", expression: "messages[0].MRG-1" },
      { nhsNumber: "1", expression: "m" },
    ];
    const [judged] = await judge([{ ...draft, merges }]);
    expect(judged?.correction?.merges).toEqual([{ nhsNumber: null, hospitalNumber: "H1", recordId: null }]);
    expect(judged?.judged.rejected).toBe(false);
    expect(
      judged?.judged.issues.filter(({ expression }) => expression === "messages[0].MRG-1").map(({ severity }) => severity),
    ).toEqual(["WARNING"]);
  });
});

/** Treatments of one event that each replace a date by another one. */
async function entriesOf(steps: readonly (readonly [string, string])[]): Promise<readonly Entry[]> {
  const treatments = steps.map(([from, to]) => ({ type: "PCI", date: to, replaces: { date: from } }));
  const record = { ...patient({}), initiatingEvents: [{ eventType: "MI_STEMI", eventDate: "2026-01-01", treatments }] };
  const entries = createEntries(await judge(mapRecords([record], dictionary).drafts));
  const isTreatment = (name: RecordTypeName): boolean => name === "TREATMENT";
  return entries.filter(({ type }) => isTreatment(type.name));
}
const [A, B, C, D] = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"] as const;

describe("records that take each other's key", () => {
  it.each<[string, readonly (readonly [string, string])[], readonly boolean[]]>([
    [
      "two of a circle are refused",
      [
        [A, B],
        [B, A],
      ],
      [true, true],
    ],
    [
      "three of a circle are refused, in whatever order",
      [
        [C, A],
        [A, B],
        [B, C],
      ],
      [true, true, true],
    ],
    [
      "a chain that ends is none",
      [
        [A, B],
        [B, C],
      ],
      [false, false],
    ],
    [
      "what leads into a circle is no part of it",
      [
        [D, A],
        [A, B],
        [B, A],
      ],
      [false, true, true],
    ],
    ["a record that keeps its key is none", [[A, A]], [false]],
  ])("%s", async (_title, steps, refused) => {
    const entries = await entriesOf(steps);
    refuseCircles(entries);
    expect(entries.map(({ rejected }) => rejected)).toEqual(refused);
    for (const { issues, rejected } of entries)
      if (rejected) expect(issues.map(({ code }) => code)).toContain("REPLACES_CIRCULAR");
  });

  it("of different parents do not meet", async () => {
    const one = (n: number, from: string, to: string) => ({
      sourceRecordId: `x${n}`,
      patient: { nhsNumber: toTestNhsNumber(n) },
      comorbidities: [{ type: to, replaces: { type: from } }],
    });
    const drafts = mapRecords([one(1, "DIABETES", "ASTHMA"), one(2, "ASTHMA", "DIABETES")], dictionary).drafts;
    const entries = createEntries(await judge(drafts));
    const children = entries.filter(({ type }) => type.name === "COMORBIDITY");
    // Each below a row of its own, as matching has found them.
    for (const [place, { parent }] of children.entries())
      if (parent) parent.row = Object.assign(Object.create(null), { id: String(place) });
    refuseCircles(children);
    expect(children.map(({ rejected }) => rejected)).toEqual([false, false]);
  });
});
