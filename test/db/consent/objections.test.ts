import { beforeAll, describe, expect, it } from "vitest";
import { widenObjections } from "../../../src/persistence/objection-subjects.ts";
import { city, coast, NORTH, provideBench, SOUTH } from "../submission/submission-bench.ts";
import { type ConsentBench, createConsentBench, nhsNumberAt, teamOf } from "./consent-bench.ts";

const bench = provideBench();
let consent: ConsentBench;
let numbers = 0;

const team = teamOf(city);
const otherTeam = teamOf(coast);
const nextNumber = (): string => nhsNumberAt(++numbers);

const record = (nhsNumber: string | null, more: Readonly<Record<string, unknown>> = {}) => ({
  sourceRecordId: `p-${nhsNumber ?? JSON.stringify(more)}`,
  patient: { nhsNumber, dateOfBirth: "1950-03-02", gender: "FEMALE", ...more },
});

const objected = (ods: string, patientId: string) => new Map([[`${ods}/${patientId}`, "OBJECTION"]]);

beforeAll(async () => {
  consent = await createConsentBench(bench().stores, bench().now);
  await consent.support();
});

/** The gate with the opt-out left aside. */
const judge = (ods: string, patientId: string) => consent.judge([{ ods, patientId }], "SUBMISSION", "NONE");

const send = async (actor: typeof city, one: unknown) => {
  const sent = await bench().send(actor, [one]);
  return { sent, patientId: sent.only("PATIENT").recordId ?? "" };
};

