// biome-ignore-all lint/suspicious/noThenProperty: `then` is a word of the rule language; a rule is never awaited.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileDictionary } from "../../../src/dataset/compile-dictionary.ts";
import type { RecordTypeName, Value } from "../../../src/dataset/define.ts";
import { compileRules, judgeMandatory } from "../../../src/dataset/judge-rules.ts";
import type { Rule } from "../../../src/dataset/rule.ts";
import { addDays } from "../../../src/lib/calendar-date.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { TestRow } from "./sample-drafts.ts";
import { tiny, tinySource } from "./tiny-dictionary.ts";

type Values = Record<string, Value>;
const base = { severity: "ERROR", status: "I", source: "", text: "", id: "R" } as const;

/** Ids of the rules that a row of the tiny dictionary breaks. */
function broken(rule: Rule, row: TestRow): number {
  return compileRules(compileDictionary({ ...tinySource, rules: [rule] }))(row).length;
}
const rowOf = (type: RecordTypeName, values: Values, parent: TestRow | null = null) => new TestRow(tiny, type, values, parent);

const days = fc.integer({ min: -400, max: 400 });
const someDate = days.map((shift) => addDays("2024-02-29", shift));

describe("rules about dates", () => {
  const rule = {
    ...base,
    kind: "dates",
    code: "DATE_ORDER",
    recordType: "INITIATING_EVENT",
    field: "seenDate",
    earlier: "eventDate",
    later: "seenDate",
  } as const;

  it("hold exactly within their limits, counted in days", () => {
    const limits = fc.record({ minDays: fc.option(days, { nil: undefined }), maxDays: fc.option(days, { nil: undefined }) });
    fc.assert(
      fc.property(someDate, days, limits, (eventDate, shift, { minDays, maxDays }) => {
        const row = rowOf("INITIATING_EVENT", { eventDate, seenDate: addDays(eventDate, shift) });
        const holds = (minDays === undefined || shift >= minDays) && (maxDays === undefined || shift <= maxDays);
        const limited = { ...(minDays === undefined ? {} : { minDays }), ...(maxDays === undefined ? {} : { maxDays }) };
        expect(broken({ ...rule, ...limited }, row)).toBe(holds ? 0 : 1);
      }),
    );
  });

  it("are silent where one of the dates is absent, or the ancestor that has it is not known", () => {
    expect(broken({ ...rule, minDays: 0 }, rowOf("INITIATING_EVENT", { eventDate: "2026-01-01" }))).toBe(0);
    expect(broken({ ...rule, minDays: 0 }, rowOf("INITIATING_EVENT", { seenDate: "2026-01-01" }))).toBe(0);
    const birth = { ...rule, earlier: "PATIENT.dateOfBirth", minDays: 0 };
    expect(broken(birth, rowOf("INITIATING_EVENT", { seenDate: "1900-01-01" }))).toBe(0);
    const patient = rowOf("PATIENT", { dateOfBirth: "1951-03-14" });
    expect(broken(birth, rowOf("INITIATING_EVENT", { seenDate: "1940-01-01" }, patient))).toBe(1);
  });

  it("speak of a partial date only where no day of it would do", () => {
    const onset = { ...rule, field: "onset", later: "onset", minDays: 0 };
    const at = (value: string) => broken(onset, rowOf("INITIATING_EVENT", { eventDate: "2024-02-29", onset: value }));
    expect([at("2024"), at("2024-02"), at("2024-02-29"), at("2024-03")]).toEqual([0, 0, 0, 0]);
    expect([at("2023"), at("2024-01"), at("2024-02-28")]).toEqual([1, 1, 1]);
    const before = { ...rule, field: "onset", later: "onset", maxDays: 0 };
    expect(broken(before, rowOf("INITIATING_EVENT", { eventDate: "2024-02-29", onset: "2024-03" }))).toBe(1);
    expect(broken(before, rowOf("INITIATING_EVENT", { eventDate: "2024-02-29", onset: "2024" }))).toBe(0);
  });

  it("may name a fixed day, and a condition without which they are not asked", () => {
    const fixed = { ...rule, earlier: "1990-01-01", minDays: 0, when: { item: "walk", present: false } } as const;
    expect(broken(fixed, rowOf("INITIATING_EVENT", { seenDate: "1989-12-31" }))).toBe(1);
    expect(broken(fixed, rowOf("INITIATING_EVENT", { seenDate: "1989-12-31", walk: 10 }))).toBe(0);
  });

  it("compare with the chosen sibling, never with the row itself", () => {
    const window: Rule = {
      ...base,
      kind: "siblingDates",
      code: "DATE_ORDER",
      recordType: "ASSESSMENT",
      field: "date",
      when: { item: "number", equals: 2 },
      sibling: { item: "number", equals: 1 },
      date: "date",
      minDays: 1,
      maxDays: 140,
    };
    fc.assert(
      fc.property(someDate, days, (first, shift) => {
        const event = rowOf("INITIATING_EVENT", {});
        rowOf("ASSESSMENT", { number: 1, date: first }, event);
        rowOf("ASSESSMENT", { number: 3, date: "1990-01-01" }, event);
        const second = rowOf("ASSESSMENT", { number: 2, date: addDays(first, shift) }, event);
        expect(broken(window, second)).toBe(shift >= 1 && shift <= 140 ? 0 : 1);
      }),
    );
    expect(
      broken({ ...window, sibling: { item: "number", equals: 2 } }, rowOf("ASSESSMENT", { number: 2, date: "2026-01-01" })),
    ).toBe(0);
  });

  it("count age in whole years", () => {
    const age: Rule = {
      ...base,
      kind: "age",
      code: "DATE_ORDER",
      recordType: "INITIATING_EVENT",
      field: "eventDate",
      at: "eventDate",
      minYears: 16,
    };
    const at = (eventDate: string) =>
      broken(age, rowOf("INITIATING_EVENT", { eventDate }, rowOf("PATIENT", { dateOfBirth: "2000-05-10" })));
    expect([at("2016-05-09"), at("2016-05-10")]).toEqual([1, 0]);
  });
});

