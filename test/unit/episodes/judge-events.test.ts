import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import { type EpisodeRules, readEpisodeRules } from "../../../src/episodes/episode-rules.ts";
import { type EpisodeEvent, judgeEvents } from "../../../src/episodes/judge-events.ts";
import { anyEvents, eventOn, keysOf, procedureOn } from "./events.ts";

const judge = (a: EpisodeEvent, b: EpisodeEvent) => judgeEvents(a, b, EPISODE_RULES);
/** Action and rule, in one text. */
const say = (a: EpisodeEvent, b: EpisodeEvent): string => {
  const verdict = judge(a, b);
  return verdict === null ? "nothing" : `${verdict.action} ${verdict.rule}`;
};
const infarction = eventOn("A", 0, "MI_STEMI");

/** Fails where the order of the two events changes what a judge says. */
const expectSymmetric = (judged: (a: EpisodeEvent, b: EpisodeEvent) => unknown): void =>
  fc.assert(
    fc.property(anyEvents(8), (events) => {
      for (const a of events) for (const b of events) expect(judged(a, b)).toEqual(judged(b, a));
    }),
    { numRuns: 300, seed: 5 },
  );

describe("judging two events", () => {
  it("says the same whichever comes first", () => {
    expectSymmetric(judge);
  });

  it("would be caught if it did not", () => {
    expect(() => expectSymmetric((a, b) => (a.id < b.id ? judge(a, b) : null))).toThrow();
  });

  it("says nothing of an event and itself", () => {
    expect(judge(infarction, infarction)).toBeNull();
  });

  it.each([
    ["PCI", 0, "LINK TREATMENT_ON_EVENT_DATE"],
    ["PCI", 2, "LINK ONE_STAY"],
    ["PCI", 89, "LINK CORONARY_EVENT_THEN_REVASCULARISATION"],
    ["BYPASS_SURGERY", 90, "LINK CORONARY_EVENT_THEN_REVASCULARISATION"],
    ["BYPASS_SURGERY", 91, "nothing"],
    ["PRIMARY_PCI", 28, "LINK ONE_ACUTE_CORONARY_SYNDROME"],
    ["PRIMARY_PCI", 29, "PROPOSE_ONLY RECURRENT_INFARCTION"],
    ["STAGED_PCI", 91, "PROPOSE LATE_STAGED_PCI"],
    ["ICD", 28, "LINK CONDITION_THEN_ITS_PROCEDURE"],
    ["ICD", 29, "PROPOSE NEAR_IN_TIME"],
  ])("after an infarction, %s on day %i: %s", (type, day, expected) => {
    expect(say(infarction, procedureOn("B", day, type))).toBe(expected);
  });

  it.each([
    ["MI_NSTEMI", 28, "LINK ONE_ACUTE_CORONARY_SYNDROME"],
    ["MI_NSTEMI", 29, "PROPOSE_ONLY RECURRENT_INFARCTION"],
    ["MI_NSTEMI", 90, "PROPOSE_ONLY RECURRENT_INFARCTION"],
    ["MI_NSTEMI", 91, "SEPARATE LATER_SEPARATE_EVENT"],
    ["HEART_FAILURE", 30, "LINK READMISSION"],
    ["HEART_FAILURE", 31, "PROPOSE_ONLY ANOTHER_DIAGNOSIS_NEAR_IN_TIME"],
    ["HEART_FAILURE", 91, "SEPARATE LATER_SEPARATE_EVENT"],
    ["PERIPHERAL_ARTERIAL_DISEASE", 0, "PROPOSE_ONLY ANOTHER_DIAGNOSIS_NEAR_IN_TIME"],
    ["UNKNOWN", 2, "LINK ONE_STAY"],
    ["UNKNOWN", 3, "PROPOSE NEAR_IN_TIME"],
  ])("after an infarction, %s on day %i: %s", (type, day, expected) => {
    expect(say(infarction, eventOn("B", day, type))).toBe(expected);
  });

  it("takes a treatment's date for the link up to a year, and a diagnosis on that date for 90 days", () => {
    const listed = eventOn("A", 0, "MI_STEMI", ["BYPASS_SURGERY", 200]);
    expect(say(listed, procedureOn("B", 200, "BYPASS_SURGERY"))).toBe("LINK SAME_PROCEDURE");
    expect(say(listed, eventOn("B", 200, "USE_TREATMENT"))).toBe("LINK TREATMENT_SENT_AS_EVENT");
    expect(say(listed, procedureOn("B", 199, "BYPASS_SURGERY"))).toBe("nothing");
    expect(say(listed, eventOn("B", 200, "HEART_FAILURE"))).toBe("PROPOSE_ONLY LATE_TREATMENT_ON_EVENT_DATE");
  });

  it("does not take what is no procedure for one", () => {
    const managed = eventOn("A", 0, "MI_STEMI", ["MEDICAL_MANAGEMENT", 60], ["NONE", null]);
    expect(say(managed, eventOn("B", 60, "HEART_FAILURE", ["MEDICAL_MANAGEMENT", 60]))).toBe(
      "PROPOSE_ONLY ANOTHER_DIAGNOSIS_NEAR_IN_TIME",
    );
  });

  it("only proposes what has no date, unless both list one procedure", () => {
    expect(say(infarction, eventOn("B", null, "MI_STEMI"))).toBe("PROPOSE DATE_MISSING");
    expect(say(infarction, eventOn("B", null, "HEART_FAILURE"))).toBe("nothing");
    const treated = eventOn("A", 0, "MI_STEMI", ["PCI", 3]);
    expect(say(treated, eventOn("B", null, "MI_UNKNOWN", ["PCI", 3]))).toBe("LINK SAME_PROCEDURE");
  });

  it("proposes dates that look mistyped, and only with the same type", () => {
    const dated = (id: string, eventDate: string, eventType = "HEART_FAILURE"): EpisodeEvent => ({
      ...eventOn(id, 0, eventType),
      eventDate,
    });
    expect(say(dated("A", "2024-02-06"), dated("B", "2024-06-02"))).toBe("PROPOSE_ONLY MISTYPED_DATE");
    expect(say(dated("A", "2024-01-05"), dated("B", "2025-01-05"))).toBe("PROPOSE_ONLY MISTYPED_DATE");
    expect(say(dated("A", "2024-01-05"), dated("B", "2025-01-05", "ANGINA"))).toBe("SEPARATE LATER_SEPARATE_EVENT");
  });

  it("takes an event without a type, or with one that no list holds, for an event of no kind", () => {
    expect(judge(infarction, { ...infarction, id: "B", eventType: null })).toBeNull();
    expect(judge(infarction, { ...infarction, id: "B", eventType: "constructor" })).toBeNull();
  });
});

