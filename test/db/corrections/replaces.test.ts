/** Keys corrected by `replaces`, and versions that a sender expects: what is stored, what is refused, what a withdrawal gives back. */
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { event, type Input, journey, named, person, recordOf } from "../../support/journey-records.ts";
import { provideControlBench } from "../control/control-bench.ts";
import { city } from "../submission/submission-bench.ts";

const control = provideControlBench();
let seed = 0;
const next = (): number => ++seed;
const send = (...records: readonly Input[]) => control().bench.send(city, records);
/** The rows of the first organisation. */
const snapshot = () => control().snapshot();

const formerNumbers = async (patient: string | null) =>
  (await control().bench.test.query("select 1 from identity.former_nhs_number where patient_id = $1::uuid", [patient])).length;

/** The person of a seed under the number of another one. */
const renumbered = (n: number, other: number, replaces: Input): Input =>
  recordOf(n, { patient: person(n, { nhsNumber: toTestNhsNumber(other), replaces }) });

describe("an NHS number", () => {
  it("is corrected where replaces names the stored one, and a withdrawal brings that one back", async () => {
    const [n, right] = [next(), next()];
    const first = await send(recordOf(n));
    const before = await snapshot();
    const corrected = await send(renumbered(n, right, { nhsNumber: toTestNhsNumber(n) }));
    expect([corrected.outcomes, corrected.issues]).toEqual([["PATIENT UPDATED"], ["WARNING NHS_NUMBER_TEST_RANGE nhsNumber"]]);
    expect(corrected.only("PATIENT").recordId).toBe(first.only("PATIENT").recordId);
    expect(await formerNumbers(first.only("PATIENT").recordId)).toBe(0);
    expect(
      (await send(recordOf(9_000 + n, { patient: named(n, { dateOfBirth: "1951-03-14", gender: "MALE" }) }))).outcomes,
    ).toEqual(["PATIENT CREATED"]);
    const blocked = await control().refusal(city, corrected.header.id);
    expect(blocked.code).toBe("CONFLICT");
    const [other] = await control().bench.test.query(
      "select id::text as id from submission where ods = $1 order by received_at desc, id desc",
      ["RNORTH"],
    );
    await control().withdraw(city, String(other?.id));
    await control().withdraw(city, corrected.header.id);
    expect(await snapshot()).toEqual(before);
    expect(await control().historyFaults()).toEqual([]);
  });

  it("that was superseded is kept for linking, until that is withdrawn", async () => {
    const [n, right] = [next(), next()];
    const first = await send(recordOf(n));
    const replaces = { nhsNumber: toTestNhsNumber(n), nhsNumberSuperseded: true };
    const corrected = await send(renumbered(n, right, replaces));
    expect(await formerNumbers(first.only("PATIENT").recordId)).toBe(1);
    await control().withdraw(city, corrected.header.id);
    expect(await formerNumbers(first.only("PATIENT").recordId)).toBe(0);
  });

  it.each<[string, (n: number, other: number) => Input, string]>([
    [
      "without replaces",
      (n, other) => recordOf(n, { patient: person(n, { nhsNumber: toTestNhsNumber(other) }) }),
      "KEY_CONFLICT",
    ],
    [
      "with another number than is stored",
      (n, other) => renumbered(n, other, { nhsNumber: toTestNhsNumber(other + 7_000) }),
      "KEY_CONFLICT",
    ],
    [
      "of a patient whom nobody knows",
      (n, other) => ({
        sourceRecordId: `no-${n}`,
        patient: person(8_000 + n, {
          nhsNumber: toTestNhsNumber(other),
          replaces: { nhsNumber: toTestNhsNumber(other + 7_000) },
        }),
      }),
      "REPLACES_UNKNOWN",
    ],
    ["that cannot be read", (n, other) => renumbered(n, other, { nhsNumber: "12" }), "FORMAT_INVALID"],
  ])("%s is refused, and nothing changes", async (_title, toRecord, code) => {
    const [n, other] = [next(), next()];
    await send(recordOf(n));
    const before = await snapshot();
    const refused = await send(toRecord(n, other));
    expect(refused.outcomes).toEqual(["PATIENT REJECTED"]);
    expect(refused.issues.some((issue) => issue.startsWith(`ERROR ${code}`))).toBe(true);
    expect(await snapshot()).toEqual(before);
  });

  it("that another patient has is a conflict: such patients are merged", async () => {
    const [n, other] = [next(), next()];
    await send(recordOf(n), recordOf(other));
    const refused = await send(renumbered(n, other, { nhsNumber: toTestNhsNumber(n) }));
    expect(refused.issues.filter((issue) => issue.startsWith("ERROR"))).toEqual(["ERROR KEY_CONFLICT -"]);
  });

  it("corrected before is UNCHANGED when the correction is sent again", async () => {
    const [n, right] = [next(), next()];
    await send(recordOf(n));
    const correction = renumbered(n, right, { nhsNumber: toTestNhsNumber(n) });
    await send(correction);
    expect((await send(correction)).outcomes).toEqual(["PATIENT UNCHANGED"]);
  });

  it("of two patients who take each other's is refused for both, in whatever order", async () => {
    const [n, other] = [next(), next()];
    await send(recordOf(n), recordOf(other));
    const before = await snapshot();
    const swap = [
      renumbered(n, other, { nhsNumber: toTestNhsNumber(n) }),
      renumbered(other, n, { nhsNumber: toTestNhsNumber(other) }),
    ];
    for (const records of [swap, swap.toReversed()]) {
      const refused = await send(...records);
      expect(refused.issues.filter((issue) => issue.startsWith("ERROR"))).toEqual([
        "ERROR REPLACES_CIRCULAR -",
        "ERROR REPLACES_CIRCULAR -",
      ]);
    }
    expect(await snapshot()).toEqual(before);
  });
});