describe("rules between items", () => {
  const rule = { ...base, code: "CONDITION_NOT_MET", recordType: "INITIATING_EVENT", field: "upper" } as const;

  it("compare two numbers as their operator says", () => {
    const number = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(number, number, (upper, lower) => {
        const count = (operator: "gt" | "gte" | "lt" | "lte") =>
          broken(
            { ...rule, kind: "compare", left: "upper", operator, right: "lower" },
            rowOf("INITIATING_EVENT", { upper, lower }),
          );
        expect([count("gt"), count("gte"), count("lt"), count("lte")]).toEqual(
          [upper > lower, upper >= lower, upper < lower, upper <= lower].map((holds) => (holds ? 0 : 1)),
        );
      }),
    );
    expect(
      broken(
        { ...rule, kind: "compare", left: "upper", operator: "gt", right: "lower" },
        rowOf("INITIATING_EVENT", { upper: 1 }),
      ),
    ).toBe(0);
  });

  it("are silent where the condition asks for a value that is absent", () => {
    const needs = { ...rule, kind: "condition", when: { all: [] }, then: { item: "reason", in: ["MOVED"] } } as const;
    expect(broken(needs, rowOf("INITIATING_EVENT", {}))).toBe(0);
    expect(broken(needs, rowOf("INITIATING_EVENT", { reason: "OTHER" }))).toBe(1);
    const either = {
      any: [
        { item: "reason", in: ["MOVED"] },
        { item: "walk", present: true },
      ],
    } as const;
    expect(broken({ ...needs, then: either }, rowOf("INITIATING_EVENT", {}))).toBe(0);
    expect(broken({ ...needs, then: either }, rowOf("INITIATING_EVENT", { reason: "OTHER" }))).toBe(1);
    expect(broken({ ...needs, then: either }, rowOf("INITIATING_EVENT", { walk: 0 }))).toBe(0);
    expect(broken({ ...needs, then: { item: "reason", notIn: ["OTHER"] } }, rowOf("INITIATING_EVENT", { reason: "OTHER" }))).toBe(
      1,
    );
    expect(broken({ ...needs, then: { all: [either, { item: "upper", present: true }] } }, rowOf("INITIATING_EVENT", {}))).toBe(
      1,
    );
  });

  it("look into sets, at children and at siblings", () => {
    const when = { item: "fruits", in: ["APPLE"] } as const;
    const child = { ...rule, kind: "condition", when, then: { child: "ASSESSMENT", exists: true } } as const;
    const event = rowOf("INITIATING_EVENT", { fruits: ["APPLE", "BANANA"] });
    expect(broken(child, event)).toBe(1);
    const second = rowOf("ASSESSMENT", { number: 2, fruit: "APPLE" }, event);
    expect(broken(child, event)).toBe(0);
    const sibling: Rule = {
      ...base,
      kind: "siblingCondition",
      code: "CONDITION_NOT_MET",
      recordType: "ASSESSMENT",
      field: "fruit",
      when: { item: "fruit", in: ["APPLE"] },
      sibling: { item: "number", equals: 1 },
      notWhenSibling: { item: "fruit", in: ["BANANA"] },
    };
    expect(broken(sibling, second)).toBe(0);
    const ownFruit = {
      ...sibling,
      sibling: { item: "number", equals: 2 },
      notWhenSibling: { item: "fruit", in: ["APPLE"] },
    } as const;
    expect(broken(ownFruit, second)).toBe(0);
    rowOf("ASSESSMENT", { number: 1, fruit: "BANANA" }, event);
    expect(broken(sibling, second)).toBe(1);
  });

  it("compute the body mass index and compare it within the tolerance", () => {
    const bmi: Rule = {
      ...base,
      kind: "derived",
      derivation: "BMI",
      tolerance: 0.5,
      code: "CONDITION_NOT_MET",
      recordType: "ASSESSMENT",
      field: "bmi",
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 120, max: 210 }),
        fc.integer({ min: 35, max: 200 }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (cm, kg, off) => {
          fc.pre(Math.abs(Math.abs(off) - 0.5) > 1e-6);
          const stated = kg / (cm / 100) ** 2 + off;
          expect(broken(bmi, rowOf("ASSESSMENT", { bmi: stated, heightCm: cm, weightKg: kg }))).toBe(Math.abs(off) > 0.5 ? 1 : 0);
        },
      ),
    );
    expect(broken(bmi, rowOf("ASSESSMENT", { bmi: 90, weightKg: 80 }))).toBe(0);
  });

  it("compare activity with the minutes as far as they are known", () => {
    const activity: Rule = {
      ...base,
      kind: "derived",
      derivation: "ACTIVITY_150",
      code: "CONDITION_NOT_MET",
      recordType: "ASSESSMENT",
      field: "activity150",
    };
    const at = (values: Values) => broken(activity, rowOf("ASSESSMENT", values));
    expect(at({ activity150: "NO", moderateMinutesPerWeek: 150 })).toBe(1);
    expect(at({ activity150: "NO", moderateMinutesPerWeek: 10, vigorousMinutesPerWeek: 70 })).toBe(1);
    expect(at({ activity150: "YES", moderateMinutesPerWeek: 10, vigorousMinutesPerWeek: 69 })).toBe(1);
    expect(at({ activity150: "YES", moderateMinutesPerWeek: 10 })).toBe(0);
    expect(at({ activity150: "YES", moderateMinutesPerWeek: 10, vigorousMinutesPerWeek: 70 })).toBe(0);
    expect(at({ moderateMinutesPerWeek: 10, vigorousMinutesPerWeek: 70 })).toBe(0);
  });
});

