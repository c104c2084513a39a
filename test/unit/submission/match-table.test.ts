/** Dataset Decisions 10 and 11 as tables: what is stored, what is stated, and which row is meant. */

import { describe, expect, it } from "vitest";
import { mapRecords } from "../../../mappings/records/record-input-mapping.ts";
import type { RecordTypeName, Value } from "../../../src/dataset/define.ts";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { LongWork } from "../../../src/lib/long-work.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { createEntries, type Entry, judgeDrafts } from "../../../src/submission/entry.ts";
import { matchEntries } from "../../../src/submission/match-entries.ts";
import type { FoundSourceId, StoredRow, UnitOfWork } from "../../../src/submission/ports.ts";
import { WorkingSet } from "../../../src/submission/working-set.ts";

const [N1, N2] = [toTestNhsNumber(1), toTestNhsNumber(2)];
const BORN = "1951-03-14";
const TODAY = "2026-06-30";

const dictionary = (() => {
  const known = dictionaryOf("gw-1.0");
  if (known === null) throw new Error("gw-1.0 is in service");
  return known;
})();

type Items = Readonly<Record<string, Value>>;

interface Stored {
  readonly id: string;
  readonly parent?: string;
  readonly anchor?: string;
  readonly items: Items;
}

const toRow = (recordType: RecordTypeName, { id, parent, anchor, items }: Stored): StoredRow => ({
  recordType,
  id,
  parentId: parent ?? null,
  version: 1,
  programmeCode: typeof items.programmeCode === "string" ? items.programmeCode : "P1",
  values: dictionary.recordType(recordType).items.map(({ name }) => items[name] ?? null),
  anchorDate: anchor ?? null,
  sourceTime: "2026-01-01T00:00:00.000Z",
  submissionId: "s",
  createdSubmissionId: "s",
});

/** Reads from lists; writes nothing. The database's own look-ups are tested on the database. */
function createMemoryUnit(rows: readonly StoredRow[], sourceIds: readonly FoundSourceId[]): UnitOfWork {
  const patient = dictionary.recordType("PATIENT");
  const numberOf = (row: StoredRow, name: string) => row.values[patient.byName.get(name)?.index ?? -1];
  const notAsked = (): never => {
    throw new Error("matching neither claims nor writes");
  };
  return {
    claimIdempotencyKey: notAsked,
    findEventsOfOthers: notAsked,
    findObjections: notAsked,
    findKnown: notAsked,
    readValueSources: notAsked,
    readLinkDecisions: notAsked,
    write: notAsked,
    accept: notAsked,
    findPatients: async (keys, ids) =>
      rows.filter(
        (row) =>
          row.recordType === "PATIENT" &&
          (ids.includes(row.id) ||
            keys.some(
              ({ nhsNumber, hospitalNumber }) =>
                (nhsNumber !== null && nhsNumber === numberOf(row, "nhsNumber")) ||
                (hospitalNumber !== null && hospitalNumber === numberOf(row, "hospitalNumber")),
            )),
      ),
    findSourceIds: async (keys) =>
      sourceIds.filter((known) =>
        keys.some((key) => key.recordType === known.recordType && key.sourceRecordId === known.sourceRecordId),
      ),
    readChildren: async (recordType, parents) =>
      rows.filter((row) => row.recordType === recordType && parents.includes(row.parentId ?? "")),
  };
}

async function match(
  records: readonly unknown[],
  rows: readonly StoredRow[],
  sourceIds: readonly FoundSourceId[] = [],
): Promise<readonly Entry[]> {
  const source = mapRecords(records, dictionary);
  const entries = createEntries(await judgeDrafts(source, dictionary, "STATED", TODAY));
  let made = 0;
  const set = new WorkingSet(
    {
      dictionary,
      programmeCode: "P1",
      product: "Product",
      programmes: ["P1"],
      receivedAt: `${TODAY}T09:00:00.000Z`,
      newId: () => `new-${++made}`,
    },
    createMemoryUnit(rows, sourceIds),
  );
  await matchEntries(entries, set, new LongWork());
  return entries;
}

/** `A by NHS_NUMBER`, `new`, or the error. */
function verdictOf(entry: Entry | undefined): string {
  const error = entry?.issues.find(({ severity }) => severity === "ERROR");
  if (error) return `${error.code}${error.field === null ? "" : ` ${error.field}`}`;
  return entry?.matchedBy ? `${entry.row?.id} by ${entry.matchedBy}` : "new";
}

