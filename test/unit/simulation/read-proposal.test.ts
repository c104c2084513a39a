// biome-ignore-all lint/suspicious/noThenProperty: `then` is a word of the rule language; a rule is never awaited.
/** Proposals as their authors write them: what is wrong is said all at once, each with its place; nothing crashes. */
import { describe, expect, it } from "vitest";
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import { compileVersions, dictionaryOf, VERSIONS } from "../../../src/records/dictionaries.ts";
import { readProposal } from "../../../src/simulation/read-proposal.ts";

const versions = VERSIONS.map(({ dictionary }) => dictionary.version);
const dictionaries = { versions, dictionaryOf, compile: compileVersions };
const read = (proposal: unknown) => readProposal(proposal, dictionaries);
const proposed = async (changes: unknown, version = "gw-1.0") => {
  const dictionary = (await read({ changes })).dictionaryFor?.(version);
  if (!dictionary) throw new Error("nothing is proposed of this version");
  return dictionary;
};

async function problemsOf(proposal: unknown): Promise<readonly string[]> {
  try {
    await read(proposal);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== "BAD_USER_INPUT") throw error;
    const { problems } = error.details;
    return Array.isArray(problems) ? problems.map(String) : [];
  }
  throw new Error("the proposal was taken");
}

const RULE = {
  kind: "condition",
  id: "P-1",
  recordType: "ASSESSMENT",
  severity: "WARNING",
  code: "CONDITION_NOT_MET",
  field: "weightKg",
  when: { item: "number", in: [1] },
  then: { item: "weightKg", present: true },
  text: "The first assessment should have a weight.",
};

describe("what is taken", () => {
  it("a rule that is added, replaced or removed is so in every version", async () => {
    for (const version of versions) {
      const rules = await proposed({ rules: { add: [RULE], replace: [{ ...RULE, id: "D8" }], remove: ["D5-CORE"] } }, version);
      const byId = new Map(rules.rules.map((rule) => [rule.id, rule]));
      expect(byId.get("P-1")).toMatchObject({ text: RULE.text, status: "D", source: "proposed" });
      expect(byId.get("D8")).toMatchObject({ kind: "condition" });
      expect(byId.has("D5-CORE")).toBe(false);
    }
  });

  it("every rule in service can be proposed as it stands", async () => {
    for (const version of versions) {
      const rules = dictionaryOf(version)?.rules ?? [];
      const before = rules.slice(0, 100);
      const { dictionaryFor } = await read({ datasetVersion: version, changes: { rules: { replace: before } } });
      expect(before.length).toBeGreaterThan(20);
      expect(dictionaryFor?.(version)?.rules).toEqual(rules);
    }
  });

  it("an item's limits change one by one, and null takes one away", async () => {
    const before = dictionaryOf("gw-1.0")?.recordType("ASSESSMENT").byName.get("weightKg");
    const change = { recordType: "ASSESSMENT", item: "weightKg", expected: null, mandatory: true };
    const changed = (await proposed({ items: [change] })).recordType("ASSESSMENT").byName.get("weightKg");
    expect(changed).toMatchObject({ mandatory: true, hard: before?.hard });
    expect(changed?.expected).toBeUndefined();
    expect(before?.expected).toBeDefined();
  });

  it("a code that goes and another that comes in its place are one change", async () => {
    const add = [{ key: "MI_NEW", code: 1, label: "A new kind" }];
    const list = (await proposed({ codes: [{ list: "EventType", retire: ["MI_STEMI"], add }] })).codeLists.get("EventType");
    expect([list?.keys.has("MI_STEMI"), list?.keys.has("MI_NEW")]).toEqual([false, true]);
  });

  it("a change is made to the versions that have what it changes, whichever of them is the newer", async () => {
    const { dictionaryFor } = await read({
      changes: {
        items: [{ recordType: "ASSESSMENT", item: "goalsAgreed", mandatory: true }],
        codes: [
          { list: "EventType", add: [{ key: "MI_NEW", code: 98, label: "A new kind" }] },
          { list: "EventType", retire: ["SCAD"] },
        ],
      },
    });
    for (const version of versions) {
      const list = dictionaryFor?.(version)?.codeLists.get("EventType");
      expect([version, list?.keys.has("MI_NEW"), list?.keys.has("SCAD")]).toEqual([version, true, false]);
    }
    expect(dictionaryFor?.("gw-1.1")?.recordType("ASSESSMENT").byName.get("goalsAgreed")?.mandatory).toBe(true);
    expect(dictionaryFor?.("gw-1.0")?.recordType("ASSESSMENT").byName.has("goalsAgreed")).toBe(false);
  });

  it("a version judges everything that was sent, and changes the records' side alone", async () => {
    const newest = versions.at(-1) ?? "";
    const { dictionaryFor, episodeRules } = await read({ datasetVersion: newest });
    expect(dictionaryFor?.("gw-1.0")?.version).toBe(newest);
    expect(episodeRules).toBeNull();
    const alone = await read({ episodeRules: EPISODE_RULES });
    expect(alone.dictionaryFor).toBeNull();
    expect(alone.episodeRules?.rules).toHaveLength(EPISODE_RULES.rules.length);
  });

  it("of a version that is not in service there is no dictionary", async () => {
    expect((await read({ changes: {} })).dictionaryFor?.("gw-0.1")).toBeNull();
  });
});

