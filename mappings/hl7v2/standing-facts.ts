/**
 * Which of the codes that the messages of one visit state stand in the end. An update repeats what was sent before, corrects it or takes
 * it back; a final diagnosis replaces what was thought on admission.
 */
import type { MappingTables } from "../support/mapping-tables.ts";
import { normaliseCode } from "../support/normalise-code.ts";
import type { StatedFact } from "./read-coded-fact.ts";

export interface StandingFacts {
  readonly diagnoses: readonly StatedFact[];
  readonly procedures: readonly StatedFact[];
  /** Those that do not stand, with the reason. */
  readonly left: readonly LeftFact[];
  /** Statements that take back what these messages do not state: it may be stored already. */
  readonly unmatched: readonly StatedFact[];
}

interface LeftFact {
  readonly fact: StatedFact;
  readonly reason: "STATED_AGAIN" | "TAKEN_BACK" | "NOT_THE_FINAL_DIAGNOSIS";
}

/** Facts in the order sent. */
export function chooseStandingFacts(
  diagnoses: readonly StatedFact[],
  procedures: readonly StatedFact[],
  tables: MappingTables,
): StandingFacts {
  const left: LeftFact[] = [];
  const unmatched: StatedFact[] = [];
  // The last statement of a diagnosis counts, also where it corrects the day. A procedure can be done twice: one of each day.
  const stated = keepLast(diagnoses, () => ANY_DAY, left, unmatched);
  const done = keepLast(procedures, ({ date }) => date ?? ANY_DAY, left, unmatched);
  return { diagnoses: keepFinal(stated, tables, left), procedures: done, left, unmatched };
}

const ANY_DAY = "";

/** The same code however it is spelt. */
function codeOf({ system, code }: StatedFact): string {
  const normalised = normaliseCode(system, code);
  return `${system} ${normalised.ok ? normalised.code : code}`;
}

function keepLast(
  facts: readonly StatedFact[],
  dayOf: (fact: StatedFact) => string,
  left: LeftFact[],
  unmatched: StatedFact[],
): readonly StatedFact[] {
  const byCode = new Map<string, Map<string, StatedFact>>();
  for (const fact of facts) {
    const code = codeOf(fact);
    const byDay = byCode.get(code) ?? new Map<string, StatedFact>();
    byCode.set(code, byDay);
    if (fact.isTakenBack) {
      const wrong = takeBack(dayOf(fact), byDay);
      left.push(...wrong.map((earlier): LeftFact => ({ fact: earlier, reason: "TAKEN_BACK" })));
      if (wrong.length === 0) unmatched.push(fact);
      continue;
    }
    const earlier = byDay.get(dayOf(fact));
    if (earlier !== undefined) left.push({ fact: earlier, reason: "STATED_AGAIN" });
    // A message that names the diagnosis of admission again does not undo that it became the final one.
    byDay.set(dayOf(fact), earlier?.stage === "FINAL" ? { ...fact, stage: "FINAL" } : fact);
  }
  return [...byCode.values()].flatMap((byDay) => [...byDay.values()]);
}

/** Removes what is meant: of the day and of no day; where no day is named, all of the code. */
function takeBack(day: string, byDay: Map<string, StatedFact>): readonly StatedFact[] {
  const days = day === ANY_DAY ? [...byDay.keys()] : [day, ANY_DAY];
  return days.flatMap((own) => {
    const fact = byDay.get(own);
    byDay.delete(own);
    return fact ?? [];
  });
}

/**
 * Once a final diagnosis says what the stay was for, one of admission that says something else of the kind is none of the stay. Other
 * illnesses of the patient stand, whenever in the stay they were written down.
 */
function keepFinal(facts: readonly StatedFact[], tables: MappingTables, left: LeftFact[]): readonly StatedFact[] {
  if (!facts.some((fact) => fact.stage === "EARLIER") || !facts.some((fact) => fact.stage === "FINAL" && isIndex(fact, tables))) {
    return facts;
  }
  const isReplaced = (fact: StatedFact): boolean => fact.stage === "EARLIER" && isIndex(fact, tables);
  left.push(...facts.filter(isReplaced).map((fact): LeftFact => ({ fact, reason: "NOT_THE_FINAL_DIAGNOSIS" })));
  return facts.filter((fact) => !isReplaced(fact));
}

function isIndex({ system, code, siteMeaning }: StatedFact, { terminology }: MappingTables): boolean {
  const normalised = normaliseCode(system, code);
  const targets = siteMeaning?.targets ?? (normalised.ok ? terminology.lookUpCode(system, normalised.code) : []);
  return targets.some(({ role }) => role === "INDEX");
}