describe("the episode rules", () => {
  it("in force are valid, and know every event type and every procedure of the dictionary", () => {
    expect(readEpisodeRules(EPISODE_RULES).problems).toBeUndefined();
    expect(Object.keys(EPISODE_RULES.kindOfType).toSorted()).toEqual(keysOf("EventType").toSorted());
    const noProcedures = ["MEDICAL_MANAGEMENT", "NONE", "UNKNOWN"];
    expect([...Object.keys(EPISODE_RULES.kindsOfProcedure), ...noProcedures].toSorted()).toEqual(
      keysOf("TreatmentType").toSorted(),
    );
  });

  const [rule, ...others] = EPISODE_RULES.rules;
  it.each<[string, Partial<EpisodeRules>, string]>([
    ["a name twice", { rules: [rule, rule, ...others] }, "RECURRENT_INFARCTION is there twice"],
    [
      "a link of what is only possible",
      { rules: [{ ...rule, action: "LINK" }] },
      "RECURRENT_INFARCTION links what is only possible",
    ],
    ["a kind that no event is", { rules: [{ ...rule, when: [{ first: ["FLU"] }] }] }, "asks for FLU, which no event is"],
    ["a window that ends before it begins", { rules: [{ ...rule, when: [{ days: [9, 2] }] }] }, "days end before they begin"],
    ["no rule", { rules: [] }, "rules: "],
  ])("are refused with %s, and the place is named", (_, wrong, problem) => {
    expect(readEpisodeRules({ ...EPISODE_RULES, ...wrong }).problems?.join("; ")).toContain(problem);
  });

  it("are read from what is no rule set at all as problems, not as an exception", () => {
    expect(readEpisodeRules(null).problems).toHaveLength(1);
    expect(readEpisodeRules({ ...EPISODE_RULES, rulez: [] }).problems).toHaveLength(1);
  });
});