describe("the rules in service", () => {
  const gw = dictionaryOf("gw-1.0");
  if (gw === null) throw new Error("gw-1.0 is in service");
  const judge = compileRules(gw);
  const row = (type: RecordTypeName, values: Values, parent: TestRow | null = null) => new TestRow(gw, type, values, parent);
  const codesOf = (view: TestRow) => judge(view).map(({ severity, code, field }) => `${severity} ${code} ${field}`);
  const patient = () => row("PATIENT", { nhsNumber: "9434765919", dateOfBirth: "1951-03-14", gender: "MALE" });
  const event = (values: Values = {}) =>
    row("INITIATING_EVENT", { eventType: "MI_STEMI", eventDate: "2026-03-02", ...values }, patient());

  it("refuse an event before birth, and a core start before its referral", () => {
    expect(codesOf(event({ eventDate: "1940-01-01" }))).toContain("ERROR DATE_ORDER eventDate");
    const rehabilitation = row(
      "REHABILITATION",
      { programmeCode: "P", referralDate: "2026-03-06", coreStartDate: "2026-03-05" },
      event(),
    );
    expect(codesOf(rehabilitation)).toContain("ERROR DATE_ORDER coreStartDate");
  });

  it("warn of an inherited referral after core start, and refuse it nowhere", () => {
    const parent = event({ referralDate: "2026-03-06" });
    expect(codesOf(row("REHABILITATION", { programmeCode: "P", coreStartDate: "2026-03-05" }, parent))).toEqual([
      "WARNING DATE_ORDER_UNUSUAL coreStartDate",
    ]);
    const own = row("REHABILITATION", { programmeCode: "P", referralDate: "2026-03-04", coreStartDate: "2026-03-05" }, parent);
    expect(codesOf(own)).toEqual([]);
  });

  it("give params of labels and limits, and no value", () => {
    const [finding] = judge(
      row("REHABILITATION", { programmeCode: "P", referralDate: "2026-03-06", coreStartDate: "2026-03-05" }, event()),
    );
    expect(finding?.params).toEqual({
      rule: "D8",
      earlier: "Date referred to this programme",
      later: "Started rehabilitation programme",
      minDays: 0,
    });
  });

  it("name the mandatory items that a row lacks", () => {
    expect(judgeMandatory(gw.recordType("PATIENT"), row("PATIENT", { gender: "MALE" }).values)).toEqual(["dateOfBirth"]);
    expect(judgeMandatory(gw.recordType("INITIATING_EVENT"), event().values)).toEqual([]);
    expect(codesOf(row("PATIENT", { dateOfBirth: "1951-03-14" }))).toEqual(["ERROR MANDATORY_MISSING nhsNumber"]);
  });
});
