import { describe, expect, it } from "vitest";
import { isLoincCode } from "../../../mappings/concept-maps/loinc-code.ts";
import type { MapElement, PublishedMap } from "../../../mappings/concept-maps/published-shapes.ts";
import { PUBLISHED_MAPS, PUBLISHED_SETS } from "../../../mappings/concept-maps/published-terminology.ts";
import { normaliseCode } from "../../../mappings/support/normalise-code.ts";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
import { toFhirConceptMap, toFhirValueSet, versionOf } from "../../../scripts/generate/fhir-terminology.ts";

/** Answers of LOINC's lists (`LA18976-3`) have a check digit of another rule: their form is checked. */
const isLoinc = (code: string): boolean => (code.startsWith("LA") ? /^LA\d{1,7}-\d$/.test(code) : isLoincCode(code));

/** Whether a text can be a code of its system; systems without a form take anything short. */
const FORMS: readonly (readonly [system: RegExp, isCode: (code: string) => boolean])[] = [
  [/snomed/, (code) => normaliseCode("SNOMED", code).ok],
  [/icd-10/, (code) => normaliseCode("ICD10", code).ok],
  [/opcs-4/, (code) => normaliseCode("OPCS4", code).ok],
  [/loinc/, isLoinc],
  [/atc/, (code) => /^[A-Z](?:\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?)?$/.test(code)],
  [/bnf/, (code) => /^\d{4}[0-9A-Z]{0,11}$/.test(code)],
];

const findMalformed = (codes: readonly { readonly system: string; readonly code: string }[]): readonly string[] =>
  codes
    .filter(({ system, code }) => code.trim() === "" || FORMS.some(([pattern, isCode]) => pattern.test(system) && !isCode(code)))
    .map(({ system, code }) => `${system}|${code}`);

const codesOf = (map: PublishedMap) => map.elements.map(({ code }) => ({ system: map.source, code }));

/** A code that one map gives two targets: allowed where a code has two meanings that are records of their own. */
const MAY_HAVE_TWO = /(?:comorbidity-type|previous-event-type|no-record)$/;
const findTwice = (map: PublishedMap): readonly string[] =>
  [...Map.groupBy(map.elements, ({ code }) => code)]
    .filter(([, meanings]) => new Set(meanings.map(({ target }) => target)).size > 1 && !MAY_HAVE_TWO.test(map.id))
    .map(([code]) => `${map.id} ${code}`);

describe("Every code table", () => {
  it("holds well-formed codes only: Verhoeff and partition, form, check digit", () => {
    expect(PUBLISHED_MAPS.flatMap((map) => findMalformed(codesOf(map)))).toEqual([]);
    expect(PUBLISHED_SETS.flatMap((set) => findMalformed(set.codes))).toEqual([]);
  });

  it("gives a code one meaning", () => {
    expect(PUBLISHED_MAPS.flatMap(findTwice)).toEqual([]);
  });

  it("never takes for a value what another table says is none", () => {
    const values = new Set(PUBLISHED_MAPS.flatMap((map) => codesOf(map).map(({ system, code }) => `${system}|${code}`)));
    const near = PUBLISHED_SETS.filter(({ id }) => id.startsWith("not-a-measurement")).flatMap(({ codes }) => codes);
    expect(near.length).toBeGreaterThan(20);
    expect(near.map(({ system, code }) => `${system}|${code}`).filter((key) => values.has(key))).toEqual([]);
  });

  it("says of each entry how sure it is and what a reviewer can open", () => {
    const bare = PUBLISHED_MAPS.flatMap(({ elements }) => elements).filter(({ source, status }) => source === "" || !status);
    expect(bare).toEqual([]);
    expect(PUBLISHED_SETS.filter(({ source }) => source === "")).toEqual([]);
  });

  it("names targets that the dictionary has", () => {
    const keys = new Set(gw10.codeLists.flatMap(({ options }) => options.map(({ key }) => key)));
    const lists = PUBLISHED_MAPS.filter(({ target }) => !target.endsWith("/items"));
    const unknown = lists.flatMap(({ elements }) => elements).filter(({ target }) => target !== null && !keys.has(target));
    expect(unknown).toEqual([]);
  });

  it("has an id of its own", () => {
    const ids = [...PUBLISHED_MAPS, ...PUBLISHED_SETS].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("control: a wrong check digit, a code with two meanings and an unknown form are found", () => {
    const [map] = PUBLISHED_MAPS.filter(({ id }) => id === "loinc-measurements");
    const [element] = map?.elements ?? [];
    if (map === undefined || element === undefined) throw new Error("no map");
    const spoil = (more: Partial<MapElement>): PublishedMap => ({ ...map, elements: [...map.elements, { ...element, ...more }] });
    expect(findMalformed(codesOf(spoil({ code: "8302-3" })))).toEqual(["http://loinc.org|8302-3"]);
    expect(findTwice(spoil({ target: "ASSESSMENT.waistCm" }))).toHaveLength(1);
    expect(findMalformed([{ system: "http://www.whocc.no/atc", code: "C9" }])).toHaveLength(1);
  });
});

describe("As FHIR resources", () => {
  it("a map has one element for a code, with every meaning of it", () => {
    const map = PUBLISHED_MAPS.find(({ id }) => id === "icd10-comorbidity-type");
    if (map === undefined) throw new Error("no map");
    expect(toFhirConceptMap(map)).toMatchObject({
      resourceType: "ConceptMap",
      status: "active",
      version: versionOf(map),
      group: [
        {
          source: "http://hl7.org/fhir/sid/icd-10",
          element: expect.arrayContaining([
            expect.objectContaining({
              code: "F412",
              target: [
                expect.objectContaining({ code: "ANXIETY", equivalence: "wider" }),
                expect.objectContaining({ code: "DEPRESSION_HISTORY", equivalence: "wider" }),
              ],
            }),
          ]),
        },
      ],
    });
  });

  it("what makes no record is unmatched, with the reason in words", () => {
    const map = PUBLISHED_MAPS.find(({ id }) => id === "opcs4-no-record");
    const text = JSON.stringify(map === undefined ? null : toFhirConceptMap(map));
    expect(text).toContain('"equivalence":"unmatched"');
    expect(text).not.toMatch(/"code":null/);
  });

  it("a set lists its codes by system", () => {
    const set = PUBLISHED_SETS.find(({ id }) => id === "cardiac-rehabilitation");
    expect(set === undefined ? null : toFhirValueSet(set)).toMatchObject({
      resourceType: "ValueSet",
      compose: { include: [{ system: "http://snomed.info/sct", concept: expect.arrayContaining([{ code: "733459009" }]) }, {}] },
    });
  });

  it("a table has another version as soon as anything in it is another", () => {
    const [map] = PUBLISHED_MAPS;
    const [first, ...rest] = map?.elements ?? [];
    if (map === undefined || first === undefined) throw new Error("no map");
    expect(versionOf({ ...map, elements: [{ ...first, target: "OTHER" }, ...rest] })).not.toBe(versionOf(map));
  });
});
