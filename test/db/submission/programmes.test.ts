/** What programmes of one organisation share, what they do not, and that organisations are apart. */
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { event, type Input, journey, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { both, city, coast, hill, NORTH, provideBench, SOUTH } from "./submission-bench.ts";

const bench = provideBench();
let seed = 0;
const next = (): number => ++seed;

describe("a programme", () => {
  it("cannot write another programme's rehabilitation, nor see it, nor meet it by its dates", async () => {
    const n = next();
    const first = await bench().send(city, [journey(n)]);
    const named_ = (programmeCode: string | null): Input =>
      recordOf(n, { patient: named(n), initiatingEvents: [event({ rehabilitations: [rehabilitation({ programmeCode })] })] });
    const refused = await bench().send(hill, [named_("N-CITY")]);
    expect(refused.outcomes.slice(-2)).toEqual(["REHABILITATION REJECTED", "ASSESSMENT REJECTED_PARENT"]);
    expect(refused.only("REHABILITATION").issues).toMatchObject([
      { code: "NOT_AUTHORISED_FOR_ORGANISATION", field: "programmeCode" },
    ]);
    const own = await bench().send(hill, [named_(null)]);
    expect(own.only("REHABILITATION").outcome).toBe("CREATED");
    expect(own.only("REHABILITATION").recordId).not.toBe(first.only("REHABILITATION").recordId);
    const seen = await bench().status.children(hill, "REHABILITATION", [first.only("INITIATING_EVENT").recordId ?? ""]);
    expect(seen.map(({ programmeCode }) => programmeCode)).toEqual(["N-HILL"]);
  });

  it("keeps what it wrote: an id does not carry a rehabilitation to another programme", async () => {
    const n = next();
    const rehab = (more: Input): Input =>
      recordOf(n, {
        initiatingEvents: [event({ rehabilitations: [{ sourceRecordId: `r-${n}`, referralDate: "2026-01-08", ...more }] })],
      });
    const first = await bench().send(both, [rehab({ programmeCode: "N-HILL" })]);
    const moved = await bench().send(both, [rehab({ programmeCode: "N-CITY" })]);
    expect(moved.only("REHABILITATION").issues).toMatchObject([{ code: "KEY_CONFLICT", field: "programmeCode" }]);
    const increment = await bench().send(both, [rehab({ sessionsOffered: 8 })]);
    expect(increment.only("REHABILITATION")).toMatchObject({
      outcome: "UPDATED",
      recordId: first.only("REHABILITATION").recordId,
    });
  });

  it("shares patients and events: the same person is one row, whoever sends first", async () => {
    const n = next();
    const first = await bench().send(city, [recordOf(n, { initiatingEvents: [event()] })]);
    const second = await bench().send(hill, [recordOf(n, { sourceRecordId: `hill-${n}`, initiatingEvents: [event()] })]);
    expect(second.outcomes).toEqual(["PATIENT UNCHANGED", "INITIATING_EVENT UNCHANGED"]);
    expect(second.results.map(({ recordId, matchedBy }) => [recordId, matchedBy])).toEqual([
      [first.only("PATIENT").recordId, "NHS_NUMBER"],
      [first.only("INITIATING_EVENT").recordId, "NATURAL_KEY"],
    ]);
  });
});

describe("a value known from another programme", () => {
  /** A FHIR patient, which says when it was last changed. */
  const sendFhir = (actor: OrganisationActor, n: number, lastUpdated: string, maritalStatus: string | null, more: Input = {}) =>
    bench().sendAs("FHIR", actor, {
      resourceType: "Patient",
      id: `p${n}`,
      meta: { lastUpdated },
      gender: "male",
      birthDate: "1951-03-14",
      identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: toTestNhsNumber(n) }],
      ...(maritalStatus === null
        ? {}
        : {
            maritalStatus: {
              coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", code: maritalStatus }],
            },
          }),
      ...more,
    });

  it("is kept, with a warning, against an older source; and replaced by one that is not older", async () => {
    const n = next();
    await sendFhir(city, n, "2026-05-10T12:00:00Z", "M");
    const older = await sendFhir(hill, n, "2026-05-10T12:30:00+01:00", "S");
    expect(older.only("PATIENT").changes).toEqual([]);
    expect(older.issues).toContain("WARNING OLDER_VALUE_IGNORED maritalStatus");
    const same = await sendFhir(hill, n, "2026-05-10T13:00:00+01:00", "S");
    expect(same.only("PATIENT").changes).toMatchObject([{ field: "maritalStatus", before: "MARRIED", after: "SINGLE" }]);
  });

  it("stays the newer source's where the older one adds something else", async () => {
    const n = next();
    await sendFhir(city, n, "2026-05-10T12:00:00Z", "M");
    const added = await sendFhir(hill, n, "2026-05-01T12:00:00Z", null, { name: [{ family: "Invented" }] });
    expect(added.only("PATIENT").outcome).toBe("UPDATED");
    const older = await sendFhir(hill, n, "2026-05-05T12:00:00Z", "S");
    expect(older.issues).toContain("WARNING OLDER_VALUE_IGNORED maritalStatus");
  });

  it("is not locked for ever by a source whose clock runs ahead", async () => {
    const n = next();
    await sendFhir(city, n, "2099-01-01T00:00:00Z", "M");
    const later = await bench().send(hill, [recordOf(n, { patient: named(n, { maritalStatus: "SINGLE" }) })]);
    expect(later.only("PATIENT").outcome).toBe("UPDATED");
  });

  it("is not cleared by an older source either", async () => {
    const n = next();
    const message = (time: string, marital: string): string =>
      `MSH|^~\\&|PAS|LOCAL|GW|NACR|${time}||ADT^A31|1|P|2.4\rPID|1||H-${n}^^^LOCAL^MR~${toTestNhsNumber(n)}^^^NHS^NH||TEST^ANNE||19510314|1||||||||${marital}`;
    await bench().sendAs("HL7V2", city, [message("20260510120000", "M")]);
    const older = await bench().sendAs("HL7V2", hill, [message("20260509120000", '""')]);
    expect(older.issues).toContain("WARNING OLDER_VALUE_IGNORED maritalStatus");
    const newer = await bench().sendAs("HL7V2", hill, [message("20260511120000", '""')]);
    expect(newer.only("PATIENT").changes).toMatchObject([{ field: "maritalStatus", decision: "CLEARED" }]);
  });
});