describe("a date of birth", () => {
  it("is corrected where replaces names the stored one, and only then", async () => {
    const n = next();
    await send(recordOf(n));
    const born = (replaces?: Input): Input =>
      recordOf(n, { patient: person(n, { dateOfBirth: "1951-03-15", ...(replaces && { replaces }) }) });
    expect((await send(born())).outcomes).toEqual(["PATIENT REJECTED"]);
    expect((await send(born({ dateOfBirth: "1951-03-13" }))).outcomes).toEqual(["PATIENT REJECTED"]);
    expect((await send(born({ dateOfBirth: "1951-03-14" }))).outcomes).toEqual(["PATIENT UPDATED"]);
    expect(await control().historyFaults()).toEqual([]);
  });
});

describe("an event's date", () => {
  const dated = (n: number, eventDate: string, more: Input = {}): Input =>
    recordOf(n, {
      patient: named(n),
      initiatingEvents: [event({ eventDate, treatments: [{ type: "PCI", date: "2026-01-04" }], ...more })],
    });

  it("is corrected by replaces without a second event; what hangs below is the same, now and when it is sent again", async () => {
    const n = next();
    const first = await send(journey(n));
    const corrected = await send(dated(n, "2026-01-04", { replaces: { eventDate: "2026-01-02" } }));
    expect(corrected.only("INITIATING_EVENT")).toMatchObject({
      outcome: "UPDATED",
      matchedBy: "REPLACES",
      recordId: first.only("INITIATING_EVENT").recordId,
    });
    const again = await send(dated(n, "2026-01-04"));
    expect(again.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT UNCHANGED", "TREATMENT UNCHANGED"]);
    expect(again.only("TREATMENT").recordId).toBe(corrected.only("TREATMENT").recordId);
  });

  it("sent again as it was before the correction makes a second event, with a warning", async () => {
    const n = next();
    await send(journey(n));
    await send(dated(n, "2026-01-04", { replaces: { eventDate: "2026-01-02" } }));
    const old = await send(dated(n, "2026-01-02"));
    expect(old.only("INITIATING_EVENT").outcome).toBe("CREATED");
    expect(old.issues).toContain("WARNING PROBABLE_DUPLICATE_EVENT eventDate");
  });

  it("is corrected by the sender's own id, as often as it is sent", async () => {
    const n = next();
    const sent = (eventDate: string) => send(recordOf(n, { initiatingEvents: [event({ eventDate, sourceRecordId: `e-${n}` })] }));
    const first = await sent("2026-01-02");
    const [moved, again] = [await sent("2026-01-05"), await sent("2026-01-05")];
    expect([moved, again].map((one) => one.only("INITIATING_EVENT").outcome)).toEqual(["UPDATED", "UNCHANGED"]);
    expect(again.only("INITIATING_EVENT").recordId).toBe(first.only("INITIATING_EVENT").recordId);
  });

  it.each<[string, (n: number) => Input, string]>([
    ["that no event has", (n) => dated(n, "2026-01-09", { replaces: { eventDate: "2026-01-08" } }), "REPLACES_UNKNOWN"],
    [
      "towards one that another event has",
      (n) => dated(n, "2026-02-02", { replaces: { eventDate: "2026-01-02" } }),
      "KEY_CONFLICT",
    ],
  ])("%s is refused, with what hangs below", async (_title, toRecord, code) => {
    const n = next();
    await send(recordOf(n, { initiatingEvents: [event(), event({ eventDate: "2026-02-02" })] }));
    const refused = await send(toRecord(n));
    expect(refused.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT REJECTED", "TREATMENT REJECTED_PARENT"]);
    expect(refused.issues).toContain(`ERROR ${code} -`);
  });

  it("swapped with another event's is refused for both, and a chain that ends is no circle", async () => {
    const n = next();
    await send(recordOf(n, { initiatingEvents: [event(), event({ eventDate: "2026-02-02" })] }));
    const move = (from: string, to: string): Input => event({ eventDate: to, replaces: { eventDate: from } });
    const swap = await send(
      recordOf(n, { initiatingEvents: [move("2026-01-02", "2026-02-02"), move("2026-02-02", "2026-01-02")] }),
    );
    expect(swap.issues.filter((issue) => issue.startsWith("ERROR"))).toEqual([
      "ERROR REPLACES_CIRCULAR -",
      "ERROR REPLACES_CIRCULAR -",
    ]);
    const apart = await send(
      recordOf(n, { initiatingEvents: [move("2026-01-02", "2026-03-02"), move("2026-02-02", "2026-04-02")] }),
    );
    expect(apart.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT UPDATED", "INITIATING_EVENT UPDATED"]);
  });
});

describe("other keys", () => {
  it("are corrected by what replaces names, also one that was stored without a date", async () => {
    const n = next();
    const first = await send(
      recordOf(n, {
        initiatingEvents: [
          event({
            treatments: [{ type: "PCI" }],
            rehabilitations: [{ referralDate: "2026-01-08", assessments: [{ number: 2, date: "2026-02-01" }] }],
          }),
        ],
      }),
    );
    const second = await send(
      recordOf(n, {
        initiatingEvents: [
          event({
            treatments: [{ type: "PCI", date: "2026-01-03", replaces: { date: null } }],
            rehabilitations: [
              {
                referralDate: "2026-01-09",
                replaces: { referralDate: "2026-01-08" },
                assessments: [{ number: 1, date: "2026-02-01", replaces: { number: 2 } }],
              },
            ],
          }),
        ],
      }),
    );
    expect(second.outcomes).toEqual([
      "PATIENT UNCHANGED",
      "INITIATING_EVENT UNCHANGED",
      "TREATMENT UPDATED",
      "REHABILITATION UPDATED",
      "ASSESSMENT UPDATED",
    ]);
    for (const type of ["TREATMENT", "REHABILITATION", "ASSESSMENT"] as const)
      expect(second.only(type).recordId).toBe(first.only(type).recordId);
    const again = await send(
      recordOf(n, {
        initiatingEvents: [
          event({ rehabilitations: [{ referralDate: "2026-01-09", assessments: [{ number: 1, date: "2026-02-01" }] }] }),
        ],
      }),
    );
    expect(again.outcomes.every((outcome) => outcome.endsWith("UNCHANGED"))).toBe(true);
    expect(await control().historyFaults()).toEqual([]);
  });
});

describe("an expected version", () => {
  const expecting = (n: number, expectedVersion: unknown, more: Input = {}): Input =>
    recordOf(n, { patient: named(n, { expectedVersion, ...more }) });

  it("lets a record in where it is that of the stored one, and names the stored one where it is not", async () => {
    const n = next();
    await send(recordOf(n));
    expect((await send(expecting(n, 1, { maritalStatus: "SINGLE" }))).outcomes).toEqual(["PATIENT UPDATED"]);
    const stale = await send(expecting(n, 1, { maritalStatus: "MARRIED" }));
    expect(stale.only("PATIENT").issues).toMatchObject([
      { code: "NHS_NUMBER_TEST_RANGE" },
      { code: "VERSION_STALE", params: { version: 2 } },
    ]);
    expect((await send(expecting(n, 2, { maritalStatus: "MARRIED" }))).outcomes).toEqual(["PATIENT UPDATED"]);
  });

  it("of 0 is that of a record which is not stored; any other refuses to create one, and children fall with it", async () => {
    const n = next();
    const withVersion = (expectedVersion: number): Input => journey(n, { patient: person(n, { expectedVersion }) });
    const refused = await send(withVersion(1));
    expect([...new Set(refused.outcomes.slice(1).map((outcome) => outcome.split(" ")[1]))]).toEqual(["REJECTED_PARENT"]);
    expect((await send(withVersion(0))).outcomes.every((outcome) => outcome.endsWith("CREATED"))).toBe(true);
    expect((await send(withVersion(0))).outcomes[0]).toBe("PATIENT REJECTED");
  });

  it("of two records of one submission is the version before it", async () => {
    const n = next();
    await send(recordOf(n));
    const two = await send(expecting(n, 1, { maritalStatus: "SINGLE" }), {
      ...expecting(n, 1, { surname: "Lark" }),
      sourceRecordId: `rec-${n}`,
    });
    expect(two.outcomes).toEqual(["PATIENT UPDATED", "PATIENT UPDATED"]);
  });

  it("of two submissions at once lets one of them in", async () => {
    const n = next();
    await send(recordOf(n));
    const both = await Promise.all(["SINGLE", "MARRIED"].map((maritalStatus) => send(expecting(n, 1, { maritalStatus }))));
    expect(both.flatMap(({ outcomes }) => outcomes).toSorted()).toEqual(["PATIENT REJECTED", "PATIENT UPDATED"]);
  });

  it("that is none is an error of its record", async () => {
    const n = next();
    for (const wrong of ["1", -1, 1.5, true])
      expect((await send(expecting(n, wrong))).issues).toContain("ERROR FORMAT_INVALID -");
  });
});