describe("a patient is matched (Decision 10)", () => {
  const A = (items: Items): Stored => ({ id: "A", items: { dateOfBirth: BORN, gender: "MALE", ...items } });
  const B = (items: Items): Stored => ({ ...A(items), id: "B" });

  it.each<[string, readonly Stored[], Items, string]>([
    ["nobody known", [], { nhsNumber: N1, hospitalNumber: "H1" }, "new"],
    ["by the NHS number", [A({ nhsNumber: N1 })], { nhsNumber: N1 }, "A by NHS_NUMBER"],
    [
      "by the NHS number, adding a hospital number",
      [A({ nhsNumber: N1 })],
      { nhsNumber: N1, hospitalNumber: "H9" },
      "A by NHS_NUMBER",
    ],
    ["by the hospital number", [A({ hospitalNumber: "H1" })], { hospitalNumber: "H1" }, "A by HOSPITAL_NUMBER"],
    ["by both of them", [A({ nhsNumber: N1, hospitalNumber: "H1" })], { nhsNumber: N1, hospitalNumber: "H1" }, "A by NHS_NUMBER"],
    [
      "by the hospital number of a row with an NHS number",
      [A({ nhsNumber: N1, hospitalNumber: "H1" })],
      { hospitalNumber: "H1" },
      "A by HOSPITAL_NUMBER",
    ],
    [
      "a new NHS number with the same date of birth",
      [A({ hospitalNumber: "H1" })],
      { nhsNumber: N1, hospitalNumber: "H1", dateOfBirth: BORN },
      "A by HOSPITAL_NUMBER",
    ],
    [
      "a new NHS number with another date of birth",
      [A({ hospitalNumber: "H1" })],
      { nhsNumber: N1, hospitalNumber: "H1", dateOfBirth: "1960-01-01" },
      "KEY_CONFLICT dateOfBirth",
    ],
    [
      "a new NHS number without a date of birth",
      [A({ hospitalNumber: "H1" })],
      { nhsNumber: N1, hospitalNumber: "H1" },
      "KEY_CONFLICT nhsNumber",
    ],
    [
      "the two numbers of two people",
      [A({ nhsNumber: N1 }), B({ hospitalNumber: "H2" })],
      { nhsNumber: N1, hospitalNumber: "H2" },
      "KEY_CONFLICT",
    ],
    [
      "the hospital number of somebody with another NHS number",
      [A({ nhsNumber: N1, hospitalNumber: "H1" })],
      { nhsNumber: N2, hospitalNumber: "H1", dateOfBirth: BORN },
      "KEY_CONFLICT nhsNumber",
    ],
    [
      "the same NHS number with another date of birth",
      [A({ nhsNumber: N1 })],
      { nhsNumber: N1, dateOfBirth: "1960-01-01" },
      "KEY_CONFLICT dateOfBirth",
    ],
    [
      "the same name, postcode and date of birth without a number in common",
      [A({ nhsNumber: N1, surname: "A", postcode: "ZZ99 3VZ" })],
      { hospitalNumber: "H1", surname: "A", postcode: "ZZ99 3VZ", dateOfBirth: BORN },
      "new",
    ],
  ])("%s", async (_title, stored, patient, expected) => {
    const rows = stored.map((row) => toRow("PATIENT", row));
    const [entry] = await match([{ sourceRecordId: "x", patient }], rows);
    expect(verdictOf(entry)).toBe(expected);
  });

  it.each<[string, Items, string]>([
    ["alone", {}, "A by SOURCE_RECORD_ID"],
    ["with a number nobody has", { hospitalNumber: "H7" }, "A by SOURCE_RECORD_ID"],
    ["with its own number", { nhsNumber: N1 }, "A by SOURCE_RECORD_ID"],
    ["with another NHS number", { nhsNumber: toTestNhsNumber(7) }, "KEY_CONFLICT nhsNumber"],
    ["with the number of somebody else", { nhsNumber: N2 }, "KEY_CONFLICT"],
    ["with another date of birth", { dateOfBirth: "1960-01-01" }, "KEY_CONFLICT dateOfBirth"],
  ])("by the sender's own id %s", async (_title, patient, expected) => {
    const rows = [A({ nhsNumber: N1 }), B({ nhsNumber: N2 })].map((row) => toRow("PATIENT", row));
    const known: FoundSourceId = { recordType: "PATIENT", product: "Product", sourceRecordId: "x", recordId: "A" };
    const [entry] = await match([{ sourceRecordId: "x", patient }], rows, [known]);
    expect(verdictOf(entry)).toBe(expected);
  });
});

