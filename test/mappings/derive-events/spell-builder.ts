/** Builds the spells of tests: synthetic, made here. */
import type { CodedFact, CodeSystem, Spell } from "../../../mappings/support/coded-target.ts";
import type { DerivedEvents } from "../../../mappings/support/derive-events.ts";

/** `ICD10:I21.0`, with an optional date and rank: `ICD10:I21.0@2024-03-01#1`. */
const fact = (text: string): CodedFact => {
  const [, system = "", code = "", date, rank] = /^(\w+):([^@#]*)(?:@([\d-]+))?(?:#(\d+))?$/.exec(text) ?? [];
  return {
    system: toSystem(system),
    code,
    expression: `facts[${text}].code`,
    sourceField: "fact.code",
    date: date ?? null,
    rank: rank === undefined ? null : Number(rank),
    sourceRecordId: null,
    recordExpression: `facts[${text}]`,
  };
};

const toSystem = (text: string): CodeSystem => {
  if (text === "ICD10" || text === "OPCS4" || text === "SNOMED") return text;
  throw new Error(`unknown code system ${text}`);
};

/** A closed stay; OPCS-4 codes are its procedures. */
export const stay = (id: string, start: string, end: string, facts: readonly string[], more: Partial<Spell> = {}): Spell => ({
  id,
  start,
  end,
  closed: true,
  died: false,
  ...split(facts),
  ...more,
});

/** Facts that belong to no contact. */
export const loose = (...facts: readonly string[]): Spell => ({
  id: null,
  start: null,
  end: null,
  closed: false,
  died: false,
  ...split(facts),
});

const split = (texts: readonly string[]): Pick<Spell, "diagnoses" | "procedures"> => ({
  diagnoses: texts.filter((text) => !text.startsWith("OPCS4")).map(fact),
  procedures: texts.filter((text) => text.startsWith("OPCS4")).map(fact),
});

/** The result in short: `2024-03-01 MI_STEMI [2024-03-02 PCI]`. */
export const summarise = ({ events, previousEvents, comorbidities }: DerivedEvents): readonly string[] => [
  ...events.map(({ eventDate, eventType, treatments }) =>
    [`event ${eventDate} ${eventType}`, ...treatments.map(({ date, type }) => `+ ${date} ${type}`)].join(" "),
  ),
  ...previousEvents.map(({ date, type }) => `previous ${date} ${type}`),
  ...comorbidities.map(({ type }) => `comorbidity ${type}`),
];

/** The report in short: `I21.0 MAPPED INITIATING_EVENT MI_STEMI`. */
export const summariseReport = ({ report }: DerivedEvents): readonly string[] =>
  report
    .map(({ fact: { code }, result, recordType, key, reason }) =>
      [code, result, recordType, key, reason].filter((part) => part !== null),
    )
    .map((parts) => parts.join(" "))
    .toSorted();