describe("an objection to the national side", () => {
  it("keeps the person's rows of every organisation out, and changes nothing of the organisation's own", async () => {
    const number = nextNumber();
    const [own, other] = [await send(city, record(number)), await send(coast, record(number))];
    expect(await judge(NORTH, own.patientId)).toEqual(new Map());

    const objection = await consent.objections.record({
      actor: team,
      patient: { patientRecordId: own.patientId },
      scope: "NATIONAL",
      reason: "told the nurse",
      statedOn: "2026-06-29",
    });

    expect(objection).toMatchObject({ patientId: own.patientId, scope: "NATIONAL", reason: "told the nurse", withdrawnAt: null });
    expect(await judge(NORTH, own.patientId)).toEqual(objected(NORTH, own.patientId));
    expect(await judge(SOUTH, other.patientId)).toEqual(objected(SOUTH, other.patientId));
    const { sent } = await send(city, record(number, { gender: "MALE" }));
    expect([sent.outcomes, sent.issues]).toEqual([["PATIENT UPDATED"], ["INFORMATION OBJECTION_RECORDED -"]]);
  });

  it("is told to the organisation that recorded it, also of a record that was sent word for word before, and to no other one", async () => {
    const number = nextNumber();
    await send(city, record(number));
    await send(coast, record(number));
    await consent.objections.record({
      actor: team,
      patient: { nhsNumber: number },
      scope: "NATIONAL",
      reason: null,
      statedOn: null,
    });

    const again = await send(city, record(number));
    const elsewhere = await send(coast, record(number));

    expect(again.sent.issues).toEqual(["INFORMATION OBJECTION_RECORDED -"]);
    expect([elsewhere.sent.outcomes, elsewhere.sent.issues]).toEqual([["PATIENT UNCHANGED"], []]);
    expect((await consent.objections.list(otherTeam, { first: 100, after: null })).nodes).toEqual([]);
  });

  it("holds for somebody who is stored later, by number", async () => {
    const number = nextNumber();
    const before = await consent.objections.record({
      ...{ actor: team, patient: { nhsNumber: number }, scope: "NATIONAL", reason: null, statedOn: null },
    });
    expect(before.patientId).toBeNull();
    const { patientId } = await send(coast, record(number));
    expect(await judge(SOUTH, patientId)).toEqual(objected(SOUTH, patientId));
  });

  it("holds for every number that the patient has later, wherever that one stands alone", async () => {
    const number = nextNumber();
    const about = { actor: team, scope: "NATIONAL", reason: null, statedOn: null } as const;
    await consent.objections.record({ ...about, patient: { hospitalNumber: "N-1" } });
    const { patientId } = await send(city, record(number, { hospitalNumber: "N-1" }));
    await send(city, record(number, { hospitalNumber: "N-2" }));
    const elsewhere = await send(coast, record(number));
    expect(await judge(NORTH, patientId)).toEqual(objected(NORTH, patientId));
    await bench().test.query("delete from identity.patient_identity where ods = $1 and patient_id = $2::uuid", [
      NORTH,
      patientId,
    ]);
    expect(await judge(SOUTH, elsewhere.patientId)).toEqual(objected(SOUTH, elsewhere.patientId));
    await consent.keeper.flush();
    const lines = (await consent.ledger.read()).map(({ subjects }) => subjects.length);
    expect(Math.max(...lines)).toBeGreaterThanOrEqual(4);
  });

  it("does not come back where it is withdrawn while a record of the patient is on its way", async () => {
    const number = nextNumber();
    const { patientId } = await send(city, record(number));
    const { database } = bench().stores;
    const about = { patient: { nhsNumber: number }, scope: "NATIONAL", reason: null, statedOn: null } as const;
    const { id } = await consent.objections.record({ actor: team, ...about });
    await consent.objections.withdraw(team, id, "a misunderstanding");
    const late = [{ id, kind: "NHS", digest: "00" }] as const;
    expect(await database.withRole({ role: "nacr_app", ods: NORTH }, (tx) => widenObjections(tx, NORTH, late))).toBe(false);
    expect(await judge(NORTH, patientId)).toEqual(new Map());
  });

  it("holds for a patient without a number who is linked with one who objects", async () => {
    const [with_, without] = [await send(city, record(nextNumber())), await send(coast, record(null, { hospitalNumber: "S-1" }))];
    const person = "01890000-0000-7000-8000-00000000aaaa";
    for (const [ods, id] of [
      [NORTH, with_.patientId],
      [SOUTH, without.patientId],
    ])
      await bench().test.query("insert into link.person_member (ods, patient_id, person_id) values ($1, $2::uuid, $3::uuid)", [
        ...[ods, id, person],
      ]);
    expect(await judge(SOUTH, without.patientId)).toEqual(new Map());
    const patient = { patientRecordId: with_.patientId };
    await consent.objections.record({ actor: team, patient, scope: "NATIONAL", reason: null, statedOn: null });
    expect(await judge(SOUTH, without.patientId)).toEqual(objected(SOUTH, without.patientId));
  });

  it("is recorded by a record that says so, once, and false or nothing never takes it back", async () => {
    const number = nextNumber();
    const stated = record(number, { auditObjection: true, auditObjectionDate: "2026-05-01" });
    const { sent, patientId } = await send(city, stated);
    expect(sent.issues).toEqual(["INFORMATION OBJECTION_RECORDED -"]);
    await send(city, stated);
    await send(city, record(number, { auditObjection: false }));
    const mine = (await consent.objections.list(team, { first: 100, after: null })).nodes
      .map(({ node }) => node)
      .filter((objection) => objection.patientId === patientId);
    expect(mine).toMatchObject([{ origin: "SUBMITTED", scope: "NATIONAL", statedOn: "2026-05-01", withdrawnAt: null }]);
    expect(await judge(NORTH, patientId)).toEqual(objected(NORTH, patientId));
  });

  it("is foretold by a dry run, which records none", async () => {
    const number = nextNumber();
    const options = { mode: "VALIDATE_ONLY", idempotencyKey: null } as const;
    const before = await bench().count("consent.objection");
    const sent = await bench().send(city, [record(number, { auditObjection: true })], options);
    expect(sent.issues).toEqual(["INFORMATION OBJECTION_RECORDED -"]);
    expect(await bench().count("consent.objection")).toBe(before);
  });

  it("lets the rows go again when it is withdrawn, while another one of the person stands that does not", async () => {
    const number = nextNumber();
    const { patientId } = await send(city, record(number));
    await send(coast, record(number));
    const about = { patient: { nhsNumber: number }, scope: "NATIONAL", reason: null, statedOn: null } as const;
    const own = await consent.objections.record({ actor: team, ...about });
    const theirs = await consent.objections.record({ actor: otherTeam, ...about });
    const withdrawn = await consent.objections.withdraw(team, own.id, "a misunderstanding");
    expect(withdrawn).toMatchObject({ withdrawalReason: "a misunderstanding", withdrawnBy: team.clientId });
    expect(await judge(NORTH, patientId)).toEqual(objected(NORTH, patientId));
    await expect(consent.objections.withdraw(team, theirs.id, "not ours")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await consent.objections.withdraw(otherTeam, theirs.id, "said so");
    expect(await judge(NORTH, patientId)).toEqual(new Map());
    expect((await send(city, record(number))).sent.issues).toEqual([]);
  });

  it("of scope ALL refuses what is sent of the patient there, with all that hangs below, and nowhere else", async () => {
    const number = nextNumber();
    await consent.objections.record({ actor: team, patient: { nhsNumber: number }, scope: "ALL", reason: null, statedOn: null });
    const whole = { ...record(number), initiatingEvents: [{ eventType: "MI_STEMI", eventDate: "2026-02-01" }] };
    const refused = await bench().send(city, [whole]);
    expect(refused.outcomes).toEqual(["PATIENT REJECTED", "INITIATING_EVENT REJECTED_PARENT"]);
    expect(refused.only("PATIENT").issues).toMatchObject([{ severity: "ERROR", code: "OBJECTION_RECORDED" }]);
    expect((await send(coast, record(number))).sent.outcomes).toEqual(["PATIENT CREATED"]);
  });

  it("of scope ALL holds for whom the patient was linked with when the rows are gone", async () => {
    const [own, other] = [
      await send(city, record(null, { hospitalNumber: "N-7" })),
      await send(coast, record(null, { hospitalNumber: "S-7" })),
    ];
    const person = "01890000-0000-7000-8000-00000000bbbb";
    await bench().test.query(
      "insert into link.person_member (ods, patient_id, person_id) select ods, id, $1::uuid from public.patient where id = any ($2::uuid[])",
      [person, `{${own.patientId},${other.patientId}}`],
    );
    const patient = { patientRecordId: own.patientId };
    await consent.objections.record({ actor: team, patient, scope: "ALL", reason: null, statedOn: null });
    await bench().test.query("delete from link.person_member where person_id = $1::uuid", [person]);
    expect(await judge(SOUTH, other.patientId)).toEqual(objected(SOUTH, other.patientId));
  });

  it("of scope ALL reaches a withdrawn patient whose record could be brought back", async () => {
    const number = nextNumber();
    const { patientId } = await send(city, record(number));
    const gone = await bench().send(city, [record(number, { withdraw: true })]);
    expect(gone.outcomes).toEqual(["PATIENT WITHDRAWN"]);
    const about = { actor: team, scope: "ALL", reason: null, statedOn: null } as const;
    const objection = await consent.objections.record({ ...about, patient: { nhsNumber: number } });
    expect(objection).toMatchObject({ patientId, certificateId: "certificate" });
  });

  it("is refused of a number that cannot be one, a day to come, and an id of another organisation's patient", async () => {
    const { patientId } = await send(coast, record(nextNumber()));
    const about = { actor: team, scope: "NATIONAL", reason: null, statedOn: null } as const;
    const refusals = [
      [{ ...about, patient: { nhsNumber: "9434765918" } }, "BAD_USER_INPUT"],
      [{ ...about, patient: { nhsNumber: nextNumber() }, statedOn: "2026-07-01" }, "BAD_USER_INPUT"],
      [{ ...about, patient: { patientRecordId: patientId } }, "NOT_FOUND"],
    ] as const;
    for (const [command, code] of refusals) await expect(consent.objections.record(command)).rejects.toMatchObject({ code });
  });
});
