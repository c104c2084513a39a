import { describe, expect, it } from "vitest";
import type { Agreement } from "../../../src/agreements/agreement.ts";
import { type AgreementUse, judgeUse, USE_REFUSALS, type UseRefusal } from "../../../src/agreements/judge-use.ts";
import { PRODUCT_CLASSES, type ProductClass } from "../../../src/agreements/terms.ts";
import { ANALYST, NOW, signedAgreement, soundTerms } from "../../support/agreements.ts";

const agreement = signedAgreement();
const use = (change: Partial<AgreementUse> = {}): AgreementUse => ({
  person: ANALYST.clientId,
  purpose: "SERVICE_EVALUATION",
  at: NOW,
  product: "AGGREGATED_SUPPRESSED",
  measures: ["STARTED"],
  dimensions: ["sex", "age"],
  fields: [],
  years: [2024],
  nations: ["ENGLAND"],
  eventGroups: [],
  location: null,
  ...change,
});
const breached: Agreement = { ...agreement, breaches: [{ ...emptyBreach(), id: "b" }] };

function backedUpOnly(): Agreement {
  return signedAgreement(soundTerms({ locations: soundTerms().locations.map((place) => ({ ...place, uses: ["BACKUP"] })) }));
}

function emptyBreach(): Agreement["breaches"][number] {
  const nobody = { acknowledgedAt: null, acknowledgedBy: null, lastChasedAt: null, timesChased: 0 };
  const ico = {
    icoReportable: null,
    icoDecidedAt: null,
    icoDecidedBy: null,
    icoReasons: null,
    icoReportedAt: null,
    icoReference: null,
  };
  const open = { outcome: null, outcomeAt: null, outcomeBy: null, outcomeReasons: null };
  return { id: "", reportedBy: "", reportedAt: NOW, discoveredAt: NOW, description: "", digest: "", ...nobody, ...ico, ...open };
}

const REFUSED: readonly (readonly [UseRefusal, Partial<AgreementUse>, Agreement?])[] = [
  ["NOT_IN_FORCE", {}, { ...agreement, terminatedAt: NOW }],
  ["NOT_IN_FORCE", {}, { ...agreement, destroyedAt: NOW }],
  ["NOT_IN_FORCE", { at: "2026-03-02T08:59:59.999Z" }],
  ["OUT_OF_TERM", { at: "2029-03-02T00:00:00.000Z" }],
  ["OUT_OF_TERM", {}, signedAgreement(soundTerms({ startsOn: "2026-03-03" }))],
  ["SUSPENDED_BY_BREACH", {}, breached],
  ["PERSON_NOT_NAMED", { person: "analyst-2" }],
  ["PURPOSE_NOT_DECLARED", { purpose: "SERVICE_EVALUTION" }],
  ["PURPOSE_NOT_DECLARED", { purpose: "service_evaluation" }],
  ["PURPOSE_NOT_DECLARED", { purpose: "SERVICE_EVALUATION " }],
  ["PURPOSE_NOT_DECLARED", { purpose: "" }],
  ["PRODUCT_NOT_PERMITTED", { product: "AGGREGATED_SMALL_NUMBERS", location: "CAMPUS" }],
  ["PRODUCT_NOT_PERMITTED", { product: "PSEUDONYMISED_RECORD_LEVEL", location: "CAMPUS" }],
  ["MEASURE_NOT_PERMITTED", { measures: ["STARTED", "REFERRED"] }],
  ["DIMENSION_NOT_PERMITTED", { dimensions: ["programme"] }],
  ["FIELD_NOT_PERMITTED", { fields: ["journey.age"] }],
  ["PERIOD_NOT_PERMITTED", { years: [2023, 2024] }],
  ["NATION_NOT_PERMITTED", { nations: ["NORTHERN_IRELAND"] }],
  ["EVENT_GROUP_NOT_PERMITTED", { eventGroups: ["OTHER"] }],
  ["LOCATION_NOT_PERMITTED", { location: "ANNEX" }],
  ["LOCATION_NOT_PERMITTED", { location: "CAMPUS" }, backedUpOnly()],
];

