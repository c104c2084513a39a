/**
 * Every field that is sent is mapped, defaulted, dropped with a reason or reported unmapped: an independent walk through the input is
 * compared with the mapping report. Real samples are read from `../shared/data` where that is at hand.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { type FhirProfile, findFhirProfile } from "../../../mappings/fhir/fhir-profiles.ts";
import { mapHl7v2 } from "../../../mappings/hl7v2/hl7v2-mapping.ts";
import type { Hl7v2Profile } from "../../../mappings/hl7v2/hl7v2-profile.ts";
import { DEFAULT_HL7V2_PROFILE, HL7V2_PROFILES } from "../../../mappings/hl7v2/hl7v2-profiles.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";
import { findUnaccounted, linesOf } from "./find-unaccounted.ts";
import {
  type KnownInput,
  readCaseInputs,
  readFhirSamples,
  readHl7v2Samples,
  samplesPresent,
  toMessages,
} from "./known-inputs.ts";
import { walkFhir } from "./walk-fhir.ts";
import { walkHl7v2 } from "./walk-hl7v2.ts";

if (!samplesPresent) console.log("skipped: no samples in ../shared/data");

/** What was found of some inputs, by name. */
interface Accounted {
  fields: number;
  readonly unaccounted: string[];
}

function profileOf({ profile }: KnownInput): FhirProfile {
  const found = findFhirProfile(profile ?? "uk-core");
  if (found === null) throw new Error(`no profile ${profile}`);
  return found;
}

function accountFhir(known: KnownInput, mapped: MappedSource, into: Accounted): void {
  const { fields, resources } = walkFhir(known.input);
  into.fields += fields.length;
  for (const place of findUnaccounted(fields, mapped, resources)) into.unaccounted.push(`${known.name}: ${place}`);
}

function dialectOf({ profile }: KnownInput): Hl7v2Profile {
  const found = profile === null ? DEFAULT_HL7V2_PROFILE : HL7V2_PROFILES.get(profile);
  if (found === undefined) throw new Error(`no profile ${profile}`);
  return found;
}

/** Texts with one ER7 message each; several in one text, and XML, are placed otherwise. */
const isOneMessage = (text: string): boolean => text.startsWith("MSH") && (text.match(/(?:^|[\r\n])MSH/g) ?? []).length === 1;

function accountHl7v2(known: KnownInput, messages: readonly string[], mapped: MappedSource, into: Accounted): void {
  for (const [index, text] of messages.entries()) {
    const { fields, segments } = walkHl7v2(text, `messages[${index}]`);
    into.fields += fields.length;
    for (const place of findUnaccounted(fields, mapped, segments)) into.unaccounted.push(`${known.name}: ${place}`);
  }
}

function accountAll(fhir: readonly KnownInput[], hl7v2: readonly KnownInput[]): Accounted {
  const into: Accounted = { fields: 0, unaccounted: [] };
  for (const known of fhir) if (typeof known.input === "object") accountFhir(known, mapFhir(known.input, profileOf(known)), into);
  for (const known of hl7v2) {
    const messages = toMessages(known.input);
    if (messages.every(isOneMessage)) accountHl7v2(known, messages, mapHl7v2(messages, dialectOf(known)), into);
  }
  return into;
}

describe("Every source field is accounted for", () => {
  it("in every FHIR case", () => {
    const { fields, unaccounted } = accountAll(readCaseInputs("fhir/"), []);
    expect(unaccounted).toEqual([]);
    expect(fields).toBeGreaterThan(2_000);
  });

  it("in every HL7 v2 case", () => {
    const { fields, unaccounted } = accountAll([], readCaseInputs("hl7v2/"));
    expect(unaccounted).toEqual([]);
    expect(fields).toBeGreaterThan(1_000);
  });

  it.skipIf(!samplesPresent)("in every real sample of FHIR", { timeout: 60_000 }, () => {
    const { fields, unaccounted } = accountAll(readFhirSamples(), []);
    expect(unaccounted.slice(0, 20)).toEqual([]);
    expect(fields).toBeGreaterThan(50_000);
  });

  it.skipIf(!samplesPresent)("in every real sample of HL7 v2", { timeout: 60_000 }, () => {
    const { fields, unaccounted } = accountAll([], readHl7v2Samples());
    expect(unaccounted.slice(0, 20)).toEqual([]);
    expect(fields).toBeGreaterThan(50_000);
  });
});