/** Patient A, an event with a treatment, a rehabilitation with an assessment, a drug and an acute event; a previous event, a comorbidity. */
const TREE: readonly (readonly [RecordTypeName, Stored])[] = [
  ["PATIENT", { id: "A", items: { nhsNumber: N1, dateOfBirth: BORN, gender: "MALE" } }],
  ["INITIATING_EVENT", { id: "E", parent: "A", items: { eventType: "MI_STEMI", eventDate: "2026-01-02" } }],
  ["TREATMENT", { id: "T", parent: "E", items: { type: "PCI" } }],
  ["PREVIOUS_EVENT", { id: "V", parent: "A", items: { type: "MI", date: "2019" } }],
  ["COMORBIDITY", { id: "C", parent: "A", items: { type: "DIABETES" } }],
  [
    "REHABILITATION",
    {
      id: "R",
      parent: "E",
      anchor: "2026-01-08",
      items: { programmeCode: "P1", referralDate: "2026-01-08", coreStartDate: "2026-02-01" },
    },
  ],
  ["ASSESSMENT", { id: "M", parent: "R", items: { number: 1, date: "2026-01-28" } }],
];

describe("what hangs below a patient is matched by its natural key (Decision 11)", () => {
  const event = (more: object): object => ({ initiatingEvents: [{ eventType: "MI_STEMI", eventDate: "2026-01-02", ...more }] });
  const rehab = (more: object): object => event({ rehabilitations: [more] });

  it.each<[string, RecordTypeName, object, string]>([
    ["an event by type and date", "INITIATING_EVENT", event({}), "E by NATURAL_KEY"],
    ["an event of another date", "INITIATING_EVENT", event({ eventDate: "2026-01-03" }), "new"],
    ["an event of another type", "INITIATING_EVENT", event({ eventType: "MI_NSTEMI" }), "new"],
    [
      "a treatment without a date as one without a date",
      "TREATMENT",
      event({ treatments: [{ type: "PCI" }] }),
      "T by NATURAL_KEY",
    ],
    ["a treatment with a date as another one", "TREATMENT", event({ treatments: [{ type: "PCI", date: "2026-01-02" }] }), "new"],
    [
      "a previous event by type and date",
      "PREVIOUS_EVENT",
      { previousEvents: [{ type: "MI", date: "2019" }] },
      "V by NATURAL_KEY",
    ],
    ["a previous event of a nearer date", "PREVIOUS_EVENT", { previousEvents: [{ type: "MI", date: "2019-03" }] }, "new"],
    ["a comorbidity by its type", "COMORBIDITY", { comorbidities: [{ type: "DIABETES" }] }, "C by NATURAL_KEY"],
    ["a rehabilitation by its anchor", "REHABILITATION", rehab({ referralDate: "2026-01-08" }), "R by NATURAL_KEY"],
    [
      "a rehabilitation whose core start is the anchor",
      "REHABILITATION",
      rehab({ coreStartDate: "2026-01-08" }),
      "R by NATURAL_KEY",
    ],
    ["a rehabilitation with no contradicting date", "REHABILITATION", rehab({ coreStartDate: "2026-02-01" }), "R by NATURAL_KEY"],
    ["a rehabilitation with a contradicting date", "REHABILITATION", rehab({ coreStartDate: "2026-02-02" }), "new"],
    [
      "a rehabilitation of another programme",
      "REHABILITATION",
      rehab({ programmeCode: "P2", referralDate: "2026-01-08" }),
      "NOT_AUTHORISED_FOR_ORGANISATION programmeCode",
    ],
    [
      "an assessment by its number",
      "ASSESSMENT",
      rehab({ assessments: [{ number: 1, date: "2026-01-29" }] }),
      "M by NATURAL_KEY",
    ],
    ["an assessment of another number", "ASSESSMENT", rehab({ assessments: [{ number: 2, date: "2026-04-28" }] }), "new"],
  ])("%s", async (_title, recordType, children, expected) => {
    const rows = TREE.map(([type, row]) => toRow(type, row));
    const entries = await match([{ sourceRecordId: "x", patient: { nhsNumber: N1 }, ...children }], rows);
    expect(verdictOf(entries.find(({ type }) => type.name === recordType))).toBe(expected);
  });
});
