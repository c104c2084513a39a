import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { findFhirProfile } from "../../../mappings/fhir/fhir-profiles.ts";
import { LIMITS } from "../../../src/lib/limits.ts";
import { createSeededRandom } from "../../../src/lib/seeded-random.ts";
import type { DraftRecord } from "../../../src/records/draft-record.ts";
import { contentOf, mapFile, readFile } from "./memory-content.ts";
import { fhirCondition, fhirPatient, NHS_NUMBERS, toLines } from "./sample-files.ts";

type Resource = Readonly<Record<string, unknown>>;

/** What a draft says, without its places. */
const toStatement = ({ recordType, parent, sourceRecordId, values, reference, issues }: DraftRecord): object => ({
  recordType,
  sourceRecordId,
  values,
  reference,
  issues: issues.map(({ code, severity, field }) => ({ code, severity, field })),
  parent: parent === null ? null : toStatement(parent),
});
const toStatements = (drafts: readonly DraftRecord[]): readonly string[] =>
  drafts.map((draft) => JSON.stringify(toStatement(draft))).toSorted();

async function expectAsSubmitted(resources: readonly Resource[], profileName = "uk-core"): Promise<void> {
  const profile = findFhirProfile(profileName);
  if (profile === null) throw new Error(`no profile ${profileName}`);
  const submitted = toStatements(mapFhir(resources, profile).drafts);
  for (const size of [1, 500]) {
    const { drafts } = await mapFile("FHIR_NDJSON", contentOf(toLines(resources)), { profile: profileName, size });
    expect(toStatements(drafts)).toEqual(submitted);
  }
}

const isObject = (value: unknown): value is Resource => typeof value === "object" && value !== null && !Array.isArray(value);

/** The resources of a bundle or list, as an export would write them; what is no resource is left out. */
function flatten(input: unknown): readonly Resource[] {
  if (Array.isArray(input)) return input.flatMap(flatten);
  if (!isObject(input) || typeof input.resourceType !== "string") return [];
  if (input.resourceType !== "Bundle") return [input];
  return Array.isArray(input.entry) ? input.entry.flatMap((entry) => (isObject(entry) ? flatten(entry.resource) : [])) : [];
}