/** Fields of FHIR under their own and other names, so that known resources carry what nobody expects. */
const leaf = fc.oneof(
  fc.constantFrom("a", "2024-03-04", "final", "22298006", "http://snomed.info/sct"),
  fc.integer(),
  fc.boolean(),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(..."coding system code value status period start name text extension url _x".split(" ")),
      tie("tree"),
      {
        maxKeys: 4,
      },
    ),
  ),
}));
const TYPES =
  "Patient Encounter Condition Procedure Observation MedicationRequest CarePlan EpisodeOfCare Organization Basic".split(" ");
const resource = fc
  .tuple(
    fc.constantFrom(...TYPES),
    fc.dictionary(
      fc.constantFrom(
        ..."id identifier name birthDate gender code subject status effectiveDateTime valueQuantity note".split(" "),
      ),
      tree,
      { maxKeys: 8 },
    ),
  )
  .map(([resourceType, members]) => ({ ...members, resourceType }));

const cell = fc.constantFrom(
  "",
  "1",
  "A",
  "I21.4^x^ICD10",
  "20240304",
  '""',
  "9990000018^^^NHS^NH~7^^^RXX^MR",
  "X&Y^Z",
  "SMITH^A^B^C",
);
const segment = fc
  .tuple(fc.constantFrom("PID", "PD1", "PV1", "DG1", "PR1", "NK1", "OBX", "ZZ9"), fc.array(cell, { maxLength: 40 }))
  .map(([name, cells]) => [name, ...cells].join("|"));
const message = fc
  .tuple(fc.constantFrom("ADT^A01", "ADT^A08", "ADT^A31", "ORU^R01"), fc.array(segment, { maxLength: 8 }))
  .map(([type, segments]) => [`MSH|^~\\&|PAS|RXX|||20240304||${type}|1|P|2.4`, ...segments].join("\r"));

describe("Every field of generated input is accounted for", () => {
  it("of resources that hold anything, alone and in a Bundle", { timeout: 60_000 }, () => {
    const profile = profileOf({ name: "", profile: null, input: null });
    fc.assert(
      fc.property(fc.array(resource, { minLength: 1, maxLength: 5 }), (list) => {
        for (const input of [
          list,
          { resourceType: "Bundle", type: "collection", entry: list.map((one) => ({ resource: one })) },
        ]) {
          const { fields, resources } = walkFhir(input);
          expect(findUnaccounted(fields, mapFhir(input, profile), resources)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("of messages whose segments hold anything", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(message, (text) => {
        const { fields, segments } = walkHl7v2(text, "messages[0]");
        expect(findUnaccounted(fields, mapHl7v2([text], DEFAULT_HL7V2_PROFILE), segments)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

/** The same answer without what it says of one place. */
const withoutLines = (mapped: MappedSource, expression: string): MappedSource => ({
  ...mapped,
  mappingReport: mapped.mappingReport.filter((line) => line.expression !== expression),
  drafts: mapped.drafts.map((draft) => ({
    ...draft,
    mappingReport: draft.mappingReport.filter((line) => line.expression !== expression),
  })),
});

describe("A report that leaves out what became of a field (control)", () => {
  it("is found out, whichever field of a FHIR input it is", () => {
    const [known] = readCaseInputs("fhir/").filter(({ name }) => name.startsWith("events.json"));
    if (known === undefined) throw new Error("no case");
    const mapped = mapFhir(known.input, profileOf(known));
    const { fields, resources } = walkFhir(known.input);
    const places = new Set(linesOf(mapped).map(({ expression }) => expression));
    const missed = [...places].filter(
      (place) =>
        fields.some(({ expression, within }) => expression === place || within.includes(place)) &&
        findUnaccounted(fields, withoutLines(mapped, place), resources).length === 0,
    );
    expect(places.size).toBeGreaterThan(10);
    expect(missed).toEqual([]);
  });

  it("is found out, whichever field of a message it is", () => {
    const text = readCaseInputs("hl7v2/")
      .flatMap(({ input }) => toMessages(input))
      .find((one) => one.includes("DG1"));
    if (text === undefined) throw new Error("no case");
    const mapped = mapHl7v2([text], DEFAULT_HL7V2_PROFILE);
    const { fields, segments } = walkHl7v2(text, "messages[0]");
    const places = new Set(linesOf(mapped).map(({ expression }) => expression));
    const spokenOf = [...places].filter((place) => fields.some(({ within }) => within.includes(place)));
    const missed = spokenOf.filter((place) => findUnaccounted(fields, withoutLines(mapped, place), segments).length === 0);
    expect(spokenOf.length).toBeGreaterThan(10);
    expect(missed).toEqual([]);
  });
});
