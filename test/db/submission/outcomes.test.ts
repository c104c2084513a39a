/** What becomes of each record: created, updated, unchanged, rejected, fallen with its parent, held. */
import { describe, expect, it } from "vitest";
import { event, journey, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { city, provideBench } from "./submission-bench.ts";

const bench = provideBench();
let seed = 0;
const next = (): number => ++seed;

describe("a record that is good", () => {
  it("is created, and unchanged when it is sent again under a new key", async () => {
    const n = next();
    const first = await bench().send(city, [journey(n)]);
    expect(first.outcomes).toEqual([
      "PATIENT CREATED",
      "INITIATING_EVENT CREATED",
      "TREATMENT CREATED",
      "REHABILITATION CREATED",
      "ASSESSMENT CREATED",
    ]);
    expect(first.header.counts).toMatchObject({ received: 5, created: 5, rejected: 0 });
    const again = await bench().send(city, [journey(n)]);
    expect(new Set(again.results.map(({ outcome }) => outcome))).toEqual(new Set(["UNCHANGED"]));
    expect(again.results.map(({ recordId }) => recordId)).toEqual(first.results.map(({ recordId }) => recordId));
    expect(again.results.flatMap(({ changes }) => changes)).toEqual([]);
  });

  it("is updated with what differs, and the answer names each change with the submission that wrote the value before", async () => {
    const n = next();
    const first = await bench().send(city, [recordOf(n, { patient: person(n, { maritalStatus: "SINGLE" }) })]);
    const changed = await bench().send(city, [
      recordOf(n, { patient: named(n, { maritalStatus: "MARRIED", surname: "Invented" }) }),
    ]);
    expect(changed.only("PATIENT")).toMatchObject({ outcome: "UPDATED", matchedBy: "SOURCE_RECORD_ID" });
    expect(changed.only("PATIENT").changes).toEqual([
      { field: "surname", before: null, after: null, decision: "SET", previousSource: null },
      {
        field: "maritalStatus",
        before: "SINGLE",
        after: "MARRIED",
        decision: "REPLACED",
        previousSource: { submissionId: first.header.id, programmeCode: "N-CITY", receivedAt: first.header.receivedAt },
      },
    ]);
  });

  it("needs no more than the identity of its known parents", async () => {
    const n = next();
    await bench().send(city, [journey(n)]);
    const second = { number: 2, date: "2026-04-01", weightKg: 80 };
    const sent = await bench().send(city, [
      recordOf(n, {
        patient: named(n),
        initiatingEvents: [event({ rehabilitations: [{ referralDate: "2026-01-08", assessments: [second] }] })],
      }),
    ]);
    expect(sent.outcomes).toEqual([
      "PATIENT UNCHANGED",
      "INITIATING_EVENT UNCHANGED",
      "REHABILITATION UNCHANGED",
      "ASSESSMENT CREATED",
    ]);
  });

  it("is not refused for what was stored before a rule could see it", async () => {
    const n = next();
    await bench().send(city, [recordOf(n)]);
    // A stored row that breaks a rule: the gender is gone.
    await bench().test.query("update public.patient set gender = null where id = $1::uuid", [
      (await bench().send(city, [recordOf(n)])).only("PATIENT").recordId,
    ]);
    const unchanged = await bench().send(city, [recordOf(n, { patient: named(n) })]);
    expect(unchanged.outcomes).toEqual(["PATIENT UNCHANGED"]);
    const changed = await bench().send(city, [recordOf(n, { patient: named(n, { maritalStatus: "MARRIED" }) })]);
    expect(changed.issues).toEqual(["WARNING NHS_NUMBER_TEST_RANGE nhsNumber", "ERROR MANDATORY_MISSING gender"]);
  });
});

describe("a record that is bad", () => {
  it("is rejected alone: its parent and siblings stand, and its children fall with it", async () => {
    const n = next();
    const sent = await bench().send(city, [
      recordOf(n, {
        initiatingEvents: [
          event({ treatments: [{ type: "PCI", date: "2026-01-02" }] }),
          event({
            eventDate: "2025-01-02",
            eventType: "BROKEN",
            treatments: [{ type: "PCI" }],
            rehabilitations: [rehabilitation()],
          }),
        ],
      }),
    ]);
    expect(sent.outcomes).toEqual([
      "PATIENT CREATED",
      "INITIATING_EVENT CREATED",
      "TREATMENT CREATED",
      "INITIATING_EVENT REJECTED",
      "TREATMENT REJECTED_PARENT",
      "REHABILITATION REJECTED_PARENT",
      "ASSESSMENT REJECTED_PARENT",
    ]);
    const root = sent.only("INITIATING_EVENT", 1).index;
    expect(sent.results.slice(-3).flatMap(({ issues }) => issues.map(({ code, causedBy }) => [code, causedBy]))).toEqual([
      ["PARENT_REJECTED", root],
      ["PARENT_REJECTED", root],
      ["PARENT_REJECTED", root],
    ]);
    expect(sent.results.slice(-4).map(({ recordId, changes }) => [recordId, changes])).toEqual(Array(4).fill([null, []]));
    expect(sent.header.outcome).toBe("ACCEPTED_WITH_REJECTIONS");
  });

  it("makes one group of issues, into which the records that fell with it are counted", async () => {
    const bad = (n: number) => recordOf(n, { patient: person(n, { gender: "BROKEN" }), initiatingEvents: [event()] });
    const sent = await bench().send(city, [bad(next()), bad(next()), bad(next())]);
    const errors = sent.header.issueGroups.filter(({ severity }) => severity === "ERROR");
    expect(errors).toEqual([
      expect.objectContaining({ code: "CODE_UNKNOWN", field: "gender", count: 3, cascaded: 3, firstRecords: [0, 2, 4] }),
    ]);
    expect(sent.header.counts).toMatchObject({ received: 6, created: 0, rejected: 6 });
    expect(sent.header.outcome).toBe("REJECTED");
  });

  it("keeps two rules of one field apart in the groups, the most frequent first", async () => {
    const dated = (n: number, coreEndDate: string, coreStartDate: string) =>
      recordOf(n, {
        initiatingEvents: [event({ rehabilitations: [{ referralDate: "2026-01-08", coreStartDate, coreEndDate }] })],
      });
    const sent = await bench().send(city, [
      dated(next(), "1950-01-01", "2026-02-01"),
      dated(next(), "2026-01-20", "2026-02-01"),
      dated(next(), "2026-01-21", "2026-02-01"),
    ]);
    const groups = sent.header.issueGroups.filter(({ code }) => code === "DATE_ORDER");
    expect(groups.map(({ field, count, params }) => [field, count, params.rule])).toEqual([
      ["coreEndDate", 3, "D9"],
      ["coreEndDate", 1, "D2.REHABILITATION.coreEndDate"],
    ]);
  });

  it("is told that its parent is missing where the parent is only named and nobody knows it", async () => {
    const n = next();
    const sent = await bench().send(city, [recordOf(n, { patient: named(n), initiatingEvents: [event()] })]);
    expect(sent.outcomes).toEqual(["PATIENT REJECTED", "INITIATING_EVENT REJECTED_PARENT"]);
    expect(sent.only("INITIATING_EVENT").issues).toMatchObject([{ code: "PARENT_MISSING", causedBy: 0 }]);
    expect(sent.only("PATIENT").issues.map(({ code }) => code)).toContain("MANDATORY_MISSING");
    expect(sent.header.issueGroups.map(({ code }) => code)).not.toContain("PARENT_MISSING");
  });

  it("does not leave an event behind that stood on a refused treatment alone", async () => {
    const n = next();
    const use = (date: string) =>
      recordOf(n, { initiatingEvents: [event({ eventType: "USE_TREATMENT", treatments: [{ type: "PCI", date }] })] });
    const refused = await bench().send(city, [use("1940-01-01")]);
    expect(refused.outcomes).toEqual(["PATIENT CREATED", "INITIATING_EVENT REJECTED", "TREATMENT REJECTED"]);
    expect(refused.only("INITIATING_EVENT").issues).toMatchObject([
      { code: "CONDITION_NOT_MET", params: { rule: "C-USE-TREATMENT" } },
    ]);
    const accepted = await bench().send(city, [use("2026-01-02")]);
    expect(accepted.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT CREATED", "TREATMENT CREATED"]);
  });

  it.each([
    ["an object in its place", { id: 1 }, "FORMAT_INVALID"],
    ["65 characters", "x".repeat(65), "LENGTH_EXCEEDED"],
    ["a control character", "a\u0000b", "FORMAT_INVALID"],
    ["nothing", " ", "MANDATORY_MISSING"],
  ])("is rejected for an id of its own that is %s", async (_title, sourceRecordId, code) => {
    const n = next();
    const sent = await bench().send(city, [recordOf(n, { sourceRecordId }), recordOf(next())]);
    expect(sent.outcomes).toEqual(["PATIENT REJECTED", "PATIENT CREATED"]);
    expect(sent.results[0]?.issues[0]).toMatchObject({
      code,
      field: "sourceRecordId",
      expression: "records[0].sourceRecordId",
    });
  });
});

describe("values", () => {
  it("are cleared on purpose only, and a mandatory or stated one never", async () => {
    const n = next();
    await bench().send(city, [recordOf(n, { patient: person(n, { maritalStatus: "MARRIED", telephone: "0" }) })]);
    const cleared = await bench().send(city, [recordOf(n, { patient: named(n, { clear: ["maritalStatus"] }) })]);
    expect(cleared.only("PATIENT").changes).toMatchObject([{ field: "maritalStatus", after: null, decision: "CLEARED" }]);
    const history = await bench().test.query("select changes::text as changes from record_change where record_id = $1::uuid", [
      cleared.only("PATIENT").recordId,
    ]);
    expect(history.map(({ changes }) => JSON.parse(String(changes)))).toEqual([
      { maritalStatus: { before: "MARRIED", after: null, decision: "CLEARED" } },
    ]);
    const refused = await bench().send(city, [
      recordOf(n, { patient: named(n, { clear: ["gender", "maritalStatus", "nonsense"], maritalStatus: "SINGLE" }) }),
    ]);
    expect(refused.only("PATIENT").issues.filter(({ severity }) => severity === "ERROR")).toMatchObject(
      ["gender", "maritalStatus", null].map((field) => ({ code: "CONDITION_NOT_MET", field })),
    );
  });

  it("that say Unknown fill what is empty and are ignored, with a warning, where something is known", async () => {
    const n = next();
    await bench().send(city, [recordOf(n, { patient: person(n, { ethnicGroup: "NOT_STATED" }) })]);
    const filled = await bench().send(city, [
      recordOf(n, { patient: named(n, { ethnicGroup: "WHITE_BRITISH", maritalStatus: "UNKNOWN" }) }),
    ]);
    expect(filled.only("PATIENT").changes.map(({ field, decision }) => [field, decision])).toEqual([
      ["maritalStatus", "SET"],
      ["ethnicGroup", "REPLACED"],
    ]);
    const ignored = await bench().send(city, [recordOf(n, { patient: named(n, { ethnicGroup: "NOT_STATED" }) })]);
    expect(ignored.only("PATIENT")).toMatchObject({
      outcome: "UNCHANGED",
      changes: [{ field: "ethnicGroup", before: "WHITE_BRITISH", decision: "UNKNOWN_IGNORED" }],
    });
    expect(ignored.issues).toContain("WARNING UNKNOWN_IGNORED ethnicGroup");
  });
});

describe("all or nothing", () => {
  it("holds back what is good where anything was rejected, and stores nothing of it", async () => {
    const before = await bench().count("public.patient");
    const sent = await bench().send(city, [journey(next()), recordOf(next(), { patient: { gender: "MALE" } })], {
      errorPolicy: "ALL_OR_NOTHING",
    });
    expect(sent.outcomes.slice(-2)).toEqual(["ASSESSMENT HELD", "PATIENT REJECTED"]);
    expect(sent.header.counts).toMatchObject({ received: 6, created: 0, held: 5, rejected: 1 });
    expect(sent.header.outcome).toBe("REJECTED");
    expect(sent.results.map(({ recordId, changes }) => [recordId, changes.length])).toEqual(Array(6).fill([null, 0]));
    expect(await bench().count("public.patient")).toBe(before);
  });

  it("stores everything where everything is good", async () => {
    const sent = await bench().send(city, [journey(next())], { errorPolicy: "ALL_OR_NOTHING" });
    expect(sent.header).toMatchObject({ outcome: "ACCEPTED_WITH_WARNINGS", counts: { created: 5, held: 0 } });
  });
});

describe("a submission that claims a dataset version nobody has", () => {
  it("is completed, refused as a whole, and stored as an answer", async () => {
    const sent = await bench().send(city, [journey(next())], { datasetVersion: "gw-9.9" });
    expect(sent.header).toMatchObject({ status: "COMPLETED", outcome: "REJECTED", datasetVersion: "gw-9.9" });
    expect(sent.header.issues).toMatchObject([{ code: "DATASET_VERSION_UNKNOWN" }]);
    expect(await bench().status.submission(city, sent.header.id)).toEqual(sent.header);
  });
});
