/** Records that a submission withdraws: what goes with them, what refuses it, and how they come back. */
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { event, type Input, journey, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { both, city, hill } from "../submission/submission-bench.ts";
import { provideControlBench } from "./control-bench.ts";

const control = provideControlBench();
let seed = 100;
const next = (): number => ++seed;
const bench = () => control().bench;
const snapshot = () => control().snapshot();
const send = (actor: OrganisationActor, ...records: readonly Input[]) => bench().send(actor, records);
const team: OrganisationActor = { ...both, clientId: "person-1", role: "CLINICAL_TEAM" };

const withdrawPatient = (n: number): Input => recordOf(n, { patient: named(n, { withdraw: true }) });
const below = (n: number, more: Input): Input => recordOf(n, { patient: named(n), ...more });

describe("a record that is withdrawn", () => {
  it("goes with everything below it, and comes back as it was when the submission is withdrawn", async () => {
    const n = next();
    const empty = await snapshot();
    await send(city, journey(n, { comorbidities: [{ type: "DIABETES" }], sourceRecordId: `rec-${n}` }));
    const full = await snapshot();
    const { header, only } = await send(city, withdrawPatient(n));
    expect(only("PATIENT")).toMatchObject({ outcome: "WITHDRAWN", matchedBy: "SOURCE_RECORD_ID" });
    expect(only("PATIENT").issues.slice(1)).toEqual([
      {
        severity: "INFORMATION",
        code: "WITHDRAWN_WITH_PARENT",
        field: null,
        expression: "records[0].patient",
        params: { records: 5 },
      },
    ]);
    expect(header).toMatchObject({
      outcome: "ACCEPTED_WITH_WARNINGS",
      counts: { received: 1, withdrawn: 1, updated: 0, unchanged: 0 },
    });
    expect(await snapshot()).toEqual(empty);
    expect(await control().historyFaults()).toEqual([]);
    await control().withdraw(city, header.id);
    expect(await snapshot()).toEqual(full);
    expect(await control().historyFaults()).toEqual([]);
    const again = await send(city, withdrawPatient(n));
    await control().withdraw(city, again.header.id);
    expect(await snapshot()).toEqual(full);
    expect(await control().historyFaults()).toEqual([]);
  });

  it("makes its patient due for the linker when it goes, and when it comes back", async () => {
    const n = next();
    const { only } = await send(city, recordOf(n));
    const countDue = async () => {
      const [row] = await bench().test.query("select count(*)::int as n from link.due where patient_id = $1::uuid", [
        only("PATIENT").recordId,
      ]);
      return Number(row?.n);
    };
    const created = await countDue();
    const { header } = await send(city, withdrawPatient(n));
    const gone = await countDue();
    await control().withdraw(city, header.id);
    expect([gone > created, (await countDue()) > gone]).toEqual([true, true]);
  });

  it("is found by its identity as well as by the sender's id, and not by anything else", async () => {
    const n = next();
    await send(city, journey(n));
    const sent = await send(
      city,
      below(n, { initiatingEvents: [event({ treatments: [{ type: "PCI", date: "2026-01-02", withdraw: true }] })] }),
    );
    expect(sent.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT UNCHANGED", "TREATMENT WITHDRAWN"]);
    const twice = await send(
      city,
      below(n, { initiatingEvents: [event({ treatments: [{ type: "PCI", date: "2026-01-02", withdraw: true }] })] }),
    );
    expect(twice.issues).toContain("ERROR NOTHING_TO_WITHDRAW -");
    const nobody = await send(city, withdrawPatient(next()));
    expect(nobody.issues.slice(1)).toEqual(["ERROR NOTHING_TO_WITHDRAW -"]);
  });

  it("leaves its numbers and ids to whoever is sent next, who then stands in the way of its return", async () => {
    const n = next();
    const first = await send(city, journey(n));
    const { header } = await send(city, withdrawPatient(n));
    const anew = await send(city, journey(n));
    expect(anew.only("PATIENT").outcome).toBe("CREATED");
    expect(anew.only("PATIENT").recordId).not.toBe(first.only("PATIENT").recordId);
    expect(await control().refusal(city, header.id)).toMatchObject({
      code: "CONFLICT",
      details: { submissions: [anew.header.id], submissionsInTheWay: 1 },
    });
    await control().withdraw(city, anew.header.id);
    await control().withdraw(city, header.id);
    const back = await send(city, journey(n));
    expect(back.only("PATIENT")).toMatchObject({ outcome: "UNCHANGED", recordId: first.only("PATIENT").recordId });
  });

  it("holds the submission that created or changed it, until it is back", async () => {
    const n = next();
    const created = await send(city, journey(n));
    const changed = await send(city, below(n, { patient: named(n, { maritalStatus: "SINGLE" }) }));
    const { header } = await send(city, withdrawPatient(n));
    for (const { header: earlier } of [changed, created])
      expect((await control().refusal(city, earlier.id)).details.submissions).toContain(header.id);
    await control().withdraw(city, header.id);
    await control().withdraw(city, changed.header.id);
    await control().withdraw(city, created.header.id);
    expect(await control().historyFaults()).toEqual([]);
  });

  it("comes back only below the record it hung below", async () => {
    const n = next();
    await send(city, journey(n));
    const child = await send(
      city,
      below(n, { initiatingEvents: [event({ treatments: [{ type: "PCI", date: "2026-01-02", withdraw: true }] })] }),
    );
    const parent = await send(city, below(n, { initiatingEvents: [event({ withdraw: true })] }));
    expect((await control().refusal(city, child.header.id)).details.submissions).toEqual([parent.header.id]);
    await control().withdraw(city, parent.header.id);
    await control().withdraw(city, child.header.id);
    expect((await send(city, journey(n))).outcomes.every((outcome) => outcome.endsWith("UNCHANGED"))).toBe(true);
  });

  it("comes back for thirty days, not longer", async () => {
    const n = next();
    await send(city, journey(n));
    const { header } = await send(city, withdrawPatient(n));
    const now = bench().now;
    bench().now = new Date(Date.parse(now) + 31 * 86_400_000).toISOString();
    expect(await control().refusal(city, header.id)).toMatchObject({ code: "CONFLICT", details: { reason: "TOO_LATE" } });
    bench().now = now;
    await control().withdraw(city, header.id);
  });
});

describe("what refuses a withdrawal", () => {
  it("a rule that the rest of the tree would break without the record", async () => {
    const n = next();
    const treatments = [{ type: "PCI", date: "2026-01-02" }];
    const useTreatment = (more: Input) => event({ eventType: "USE_TREATMENT", eventDate: "2026-01-02", ...more });
    await send(city, recordOf(n, { initiatingEvents: [useTreatment({ treatments })] }));
    const before = await snapshot();
    const last = below(n, { initiatingEvents: [useTreatment({ treatments: [{ ...treatments[0], withdraw: true }] })] });
    const refused = await send(city, last);
    expect(refused.outcomes.at(-1)).toBe("TREATMENT REJECTED");
    expect(refused.only("TREATMENT").issues).toMatchObject([{ code: "CONDITION_NOT_MET", params: { rule: "C-USE-TREATMENT" } }]);
    expect(await snapshot()).toEqual(before);
    const replaced = await send(
      city,
      below(n, {
        initiatingEvents: [
          useTreatment({
            treatments: [
              { ...treatments[0], withdraw: true },
              { type: "CABG", date: "2026-01-03" },
            ],
          }),
        ],
      }),
    );
    expect(replaced.outcomes.slice(2)).toEqual(["TREATMENT WITHDRAWN", "TREATMENT CREATED"]);
  });

  it("a rehabilitation below it of a programme that the sender may not act for", async () => {
    const n = next();
    await send(city, recordOf(n, { initiatingEvents: [event()] }));
    await send(hill, {
      ...below(n, { initiatingEvents: [event({ rehabilitations: [rehabilitation()] })] }),
      sourceRecordId: `h-${n}`,
    });
    const before = await snapshot();
    for (const record of [withdrawPatient(n), below(n, { initiatingEvents: [event({ withdraw: true })] })])
      expect((await send(city, record)).issues).toContain("ERROR NOT_AUTHORISED_FOR_ORGANISATION programmeCode");
    expect(await snapshot()).toEqual(before);
    const { header } = await send(both, withdrawPatient(n));
    expect(header.counts.withdrawn).toBe(1);
    expect((await control().refusal(city, header.id)).code).toBe("FORBIDDEN");
    await control().withdraw(team, header.id);
    expect(await snapshot()).toEqual(before);
  });

  it("that the same submission states the record, or one below it", async () => {
    const n = next();
    await send(city, journey(n));
    const before = await snapshot();
    const both = await send(city, withdrawPatient(n), recordOf(n, { patient: named(n, { gender: "FEMALE" }) }));
    expect(both.outcomes).toEqual(["PATIENT WITHDRAWN", "PATIENT REJECTED"]);
    expect(both.only("PATIENT", 1).issues.slice(1)).toMatchObject([{ code: "KEY_CONFLICT", causedBy: 0 }]);
    await control().withdraw(city, both.header.id);
    const child = await send(
      city,
      below(n, { initiatingEvents: [event({ withdraw: true, treatments: [{ type: "CABG", date: "2026-01-09" }] })] }),
    );
    expect(child.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT WITHDRAWN", "TREATMENT REJECTED"]);
    expect(child.only("TREATMENT").issues).toMatchObject([{ code: "KEY_CONFLICT", causedBy: 1 }]);
    await control().withdraw(city, child.header.id);
    const marked = await send(
      city,
      below(n, {
        initiatingEvents: [event({ withdraw: true, treatments: [{ type: "PCI", date: "2026-01-02", withdraw: true }] })],
      }),
    );
    expect(marked.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT WITHDRAWN", "TREATMENT WITHDRAWN"]);
    expect(marked.only("INITIATING_EVENT").issues).toMatchObject([{ params: { records: 2 } }]);
    await control().withdraw(city, marked.header.id);
    expect(await snapshot()).toEqual(before);
  });
});

describe("a withdrawal in a submission that stores nothing", () => {
  it("is answered alike and leaves the record where it is: a dry run, and all or nothing", async () => {
    const n = next();
    await send(city, journey(n));
    const before = await snapshot();
    const dry = await bench().send(city, [withdrawPatient(n)], { mode: "VALIDATE_ONLY" });
    expect(dry.only("PATIENT")).toMatchObject({ outcome: "WITHDRAWN", issues: [{}, { params: { records: 4 } }] });
    const held = await bench().send(city, [withdrawPatient(n), recordOf(next(), { patient: {} })], {
      errorPolicy: "ALL_OR_NOTHING",
    });
    expect(held.outcomes).toEqual(["PATIENT HELD", "PATIENT REJECTED"]);
    expect(await snapshot()).toEqual(before);
  });

  it("refuses a marker that is neither true nor false", async () => {
    const n = next();
    await send(city, journey(n));
    const sent = await send(city, recordOf(n, { patient: person(n, { withdraw: "yes" }) }));
    expect(sent.outcomes).toEqual(["PATIENT REJECTED"]);
    expect(toTestNhsNumber(n)).toHaveLength(10);
  });
});
