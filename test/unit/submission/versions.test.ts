/** Both versions in service: what is sent under gw-1.0 is stored as if it had been written in the words of gw-1.1. */
import { describe, expect, it } from "vitest";
import { MAPPINGS } from "../../../mappings/index.ts";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
import type { RecordTypeName, Value } from "../../../src/dataset/define.ts";
import type { Dictionary } from "../../../src/dataset/dictionary.ts";
import { samplePatientRecord } from "../../../src/dataset/sample-records.ts";
import { createSeededRandom } from "../../../src/lib/seeded-random.ts";
import { dictionariesInService, dictionaryOf } from "../../../src/records/dictionaries.ts";
import { judgeDrafts } from "../../../src/submission/entry.ts";

const TODAY = "2026-03-02";
const PATIENTS = 500;
const [gw10Compiled] = dictionariesInService();
const gw11Compiled = requireDictionary("gw-1.1");
/** Written by hand from the decisions, not from the conversion. */
const NEW_WORDS: Readonly<Record<string, string>> = {
  PRIVATE_HOSPITAL: "INDEPENDENT_HOSPITAL",
  BMI_HOSPITAL: "INDEPENDENT_HOSPITAL",
};

function requireDictionary(version: string): Dictionary {
  const found = dictionaryOf(version);
  if (found === null) throw new Error(`${version} is in service`);
  return found;
}

/** A patient with a code drawn for every coded item of every record. */
function drawRecord(seed: number): unknown {
  const random = createSeededRandom(seed);
  const recode = (value: unknown, type: RecordTypeName): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const { items, children } = gw10Compiled.recordType(type);
    const drawn = items.flatMap(({ name, compiledList, kind }) =>
      compiledList === null || kind !== "code" || name === "eventType" ? [] : [[name, random.pick([...compiledList.keys])]],
    );
    const below = children.flatMap((child) => {
      const { fieldName } = gw10Compiled.recordType(child).definition;
      const list: unknown = Object(value)[fieldName];
      return Array.isArray(list) ? [[fieldName, list.map((entry) => recode(entry, child))]] : [];
    });
    return { ...value, ...Object.fromEntries(drawn), ...Object.fromEntries(below) };
  };
  const record = samplePatientRecord(gw10Compiled, seed);
  const events = Array.isArray(record.initiatingEvents) ? record.initiatingEvents : [];
  return {
    ...record,
    patient: recode(record.patient, "PATIENT"),
    initiatingEvents: events.map((event) => recode(event, "INITIATING_EVENT")),
  };
}

const inNewWords = (record: unknown): unknown =>
  JSON.parse(JSON.stringify(record), (_, value) => (typeof value === "string" ? (NEW_WORDS[value] ?? value) : value));

interface Stored {
  readonly values: readonly (readonly (Value | null)[])[];
  readonly issues: readonly string[];
}

async function store(record: unknown, dictionary: Dictionary): Promise<Stored> {
  const source = MAPPINGS.RECORDS([record], { dictionary, profile: null, detectTestData: false });
  if (source === null) throw new Error("records need no profile");
  const judged = await judgeDrafts(source, dictionary, "STATED", TODAY);
  return {
    values: judged.map((draft) => draft.type.items.map(({ index }) => draft.judged.values[index] ?? null)),
    issues: judged.flatMap((draft) => draft.judged.issues.map(({ code, field }) => `${code} ${field}`)),
  };
}

describe("what is sent under gw-1.0", () => {
  it(`is stored as its translation is under gw-1.1 (${PATIENTS} patients with codes drawn by lot)`, async () => {
    const told = new Set<string>();
    for (let seed = 0; seed < PATIENTS; seed += 1) {
      const record = drawRecord(seed);
      const [older, newer] = [await store(record, gw10Compiled), await store(inNewWords(record), gw11Compiled)];
      expect(older.values).toEqual(newer.values);
      for (const issue of older.issues) told.add(issue);
      expect(newer.issues.filter((issue) => !older.issues.includes(issue))).toEqual([]);
    }
    expect([...told].filter((issue) => issue.startsWith("UP_CONVERTED"))).toEqual(["UP_CONVERTED referralSource"]);
  });

  it("would be found to be stored otherwise where it is not translated (control)", async () => {
    const record = samplePatientRecord(gw10Compiled, 1);
    const [event] = Array.isArray(record.initiatingEvents) ? record.initiatingEvents : [];
    const sent = { ...record, initiatingEvents: [{ ...event, referralSource: "BMI_HOSPITAL" }] };
    expect((await store(sent, gw11Compiled)).issues).toContain("CODE_UNKNOWN referralSource");
    expect((await store(sent, gw11Compiled)).values).not.toEqual((await store(sent, gw10Compiled)).values);
  });

  it("cannot state what only gw-1.1 has, and is told so", async () => {
    const [event] = [samplePatientRecord(gw10Compiled, 1).initiatingEvents].flat();
    const record = JSON.parse(
      JSON.stringify({ ...samplePatientRecord(gw10Compiled, 1), initiatingEvents: [event] }),
      (key, value) =>
        key === "assessments" ? value.map((assessment: object) => ({ ...assessment, goalsAgreed: "YES" })) : value,
    );
    expect((await store(record, gw10Compiled)).issues).toContain("COLUMNS_UNRECOGNISED null");
    expect((await store(record, gw11Compiled)).issues).not.toContain("COLUMNS_UNRECOGNISED null");
  });

  it("is judged by the reminder gw-1.0 has where gw-1.1 refuses", () => {
    const severityOf = (rules: Dictionary["rules"]) => rules.find(({ id }) => id === "C-TREATMENT-DATE")?.severity;
    expect(severityOf(gw10Compiled.storedAs?.rules ?? [])).toBe("WARNING");
    expect(severityOf(gw11Compiled.rules)).toBe("ERROR");
    expect(gw10Compiled.storedAs?.rules).toHaveLength(gw10.rules.length);
  });
});
