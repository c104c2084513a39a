/** Links that a submission makes or ends between events of a patient of its own organisation, as its answer tells them. */
import { describe, expect, it } from "vitest";
import { MAPPINGS } from "../../../mappings/index.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createSubmissionStore } from "../../../src/persistence/submission-store.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import type { RecordLink } from "../../../src/records/record-link.ts";
import { judgeDrafts } from "../../../src/submission/entry.ts";
import { createMergeDrafts, type Merged } from "../../../src/submission/merge-drafts.ts";
import { type Input, recordOf } from "../../support/journey-records.ts";
import { city, coast, NORTH, provideBench, type Sent } from "./submission-bench.ts";

const bench = provideBench();

let seed = 0;
/** One record of the person in hand; the sender's ids of its events are this person's. */
const patientOf = (events: readonly Input[]) =>
  recordOf(seed, {
    initiatingEvents: events.map((sent) => ({ ...sent, sourceRecordId: `${String(sent.sourceRecordId)}-${seed}` })),
  });
const infarction: Input = { sourceRecordId: "mi", eventType: "MI_STEMI", eventDate: "2026-01-02" };
const pciEvent = (eventDate: string): Input => ({
  sourceRecordId: "pci",
  eventType: "USE_TREATMENT",
  eventDate,
  treatments: [{ sourceRecordId: `t-${seed}`, type: "PCI", date: eventDate }],
});
const next = (): number => ++seed;

/** `2 ARISES LINKED RULE with 4` for every link of every answer: the answer's index, and the other event's or `stored`. */
const told = ({ results }: Sent): readonly string[] =>
  results.flatMap(({ index, links }) =>
    links.map((link) => `${index} ${link.change} ${link.state} ${link.rule} with ${link.otherRecord.index ?? "stored"}`),
  );
const linksOf = ({ results }: Sent): readonly RecordLink[] => results.flatMap(({ links }) => links);

async function decide(decision: string, first: string, second: string, ods = NORTH): Promise<void> {
  const [a, b] = [first, second].sort();
  await bench().test.query(
    `insert into link.decision (id, kind, a_ods, a_id, b_ods, b_id, decision, decided_by_ods, decided_at, sealed)
     values (gen_random_uuid(), 'EPISODE', $1, $2::uuid, $1, $3::uuid, $4, $1, now(), '\\x00')`,
    [ods, a, b, decision],
  );
}

/** A dry run of a record of which patient and events are only named, as a file's rows name what they hang below. */
async function foretellNaming(record: Input): Promise<Merged> {
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  const source = dictionary && MAPPINGS.RECORDS([record], { dictionary, profile: null, detectTestData: false });
  if (!dictionary || !source) throw new Error("the dictionary is in service");
  for (const draft of source.drafts)
    if (draft.recordType !== "TREATMENT") Object.assign(draft, { silent: true, reference: true });
  const statement = {
    ...{ actor: city, programmeCode: "N-CITY", product: "Product", mode: "VALIDATE_ONLY" as const, hold: "NOTHING" as const },
    ...{ receivedAt: bench().now, dictionary, kind: "STATED" as const, issues: [], foreignOrganisations: new Set<string>() },
    judged: await judgeDrafts(source, dictionary, "STATED", bench().now.slice(0, 10)),
  };
  const merge = createMergeDrafts(createUuid7());
  return await createSubmissionStore(bench().stores).transaction(city, (unit) => merge(unit, statement));
}

