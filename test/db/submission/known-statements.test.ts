/** What was said before is answered as if it were worked out again, and only as long as nothing of the patient changed (ADR 0027). */
import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../../../src/lib/seeded-random.ts";
import { createWithdrawalStore } from "../../../src/persistence/withdrawal-store.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { databaseKind } from "../../support/database.ts";
import { event, type Input, journey, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { both, city, hill, optionsOf, provideBench, toSent } from "./submission-bench.ts";

const bench = provideBench();
const STEPS = databaseKind === "embedded" ? 24 : 60;

const countKnown = async (): Promise<number> =>
  Number((await bench().test.query("select count(*)::int as n from identity.source_id where statement is not null"))[0]?.n);

/** Whether the statement would be answered from memory. */
async function isKnown(seed: number): Promise<boolean> {
  const [row] = await bench().test.query(
    `select s.statement is not null and s.statement_epoch = coalesce((select max(epoch) from organisation_epoch e where e.ods = s.ods), 0) as known
     from identity.source_id s join identity.patient_identity i on i.ods = s.ods and i.patient_id = s.record_id
     where s.record_type = 'PATIENT' and s.record_id = $1::uuid`,
    [ids.get(seed) ?? ""],
  );
  return row?.known === true;
}

const ids = new Map<number, string>();
async function send(seed: number, more: Input = {}, actor: OrganisationActor = city) {
  const sent = await bench().send(actor, [journey(seed, more)]);
  ids.set(seed, sent.only("PATIENT").recordId ?? "");
  return sent;
}

/** The answers to one input with and without memory, which leave nothing behind. */
async function answerTwice(payload: readonly unknown[], actor: OrganisationActor = city) {
  const options = optionsOf(actor, { mode: "VALIDATE_ONLY" });
  const remembered = toSent(await bench().submit({ actor, payload, options }));
  bench().remembers = false;
  const workedOut = toSent(await bench().submit({ actor, payload, options }));
  bench().remembers = true;
  return { remembered: remembered.results, workedOut: workedOut.results };
}

describe("a patient sent again word for word", () => {
  it("is answered from memory as it would be worked out, and leaves no history", async () => {
    await send(1);
    expect(await isKnown(1)).toBe(true);
    const changes = await bench().count("record_change");
    const again = await send(1);
    expect(new Set(again.results.map(({ outcome }) => outcome))).toEqual(new Set(["UNCHANGED"]));
    expect(await bench().count("record_change")).toBe(changes);
    const { remembered, workedOut } = await answerTwice([journey(1)]);
    expect(remembered).toEqual(workedOut);
    expect(again.results.every(({ recordId }) => recordId !== null)).toBe(true);
  });

  it("is worked out where it says more than before (control)", async () => {
    await send(2);
    const more = journey(2, { comorbidities: [{ type: "DIABETES" }] });
    const { remembered, workedOut } = await answerTwice([more]);
    expect(remembered).toEqual(workedOut);
    expect(remembered.map(({ outcome }) => outcome)).toContain("CREATED");
  });

  it("is worked out again after any row of the patient was written by somebody else, however deep", async () => {
    await send(3);
    const assessments = [{ number: 1, date: "2026-01-28", weightKg: 90 }];
    await bench().send(both, [
      recordOf(3, {
        sourceRecordId: "other-3",
        patient: named(3),
        initiatingEvents: [event({ rehabilitations: [rehabilitation({ assessments })] })],
      }),
    ]);
    expect(await isKnown(3)).toBe(false);
    const again = await send(3);
    expect(again.only("ASSESSMENT").changes.map(({ field, after }) => [field, after])).toEqual([["weightKg", 82]]);
  });

  it("is not known to another programme, nor after a withdrawal, nor from a dry run, nor where it was rejected", async () => {
    await bench().send(city, [journey(4)], { mode: "VALIDATE_ONLY" });
    const before = await countKnown();
    await bench().send(city, [journey(4, { patient: person(4, { gender: "NONSENSE" }) })]);
    expect(await countKnown()).toBe(before);
    await send(4);
    expect(await isKnown(4)).toBe(true);
    const { remembered, workedOut } = await answerTwice([journey(4)], hill);
    expect(remembered).toEqual(workedOut);
    const other = await send(5);
    const team = { ...both, role: "CLINICAL_TEAM" } as const;
    const store = createWithdrawalStore(bench().stores);
    const taken = await store.withdraw(team, { submissionId: other.header.id, reason: "Wrong file", at: bench().now });
    expect(taken.state).toBe("WITHDRAWN");
    expect(await isKnown(4)).toBe(false);
    expect((await send(5)).only("PATIENT").outcome).toBe("CREATED");
  });

  it("keeps what it says of values: warnings of the sender's own values are told every time", async () => {
    await send(6);
    const { remembered } = await answerTwice([journey(6)]);
    expect(remembered[0]?.issues.map(({ code }) => code)).toContain("NHS_NUMBER_TEST_RANGE");
  });
});

it("is right in any order of new, repeated and partly repeated records of several people and programmes", async () => {
  const random = createSeededRandom(28);
  const sent: { readonly actor: OrganisationActor; readonly record: Input }[] = [];
  let repeats = 0;
  for (let step = 0; step < STEPS; step++) {
    const fresh = sent.length === 0 || random.next() < 0.5;
    const actor = random.pick([city, both, hill]);
    const seed = random.integer(20, 26);
    const said = fresh
      ? {
          actor,
          record: journey(seed, {
            sourceRecordId: `${actor.clientId}-${seed}`,
            patient: person(seed, { maritalStatus: random.pick(["SINGLE", "MARRIED", "UNKNOWN"]) }),
          }),
        }
      : random.pick(sent);
    const { remembered, workedOut } = await answerTwice([said.record], said.actor);
    expect(remembered, `step ${step}`).toEqual(workedOut);
    if (!fresh && remembered.every(({ outcome }) => outcome === "UNCHANGED")) repeats++;
    await bench().send(said.actor, [said.record]);
    sent.push(said);
  }
  expect(repeats).toBeGreaterThan(STEPS / 12);
});
