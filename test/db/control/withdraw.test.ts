/** A submission taken back: what is undone, what stands in the way, who may, and what remains. */
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { event, journey, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { both, city, coast, hill } from "../submission/submission-bench.ts";
import { provideControlBench } from "./control-bench.ts";

const control = provideControlBench();
let seed = 0;
const next = (): number => ++seed;
const { bench, withdraw, refusal, snapshot, historyFaults } = {
  bench: () => control().bench,
  withdraw: (actor: OrganisationActor, id: string, reason?: string) => control().withdraw(actor, id, reason),
  refusal: (actor: OrganisationActor, id: string, reason?: string) => control().refusal(actor, id, reason),
  snapshot: () => control().snapshot(),
  historyFaults: () => control().historyFaults(),
};
const team: OrganisationActor = { ...both, clientId: "person-1", role: "CLINICAL_TEAM" };

describe("a withdrawal", () => {
  it("removes the records the submission created, with identities and ids, and keeps the removal in history", async () => {
    const before = await snapshot();
    const n = next();
    const { header, only } = await bench().send(city, [journey(n)]);
    const patient = only("PATIENT").recordId;
    const withdrawn = await withdraw(city, header.id);
    expect(withdrawn).toMatchObject({ id: header.id, status: "WITHDRAWN", withdrawnAt: bench().now, counts: header.counts });
    expect(await snapshot()).toEqual(before);
    expect(await historyFaults()).toEqual([]);
    const history = await bench().test.query("select changes::text as changes from record_change where record_id = $1::uuid", [
      patient,
    ]);
    expect(JSON.parse(String(history[0]?.changes))).toEqual({
      gender: { before: "MALE", after: null, decision: "CLEARED" },
      nhsNumber: { before: null, after: null, decision: "CLEARED" },
      hospitalNumber: { before: null, after: null, decision: "CLEARED" },
      dateOfBirth: { before: null, after: null, decision: "CLEARED" },
    });
  });

  it("gives changed records their values back, identity, numbers, year of birth and last writer too", async () => {
    const n = next();
    await bench().send(city, [journey(n)]);
    const before = await snapshot();
    const changed = recordOf(n, {
      patient: person(n, { hospitalNumber: `H-${n}-new`, gender: "FEMALE", maritalStatus: "SINGLE", surname: "Other" }),
      initiatingEvents: [
        event({ treatments: [{ type: "CABG", date: "2026-01-05" }], rehabilitations: [rehabilitation({ completed: "YES" })] }),
      ],
      comorbidities: [{ type: "DIABETES", sourceRecordId: `c-${n}` }],
    });
    const second = await bench().send(hill, [{ ...changed, sourceRecordId: `hill-${n}` }]);
    expect(second.outcomes).toContain("PATIENT UPDATED");
    expect(await snapshot()).not.toEqual(before);
    await withdraw(hill, second.header.id);
    expect(await snapshot()).toEqual(before);
    expect(await historyFaults()).toEqual([]);
  });

  it("names the writer before as the source of a restored value, not itself", async () => {
    const n = next();
    const send = (maritalStatus: string) => bench().send(city, [recordOf(n, { patient: named(n, { maritalStatus }) })]);
    await bench().send(city, [recordOf(n)]);
    const single = await send("SINGLE");
    const married = await send("MARRIED");
    await withdraw(city, married.header.id);
    const widowed = await send("WIDOWED");
    const [change] = widowed.only("PATIENT").changes.filter(({ field }) => field === "maritalStatus");
    expect(change).toMatchObject({ before: "SINGLE", previousSource: { submissionId: single.header.id } });
    await withdraw(city, widowed.header.id);
    await withdraw(city, single.header.id);
    expect(await historyFaults()).toEqual([]);
  });

  it("keeps what later submissions changed of other items", async () => {
    const n = next();
    await bench().send(city, [recordOf(n)]);
    const first = await bench().send(city, [recordOf(n, { patient: named(n, { maritalStatus: "SINGLE" }) })]);
    await bench().send(city, [recordOf(n, { patient: named(n, { gender: "FEMALE" }) })]);
    await withdraw(city, first.header.id);
    const [row] = await bench().test.query("select p.gender, p.marital_status, p.version from patient p where id = $1::uuid", [
      first.only("PATIENT").recordId,
    ]);
    expect(row).toEqual({ gender: "FEMALE", marital_status: null, version: 4 });
    expect(await historyFaults()).toEqual([]);
  });

  it("frees the natural key that a record of it had taken from another one", async () => {
    const n = next();
    const dated = (eventDate: string, id: string) =>
      recordOf(n, { initiatingEvents: [event({ eventDate, sourceRecordId: id })] });
    await bench().send(city, [dated("2026-01-02", `e-${n}`)]);
    const before = await snapshot();
    const moved = await bench().send(city, [dated("2026-02-02", `e-${n}`)]);
    const other = await bench().send(city, [dated("2026-01-02", `f-${n}`)]);
    const blocked = await refusal(city, moved.header.id);
    expect(blocked).toMatchObject({ code: "CONFLICT", details: { submissions: [other.header.id], submissionsInTheWay: 1 } });
    await withdraw(city, other.header.id);
    await withdraw(city, moved.header.id);
    expect(await snapshot()).toEqual(before);
  });

  it("is answered again when asked for again, and changes nothing more", async () => {
    const { header } = await bench().send(city, [journey(next())]);
    const first = await withdraw(city, header.id, "  The wrong ward  ");
    const before = await snapshot();
    expect(await withdraw(city, header.id, "Another reason")).toEqual(first);
    expect(await snapshot()).toEqual(before);
    expect(await control().store.withdrawals(city, [header.id, "no id"])).toEqual([
      { submissionId: header.id, reason: "The wrong ward" },
    ]);
    expect(await control().store.withdrawals(hill, [header.id])).toEqual([]);
  });

  it("leaves header and answers readable, with the status, and tells of itself as an event", async () => {
    const n = next();
    const { header } = await bench().send(city, [recordOf(n)]);
    await withdraw(city, header.id);
    expect(await bench().status.submission(city, header.id)).toMatchObject({ status: "WITHDRAWN", counts: header.counts });
    const [status] = await bench().status.recordStatus(city, `rec-${n}`, null);
    expect(status).toMatchObject({ submissionId: header.id, result: { outcome: "CREATED" } });
    const events = await bench().test.query("select type from programme_event where submission_id = $1::uuid order by sequence", [
      header.id,
    ]);
    expect(events.map(({ type }) => type)).toEqual(["SUBMISSION_COMPLETED", "SUBMISSION_WITHDRAWN"]);
  });

  it("lets the same records be sent again, as new ones", async () => {
    const n = next();
    const { header } = await bench().send(city, [journey(n)]);
    await withdraw(city, header.id);
    expect((await bench().send(city, [journey(n)])).outcomes.every((outcome) => outcome.endsWith("CREATED"))).toBe(true);
  });

  it("leaves neither reason nor identity in clear in any table", async () => {
    const n = next();
    const { header } = await bench().send(city, [journey(n)]);
    await withdraw(city, header.id, "Canaryreason of the ward");
    const rows = await bench().test.query(
      `select string_agg(t::text, ' ') as text from (select row(s.*)::text as t from submission s
         union all select row(c.*)::text from record_change c union all select row(e.*)::text from programme_event e) x`,
    );
    for (const value of ["Canaryreason", toTestNhsNumber(n), `H-${n}`, "1951-03"])
      expect(String(rows[0]?.text)).not.toContain(value);
  });
});

describe("in the way of a withdrawal", () => {
  const cases: readonly (readonly [string, (n: number) => readonly [actor: OrganisationActor, records: readonly unknown[]]])[] = [
    ["changed a record it created", (n) => [city, [recordOf(n, { patient: named(n, { gender: "FEMALE" }) })]]],
    [
      "hung a record below one it created",
      (n) => [city, [recordOf(n, { patient: named(n), comorbidities: [{ type: "DIABETES" }] })]],
    ],
    ["bound an id of its own to a record it created", (n) => [city, [{ ...recordOf(n), sourceRecordId: `other-${n}` }]]],
    ["was told UNCHANGED of a record it created", (n) => [city, [recordOf(n)]]],
  ];
  it.each(cases)("stands a later submission that %s; without it nothing does", async (_title, later) => {
    const n = next();
    const first = await bench().send(city, [recordOf(n)]);
    const second = await bench().send(...later(n));
    const before = await snapshot();
    expect(await refusal(city, first.header.id)).toMatchObject({
      code: "CONFLICT",
      details: { submissions: [second.header.id], submissionsInTheWay: 1 },
    });
    expect(await snapshot()).toEqual(before);
    await withdraw(city, second.header.id);
    await withdraw(city, first.header.id);
    expect(await historyFaults()).toEqual([]);
  });

  it("stands a later change of the same item", async () => {
    const n = next();
    await bench().send(city, [recordOf(n)]);
    const send = (maritalStatus: string) => bench().send(city, [recordOf(n, { patient: named(n, { maritalStatus }) })]);
    const [first, second] = [await send("SINGLE"), await send("MARRIED")];
    expect(await refusal(city, first.header.id)).toMatchObject({ details: { submissions: [second.header.id] } });
  });

  it("stands another patient who has the number meanwhile", async () => {
    const n = next();
    const [m, other] = [next(), next()];
    await bench().send(city, [recordOf(n)]);
    const moved = await bench().send(city, [recordOf(n, { patient: person(n, { hospitalNumber: `H-${m}` }) })]);
    const taken = await bench().send(city, [recordOf(other, { patient: person(other, { hospitalNumber: `H-${n}` }) })]);
    const before = await snapshot();
    expect(await refusal(city, moved.header.id)).toMatchObject({ code: "CONFLICT", details: { submissions: [taken.header.id] } });
    expect(await snapshot()).toEqual(before);
  });

  it("is counted and not named what the actor may not see", async () => {
    const n = next();
    const first = await bench().send(city, [journey(n)]);
    await bench().send(hill, [
      { sourceRecordId: `hill-${n}`, patient: person(n), initiatingEvents: [event({ rehabilitations: [rehabilitation()] })] },
    ]);
    expect(await refusal(city, first.header.id)).toMatchObject({
      code: "CONFLICT",
      details: { submissions: [], submissionsInTheWay: 1 },
    });
  });

  it("are named ten at most, the latest first", async () => {
    const n = next();
    const first = await bench().send(city, [recordOf(n)]);
    const later: string[] = [];
    for (let i = 0; i < 11; i++) {
      bench().now = `2026-07-01T09:${10 + i}:00.000Z`;
      const gender = i % 2 === 0 ? "FEMALE" : "MALE";
      later.unshift((await bench().send(city, [recordOf(n, { patient: named(n, { gender }) })])).header.id);
    }
    expect((await refusal(city, first.header.id)).details).toEqual({ submissions: later.slice(0, 10), submissionsInTheWay: 11 });
  });
});

describe("a withdrawal is refused", () => {
  it("without a reason, with one that is too long, and of a dry run", async () => {
    const { header } = await bench().send(city, [recordOf(next())]);
    for (const reason of ["", "   ", "x".repeat(501)])
      expect(await refusal(city, header.id, reason)).toMatchObject({ code: "BAD_USER_INPUT", details: { path: "reason" } });
    // A dry run is seen for a week by the database's clock.
    bench().now = new Date().toISOString();
    const dry = await bench().send(city, [recordOf(next())], { mode: "VALIDATE_ONLY" });
    expect(await refusal(city, dry.header.id)).toMatchObject({ code: "BAD_USER_INPUT", details: { path: "id" } });
  });

  it("as not found to other organisations and programmes, as forbidden to other clients, and not to the clinical team", async () => {
    const { header } = await bench().send(city, [recordOf(next())]);
    for (const stranger of [coast, hill]) expect(await refusal(stranger, header.id)).toMatchObject({ code: "NOT_FOUND" });
    expect(await refusal(city, "no id")).toMatchObject({ code: "NOT_FOUND" });
    expect(await refusal({ ...city, clientId: "somebody" }, header.id)).toMatchObject({ code: "FORBIDDEN" });
    const app: OrganisationActor = { ...city, clientId: "app", role: "VENDOR_APP" };
    expect(await refusal(app, header.id)).toMatchObject({ code: "NOT_FOUND" });
    const registered = { ...app, sourceSystem: { vendor: "Vendor", product: "Product" } };
    expect(await refusal(registered, header.id)).toMatchObject({ code: "FORBIDDEN" });
    expect(await withdraw(team, header.id)).toMatchObject({ status: "WITHDRAWN" });
  });

  it("while it is in work", async () => {
    const { header } = await bench().send(city, [recordOf(next())]);
    await bench().test.query("update submission set status = 'PROCESSING' where id = $1::uuid", [header.id]);
    expect(await refusal(city, header.id)).toMatchObject({
      code: "CONFLICT",
      publicMessage: expect.stringContaining("cancel it first"),
    });
  });

  it("where it wrote records of a programme that the actor has not", async () => {
    const n = next();
    const elsewhere = [event({ rehabilitations: [rehabilitation({ programmeCode: "N-HILL" })] })];
    const { header } = await bench().send(both, [recordOf(n, { initiatingEvents: elsewhere })]);
    const before = await snapshot();
    expect(await refusal({ ...both, programmes: ["N-CITY"] }, header.id)).toMatchObject({ code: "FORBIDDEN" });
    expect(await snapshot()).toEqual(before);
    expect(await withdraw(both, header.id)).toMatchObject({ status: "WITHDRAWN" });
  });
});
