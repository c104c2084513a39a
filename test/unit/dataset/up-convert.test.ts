import { describe, expect, it } from "vitest";
import type { ConversionStep } from "../../../src/dataset/conversion.ts";
import type { Value } from "../../../src/dataset/define.ts";
import type { Dictionary, DictionarySource } from "../../../src/dataset/dictionary.ts";
import { judgeDraft } from "../../../src/dataset/judge-draft.ts";
import { compileRowJudge, type RowView } from "../../../src/dataset/judge-rules.ts";
import { sentNamesOf, upConvert } from "../../../src/dataset/up-convert.ts";
import type { DraftRecord } from "../../../src/records/draft-record.ts";
import { join, oneToTwo, tiny1, tiny2, tiny3, twoToThree } from "./tiny-versions.ts";

const versions = join([tiny1, tiny2, tiny3], [oneToTwo, twoToThree]);
const [first] = versions;
const VANS = { item: "transport", in: ["VAN"] };

function versionAt(position: number): Dictionary {
  const found = versions[position];
  if (found === undefined) throw new Error("there are three versions");
  return found;
}

const draftOf = (values: Record<string, unknown>, clear: readonly string[] = []): DraftRecord => ({
  recordType: "PATIENT",
  parent: null,
  sourceRecordId: "1",
  expression: "records[0]",
  values,
  clear,
  issues: [],
  mappingReport: [],
});

/** A record sent under a version, as it would be stored: values by the newest names, and what the sender is told. */
function convert(from: Dictionary, values: Record<string, unknown>, clear: readonly string[] = []) {
  if (from.storedAs === null) throw new Error("it is the newest");
  const draft = draftOf(values, clear);
  const judged = upConvert(draft, judgeDraft(draft, from.recordType("PATIENT"), "STATED", "2026-03-02"), from.storedAs);
  const { items } = from.storedAs.dictionary.recordType("PATIENT");
  return {
    values: Object.fromEntries(
      items.flatMap(({ name, index }) => ((judged.values[index] ?? null) === null ? [] : [[name, judged.values[index]]])),
    ),
    cleared: [...judged.cleared].map((at) => items[at]?.name),
    told: judged.issues.map(({ code, severity, field, expression, params }) => [
      code,
      severity,
      field,
      expression,
      params?.reason,
    ]),
  };
}

describe("a record of an older version", () => {
  it("goes through every version between, item by item and key by key", () => {
    expect(convert(versionAt(0), { number: "7", transport: "LORRY", distance: 40, tools: "SAW;FILE" })).toEqual({
      values: { number: "7", travel: "LORRY", distance: 40, tools: ["BLADE", "FILE"] },
      cleared: [],
      told: [["UP_CONVERTED", "INFORMATION", "transport", "records[0].transport", "trucks are lorries"]],
    });
  });

  it("gives the same by one step and the next as by both at once", () => {
    for (const transport of ["CAR", "LORRY", "VAN", "BUS", "UNKNOWN"]) {
      const two = join([tiny1, tiny2], [oneToTwo])[0];
      if (two === undefined) throw new Error("there are two versions");
      const { values } = convert(two, { number: "7", transport, distance: 3 });
      expect(convert(versionAt(1), values).values, transport).toEqual(
        convert(versionAt(0), { number: "7", transport, distance: 3 }).values,
      );
    }
  });

  it("is decided by another of its items where a step asks for it, and told where that was a decision", () => {
    expect(convert(versionAt(0), { transport: "CAR", distance: 2 })).toMatchObject({ values: { travel: "SHORT_CAR" }, told: [] });
    expect(convert(versionAt(0), { transport: "CAR", distance: 9 })).toMatchObject({ values: { travel: "LONG_CAR" } });
    const undecided = convert(versionAt(0), { transport: "CAR" });
    expect(undecided.values).toEqual({ travel: "LONG_CAR" });
    expect(undecided.told.map(([, , , , reason]) => reason)).toEqual(["no short distance is stated"]);
  });

  it("keeps sets as sets: two keys that became one are one", () => {
    const { values, told } = convert(versionAt(0), { tools: ["SAW", "AXE"] });
    expect(values).toEqual({ tools: ["BLADE"] });
    expect(told).toHaveLength(1);
  });

  it("loses a value only with an issue that names the item as the sender does", () => {
    expect(convert(versionAt(0), { pet: "cat" })).toEqual({
      values: {},
      cleared: [],
      told: [["UP_CONVERTED", "INFORMATION", "pet", "records[0].pet", "pets are kept no more"]],
    });
  });

  it("empties the item that has another name now, and nothing for one that is gone", () => {
    expect(convert(versionAt(0), { number: "7" }, ["distance", "pet"]).cleared).toEqual(["distance"]);
  });

  it("says in issues about the stored row what the sender calls an item", () => {
    expect(sentNamesOf(versionAt(0), "PATIENT").get("travel")).toBe("transport");
    expect(sentNamesOf(versionAt(2), "PATIENT").get("travel")).toBeUndefined();
  });

  it("is handed back as it is where nothing of its type changed", () => {
    const same = join([tiny1, { ...tiny1, version: "tiny-1b" }], [{ from: "tiny-1", to: "tiny-1b", steps: [] }])[0];
    if (!same?.storedAs) throw new Error("it is converted");
    const draft = draftOf({ number: "7" });
    const judged = judgeDraft(draft, same.recordType("PATIENT"), "STATED", "2026-03-02");
    expect(upConvert(draft, judged, same.storedAs)).toBe(judged);
  });
});

