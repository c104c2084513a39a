import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { detectFhirProfile, FHIR_PROFILES } from "../../../mappings/fhir/fhir-profiles.ts";
import type { DraftRecord, MappedSource } from "../../../src/records/draft-record.ts";

const RUNS = 300;
const profiles = Object.values(FHIR_PROFILES);

const mapWithAll = (input: unknown): readonly MappedSource[] => profiles.map((profile) => mapFhir(input, profile));

/** Every draft stands behind its parent, and belongs to one patient. */
const findMisplaced = (drafts: readonly DraftRecord[]): readonly DraftRecord[] =>
  drafts.filter((draft, at) => {
    const parentAt = draft.parent === null ? -1 : drafts.indexOf(draft.parent);
    return draft.parent === null ? draft.recordType !== "PATIENT" : parentAt < 0 || parentAt >= at;
  });

/** Words a resource is made of, so that random objects reach past the first check. */
const names = [
  ..."resourceType id identifier system value code coding subject patient reference status class period start end encounter".split(
    " ",
  ),
  ..."valueQuantity valueInteger valueCodeableConcept unit comparator component effectiveDateTime onsetDateTime diagnosis".split(
    " ",
  ),
  ..."condition rank contained extension url address postalCode line name family given telecom birthDate deceasedDateTime".split(
    " ",
  ),
  ..."gender maritalStatus generalPractitioner medicationCodeableConcept medicationReference authoredOn entry resource".split(
    " ",
  ),
  ..."fullUrl request method meta lastUpdated type serviceType category activity detail __proto__ constructor toString".split(
    " ",
  ),
  ..."participant actor link other partOf basedOn reasonReference requester performer managingOrganization statusHistory".split(
    " ",
  ),
  ..."deceasedBoolean recordedDate performedPeriod whenHandedOver daysSupply dosageInstruction modifierExtension timestamp".split(
    " ",
  ),
  ..."versionId intent doNotPerform use rank type hospitalization dischargeDisposition telecom organization medication".split(
    " ",
  ),
];
const words = [
  ..."Bundle Patient Encounter Condition Procedure Observation MedicationRequest CarePlan EpisodeOfCare Medication #a a".split(
    " ",
  ),
  ..."Patient/a Encounter/a http://snomed.info/sct http://loinc.org 401303003 22298006 8302-2 72166-2 733459009 385715006".split(
    " ",
  ),
  ..."history document message PUT PATCH replaced-by official home phone order plan completed revoked fulfilled booked DD AD old temp".split(
    " ",
  ),
  ..."2024-03-04 2024 final active finished completed kg cm % IMP DELETE male MR https://fhir.nhs.uk/Id/nhs-number 9990000018".split(
    " ",
  ),
];
const { value: resources } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constantFrom(...words),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 8 }),
  ),
}));
const RESOURCE_TYPES = [
  ..."Patient Encounter Condition Procedure Observation MedicationRequest MedicationDispense ServiceRequest Appointment".split(
    " ",
  ),
  ..."CarePlan EpisodeOfCare Organization PractitionerRole Composition MessageHeader Parameters".split(" "),
];
const resource = fc
  .tuple(fc.constantFrom(...RESOURCE_TYPES), resources)
  .map(([resourceType, body]) => (typeof body === "object" && !Array.isArray(body) ? { ...body, resourceType, id: "a" } : body));

