/** Two answers to one input, two rule sets over one person's events, and how pages add up. */
import { describe, expect, it } from "vitest";
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import type { EpisodeRules } from "../../../src/episodes/episode-rules.ts";
import type { Issue } from "../../../src/records/issue.ts";
import type { RecordResult } from "../../../src/records/submission-record.ts";
import { compareEpisodes } from "../../../src/simulation/compare-episodes.ts";
import { compareResults } from "../../../src/simulation/compare-results.ts";
import type { StoredEvent } from "../../../src/simulation/simulation-ports.ts";
import { SimulationTally } from "../../../src/simulation/simulation-tally.ts";
import { resultOf } from "../graphql/fake-deps.ts";

const SYSTEM = { vendor: "V", product: "P", version: "1" };
const PLACE = { submissionId: "s-1", firstIndex: 10 };
const issue = (severity: Issue["severity"], code: string, more: Partial<Issue> = {}): Issue => ({
  ...{ severity, code, field: "gender", expression: "records[0]" },
  ...more,
});
const kept = (index: number, ...issues: readonly Issue[]): RecordResult =>
  resultOf(index, { outcome: "UNCHANGED", expression: `records[${index}]`, issues });
const refused = (index: number, ...issues: readonly Issue[]): RecordResult => ({
  ...kept(index, ...issues),
  outcome: "REJECTED",
});

function compare(inForce: readonly RecordResult[], proposed: readonly RecordResult[]) {
  const tally = new SimulationTally();
  compareResults({ inForce, proposed }, PLACE, tally.sourceOf(SYSTEM));
  const [source] = tally.result().sources;
  if (source === undefined) throw new Error("nothing was counted");
  return source;
}

describe("answers", () => {
  it("a record newly refused is counted with what refuses it, and its lost warnings are not told", () => {
    const rule = issue("ERROR", "DATE_ORDER", { params: { rule: "D8", maxDays: 3 } });
    const source = compare([kept(0, issue("WARNING", "UNKNOWN_IGNORED")), kept(1)], [refused(0, rule), kept(1)]);
    expect(source).toMatchObject({ records: 2, newlyRejected: 1, goneWarnings: 0, unmatched: 0 });
    expect(source.findings).toEqual([
      {
        ...{ change: "NEWLY_REJECTED", code: "DATE_ORDER", rule: "D8", recordType: "PATIENT", field: "gender", records: 1 },
        examples: [{ submissionId: "s-1", recordIndex: 10 }],
      },
    ]);
  });

  it("a record refused by both says nothing, whatever for", () => {
    const source = compare([refused(0, issue("ERROR", "A"))], [refused(0, issue("ERROR", "B"))]);
    expect(source).toMatchObject({ records: 1, rejectedByBoth: 1, newlyRejected: 0, noLongerRejected: 0, findings: [] });
  });

  it("warnings that come and go are findings; the same one with other limits is none", () => {
    const [range, other] = [issue("WARNING", "RANGE", { params: { max: 5 } }), issue("WARNING", "RANGE", { params: { max: 9 } })];
    expect(compare([kept(0, range)], [kept(0, other)])).toMatchObject({ newWarnings: 0, goneWarnings: 0, findings: [] });
    const source = compare([kept(0, range)], [kept(0, issue("WARNING", "NEW"))]);
    expect(source).toMatchObject({ newWarnings: 1, goneWarnings: 1 });
    expect(source.findings.map(({ change, code }) => `${change} ${code}`)).toEqual(["GONE_WARNING RANGE", "NEW_WARNING NEW"]);
  });

  it("records are matched by type and place, not by number; what only one side has is counted", () => {
    const source = compare([kept(0), kept(1)], [resultOf(0, { expression: "records[9]" }), { ...refused(1), index: 5 }]);
    expect(source).toMatchObject({ records: 1, newlyRejected: 1, unmatched: 2 });
  });
});

describe("pages", () => {
  it("add up, with the first five examples of each finding", () => {
    const pageOf = (index: number) => {
      const tally = new SimulationTally();
      const answers = { inForce: [kept(index)], proposed: [refused(index, issue("ERROR", "A"))] };
      compareResults(answers, { ...PLACE, firstIndex: 0 }, tally.sourceOf(SYSTEM));
      tally.addPersons(2);
      return tally.result();
    };
    const sum = new SimulationTally();
    for (let index = 0; index < 7; index++) sum.add(pageOf(index));
    const { sources, persons } = sum.result();
    expect(persons).toBe(14);
    expect(sources).toMatchObject([{ records: 7, newlyRejected: 7, findings: [{ records: 7 }] }]);
    expect(sources[0]?.findings[0]?.examples.map(({ recordIndex }) => recordIndex)).toEqual([0, 1, 2, 3, 4]);
  });

  it("keep the versions of a product apart", () => {
    const sum = new SimulationTally();
    for (const version of ["1", "2", "1"]) sum.sourceOf({ ...SYSTEM, version }).count("records");
    expect(sum.result().sources.map(({ sourceSystem, records }) => [sourceSystem.version, records])).toEqual([
      ["1", 2],
      ["2", 1],
    ]);
  });
});

describe("episodes", () => {
  const event = (id: string, eventDate: string, eventType = "MI_STEMI", product = "P"): StoredEvent => ({
    ...{ ods: "RTEST", id, eventType, eventDate, treatments: [] },
    sourceSystem: { ...SYSTEM, product },
  });
  const only = (name: string): EpisodeRules => ({
    ...EPISODE_RULES,
    rules: EPISODE_RULES.rules.filter((rule) => rule.name === name || rule.action === "SEPARATE"),
  });
  const [first] = EPISODE_RULES.rules.filter(({ action }) => action === "LINK");
  const name = first?.name ?? "";
  const twins = [event("1", "2026-01-02"), event("2", "2026-01-02", "MI_STEMI", "Q")];

  it("the same rules make no difference: the control", () => {
    const rules = { inForce: EPISODE_RULES, proposed: EPISODE_RULES };
    expect(compareEpisodes({ events: twins, decisions: [] }, rules)).toEqual([]);
  });

  it("a pair that comes apart names its rule and both systems", () => {
    const linking = only(name);
    const proposed = { ...linking, rules: linking.rules.filter((rule) => rule.name !== name) };
    const [finding, ...rest] = compareEpisodes({ events: twins, decisions: [] }, { inForce: linking, proposed });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      ...{ before: "LINKED", after: "APART", ruleBefore: name, ruleAfter: null, pairs: 1 },
      sourceSystems: [{ product: "P" }, { product: "Q" }],
      examples: [{ a: "1", b: "2" }],
    });
  });

  it("what people decided stands under both", () => {
    const linking = only(name);
    const proposed = { ...linking, rules: linking.rules.filter((rule) => rule.name !== name) };
    for (const decision of ["CONFIRMED", "REJECTED"] as const) {
      const decided = {
        a: { ods: "RTEST", id: "1" },
        b: { ods: "RTEST", id: "2" },
        decision,
        decidedAt: "2026-02-01T00:00:00.000Z",
      };
      expect(compareEpisodes({ events: twins, decisions: [decided] }, { inForce: linking, proposed })).toEqual([]);
    }
  });
});