describe("what is refused", () => {
  it("a proposal of nothing, or of something else", async () => {
    expect(await problemsOf({})).toHaveLength(1);
    for (const odd of [null, 7, "rules", [], { rules: [] }, { datasetVersion: 1 }, { changes: [] }, { episodeRules: {} }])
      expect((await problemsOf(odd)).length).toBeGreaterThan(0);
    expect(await problemsOf({ datasetVersion: "gw-9.9" })).toEqual(["datasetVersion: is not in service"]);
    expect(await problemsOf({ datasetVersion: "constructor" })).toEqual(["datasetVersion: is not in service"]);
  });

  it("every change that cannot be made, each with its place", async () => {
    const problems = await problemsOf({
      changes: {
        rules: {
          add: [
            RULE,
            { ...RULE, id: "P-2", field: "noItem" },
            { ...RULE, id: "P-3", when: { item: "noItem", present: true } },
            RULE,
          ],
          replace: [{ ...RULE, id: "NO-RULE" }],
          remove: ["D99", "D8"],
        },
        items: [
          { recordType: "ASSESSMENT", item: "noItem", mandatory: true },
          { recordType: "ASSESSMENT", item: "weightKg", hard: [400, 20] },
          { recordType: "PATIENT", item: "gender", expected: [1, 2] },
        ],
        codes: [
          { list: "NoList" },
          { list: "EventType", retire: ["NO_KEY"] },
          { list: "EventType", add: [{ key: "MI_STEMI", code: 1, label: "x" }] },
        ],
      },
    });
    expect(problems.map((problem) => problem.slice(0, problem.indexOf(":")))).toEqual([
      ...["changes.rules.remove[0]", "changes.rules.replace[0]"],
      ...["changes.codes[0]", "changes.codes[1]", "changes.codes[2]"],
      ...["changes.items[0]", "changes.items[1]", "changes.items[2]"],
      ...["changes.rules.add[1]", "changes.rules.add[2]", "changes.rules.add[3]"],
    ]);
  });

  it("what has not the form of a rule, with the place in it", async () => {
    const rules = [
      { ...RULE, kind: "script" },
      { ...RULE, severity: "INFORMATION" },
      { ...RULE, extra: 1 },
      { ...RULE, then: { item: "weightKg", above: 3 } },
    ];
    const problems = await problemsOf({ changes: { rules: { add: rules } } });
    for (const place of rules.keys())
      expect(
        problems.some((problem) => problem.startsWith(`changes.rules.add[${place}]`)),
        `rule ${place}`,
      ).toBe(true);
  });

  it("repeats nothing of the proposal that could be anything", async () => {
    const canary = "Canaryname 943 476 5919";
    const problems = await problemsOf({
      [canary]: 1,
      changes: { items: [{ recordType: canary, item: canary }], rules: { add: [{ ...RULE, id: canary }] }, [canary]: [] },
      datasetVersion: canary,
    });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join("\n")).not.toMatch(/Canary|943/);
  });

  it("more changes than a proposal may have", async () => {
    const remove = Array.from({ length: 101 }, (_, place) => `R${place}`);
    expect(await problemsOf({ changes: { rules: { remove } } })).toEqual([expect.stringMatching(/^changes\.rules\.remove: /)]);
  });
});