function shuffle<T>(list: readonly T[], seed: number): readonly T[] {
  const random = createSeededRandom(seed);
  return list
    .map((item) => ({ item, at: random.next() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

const CASES = path.join(import.meta.dirname, "../../cases/fhir");
const cases: readonly { readonly title: string; readonly profile?: string; readonly input: unknown }[] = readdirSync(CASES)
  .filter((file) => file.endsWith(".json"))
  .flatMap((file) => JSON.parse(readFileSync(path.join(CASES, file), "utf8")));

describe("FHIR NDJSON gives the drafts that submitFhir gives of the same resources", () => {
  it.each(cases.map(({ title, profile, input }) => [title, input, profile] as const))("%s", async (_title, input, profile) => {
    const resources = flatten(input);
    if (resources.length > 0) await expectAsSubmitted(resources, profile);
  });

  it("also where they stand in another order, a file of each type behind the other", async () => {
    const resources = cases.flatMap(({ input }, index) => renameAll(flatten(input), index));
    expect(resources.length).toBeGreaterThan(200);
    for (const seed of [1, 2]) await expectAsSubmitted(shuffle(resources, seed));
    await expectAsSubmitted(resources.toSorted((one, other) => (String(one.resourceType) < String(other.resourceType) ? -1 : 1)));
  });

  it.each([
    [
      "two patients of one id",
      [fhirPatient("p", NHS_NUMBERS[0]), fhirPatient("p", NHS_NUMBERS[1]), fhirCondition("c", { reference: "Patient/p" })],
    ],
    [
      "a patient sent twice",
      [fhirPatient("p", NHS_NUMBERS[0]), fhirPatient("p", NHS_NUMBERS[0]), fhirCondition("c", { reference: "Patient/p" })],
    ],
    [
      "a patient that is only referred to",
      [fhirCondition("a", { reference: "Patient/x" }), fhirCondition("b", { reference: "https://elsewhere.nhs.uk/Patient/x" })],
    ],
    [
      "two patients of one number, and a resource that names its patient by it",
      [
        fhirPatient("p", NHS_NUMBERS[0]),
        fhirPatient("q", NHS_NUMBERS[0]),
        fhirCondition("c", { identifier: { system: "https://fhir.nhs.uk/Id/nhs-number", value: NHS_NUMBERS[0] } }),
      ],
    ],
    [
      "one id for the resources of two patients",
      [
        fhirPatient("p", NHS_NUMBERS[0]),
        fhirPatient("q", NHS_NUMBERS[1]),
        fhirCondition("c", { reference: "Patient/p" }),
        fhirCondition("c", { reference: "Patient/q" }),
      ],
    ],
    [
      "references as urn and with a version",
      [
        fhirPatient("p", NHS_NUMBERS[0]),
        fhirCondition("c", { reference: "urn:uuid:p" }),
        fhirCondition("d", { reference: "Patient/p/_history/3" }),
      ],
    ],
    [
      "a conditional reference",
      [
        fhirPatient("p", NHS_NUMBERS[0]),
        fhirCondition("c", { reference: `Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|${NHS_NUMBERS[0]}` }),
      ],
    ],
    [
      "a contained patient",
      [
        fhirCondition("c", { reference: "#p" }, { contained: [fhirPatient("p", NHS_NUMBERS[0])] }),
        fhirPatient("p", NHS_NUMBERS[1]),
      ],
    ],
    [
      "another patient's encounter",
      [
        fhirPatient("p", NHS_NUMBERS[0]),
        fhirPatient("q", NHS_NUMBERS[1]),
        {
          resourceType: "Encounter",
          id: "e",
          status: "finished",
          class: { code: "IMP" },
          subject: { reference: "Patient/q" },
          period: { start: "2024-03-01", end: "2024-03-09" },
        },
        fhirCondition("c", { reference: "Patient/p" }, { encounter: { reference: "Encounter/e" } }),
      ],
    ],
    [
      "a subject that is no patient",
      [fhirCondition("c", { reference: "Group/g" }), fhirCondition("d", {}), fhirPatient("p", NHS_NUMBERS[0])],
    ],
  ])("%s", async (_title, resources) => {
    await expectAsSubmitted(resources);
    await expectAsSubmitted(resources.toReversed());
  });

  it("turns red where the lines of a patient are read apart", async () => {
    const resources = [fhirPatient("p", NHS_NUMBERS[0]), fhirCondition("c", { reference: "Patient/p" })];
    await expect(expectAsSubmitted(resources)).resolves.toBeUndefined();
    const apart = toLines(resources.slice(1));
    const { drafts } = await mapFile("FHIR_NDJSON", contentOf(apart));
    expect(toStatements(drafts)).not.toEqual(toStatements(mapFhir(resources, findFhirProfile("uk-core") ?? never()).drafts));
  });
});

/** Ids and references of one case made different from those of all others. */
function renameAll(resources: readonly Resource[], number: number): readonly Resource[] {
  const ids = resources.flatMap(({ id }) => (typeof id === "string" ? [id] : []));
  const rename = (value: unknown, name?: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => rename(item));
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rename(item, key)]));
    if (typeof value !== "string") return value;
    if (name === "id") return `n${number}-${value}`;
    if (name !== "reference" || value.startsWith("#")) return value;
    const id = ids.find((known) => value.endsWith(`/${known}`) || value.endsWith(`:${known}`));
    return id === undefined ? value : `${value.slice(0, -id.length)}n${number}-${id}`;
  };
  return resources.map((resource) => rename(resource)).filter(isObject);
}

function never(): never {
  throw new Error("the default profile is missing");
}