describe("rows of an older sender", () => {
  const rowOf = (values: Readonly<Record<string, Value>>): RowView => {
    const { items } = versionAt(2).recordType("PATIENT");
    return {
      recordType: "PATIENT",
      values: items.map(({ name }) => values[name] ?? null),
      parent: null,
      siblings: () => [],
      hasChild: () => false,
    };
  };
  const broken = (dictionary: Dictionary, values: Readonly<Record<string, Value>>) =>
    compileRowJudge(dictionary)
      .judgeRules(rowOf(values))
      .map(({ rule, field }) => `${rule.id} ${field}`);

  it("are judged by the rules of its version in the newest words", () => {
    for (const travel of ["LONG_CAR", "SHORT_CAR", "LORRY"])
      expect(broken(versionAt(0), { travel }), travel).toEqual(["R-CAR distance"]);
    expect(broken(versionAt(0), { travel: "BUS" })).toEqual([]);
    expect(broken(versionAt(0), { travel: "LORRY", distance: 4 })).toEqual([]);
  });

  it("are not asked what only newer versions ask, and those of that version are (control)", () => {
    expect(broken(versionAt(1), { travel: "LORRY" })).toEqual([]);
    expect(compileRowJudge(versionAt(0)).judgeMandatory(rowOf({ number: "7" }))).toEqual(["travel"]);
    expect(compileRowJudge(versionAt(1)).judgeMandatory(rowOf({ number: "7" }))).toEqual(["travel", "colour"]);
    expect(compileRowJudge(versionAt(2)).judgeMandatory(rowOf({}))).toEqual(["number", "travel"]);
  });

  it("are not asked about items that are kept no more", () => {
    expect(first?.storedAs?.rules.map(({ id }) => id)).toEqual(["R-CAR"]);
  });

  it("are refused a rule that tells apart what is one now", () => {
    const rules = tiny1.rules.map((rule) => (rule.kind === "condition" ? { ...rule, when: VANS } : rule));
    expect(() => join([{ ...tiny1, rules }, tiny2], [oneToTwo])).toThrow("R-CAR tells keys apart that are one in tiny-2");
  });
});

describe("a conversion is refused when it is compiled", () => {
  const without = (unwanted: (step: ConversionStep) => boolean) => ({
    ...oneToTwo,
    steps: oneToTwo.steps.filter((step) => !unwanted(step)),
  });
  const joining = (steps: readonly ConversionStep[], next: DictionarySource = tiny2) =>
    join([tiny1, next], [{ ...oneToTwo, steps: [...oneToTwo.steps, ...steps] }]);

  it("where it is missing", () => {
    expect(() => join([tiny1, tiny2, tiny3], [oneToTwo])).toThrow("no conversion from tiny-2 to tiny-3");
  });

  it("where an item of the older version has no place in the newer", () => {
    expect(() => join([tiny1, tiny2], [without(({ kind }) => kind === "drop")])).toThrow("PATIENT.pet has no place in tiny-2");
  });

  it("where a key has no place", () => {
    expect(() => join([tiny1, tiny2], [without((step) => step.kind === "code" && step.from === "VAN")])).toThrow(
      "Transport.VAN has no place in tiny-2",
    );
  });

  it("where a condition leaves something undecided", () => {
    const undecided = without((step) => step.kind === "code" && step.to === "LONG_CAR");
    expect(() => join([tiny1, tiny2], [undecided])).toThrow("the last one, and only it, has no condition");
  });

  it("where a step speaks of what is in neither version", () => {
    expect(() => joining([{ kind: "drop", recordType: "PATIENT", item: "parrot", reason: "gone" }])).toThrow("does not have");
    expect(() => joining([{ kind: "code", list: "Tool", from: "FILE", to: "RASP" }])).toThrow("FILE of Tool becomes RASP");
  });

  it("where not known would become something, or the other way round", () => {
    expect(() => joining([{ kind: "code", list: "Transport", from: "UNKNOWN", to: "BUS" }])).toThrow(
      "says not known in one version",
    );
    expect(() => joining([{ kind: "code", list: "Transport", from: "BUS", to: "UNKNOWN" }])).toThrow(
      "says not known in one version",
    );
  });

  it("where an item is of another kind or the key of a row would change", () => {
    const [patient] = tiny2.recordTypes;
    if (patient === undefined) throw new Error("it has a patient");
    const changed = (items: object, naturalKey = patient.naturalKey): DictionarySource => ({
      ...tiny2,
      recordTypes: [{ ...patient, naturalKey, items: { ...patient.items, ...items } }],
    });
    expect(() => joining([], changed({ distance: { ...patient.items.distance, kind: "decimal" } }))).toThrow("of another kind");
    expect(() => joining([], changed({}, ["number", "distance"]))).toThrow("another natural key");
  });

  it("where keys of a natural key would be joined", () => {
    const keyed = (source: DictionarySource): DictionarySource => ({
      ...source,
      recordTypes: source.recordTypes.map((type) => ({ ...type, naturalKey: ["transport"] })),
    });
    expect(() => join([keyed(tiny1), keyed(tiny2)], [oneToTwo])).toThrow("neither joined nor divided");
  });
});
