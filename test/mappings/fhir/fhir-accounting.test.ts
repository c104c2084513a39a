import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { detectFhirProfile, type FhirProfile, findFhirProfile } from "../../../mappings/fhir/fhir-profiles.ts";
import { readFhirXml } from "../../../mappings/fhir/fhir-xml.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";
import { readCases } from "./mapping-case.ts";

/** Published sample data beside the checkout; never part of it. */
const DATA = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));
const isThere = existsSync(DATA);
if (!isThere) console.info("sample data not found beside the checkout: the accounting of published FHIR examples is skipped");

const FOLDERS =
  "synthea-r4-2021 ukcore-examples-xml nhs-clinical-observations-json nhs-pathology nhs-eps-prescriptions-json".split(" ");

const listFiles = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? listFiles(path) : name === "INDEX.json" ? [] : [path];
  });

function profileNamed(name: string): FhirProfile {
  const found = findFhirProfile(name);
  if (found === null) throw new Error(`no profile ${name}`);
  return found;
}

const FIELD_NAME = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/;
const NOT_A_FIELD = new Set(["resourceType", "fhir_comments"]);

/** Places of all values: a name that FHIR cannot have is not repeated in a report, and stands there as `?`. */
function* listValues(value: unknown, place: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) yield* listValues(item, `${place}[${at}]`);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      if (!NOT_A_FIELD.has(name)) yield* listValues(inner, `${place}.${FIELD_NAME.test(name) ? name : "?"}`);
    }
  } else if (value !== null) yield place;
}

const placesIn = ({ mappingReport, drafts, issues }: MappedSource): ReadonlySet<string> =>
  new Set([
    ...[...mappingReport, ...drafts.flatMap((draft) => draft.mappingReport)].map(({ expression }) => expression),
    // What could not be read at all is told by its issue.
    ...issues.filter(({ code }) => code === "FORMAT_UNRECOGNISED").map(({ expression }) => expression),
  ]);

/** Values of the input that no line of the report is at, or above. A bundle's own fields are told once for all entries. */
function findUnaccounted(input: unknown, mapped: MappedSource): readonly string[] {
  const places = placesIn(mapped);
  const isTold = (place: string): boolean => {
    for (let end = place.length; end > 0; end = Math.max(place.lastIndexOf(".", end - 1), place.lastIndexOf("[", end - 1))) {
      const part = place.slice(0, end);
      if (places.has(part) || places.has(part.replace(/entry\[\d+\](\.\w+)$/, "entry$1"))) return true;
    }
    return false;
  };
  const root = Array.isArray(input) ? "resources" : isNamed(input) ? input.resourceType : "resources";
  return [...listValues(input, root)].filter((place) => !isTold(place));
}

const isNamed = (input: unknown): input is { readonly resourceType: string } =>
  typeof input === "object" && input !== null && "resourceType" in input && typeof input.resourceType === "string";

/** Text as the mapping reads it; undefined for lines of JSON, which are resources by themselves. */
function parse(input: unknown): unknown {
  if (typeof input !== "string") return input;
  const text = input.replace(/^\uFEFF/, "").trim();
  if (text.startsWith("<")) return readFhirXml(text)?.resource;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe("every value of the source is mapped, dropped with a reason, or reported as unmapped", () => {
  it("in all cases", () => {
    for (const { file, cases } of readCases(fileURLToPath(new URL("../../cases/fhir/", import.meta.url)))) {
      for (const { title, input, profile } of cases) {
        const values = parse(input);
        const mapped = mapFhir(input, profileNamed(profile ?? "uk-core"));
        if (values !== undefined) expect(findUnaccounted(values, mapped), `${file}: ${title}`).toEqual([]);
      }
    }
  });

  it("and one whose line is taken out is found", () => {
    const input = { resourceType: "Patient", gender: "male", photo: [{ url: "x" }], name: [{ family: "A", text: "A" }] };
    const mapped = mapFhir(input, profileNamed("uk-core"));
    const drafts = mapped.drafts.map((draft) => ({
      ...draft,
      mappingReport: draft.mappingReport.filter(({ expression }) => expression !== "Patient.name[0].text"),
    }));
    expect(findUnaccounted(input, mapped)).toEqual([]);
    expect(findUnaccounted(input, { ...mapped, drafts })).toEqual(["Patient.name[0].text"]);
  });

  it("and an element FHIR R4 does not have is told, wherever XML has it", () => {
    const patient = '<Patient><id value="p"/><nickname value="x"/><name><family value="A"/></name></Patient>';
    const xml = `<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><entry><resource>${patient}</resource></entry></Bundle>`;
    const { mappingReport, issues } = mapFhir(xml, profileNamed("uk-core"));
    expect(mappingReport).toContainEqual({
      expression: "Bundle.entry.resource.nickname",
      sourceField: "Patient.nickname",
      result: "UNMAPPED",
      recordType: null,
      field: null,
      reason: "ELEMENT_UNKNOWN",
    });
    expect(issues.map(({ code, expression }) => `${code} ${expression}`)).toContain(
      "SOURCE_UNMAPPED Bundle.entry.resource.nickname",
    );
    expect(mapFhir(xml.replace('<nickname value="x"/>', ""), profileNamed("uk-core")).issues).toEqual([]);
  });
});

describe.runIf(isThere)("published FHIR examples", () => {
  it.each(FOLDERS)("leave no value of %s untold", (folder) => {
    for (const file of listFiles(join(DATA, folder))) {
      const text = readFileSync(file, "utf8");
      const mapped = mapFhir(text, profileNamed(detectFhirProfile(text) ?? "uk-core"));
      expect(findUnaccounted(parse(text), mapped), file).toEqual([]);
    }
  });
});