describe("lines of FHIR NDJSON", () => {
  const practice = (id: string) => ({
    resourceType: "Organization",
    id,
    identifier: [{ system: "https://fhir.nhs.uk/Id/ods-organization-code", value: "A81001" }],
  });
  const patientOf = (id: string, nhsNumber: string, reference: string) =>
    fhirPatient(id, nhsNumber, { generalPractitioner: [{ reference }] });

  it("give a shared resource to each patient that refers to it, and account for it once", async () => {
    const role = { resourceType: "PractitionerRole", id: "r", organization: { reference: "Organization/o" } };
    const resources = [
      patientOf("p", NHS_NUMBERS[0], "PractitionerRole/r"),
      practice("o"),
      patientOf("q", NHS_NUMBERS[1], "Organization/o"),
      role,
      practice("unused"),
    ];
    for (const size of [1, 500]) {
      const { drafts, mappingReport } = await mapFile("FHIR_NDJSON", contentOf(toLines(resources)), { size });
      expect(drafts.map(({ values }) => values.gpPracticeCode)).toEqual(["A81001", "A81001"]);
      const accounted = mappingReport.filter(({ sourceField }) => !sourceField.startsWith("Patient"));
      expect(accounted.map(({ expression, result }) => `${expression} ${result}`).toSorted()).toEqual([
        "line 2 MAPPED",
        "line 4 MAPPED",
        "line 5 DROPPED",
      ]);
    }
  });

  it("say so where a patient refers to more than are read", async () => {
    const references = Array.from({ length: 300 }, (_, index) => ({ reference: `Organization/o${index}` }));
    const organisations = references.map((_, index) => ({ resourceType: "Organization", id: `o${index}` }));
    const patient = fhirPatient("p", NHS_NUMBERS[0], { generalPractitioner: references });
    const { issues, entries } = await readFile("FHIR_NDJSON", contentOf(toLines([patient, ...organisations])));
    expect(issues).toMatchObject([
      { severity: "WARNING", code: "REFERENCE_UNRESOLVED", expression: "line 1", params: { max: 200 } },
    ]);
    expect(entries).toHaveLength(301);
  });

  it("hold a Bundle that stands alone, whatever ids the Bundles beside it use", async () => {
    const bundle = (nhsNumber: string) => ({
      resourceType: "Bundle",
      type: "collection",
      entry: [{ resource: fhirPatient("1", nhsNumber) }, { resource: fhirCondition("2", { reference: "Patient/1" }) }],
    });
    const { drafts } = await mapFile("FHIR_NDJSON", contentOf(toLines([bundle(NHS_NUMBERS[0]), bundle(NHS_NUMBERS[1])])));
    expect(drafts.map(({ recordType, expression }) => `${recordType} ${expression}`)).toEqual([
      "PATIENT line 1.entry[0].resource",
      "INITIATING_EVENT line 1.entry[1].resource",
      "PATIENT line 2.entry[0].resource",
      "INITIATING_EVENT line 2.entry[1].resource",
    ]);
  });

  it("may be longer than other lines where they are Bundles", async () => {
    const text = "x".repeat(LIMITS.fileLineBytes);
    const { entries, places } = await readFile(
      "FHIR_NDJSON",
      contentOf(
        toLines([
          { resourceType: "Bundle", text },
          { resourceType: "Patient", text },
        ]),
      ),
    );
    expect(places).toEqual(["line 1", "line 2"]);
    expect(entries.map((entry) => entry?.constructor.name)).toEqual(["FileResource", "UnreadableEntry"]);
  });

  it("that are no resources are rejected one by one", async () => {
    const text = `${toLines([fhirPatient("p", NHS_NUMBERS[0])])}{"a":\n{"id":"x"}\n7\n${toLines([fhirCondition("c", { reference: "Patient/p" })])}`;
    const { drafts, issues } = await mapFile("FHIR_NDJSON", contentOf(text));
    expect(issues).toEqual([]);
    expect(drafts.map(({ expression, unreadable }) => `${expression} ${unreadable === true}`)).toEqual([
      "line 1 false",
      "line 5 false",
      "line 2 true",
      "line 3 true",
      "line 4 true",
    ]);
  });
});

const SYNTHEA = path.join(import.meta.dirname, "../../../../shared/data/synthea-r4-2021");
const present = existsSync(SYNTHEA);
if (!present) console.info("Synthea's patients are not found beside the checkout: FHIR NDJSON of real bundles is not tested");

describe.runIf(present)("Synthea's patients as NDJSON", () => {
  const bundles: readonly unknown[] = present
    ? readdirSync(SYNTHEA)
        .filter((file) => file !== "INDEX.json")
        .map((file) => JSON.parse(readFileSync(path.join(SYNTHEA, file), "utf8")))
    : [];

  it("give the drafts that submitFhir gives, at a rate that is printed here", async () => {
    const resources = shuffle(bundles.flatMap(flatten), 3);
    await expectAsSubmitted(resources, "synthea");
    const content = contentOf(toLines(resources));
    const before = process.cpuUsage();
    await mapFile("FHIR_NDJSON", content, { profile: "synthea" });
    const { user, system } = process.cpuUsage(before);
    const perSecond = Math.round((resources.length / (user + system)) * 1e6);
    console.log(`FHIR NDJSON of Synthea, read and mapped: ${perSecond} resources per second of processor time`);
    expect(perSecond).toBeGreaterThan(475);
  });
});