describe("a use of an agreement", () => {
  it("that is within it sees the rows and columns of the version that counts", () => {
    const { years, nations, eventGroups, measures, dimensions } = soundTerms();
    expect(judgeUse(agreement, use())).toEqual({
      permitted: true,
      permission: {
        version: 1,
        profile: "HES_2018",
        ownProfile: null,
        rows: { years, nations, eventGroups },
        columns: { measures, dimensions, fields: [] },
        extractFrequency: "NONE",
      },
    });
  });

  it.each(REFUSED.map(([refusal, change, of = agreement]) => ({ refusal, change, of })))(
    "is refused for $refusal and nothing else: $change",
    ({ refusal, change, of }) => {
      expect(judgeUse(of, use(change))).toEqual({ permitted: false, refusals: [refusal] });
    },
  );

  it("is refused where something would leave the gateway for a place that is not stated", () => {
    const records = signedAgreement(soundTerms({ productClass: "PSEUDONYMISED_RECORD_LEVEL", fields: ["journey.age"] }));
    const extract = use({ product: "PSEUDONYMISED_RECORD_LEVEL", fields: ["journey.age"] });
    expect(judgeUse(records, extract)).toEqual({ permitted: false, refusals: ["LOCATION_NOT_STATED"] });
    expect(judgeUse(records, { ...extract, location: "CAMPUS" }).permitted).toBe(true);
  });

  it("of what was made under a version has all of its rows, and its protection", () => {
    const extract = use({ product: "AGGREGATED_SMALL_NUMBERS", nations: [], location: "CAMPUS", madeUnder: 0 });
    const refusalsAfter = (change: object): readonly UseRefusal[] => {
      const now = signedAgreement(soundTerms({ productClass: "AGGREGATED_SMALL_NUMBERS" }));
      const [version] = now.versions;
      if (version === undefined) throw new Error("it has a version");
      const before = { ...version, number: 0, state: "DRAFT" as const, terms: { ...version.terms, ...change } };
      const judged = judgeUse({ ...now, versions: [before, version] }, extract);
      return judged.permitted ? [] : judged.refusals;
    };
    expect(refusalsAfter({})).toEqual([]);
    expect(refusalsAfter({ nations: ["WALES", "NORTHERN_IRELAND"] })).toEqual(["NATION_NOT_PERMITTED"]);
    expect(refusalsAfter({ eventGroups: ["MI", "OTHER"] })).toEqual(["EVENT_GROUP_NOT_PERMITTED"]);
    expect(refusalsAfter({ disclosureProfile: "CSDS" })).toEqual(["PRODUCT_NOT_PERMITTED"]);
    expect(refusalsAfter({ ownProfile: "{}" })).toEqual(["PRODUCT_NOT_PERMITTED"]);
  });

  it("is told every reason at once, in one order", () => {
    const all = use({ person: "x", purpose: "x", measures: ["x"], dimensions: ["x"], fields: ["x"], years: [1], nations: ["x"] });
    const judged = judgeUse(breached, { ...all, eventGroups: ["x"], location: "X", product: "AGGREGATED_SMALL_NUMBERS" });
    const expected = USE_REFUSALS.filter((code) => !["NOT_IN_FORCE", "OUT_OF_TERM", "LOCATION_NOT_STATED"].includes(code));
    expect(judged).toEqual({ permitted: false, refusals: expected });
  });

  it("has a case for each refusal here", () => {
    const cases = new Set([...REFUSED.map(([code]) => code), "LOCATION_NOT_STATED"]);
    expect(USE_REFUSALS.filter((code) => !cases.has(code))).toEqual([]);
  });

  it.each(PRODUCT_CLASSES.flatMap((agreed) => PRODUCT_CLASSES.map((wanted) => [agreed, wanted] as const)))(
    "under %s may be of %s where it is the same, or published anyway",
    (agreed: ProductClass, wanted: ProductClass) => {
      const judged = judgeUse(
        signedAgreement(soundTerms({ productClass: agreed })),
        use({ product: wanted, location: "CAMPUS" }),
      );
      expect(judged.permitted).toBe(agreed === wanted || wanted === "AGGREGATED_SUPPRESSED");
    },
  );
});
