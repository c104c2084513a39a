/** Which stored row a record means, where that is not plain: corrections, two records of one key, rehabilitations, hard-to-place ids. */
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { event, type Input, journey, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { city, provideBench, type Sent } from "./submission-bench.ts";

const bench = provideBench();
let seed = 0;
const next = (): number => ++seed;

const withEvents = (n: number, ...initiatingEvents: readonly Input[]): Input =>
  recordOf(n, { patient: named(n), initiatingEvents });
const errorsOf = (sent: Sent): readonly string[] => sent.issues.filter((issue) => issue.startsWith("ERROR"));
const eventsOf = async (patient: Sent): Promise<readonly string[]> => {
  const rows = await bench().test.query(
    "select event_type || ' ' || event_date as e from initiating_event where patient_id = $1::uuid order by 1",
    [patient.only("PATIENT").recordId],
  );
  return rows.map(({ e }) => String(e));
};

describe("an event sent again under the sender's own id", () => {
  const dated = (id: string | null, eventDate: string, more: Input = {}): Input =>
    event({ sourceRecordId: id, eventDate, ...more });

  it("with another date or type is corrected, not doubled", async () => {
    const n = next();
    const sent = await bench().send(city, [
      recordOf(n, { initiatingEvents: [dated(`e-${n}`, "2026-01-02", { treatments: [{ type: "PCI" }] })] }),
    ]);
    const corrected = await bench().send(city, [withEvents(n, dated(`e-${n}`, "2026-01-03", { eventType: "MI_NSTEMI" }))]);
    expect(corrected.only("INITIATING_EVENT")).toMatchObject({
      outcome: "UPDATED",
      matchedBy: "SOURCE_RECORD_ID",
      recordId: sent.only("INITIATING_EVENT").recordId,
    });
    expect(await eventsOf(sent)).toEqual(["MI_NSTEMI 2026-01-03"]);
  });

  it("is found by later records of the same submission under its new key, and no more under its old one", async () => {
    const n = next();
    const sent = await bench().send(city, [recordOf(n, { initiatingEvents: [dated(`e-${n}`, "2026-01-02")] })]);
    const corrected = await bench().send(city, [
      withEvents(n, dated(`e-${n}`, "2026-01-03"), dated(null, "2026-01-03", { riskLevel: "LOW" }), dated(null, "2026-01-02")),
    ]);
    expect(corrected.outcomes).toEqual([
      "PATIENT UNCHANGED",
      "INITIATING_EVENT UPDATED",
      "INITIATING_EVENT UPDATED",
      "INITIATING_EVENT CREATED",
    ]);
    expect(corrected.only("INITIATING_EVENT", 1).recordId).toBe(sent.only("INITIATING_EVENT").recordId);
    expect(await eventsOf(sent)).toEqual(["MI_STEMI 2026-01-02", "MI_STEMI 2026-01-03"]);
  });

  it("keeps its key where the correction is refused, and later records under the new key are not merged into it", async () => {
    const n = next();
    const sent = await bench().send(city, [recordOf(n, { initiatingEvents: [dated(`e-${n}`, "2026-01-02")] })]);
    // Before birth: refused by a rule, after it was matched.
    const refused = await bench().send(city, [
      withEvents(n, dated(`e-${n}`, "1950-01-03"), dated(null, "1950-01-03", { riskLevel: "LOW" })),
    ]);
    expect(refused.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT REJECTED", "INITIATING_EVENT REJECTED"]);
    expect(refused.only("INITIATING_EVENT", 1).issues).toMatchObject([{ code: "KEY_CONFLICT", causedBy: 1 }]);
    expect(await eventsOf(sent)).toEqual(["MI_STEMI 2026-01-02"]);
  });

  it("may not take the key of another event, also where that one moves away in the same submission", async () => {
    const n = next();
    const sent = await bench().send(city, [
      recordOf(n, { initiatingEvents: [dated(`a-${n}`, "2026-01-02"), dated(`b-${n}`, "2026-02-02")] }),
    ]);
    const swapped = await bench().send(city, [withEvents(n, dated(`a-${n}`, "2026-02-02"), dated(`b-${n}`, "2026-01-02"))]);
    expect(errorsOf(swapped)).toEqual(["ERROR KEY_CONFLICT -", "ERROR KEY_CONFLICT -"]);
    const chained = await bench().send(city, [withEvents(n, dated(`b-${n}`, "2026-03-02"), dated(`a-${n}`, "2026-02-02"))]);
    expect(chained.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT UPDATED", "INITIATING_EVENT REJECTED"]);
    expect(errorsOf(chained)).toEqual(["ERROR KEY_CONFLICT -"]);
    expect(await eventsOf(sent)).toEqual(["MI_STEMI 2026-01-02", "MI_STEMI 2026-03-02"]);
    // The key is free now.
    const after = await bench().send(city, [withEvents(n, dated(`a-${n}`, "2026-02-02"))]);
    expect(after.only("INITIATING_EVENT").outcome).toBe("UPDATED");
  });

  it("gives its old key up to a new event of the same submission", async () => {
    const n = next();
    const sent = await bench().send(city, [recordOf(n, { initiatingEvents: [dated(`e-${n}`, "2026-01-02")] })]);
    const both = await bench().send(city, [withEvents(n, dated(`e-${n}`, "2026-02-02"), dated(`f-${n}`, "2026-01-02"))]);
    expect(both.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT UPDATED", "INITIATING_EVENT CREATED"]);
    expect(await eventsOf(sent)).toEqual(["MI_STEMI 2026-01-02", "MI_STEMI 2026-02-02"]);
  });
});

describe("the sender's own id", () => {
  it("of a record below another parent of the same patient is a conflict: a record is not carried away by its id", async () => {
    const n = next();
    const treated = (eventDate: string) =>
      event({ eventDate, treatments: [{ sourceRecordId: `t-${n}`, type: "PCI", date: eventDate }] });
    await bench().send(city, [recordOf(n, { initiatingEvents: [treated("2026-01-02")] })]);
    const moved = await bench().send(city, [withEvents(n, treated("2026-02-02"))]);
    expect(moved.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT CREATED", "TREATMENT REJECTED"]);
    expect(errorsOf(moved)).toEqual(["ERROR KEY_CONFLICT -"]);
  });

  it("of one patient with the numbers of another is a conflict, and nothing below it is stored", async () => {
    const [a, b] = [next(), next()];
    await bench().send(city, [recordOf(a), recordOf(b)]);
    const mixed = await bench().send(city, [recordOf(a, { patient: person(b), initiatingEvents: [event()] })]);
    expect(mixed.outcomes).toEqual(["PATIENT REJECTED", "INITIATING_EVENT REJECTED_PARENT"]);
    expect(errorsOf(mixed)).toEqual(["ERROR KEY_CONFLICT -", "ERROR PARENT_REJECTED -"]);
  });

  it("used twice in one submission for two patients belongs to the first", async () => {
    const [a, b] = [next(), next()];
    const sent = await bench().send(city, [recordOf(a), recordOf(b, { sourceRecordId: `rec-${a}` })]);
    expect(sent.outcomes).toEqual(["PATIENT CREATED", "PATIENT REJECTED"]);
    expect(sent.results[1]?.issues).toContainEqual(expect.objectContaining({ code: "KEY_CONFLICT", causedBy: 0 }));
  });

  it("is another one for another product", async () => {
    const n = next();
    const of = (product: string) => ({ sourceSystem: { vendor: "Vendor", product, version: "1" } });
    await bench().send(city, [recordOf(n)], of("One"));
    const other = await bench().send(city, [recordOf(n, { patient: person(next()) })], of("Two"));
    expect(other.outcomes).toEqual(["PATIENT CREATED"]);
  });
});

describe("two records of one key in one submission", () => {
  const twice = async (first: Input, second: Input): Promise<Sent> => {
    const n = next();
    return bench().send(city, [
      recordOf(n, { patient: person(n, first), initiatingEvents: [event()] }),
      recordOf(n, {
        sourceRecordId: `two-${n}`,
        patient: person(n, second),
        initiatingEvents: [event({ eventDate: "2025-06-01" })],
      }),
    ]);
  };

  it("are joined where they are equal or complete each other", async () => {
    const equal = await twice({}, {});
    expect(equal.outcomes.filter((outcome) => outcome.startsWith("PATIENT"))).toEqual(["PATIENT CREATED", "PATIENT UNCHANGED"]);
    const complementary = await twice({ maritalStatus: "MARRIED" }, { ethnicGroup: "WHITE_BRITISH" });
    expect(complementary.outcomes).toEqual([
      "PATIENT CREATED",
      "INITIATING_EVENT CREATED",
      "PATIENT UPDATED",
      "INITIATING_EVENT CREATED",
    ]);
    const unknown = await twice(
      { maritalStatus: "MARRIED", ethnicGroup: "NOT_STATED" },
      { maritalStatus: "UNKNOWN", ethnicGroup: "WHITE_BRITISH" },
    );
    expect(errorsOf(unknown)).toEqual([]);
    expect(unknown.only("PATIENT", 1).changes.map(({ field, decision }) => [field, decision])).toEqual([
      ["maritalStatus", "UNKNOWN_IGNORED"],
      ["ethnicGroup", "REPLACED"],
    ]);
  });

  it.each([
    ["a coded item", { maritalStatus: "MARRIED" }, { maritalStatus: "SINGLE" }, "maritalStatus"],
    [
      "an item behind one that only says Unknown",
      { maritalStatus: "UNKNOWN", surname: "A" },
      { maritalStatus: "SINGLE", surname: "B" },
      "surname",
    ],
    ["the date of birth", {}, { dateOfBirth: "1951-03-15" }, "dateOfBirth"],
  ])("are refused from the second on where they contradict each other in %s", async (_title, first, second, field) => {
    const sent = await twice(first, second);
    expect(sent.outcomes).toEqual([
      "PATIENT CREATED",
      "INITIATING_EVENT CREATED",
      "PATIENT REJECTED",
      "INITIATING_EVENT REJECTED_PARENT",
    ]);
    expect(sent.only("PATIENT", 1).issues).toContainEqual(expect.objectContaining({ code: "KEY_CONFLICT", field, causedBy: 0 }));
  });

  it("a bad first one does not harm a good second one", async () => {
    const n = next();
    const sent = await bench().send(city, [
      recordOf(n, { patient: person(n, { dateOfDeath: "1940-01-01" }) }),
      recordOf(n, { patient: person(n, { maritalStatus: "MARRIED" }) }),
    ]);
    expect(sent.outcomes).toEqual(["PATIENT REJECTED", "PATIENT CREATED"]);
    expect(sent.only("PATIENT", 1).changes.map(({ field }) => field)).not.toContain("dateOfDeath");
  });

  it("a refused statement of a number does not lead a later record to the patient", async () => {
    const [n, h] = [next(), next()];
    await bench().send(city, [recordOf(n, { patient: { ...person(n), hospitalNumber: null } })]);
    const sent = await bench().send(city, [
      recordOf(n, { patient: named(n, { hospitalNumber: `NEW-${h}`, dateOfDeath: "1940-01-01" }) }),
      recordOf(h, { patient: { hospitalNumber: `NEW-${h}`, gender: "MALE", dateOfBirth: "1951-03-14" } }),
    ]);
    expect(sent.outcomes).toEqual(["PATIENT REJECTED", "PATIENT REJECTED"]);
    expect(sent.only("PATIENT", 1).issues).toMatchObject([{ code: "KEY_CONFLICT", causedBy: 0 }]);
  });

  it("of messages are taken in order, and the later one wins", async () => {
    const n = next();
    const message = (id: number, marital: string): string =>
      `MSH|^~\\&|PAS|LOCAL|GW|NACR|2026030112000${id}||ADT^A31|${id}|P|2.4\rPID|1||H-${n}^^^LOCAL^MR~${toTestNhsNumber(n)}^^^NHS^NH||TEST^ANNE||19500412|2||||||||${marital}`;
    const sent = await bench().sendAs("HL7V2", city, [message(1, "S"), message(2, "M")]);
    expect(sent.outcomes).toEqual(["PATIENT CREATED", "PATIENT UPDATED"]);
    expect(sent.only("PATIENT", 1).changes).toMatchObject([{ field: "maritalStatus", before: "SINGLE", after: "MARRIED" }]);
  });
});

describe("a rehabilitation", () => {
  const rehab = (n: number, ...rehabilitations: readonly Input[]): Input => withEvents(n, event({ rehabilitations }));
  const start = async (n: number): Promise<string | null> =>
    (await bench().send(city, [journey(n)])).only("REHABILITATION").recordId;

  it.each([
    ["its referral date is the anchor", { referralDate: "2026-01-08", sessionsOffered: 8 }],
    ["its core start is the anchor's", { referralDate: "2026-01-08", coreStartDate: "2026-02-03" }],
    ["it is the only one with no contradicting date", { coreStartDate: "2026-02-01", sessionsOffered: 8 }],
    ["it names no date, and there is one only", { sessionsOffered: 8 }],
  ])("is found again where %s", async (_title, stated) => {
    const n = next();
    const known = await start(n);
    const sent = await bench().send(city, [rehab(n, stated)]);
    expect(sent.only("REHABILITATION")).toMatchObject({ outcome: "UPDATED", recordId: known, matchedBy: "NATURAL_KEY" });
  });

  it("is new where its dates contradict every known one, and keeps its anchor whatever is said of it later", async () => {
    const n = next();
    const known = await start(n);
    const second = await bench().send(city, [rehab(n, { referralDate: "2026-03-01", sourceRecordId: `r-${n}` })]);
    expect(second.only("REHABILITATION")).toMatchObject({ outcome: "CREATED" });
    const corrected = await bench().send(city, [rehab(n, { referralDate: "2026-03-05", sourceRecordId: `r-${n}` })]);
    expect(corrected.only("REHABILITATION")).toMatchObject({ outcome: "UPDATED", matchedBy: "SOURCE_RECORD_ID" });
    const byAnchor = await bench().send(city, [rehab(n, { referralDate: "2026-03-01", sessionsOffered: 3 })]);
    expect(byAnchor.only("REHABILITATION").recordId).toBe(second.only("REHABILITATION").recordId);
    expect(byAnchor.only("REHABILITATION").recordId).not.toBe(known);
    const anchors = await bench().test.query("select anchor_date::text as a from rehabilitation where id = $1::uuid", [
      byAnchor.only("REHABILITATION").recordId,
    ]);
    expect(anchors).toEqual([{ a: "2026-03-01" }]);
  });

  it("is refused where it is only named and there are two it could be", async () => {
    const n = next();
    await start(n);
    await bench().send(city, [
      rehab(n, rehabilitation({ referralDate: "2026-03-01", coreStartDate: "2026-03-20", assessments: [] })),
    ]);
    const sent = await bench().send(city, [rehab(n, { assessments: [{ number: 2, date: "2026-04-01" }] })]);
    expect(sent.outcomes.slice(-2)).toEqual(["REHABILITATION REJECTED", "ASSESSMENT REJECTED_PARENT"]);
    expect(errorsOf(sent)).toEqual(["ERROR MANDATORY_MISSING referralDate", "ERROR PARENT_MISSING -"]);
  });

  it("takes its anchor from the first record of it that is accepted", async () => {
    const n = next();
    await bench().send(city, [recordOf(n)]);
    const sent = await bench().send(city, [
      withEvents(
        n,
        event({
          rehabilitations: [{ referralDate: "2026-02-01", coreStartDate: "2026-01-10" }, { coreStartDate: "2026-01-10" }],
        }),
      ),
    ]);
    expect(sent.outcomes.slice(-2)).toEqual(["REHABILITATION REJECTED", "REHABILITATION CREATED"]);
    const id = sent.only("REHABILITATION", 1).recordId;
    const rows = await bench().test.query(
      "select anchor_date::text as a, referral_date::text as r from rehabilitation where id = $1::uuid",
      [id],
    );
    expect(rows).toEqual([{ a: "2026-01-10", r: null }]);
    expect(sent.only("REHABILITATION", 1).sourceRecordId).toContain("/REHABILITATION:N-CITY:2026-01-10");
  });
});

describe("a second event", () => {
  it.each([
    ["90 days after another is a probable duplicate, and stored", "2026-04-02", true],
    ["91 days after another is none", "2026-04-03", false],
  ])("%s", async (_title, eventDate, warned) => {
    const n = next();
    await bench().send(city, [recordOf(n, { initiatingEvents: [event()] })]);
    const sent = await bench().send(city, [withEvents(n, event({ eventDate }))]);
    expect(sent.only("INITIATING_EVENT").outcome).toBe("CREATED");
    expect(sent.issues.includes("WARNING PROBABLE_DUPLICATE_EVENT eventDate")).toBe(warned);
  });

  it("dated like another's treatment is a probable duplicate, however far the events are apart", async () => {
    const n = next();
    await bench().send(city, [
      recordOf(n, { initiatingEvents: [event({ eventDate: "2025-01-02", treatments: [{ type: "PCI", date: "2025-09-01" }] })] }),
    ]);
    const sent = await bench().send(city, [withEvents(n, event({ eventType: "MI_NSTEMI", eventDate: "2025-09-01" }))]);
    expect(sent.issues).toContain("WARNING PROBABLE_DUPLICATE_EVENT eventDate");
  });
});

describe("a birth date that is a year or a month only", () => {
  const message = (n: number, birth: string): string =>
    `MSH|^~\\&|PAS|LOCAL|GW|NACR|20260301120000||ADT^A31|1|P|2.4\rPID|1||H-${n}^^^LOCAL^MR~${toTestNhsNumber(n)}^^^NHS^NH||TEST^ANNE||${birth}|1`;
  const fhir = (n: number, birthDate: string) => ({
    resourceType: "Patient",
    id: `p${n}`,
    gender: "male",
    birthDate,
    identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: toTestNhsNumber(n) }],
  });

  it("makes no patient, agrees with a known one, and contradicts another", async () => {
    const n = next();
    const unknown = await bench().sendAs("HL7V2", city, [message(n, "1951")]);
    expect(unknown.only("PATIENT").issues).toContainEqual(
      expect.objectContaining({ code: "MANDATORY_MISSING", field: "dateOfBirth", params: { reason: "PARTIAL_DATE" } }),
    );
    await bench().send(city, [recordOf(n)]);
    const outcomes = [];
    for (const birth of ["1951", "195103", "195104", "1950"]) {
      const sent = await bench().sendAs("HL7V2", city, [message(n, birth)]);
      outcomes.push(`${sent.only("PATIENT").outcome} ${errorsOf(sent).join()}`);
    }
    expect(outcomes).toEqual([
      "UPDATED ",
      "UNCHANGED ",
      "REJECTED ERROR KEY_CONFLICT dateOfBirth",
      "REJECTED ERROR KEY_CONFLICT dateOfBirth",
    ]);
    for (const [birth, errors] of [
      ["1951-03", []],
      ["1951-04", ["ERROR KEY_CONFLICT dateOfBirth"]],
    ] as const)
      expect(errorsOf(await bench().sendAs("FHIR", city, fhir(n, birth)))).toEqual(errors);
  });
});
