/** What leaves of a person whose rows are all in hand: the reader's own in full, of the others what a link is for. */
import { describe, expect, it } from "vitest";
import type { StoredPerson } from "../../../src/episodes/journey-ports.ts";
import { createReadJourney } from "../../../src/episodes/read-journey.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import { eventOf, patientOf, personOf, treatmentOf } from "./journey-rows.ts";

const team: OrganisationActor = { clientId: "team", role: "CLINICAL_TEAM", ods: "RAA", programmes: ["P1"], scopes: [] };
const SUBMISSION = { submissionId: "submission-1", programmeCode: "P1", receivedAt: "2026-03-01T09:00:00.000Z" };

const PERSON: StoredPerson = {
  rows: personOf({
    patients: [patientOf("RBB", { gender: "NOT_KNOWN" }), patientOf("RAA", { gender: "MALE" })],
    events: [eventOf("RAA", "MI_STEMI", "2026-01-02"), eventOf("RBB", "USE_TREATMENT", "2026-01-03")],
    treatments: [treatmentOf("RBB", "PCI", "2026-01-03"), treatmentOf("RAA", "PCI", "2026-01-03")],
  }),
  links: [
    {
      id: "link-1",
      kind: "EPISODE",
      a: { ods: "RAA", id: "event-RAA" },
      b: { ods: "RBB", id: "event-RBB" },
      rule: "TREATMENT_SENT_AS_EVENT",
      confidence: "CERTAIN",
      madeBy: "RULE",
    },
    {
      id: "link-2",
      kind: "PERSON",
      a: { ods: "RAA", id: "patient-RAA" },
      b: { ods: "RBB", id: "patient-RBB" },
      rule: null,
      confidence: null,
      madeBy: "PERSON",
    },
  ],
  organisations: new Map([["RAA", "Own Trust"]]),
  sources: new Map([
    ["patient-RAA", new Map([["gender", SUBMISSION]])],
    // A fault of a store must not show it.
    ["patient-RBB", new Map([["gender", SUBMISSION]])],
  ]),
};

function readerOf(person: StoredPerson | null) {
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  if (dictionary === null) throw new Error("no dictionary");
  return createReadJourney({ store: { person: async () => person }, dictionary });
}

describe("reading a journey", () => {
  it("names own records and their submissions, and of other organisations the organisation alone", async () => {
    const { patient, organisations, episodes, links } = await readerOf(PERSON)(team, "patient-RAA", "corr");
    const [own, other] = [
      { odsCode: "RAA", name: "Own Trust", own: true },
      { odsCode: "RBB", name: "RBB", own: false },
    ];
    expect(organisations).toEqual([own, other]);
    expect(patient.gender).toMatchObject({
      value: "MALE",
      rule: "KNOWN_OVER_UNKNOWN",
      source: { organisation: own, recordId: "patient-RAA", submission: SUBMISSION },
      unknowns: [{ value: "NOT_KNOWN", source: { organisation: other, recordId: null, submission: null } }],
    });
    expect([patient.recordIds, patient.ethnicGroup]).toEqual([["patient-RAA"], null]);
    expect(episodes[0]?.events.map(({ recordId }) => recordId)).toEqual(["event-RAA", null]);
    expect(episodes[0]?.treatments[0]?.sources.map(({ recordId }) => recordId)).toEqual(["treatment-RAA-PCI-2026-01-03", null]);
    expect(episodes[0]?.links).toMatchObject([
      {
        id: "link-1",
        says: "One is a treatment sent as an event, on a date on which the other lists a procedure.",
        records: [{ recordId: "event-RAA" }, { recordId: null }],
      },
    ]);
    expect(links).toMatchObject([{ id: "link-2", rule: null, says: null, madeBy: "PERSON" }]);
    expect(JSON.stringify([patient, episodes, links])).not.toMatch(/(patient|event|treatment)-RBB/);
  });

  it("is the other way round for the other organisation", async () => {
    const { patient } = await readerOf(PERSON)({ ...team, ods: "RBB" }, "patient-RBB", "corr");
    expect(patient.gender?.source).toMatchObject({ recordId: null, submission: null });
    expect(patient.recordIds).toEqual(["patient-RBB"]);
  });

  it("of nobody is NOT_FOUND", async () => {
    await expect(readerOf(null)(team, "patient-RAA", "corr")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
