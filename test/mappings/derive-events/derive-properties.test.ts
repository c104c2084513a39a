/** What holds for every input: nothing is lost, nothing depends on order, and the tables alone decide. */
import { describe, expect, it } from "vitest";
import { CONCEPT_MAPS, createLookUp } from "../../../mappings/concept-maps/clinical-codes.ts";
import type { Spell } from "../../../mappings/support/coded-target.ts";
import { deriveEvents } from "../../../mappings/support/derive-events.ts";
import { loose, stay, summarise, summariseReport } from "./spell-builder.ts";

const POOL = [
  ...["ICD10:I21.0", "ICD10:I21.9", "ICD10:I50.0", "ICD10:I20.9", "ICD10:I35.0", "ICD10:I25.1", "ICD10:I25.2", "ICD10:I10X"],
  ...["SNOMED:22298006", "SNOMED:401314000", "SNOMED:84114007", "SNOMED:130541000119100", "SNOMED:231504006", "SNOMED:53741008"],
  ...["OPCS4:K75.1", "OPCS4:K40.1", "OPCS4:K26.1", "OPCS4:Y79.3", "OPCS4:Y53.4", "OPCS4:K63.1", "SNOMED:1", "ICD10:A00.0"],
];
const DATES = ["", "@2024-01-01", "@2024-01-02", "@2024-02-15", "@2024-03-01", "@2019-06-01"];
const RANKS = ["", "#1", "#2"];

/** A small generator of numbers, the same on every run. */
const numbers = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const makeSpells = (next: (below: number) => number): readonly Spell[] => {
  const pick = (list: readonly string[]): string => list[next(list.length)] ?? "";
  const facts = (): readonly string[] => Array.from({ length: 1 + next(5) }, () => pick(POOL) + pick(DATES) + pick(RANKS));
  return Array.from({ length: 1 + next(4) }, (_, i) => {
    const kind = next(4);
    if (kind === 0) return loose(...facts());
    const died = next(12) === 0;
    return stay(`v${kind === 1 ? 0 : i}`, `2024-0${1 + next(3)}-01`, `2024-0${4 + next(2)}-01`, facts(), { died });
  });
};

const shuffle = <T>(items: readonly T[], next: (below: number) => number): readonly T[] =>
  items
    .map((item) => ({ item, at: next(1_000_000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);

const shuffleSpells = (spells: readonly Spell[], next: (below: number) => number): readonly Spell[] =>
  shuffle(spells, next).map((spell) => ({
    ...spell,
    diagnoses: shuffle(spell.diagnoses, next),
    procedures: shuffle(spell.procedures, next),
  }));

describe("For any input", () => {
  const next = numbers(20240301);
  const inputs = Array.from({ length: 400 }, () => makeSpells(next));

  it("the order of spells and facts does not matter", () => {
    for (const spells of inputs) {
      const result = deriveEvents(spells);
      const shuffled = deriveEvents(shuffleSpells(spells, next));
      expect(summarise(shuffled)).toEqual(summarise(result));
      expect(summariseReport(shuffled)).toEqual(summariseReport(result));
      expect(shuffled.events.map(({ fact, dischargeDate }) => [fact.expression, dischargeDate])).toEqual(
        result.events.map(({ fact, dischargeDate }) => [fact.expression, dischargeDate]),
      );
    }
  });

  it("every fact has a report line, and records are unique by their natural key", () => {
    for (const spells of inputs) {
      const result = deriveEvents(spells);
      const reported = new Set(result.report.map(({ fact }) => fact));
      for (const fact of spells.flatMap(({ diagnoses, procedures }) => [...diagnoses, ...procedures]))
        expect(reported.has(fact)).toBe(true);
      const records = [
        ...result.events.map(({ eventType, eventDate }) => `event ${eventType} ${eventDate}`),
        ...result.previousEvents.map(({ type, date }) => `previous ${type} ${date}`),
        ...result.comorbidities.map(({ type }) => `comorbidity ${type}`),
      ];
      expect(new Set(records).size).toBe(records.length);
    }
  });

  it("every record's deciding fact is reported as mapped to its record type", () => {
    for (const spells of inputs) {
      const { events, previousEvents, comorbidities, report } = deriveEvents(spells);
      const isMapped = (fact: unknown, recordType: string): boolean =>
        report.some((line) => line.fact === fact && line.recordType === recordType);
      for (const { eventType, fact, treatments } of events) {
        expect(isMapped(fact, eventType === "USE_TREATMENT" ? "TREATMENT" : "INITIATING_EVENT")).toBe(true);
        for (const treatment of treatments) expect(isMapped(treatment.fact, "TREATMENT")).toBe(true);
      }
      for (const { fact } of previousEvents) expect(isMapped(fact, "PREVIOUS_EVENT")).toBe(true);
      for (const { fact } of comorbidities) expect(isMapped(fact, "COMORBIDITY")).toBe(true);
    }
  });
});

describe("Codes the maps cannot use", () => {
  it("are only reported where they are unknown", () => {
    const result = deriveEvents([loose("ICD10:A00.0@2024-01-01")]);
    expect(summariseReport(result)).toEqual(["A00.0 UNMAPPED CODE_NOT_TRANSLATED"]);
    expect(result.issues).toEqual([]);
  });

  it("also warn where they are malformed, without repeating the text", () => {
    const result = deriveEvents([loose("SNOMED:37436014@2024-01-01", "OPCS4:9434765919")]);
    expect(result.report.map(({ result: what, reason }) => `${what} ${reason}`)).toEqual([
      "DROPPED MALFORMED_CODE",
      "DROPPED MALFORMED_CODE",
    ]);
    expect(result.issues.map(({ severity, code, params }) => [severity, code, params?.reason])).toEqual([
      ["WARNING", "CODE_NOT_TRANSLATED", "MALFORMED"],
      ["WARNING", "CODE_NOT_TRANSLATED", "DESCRIPTION_ID"],
    ]);
    expect(JSON.stringify(result.issues.map(({ params }) => params))).not.toContain("9434765919");
  });

  it("leave nothing of an empty input", () => {
    expect(deriveEvents([])).toEqual({
      events: [],
      previousEvents: [],
      comorbidities: [],
      rehabilitationContacts: [],
      report: [],
      issues: [],
    });
  });
});

describe("The tables decide", () => {
  const spells = [stay("v1", "2024-03-01", "2024-03-08", ["ICD10:I21.0#1", "OPCS4:K75.1@2024-03-01"])];

  it("control: with a spoilt table the result is another one", () => {
    const spoilt = createLookUp({
      ...CONCEPT_MAPS,
      ICD10: CONCEPT_MAPS.ICD10.map((group) =>
        group.group === "MI_STEMI" ? { ...group, role: "INDEX", key: "MI_NSTEMI" } : group,
      ),
      OPCS4: CONCEPT_MAPS.OPCS4.filter(({ group }) => group !== "PCI"),
    });
    expect(summarise(deriveEvents(spells))).toEqual(["event 2024-03-01 MI_STEMI + 2024-03-01 PCI"]);
    expect(summarise(deriveEvents(spells, { terminology: { lookUpCode: spoilt, findCandidates: () => [] } }))).toEqual([
      "event 2024-03-01 MI_NSTEMI",
    ]);
  });
});
