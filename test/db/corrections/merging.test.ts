/** Patients merged and unmerged by messages: whose record answers then, what hangs where, what is refused, what is taken back. */
import { beforeEach, describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { event, type Input, journey, person, recordOf } from "../../support/journey-records.ts";
import { provideControlBench } from "../control/control-bench.ts";
import { city, hill, type Sent } from "../submission/submission-bench.ts";
import { changeNumber, hospitalOnly, identifiers, mergeInto, statePatient, takeApart } from "./merge-messages.ts";

const control = provideControlBench();
let seed = 0;
const next = (): number => ++seed;
const send = (...records: readonly Input[]) => control().bench.send(city, records);
const tell = (...messages: readonly string[]): Promise<Sent> => control().bench.sendAs("HL7V2", city, messages);
const errorsOf = (sent: Sent) => sent.issues.filter((issue) => issue.startsWith("ERROR"));
const idOf = (sent: Sent): string => String(sent.only("PATIENT").recordId);

/** Every table, and whose records are whose. */
const everything = async () => {
  const links = await control().bench.test.query(
    `select 'merge ' || m.patient_id || ' ' || m.merged_into || ' ' || m.submission_id || ' ' || m.merged_at as row from identity.patient_merge m
     union all select 'number ' || f.patient_id || ' ' || f.submission_id from identity.former_nhs_number f order by 1`,
  );
  return [[...(await control().snapshot())], links.map(({ row }) => row)];
};
const mergedInto = async (id: string) => {
  const [row] = await control().bench.test.query(
    "select merged_into::text as id from identity.patient_merge where patient_id = $1::uuid",
    [id],
  );
  return row?.id ?? null;
};

/** Two patients, each with an event. */
async function twoPatients() {
  const [winner, loser] = [next(), next()];
  const [first, second] = [
    await send(journey(winner)),
    await send(journey(loser, { initiatingEvents: [event({ eventDate: "2026-02-02" })] })),
  ];
  return { winner, loser, winnerId: idOf(first), loserId: idOf(second), loserEvent: second.only("INITIATING_EVENT").recordId };
}

beforeEach(() => {
  const { bench } = control();
  bench.now = new Date(Date.parse(bench.now) + 60_000).toISOString();
});

describe("patients merged by A40", () => {
  it("keep their rows, and whatever is sent of the one that lost is the other's from then on", async () => {
    const { winner, loser, winnerId, loserId, loserEvent } = await twoPatients();
    const before = await control().snapshot();
    const merged = await tell(mergeInto(identifiers(winner), identifiers(loser)));
    expect(merged.issues).toContain("INFORMATION PATIENTS_MERGED -");
    expect(await mergedInto(loserId)).toBe(winnerId);
    const rows = await control().snapshot();
    for (const [key, row] of before)
      if (!key.startsWith("patient ") && !key.startsWith("identity ")) expect(rows.get(key)).toEqual(row);

    const sent = await send(
      recordOf(loser, {
        patient: person(loser, { maritalStatus: "SINGLE" }),
        initiatingEvents: [event({ eventDate: "2026-02-02", dischargeDate: "2026-02-09" }), event({ eventDate: "2026-05-05" })],
      }),
    );
    expect(errorsOf(sent)).toEqual([]);
    expect(sent.outcomes).toEqual(["PATIENT UPDATED", "INITIATING_EVENT UPDATED", "INITIATING_EVENT CREATED"]);
    expect(idOf(sent)).toBe(winnerId);
    expect(sent.only("INITIATING_EVENT").recordId).toBe(loserEvent);
    const [created] = await control().bench.test.query(
      "select patient_id::text as id from initiating_event where id = $1::uuid",
      [sent.only("INITIATING_EVENT", 1).recordId],
    );
    expect(created?.id).toBe(winnerId);
    // Its identifiers stay where they were.
    const identity = (await control().snapshot()).get(`identity ${winnerId}`);
    expect(identity).toMatchObject({ nhsNumber: toTestNhsNumber(winner), hospitalNumber: `H-${winner}` });
    expect(await control().historyFaults()).toEqual([]);
  });

  it("are found together: an event of either is known under the other's identifiers, also by the sender's own id", async () => {
    const [winner, loser] = [next(), next()];
    await send(recordOf(winner));
    const own = await send(recordOf(loser, { initiatingEvents: [event({ sourceRecordId: `e-${loser}` })] }));
    await tell(mergeInto(identifiers(winner), identifiers(loser)));
    const byKey = await send(recordOf(winner, { initiatingEvents: [event()] }));
    expect(byKey.only("INITIATING_EVENT")).toMatchObject({
      outcome: "UNCHANGED",
      recordId: own.only("INITIATING_EVENT").recordId,
    });
    const byId = await send(
      recordOf(loser, { initiatingEvents: [event({ eventDate: "2026-01-03", sourceRecordId: `e-${loser}` })] }),
    );
    expect(byId.only("INITIATING_EVENT")).toMatchObject({ outcome: "UPDATED", recordId: own.only("INITIATING_EVENT").recordId });
  });

  it("may each have an event of one key: each stays, and is found by its sender's id", async () => {
    const [winner, loser] = [next(), next()];
    const of = (n: number) => recordOf(n, { initiatingEvents: [event({ sourceRecordId: `same-${n}` })] });
    const [first, second] = [await send(of(winner)), await send(of(loser))];
    await tell(mergeInto(identifiers(winner), identifiers(loser)));
    for (const [n, sent] of [
      [winner, first],
      [loser, second],
    ] as const)
      expect((await send(of(n))).only("INITIATING_EVENT")).toMatchObject({
        outcome: "UNCHANGED",
        recordId: sent.only("INITIATING_EVENT").recordId,
      });
  });

  it("of which the other has the same NHS number in MRG-1 are two all the same", async () => {
    const [winner, loser] = [next(), next()];
    await send(
      recordOf(winner),
      recordOf(loser, { patient: { hospitalNumber: `H-${loser}`, dateOfBirth: "1951-03-14", gender: "MALE" } }),
    );
    const shared = `${hospitalOnly(loser)}~${toTestNhsNumber(winner)}^^^NHS^NH`;
    expect((await tell(mergeInto(identifiers(winner), shared))).issues).toContain("INFORMATION PATIENTS_MERGED -");
  });

  it("with other dates of birth are merged, with a warning", async () => {
    const [winner, loser] = [next(), next()];
    await send(recordOf(winner), recordOf(loser, { patient: person(loser, { dateOfBirth: "1951-03-15" }) }));
    const merged = await tell(mergeInto(identifiers(winner), identifiers(loser)));
    expect(merged.issues).toContain("WARNING MERGE_DATES_OF_BIRTH_DIFFER dateOfBirth");
    const sent = await send(recordOf(loser, { patient: person(loser, { dateOfBirth: "1951-03-15", maritalStatus: "SINGLE" }) }));
    expect(sent.only("PATIENT").changes.map(({ field }) => field)).not.toContain("dateOfBirth");
    expect([sent.outcomes, errorsOf(sent)]).toEqual([["PATIENT UPDATED"], []]);
  });

  it("of whom the losing one is not known are stated as ever, and the message says so", async () => {
    const winner = next();
    const sent = await tell(mergeInto(identifiers(winner), identifiers(next())));
    expect([sent.outcomes, errorsOf(sent)]).toEqual([["PATIENT CREATED"], []]);
    expect(sent.issues).toContain("INFORMATION MERGE_NOTHING_FOUND -");
  });

  it("of whom only the losing one is known give that one the other's identifiers; the NHS number it had is kept for linking", async () => {
    const [winner, loser] = [next(), next()];
    const first = await send(journey(loser));
    const before = await everything();
    const sent = await tell(mergeInto(identifiers(winner), identifiers(loser)));
    expect(sent.only("PATIENT")).toMatchObject({ outcome: "UPDATED", matchedBy: "REPLACES", recordId: idOf(first) });
    expect((await control().snapshot()).get(`identity ${idOf(first)}`)).toMatchObject({ nhsNumber: toTestNhsNumber(winner) });
    const numbers = await control().bench.test.query("select 1 from identity.former_nhs_number where patient_id = $1::uuid", [
      idOf(first),
    ]);
    expect(numbers).toHaveLength(1);
    await control().withdraw(city, sent.header.id);
    expect(await everything()).toEqual(before);
  });

  it("told twice are merged once; told the other way round afterwards is refused", async () => {
    const { winner, loser } = await twoPatients();
    await tell(mergeInto(identifiers(winner), identifiers(loser)));
    const before = await everything();
    const again = await tell(mergeInto(identifiers(winner), identifiers(loser)));
    expect([again.outcomes, again.issues.filter((issue) => !issue.includes("TEST_RANGE"))]).toEqual([["PATIENT UNCHANGED"], []]);
    expect(errorsOf(await tell(mergeInto(identifiers(loser), identifiers(winner))))).toEqual(["ERROR REPLACES_CIRCULAR -"]);
    expect(await everything()).toEqual(before);
  });

  it("follow one another: what was merged into the losing one comes along; into a third one it is merged no more", async () => {
    const { winner, loser, winnerId } = await twoPatients();
    const third = next();
    await send(recordOf(third));
    await tell(mergeInto(identifiers(loser), identifiers(third)));
    await tell(mergeInto(identifiers(winner), identifiers(loser)));
    expect(idOf(await send(recordOf(third, { patient: person(third, { surname: "Wren" }) })))).toBe(winnerId);
    const fourth = next();
    await send(recordOf(fourth));
    expect(errorsOf(await tell(mergeInto(identifiers(fourth), identifiers(third))))).toEqual(["ERROR KEY_CONFLICT -"]);
  });

  it("in the order of the messages of one submission: the patient of a later one is found through it", async () => {
    const { winner, loser, winnerId } = await twoPatients();
    const sent = await tell(mergeInto(identifiers(winner), identifiers(loser)), statePatient(identifiers(loser)));
    expect([errorsOf(sent), sent.only("PATIENT", 1).recordId]).toEqual([[], winnerId]);
  });

  it("by a message that is refused are not merged, and what was found through it is refused, too", async () => {
    const { winner, loser, loserId } = await twoPatients();
    const sent = await tell(mergeInto(identifiers(winner), identifiers(loser), "20990101"), statePatient(identifiers(loser)));
    expect(sent.outcomes).toEqual(["PATIENT REJECTED", "PATIENT UPDATED"]);
    expect([await mergedInto(loserId), sent.only("PATIENT", 1).recordId]).toEqual([null, loserId]);
  });

  it("in a dry run are answered alike, and nothing is kept", async () => {
    const { winner, loser } = await twoPatients();
    const before = await everything();
    const { bench } = control();
    const message = mergeInto(identifiers(winner), identifiers(loser));
    const dry = await bench.sendAs("HL7V2", city, [message], { mode: "VALIDATE_ONLY" });
    expect(await everything()).toEqual(before);
    const committed = await tell(message);
    expect([dry.outcomes, dry.issues]).toEqual([committed.outcomes, committed.issues]);
  });
});

describe("a merge taken back", () => {
  it("by A37, whichever of the two comes first, leaves exactly what was, and what was sent meanwhile", async () => {
    const { winner, loser, loserId } = await twoPatients();
    const stated = [statePatient(identifiers(winner)), statePatient(identifiers(loser))];
    await tell(...stated);
    const before = await everything();
    for (const apart of [
      takeApart(identifiers(winner), identifiers(loser)),
      takeApart(identifiers(loser), identifiers(winner)),
    ]) {
      await tell(mergeInto(identifiers(winner), identifiers(loser)));
      const sent = await tell(apart);
      expect([errorsOf(sent), sent.issues.filter((issue) => issue.includes("UNMERGED"))]).toEqual([
        [],
        ["INFORMATION PATIENTS_UNMERGED -"],
      ]);
      expect(await everything()).toEqual(before);
    }
    expect(idOf(await send(recordOf(loser, { patient: person(loser, { maritalStatus: "SINGLE" }) })))).toBe(loserId);
  });

  it("that never was is coded; of patients who are not stored it is nothing", async () => {
    const { winner, loser } = await twoPatients();
    expect(errorsOf(await tell(takeApart(identifiers(winner), identifiers(loser))))).toEqual(["ERROR UNMERGE_NOT_MERGED -"]);
    const unknown = await tell(takeApart(identifiers(winner), identifiers(next())));
    expect([errorsOf(unknown), unknown.issues.includes("INFORMATION MERGE_NOTHING_FOUND -")]).toEqual([[], true]);
  });

  it("by withdrawing the submission leaves exactly what was; later rows stay with the patient they were written to", async () => {
    const { winner, loser, winnerId } = await twoPatients();
    await tell(statePatient(identifiers(winner)));
    const before = await everything();
    const merged = await tell(mergeInto(identifiers(winner), identifiers(loser)));
    await control().withdraw(city, merged.header.id);
    expect(await everything()).toEqual(before);
    const second = await tell(mergeInto(identifiers(winner), identifiers(loser)));
    const later = await send(recordOf(loser, { initiatingEvents: [event({ eventDate: "2026-06-06" })] }));
    await control().withdraw(city, second.header.id);
    const [row] = await control().bench.test.query("select patient_id::text as id from initiating_event where id = $1::uuid", [
      later.only("INITIATING_EVENT").recordId,
    ]);
    expect(row?.id).toBe(winnerId);
  });

  it("is itself taken back by withdrawing: the merge stands again, as of when it was made", async () => {
    const { winner, loser } = await twoPatients();
    await tell(statePatient(identifiers(winner)), statePatient(identifiers(loser)));
    const merged = await tell(mergeInto(identifiers(winner), identifiers(loser)));
    const before = await everything();
    const apart = await tell(takeApart(identifiers(winner), identifiers(loser)));
    expect((await control().refusal(city, merged.header.id)).details).toMatchObject({ submissions: [apart.header.id] });
    await control().withdraw(city, apart.header.id);
    expect(await everything()).toEqual(before);
    await control().withdraw(city, merged.header.id);
  });

  it("stands in the way of withdrawing what created either patient", async () => {
    const [winner, loser] = [next(), next()];
    const [first, second] = [await send(recordOf(winner)), await send(recordOf(loser))];
    const merged = await tell(mergeInto(identifiers(winner), identifiers(loser)));
    for (const { header } of [first, second])
      expect((await control().refusal(city, header.id)).details).toMatchObject({ submissions: [merged.header.id] });
    await control().withdraw(city, merged.header.id);
    await control().withdraw(city, second.header.id);
    await control().withdraw(city, first.header.id);
  });
});

describe("a changed number (A47)", () => {
  it("finds the patient by the earlier one, and the NHS number it had is kept for linking; told again it changes nothing", async () => {
    const [n, other] = [next(), next()];
    const first = await send(recordOf(n));
    const change = changeNumber(`${hospitalOnly(n)}~${toTestNhsNumber(other)}^^^NHS^NH`, `${toTestNhsNumber(n)}^^^NHS^NH`);
    expect((await tell(change)).only("PATIENT")).toMatchObject({ outcome: "UPDATED", recordId: idOf(first) });
    expect((await tell(change)).outcomes).toEqual(["PATIENT UNCHANGED"]);
    const moved = await tell(changeNumber(`${hospitalOnly(5_000 + n)}`, hospitalOnly(n)));
    expect(moved.only("PATIENT")).toMatchObject({ outcome: "UPDATED", matchedBy: "REPLACES", recordId: idOf(first) });
  });

  it("of a patient whom nobody knows states that patient", async () => {
    const sent = await tell(changeNumber(identifiers(next()), identifiers(next())));
    expect([sent.outcomes, errorsOf(sent)]).toEqual([["PATIENT CREATED"], []]);
  });
});

describe("at once", () => {
  it("a merge and submissions of the patient that loses end as if one had come after the other", async () => {
    const { winner, loser, winnerId, loserId } = await twoPatients();
    const record = recordOf(loser, { initiatingEvents: [event({ eventDate: "2026-06-07" })] });
    const sends = Array.from({ length: 4 }, (_, place) =>
      control().bench.send(place % 2 === 0 ? city : hill, [{ ...record, sourceRecordId: `r-${loser}-${place}` }], {}),
    );
    const [merged, ...others] = await Promise.all([tell(mergeInto(identifiers(winner), identifiers(loser))), ...sends]);
    expect([merged, ...others].flatMap((sent) => errorsOf(sent))).toEqual([]);
    const rows = await control().bench.test.query(
      "select id from initiating_event where event_date = '2026-06-07' and patient_id in ($1::uuid, $2::uuid)",
      [winnerId, loserId],
    );
    expect(rows).toHaveLength(1);
  });
});