describe("mapFhir on input of any kind", () => {
  it("never throws, whatever JSON comes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => {
        expect(mapWithAll(input).flatMap(({ drafts }) => findMisplaced(drafts))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it("never throws on objects made of FHIR's own words, and keeps parents before children", () => {
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 8 }), (list) => {
        for (const input of [list, { resourceType: "Bundle", entry: list.map((item) => ({ resource: item })) }]) {
          expect(mapWithAll(input).flatMap(({ drafts }) => findMisplaced(drafts))).toEqual([]);
          expect(detectFhirProfile(input)).toBeNull();
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("never throws on text of any kind, XML included", () => {
    const xml = fc.array(
      fc.constantFrom(
        '<Patient xmlns="http://hl7.org/fhir">',
        "</Patient>",
        '<id value="1"/>',
        "<!--",
        "-->",
        "<",
        ">",
        '"',
        "&x;",
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          xml.map((parts) => `<Patient>${parts.join("")}`),
        ),
        (text) => {
          expect(mapWithAll(text)).toHaveLength(profiles.length);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("gives the same answer for the same input, and leaves the input as it was", () => {
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 5 }), (list) => {
        const before = JSON.stringify(list);
        const [first, second] = [mapWithAll(list), mapWithAll(list)].map((mapped) => JSON.stringify(mapped));
        expect(first).toBe(second);
        expect(JSON.stringify(list)).toBe(before);
      }),
      { numRuns: RUNS / 3 },
    );
  });
});

/** Fields of a Patient that no line of its report is at, or below. Empty lists and objects hold no field. */
function findUnreported(body: Readonly<Record<string, unknown>>, places: readonly string[]): readonly string[] {
  return Object.keys(body).filter((name) => {
    const own = `Patient.${name === "__proto__" ? "?" : name}`;
    const isEmpty = ["[]", "{}"].includes(JSON.stringify(body[name]));
    return !isEmpty && !places.some((place) => place === own || place.startsWith(`${own}.`) || place.startsWith(`${own}[`));
  });
}

describe("the mapping report", () => {
  const patients = fc.dictionary(fc.constantFrom(...names.filter((name) => name !== "resourceType")), resources, { maxKeys: 12 });

  it("accounts for every field of a resource that made a record, each line once", () => {
    fc.assert(
      fc.property(patients, (body) => {
        const [draft] = mapFhir({ ...body, resourceType: "Patient" }, profiles[0] ?? never()).drafts;
        const lines = draft?.mappingReport ?? [];
        expect(
          findUnreported(
            body,
            lines.map(({ expression }) => expression),
          ),
        ).toEqual([]);
        expect(new Set(lines.map((line) => JSON.stringify(line))).size).toBe(lines.length);
      }),
      { numRuns: RUNS },
    );
  });

  it("is seen to lack a field whose line is taken out", () => {
    const body = { gender: "male", birthDate: "1950-03-02", photo: [{ url: "x" }] };
    expect(findUnreported(body, ["Patient.gender", "Patient.photo[0]"])).toEqual(["birthDate"]);
  });
});

describe("input that is made to hurt", () => {
  const nest = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
    let value: unknown = { resourceType: "Patient" };
    for (let level = 0; level < depth; level += 1) value = wrap(value);
    return value;
  };

  it("stops at bundles inside bundles", () => {
    const { issues, drafts } = mapFhir(
      nest(10_000, (resource) => ({ resourceType: "Bundle", entry: [{ resource }] })),
      profiles[0] ?? never(),
    );
    expect(issues.map(({ code }) => code)).toEqual(["FORMAT_UNRECOGNISED"]);
    expect(drafts).toEqual([]);
  });

  it("reads past an extension of any depth, in JSON and in XML", () => {
    const deep = nest(100_000, (inner) => ({ extension: [inner] }));
    expect(mapFhir({ resourceType: "Patient", extension: [deep] }, profiles[0] ?? never()).drafts).toHaveLength(1);
    const xml = `<Patient xmlns="http://hl7.org/fhir">${"<extension>".repeat(50_000)}${"</extension>".repeat(50_000)}</Patient>`;
    expect(mapFhir(xml, profiles[0] ?? never()).issues.map(({ code }) => code)).toEqual(["FORMAT_UNRECOGNISED"]);
  });

  it("takes keys of the prototype as data, and repeats no strange key", () => {
    const text = '{"resourceType":"Patient","__proto__":{"gender":"male"},"constructor":1,"943 476 5919":"x"}';
    const [draft] = mapFhir(text, profiles[0] ?? never()).drafts;
    expect(draft?.values).toEqual({ gender: "NOT_KNOWN" });
    expect(draft?.mappingReport.map(({ expression }) => expression)).toContain("Patient.?");
    expect(JSON.stringify(draft)).not.toContain("943 476");
  });
});

function never(): never {
  throw new Error("there is always a first profile");
}
