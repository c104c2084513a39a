import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { FHIR_PROFILES } from "../../../mappings/fhir/fhir-profiles.ts";

const RUNS = 200;
const profile = FHIR_PROFILES["uk-core"] ?? never();
const map = (input: unknown) => mapFhir(input, profile);

const words = fc.constantFrom(
  ..."hadsAnxiety hads-1 coop pain q1 401319005 8480-6 85354-9 75367002 314463006 kg mm[Hg] 142/94 <15 80 2024-04-16 2024 final".split(
    " ",
  ),
  ..."completed entered-in-error Patient/p1 Observation/a #a Questionnaire/f http://loinc.org http://snomed.info/sct 8517006".split(
    " ",
  ),
);
const names = fc.constantFrom(
  ..."item linkId answer valueInteger valueCoding valueQuantity valueString valueRange extension url valueDecimal code system".split(
    " ",
  ),
  ..."coding component value unit comparator status subject reference authored questionnaire result hasMember contained".split(
    " ",
  ),
  ..."effectiveDateTime effectivePeriod effectiveTiming event specimen collection issued focus method dataAbsentReason".split(
    " ",
  ),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    words,
    fc.integer(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(names, tie("value"), { maxKeys: 8 }),
  ),
}));
const resource = fc
  .tuple(fc.constantFrom("QuestionnaireResponse", "Questionnaire", "DiagnosticReport", "Observation", "Specimen"), value)
  .map(([resourceType, body]) => (typeof body === "object" && !Array.isArray(body) ? { ...body, resourceType, id: "a" } : body));

describe("observations, reports and questionnaires of any shape", () => {
  it("are mapped without throwing, and the same way every time", () => {
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 6 }), (list) => {
        expect(JSON.stringify(map(list))).toBe(JSON.stringify(map(list)));
      }),
      { numRuns: RUNS },
    );
  });

  it("may be nested to any depth", () => {
    let item: object = { linkId: "hadsAnxiety", answer: [{ valueInteger: 9 }] };
    for (let depth = 0; depth < 20_000; depth += 1) item = { linkId: "g", item: [item] };
    const deep = {
      resourceType: "QuestionnaireResponse",
      status: "completed",
      subject: { reference: "Patient/p1" },
      item: [item],
    };
    expect(map(deep).drafts).toHaveLength(1);
  });

  it("may refer to themselves and to each other", () => {
    const panel = (id: string, member: string) => ({
      resourceType: "Observation",
      id,
      status: "final",
      subject: { reference: "Patient/p1" },
      code: { coding: [{ system: "http://loinc.org", code: "29463-7" }] },
      valueQuantity: { value: 80, code: "kg" },
      hasMember: [{ reference: `Observation/${member}` }],
    });
    const { issues } = map([panel("a", "a"), panel("b", "c"), panel("c", "b")]);
    expect(issues.filter(({ code }) => code === "SOURCE_DROPPED")).toHaveLength(3);
  });
});

function never(): never {
  throw new Error("the default profile is missing");
}