describe("another organisation", () => {
  it("keeps its own rows of the same person, and neither is told of the other", async () => {
    const n = next();
    const north = await bench().send(city, [journey(n)]);
    const south = await bench().send(coast, [journey(n)]);
    expect(south.results.map(({ outcome, matchedBy, issues }) => [outcome, matchedBy, issues.length])).toEqual(
      north.results.map(({ outcome, matchedBy, issues }) => [outcome, matchedBy, issues.length]),
    );
    expect(south.only("PATIENT").recordId).not.toBe(north.only("PATIENT").recordId);
    expect(await bench().status.submission(coast, north.header.id)).toBeNull();
    expect(await bench().status.patient(coast, { id: north.only("PATIENT").recordId ?? "" }, false)).toBeNull();
  });

  it("cannot be sent for: the same answer as for a programme that does not exist", async () => {
    const refusal = async (programmeCode: string) =>
      bench()
        .submit({ actor: city, options: { programmeCode } })
        .catch((error: unknown) => error);
    expect(await refusal("S-COAST")).toEqual(await refusal("NOWHERE"));
    expect(await refusal("S-COAST")).toMatchObject({ code: "FORBIDDEN" });
  });

  it("that a message names as its sender refuses that message's records, and no others", async () => {
    const message = (n: number, facility: string): string =>
      `MSH|^~\\&|PAS|${facility}|GW|NACR|20260301120000||ADT^A31|${n}|P|2.4\rPID|1||H-${n}^^^LOCAL^MR~${toTestNhsNumber(n)}^^^NHS^NH||TEST^ANNE||19510314|1`;
    const facilities = [SOUTH.toLowerCase(), NORTH, "WARD7", "ZZZ99", ""];
    const sent = await bench().sendAs(
      "HL7V2",
      city,
      facilities.map((facility) => message(next(), facility)),
    );
    expect(sent.outcomes).toEqual(["PATIENT REJECTED", ...Array(4).fill("PATIENT CREATED")]);
    expect(sent.only("PATIENT").issues.filter(({ severity }) => severity === "ERROR")).toEqual([
      { severity: "ERROR", code: "NOT_AUTHORISED_FOR_ORGANISATION", field: null, expression: "messages[0].MSH-4" },
    ]);
  });
});

describe("a patient sent by an unknown hospital number", () => {
  it("is another person for another organisation", async () => {
    const n = next();
    const local = { ...person(n), nhsNumber: null };
    const north = await bench().send(city, [recordOf(n, { patient: local })]);
    const again = await bench().send(hill, [recordOf(n, { patient: local })]);
    expect(again.only("PATIENT")).toMatchObject({ matchedBy: "HOSPITAL_NUMBER", recordId: north.only("PATIENT").recordId });
    expect((await bench().send(coast, [recordOf(n, { patient: local })])).only("PATIENT").outcome).toBe("CREATED");
  });
});