describe("the answer to an event", () => {
  it("tells of both events of one submission that they are linked, each with the other's place", async () => {
    next();
    const sent = await bench().send(city, [patientOf([infarction, pciEvent("2026-02-01")])]);
    expect(told(sent)).toEqual([
      "1 ARISES LINKED CORONARY_EVENT_THEN_REVASCULARISATION with 2",
      "2 ARISES LINKED CORONARY_EVENT_THEN_REVASCULARISATION with 1",
    ]);
    const [link] = linksOf(sent);
    expect(link).toMatchObject({ confidence: "PROBABLE", record: { index: 1, recordId: null } });
  });

  it("tells a link with an event that was stored before by that event's id", async () => {
    next();
    const first = await bench().send(city, [patientOf([infarction])]);
    const sent = await bench().send(city, [patientOf([pciEvent("2026-02-01")])]);
    expect(told(sent)).toEqual(["1 ARISES LINKED CORONARY_EVENT_THEN_REVASCULARISATION with stored"]);
    expect(linksOf(sent)[0]?.otherRecord).toEqual({ index: null, recordId: first.only("INITIATING_EVENT").recordId });
  });

  it("tells what a corrected date ends, and what it proposes instead", async () => {
    next();
    await bench().send(city, [
      patientOf([infarction, { sourceRecordId: "second", eventType: "MI_STEMI", eventDate: "2026-01-10" }]),
    ]);
    const sent = await bench().send(city, [
      patientOf([{ sourceRecordId: "second", eventType: "MI_STEMI", eventDate: "2026-03-01" }]),
    ]);
    expect(told(sent)).toEqual([
      "1 VANISHES LINKED ONE_ACUTE_CORONARY_SYNDROME with stored",
      "1 ARISES PROPOSED RECURRENT_INFARCTION with stored",
    ]);
  });

  it("says nothing where nothing that links are made of changes", async () => {
    next();
    await bench().send(city, [patientOf([infarction, pciEvent("2026-02-01")])]);
    const sent = await bench().send(city, [patientOf([{ ...infarction, riskLevel: "HIGH" }, pciEvent("2026-02-01")])]);
    expect(sent.outcomes).toContain("INITIATING_EVENT UPDATED");
    expect(told(sent)).toEqual([]);
  });

  it("tells what a treatment alone brings about, though the event itself is unchanged", async () => {
    next();
    const valve = { sourceRecordId: "valve", eventType: "VALVE_DISEASE", eventDate: "2026-03-20" };
    await bench().send(city, [patientOf([infarction, valve])]);
    const sent = await bench().send(city, [
      patientOf([{ ...infarction, treatments: [{ type: "BYPASS_SURGERY", date: "2026-03-20" }] }]),
    ]);
    expect(sent.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT UNCHANGED", "TREATMENT CREATED"]);
    expect(told(sent)).toEqual([
      "1 VANISHES PROPOSED ANOTHER_DIAGNOSIS_NEAR_IN_TIME with stored",
      "1 ARISES LINKED TREATMENT_ON_EVENT_DATE with stored",
    ]);
  });

  it("tells it at the treatment where the event has no answer of its own, being named only", async () => {
    next();
    const valve = { sourceRecordId: "valve", eventType: "VALVE_DISEASE", eventDate: "2026-03-20" };
    const first = await bench().send(city, [patientOf([infarction, valve])]);
    const treated = { ...infarction, treatments: [{ type: "BYPASS_SURGERY", date: "2026-03-20" }] };
    const { results } = await foretellNaming(patientOf([treated]));
    expect(results.map(({ recordType, outcome }) => `${recordType} ${outcome}`)).toEqual(["TREATMENT CREATED"]);
    const [infarctionId, valveId] = [0, 1].map((position) => first.only("INITIATING_EVENT", position).recordId);
    expect(results[0]?.links).toContainEqual({
      change: "ARISES",
      state: "LINKED",
      rule: "TREATMENT_ON_EVENT_DATE",
      confidence: "PROBABLE",
      record: { index: null, recordId: infarctionId },
      otherRecord: { index: null, recordId: valveId },
    });
  });

  it("tells of a link between two other events that a third one ends, at the third", async () => {
    next();
    const later = { sourceRecordId: "later", eventType: "MI_STEMI", eventDate: "2026-03-20" };
    const first = await bench().send(city, [patientOf([infarction, pciEvent("2026-03-25")])]);
    expect(told(first)).toContain("1 ARISES LINKED CORONARY_EVENT_THEN_REVASCULARISATION with 2");
    const sent = await bench().send(city, [patientOf([later])]);
    const vanished = linksOf(sent).find(({ change, state }) => change === "VANISHES" && state === "LINKED");
    expect(vanished?.record.index).toBeNull();
    expect(new Set([vanished?.record.recordId, vanished?.otherRecord.recordId])).toEqual(
      new Set([0, 1].map((position) => first.only("INITIATING_EVENT", position).recordId)),
    );
  });

  it("leaves to people what people have decided", async () => {
    next();
    const first = await bench().send(city, [patientOf([infarction, pciEvent("2026-02-01")])]);
    const ids = [0, 1].map((position) => first.only("INITIATING_EVENT", position).recordId ?? "");
    await decide("REJECTED", ids[0] ?? "", ids[1] ?? "");
    const sent = await bench().send(city, [patientOf([pciEvent("2026-02-02")])]);
    expect(sent.outcomes).toContain("INITIATING_EVENT UPDATED");
    expect(told(sent)).toEqual([]);
  });

  it("tells nothing where everything is held, and nothing of a record that is refused", async () => {
    next();
    const bad = { sourceRecordId: "bad", eventType: "MI_STEMI" };
    const held = await bench().send(city, [patientOf([infarction, pciEvent("2026-02-01"), bad])], {
      errorPolicy: "ALL_OR_NOTHING",
    });
    expect(held.outcomes).toContain("INITIATING_EVENT HELD");
    expect(told(held)).toEqual([]);
    expect(told(await bench().send(city, [patientOf([infarction, bad])]))).toEqual([]);
  });

  it("knows nothing of the same person's events in another organisation", async () => {
    next();
    await bench().send(coast, [patientOf([infarction])]);
    expect(told(await bench().send(city, [patientOf([pciEvent("2026-02-01")])]))).toEqual([]);
  });

  it("is read again as it was given", async () => {
    next();
    const sent = await bench().send(city, [patientOf([infarction, pciEvent("2026-02-01")])]);
    const [page] = await bench().status.results(city, [
      { submissionId: sent.header.id, outcomes: null, page: { first: 10, after: null } },
    ]);
    expect(page?.nodes.map(({ node }) => node.links)).toEqual(sent.results.map(({ links }) => links));
  });
});
