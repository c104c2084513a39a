/**
 * For a code no map translates: the codes of the maps it was probably meant to be, or that stand beside it. They are shown to the sender
 * and to whoever keeps the maps; nothing is ever stored from them.
 */
import type { CodeSystem } from "../support/coded-target.ts";
import { normaliseCode } from "../support/normalise-code.ts";
import type { ConceptGroup, ConceptMaps } from "./concept-group.ts";
import { createTextIndex, type TextIndex } from "./text-index.ts";

export interface Candidate {
  readonly code: string;
  readonly label: string;
  /** Group of the concept map that holds the code. */
  readonly group: string;
}

/**
 * At most three, the nearest first; empty where nothing is near. ICD-10 and OPCS-4: codes of the same category. SNOMED CT: concepts whose
 * id differs by one slip of the pen, where the id is none. Otherwise those whose label shares most of the words of `display`.
 */
export type FindCandidates = (system: CodeSystem, code: string, display: string) => readonly Candidate[];

const MOST = 3;
const CATEGORY_LENGTH = 3;
const NONE: readonly Candidate[] = [];

interface SystemIndex {
  readonly byCode: ReadonlyMap<string, Candidate>;
  /** ICD-10 and OPCS-4 only. */
  readonly byCategory: ReadonlyMap<string, readonly Candidate[]>;
  readonly byText: TextIndex<Candidate>;
}

/** The indexes are made when the first untranslated code comes. */
export function createFindCandidates(maps: ConceptMaps): FindCandidates {
  const indexes = new Map<CodeSystem, SystemIndex>();
  return (system, code, display) => {
    let index = indexes.get(system);
    if (index === undefined) {
      index = indexSystem(maps[system]);
      indexes.set(system, index);
    }
    const normalised = normaliseCode(system, code);
    if (system !== "SNOMED") {
      const beside = normalised.ok ? besides(index, normalised.code) : NONE;
      return beside.length > 0 ? beside : index.byText.find(display, MOST);
    }
    const meant = normalised.ok || normalised.reason !== "CHECK_DIGIT" ? NONE : findSlips(index, code.replace(/\s/g, ""));
    return meant.length > 0 ? meant : index.byText.find(display, MOST);
  };
}

function indexSystem(groups: readonly ConceptGroup[]): SystemIndex {
  const candidates = groups.flatMap((group) =>
    group.codes.map((code) =>
      typeof code === "string"
        ? { code, label: group.label, group: group.group }
        : { code: code[0], label: code[1], group: group.group },
    ),
  );
  return {
    byCode: new Map(candidates.map((candidate) => [candidate.code, candidate])),
    byCategory: Map.groupBy(candidates, ({ code }) => code.slice(0, CATEGORY_LENGTH)),
    byText: createTextIndex(candidates, ({ label }) => label),
  };
}

/** Of the same category, the nearest fourth characters first, one for each group. */
function besides({ byCategory }: SystemIndex, code: string): readonly Candidate[] {
  const same = byCategory.get(code.slice(0, CATEGORY_LENGTH));
  if (same === undefined) return NONE;
  const fourth = Number(code.slice(CATEGORY_LENGTH));
  const distance = (candidate: Candidate): number => Math.abs(Number(candidate.code.slice(CATEGORY_LENGTH)) - fourth);
  return firstOfGroups(same.toSorted((a, b) => distance(a) - distance(b)));
}

function firstOfGroups(candidates: readonly Candidate[]): readonly Candidate[] {
  const groups = new Map<string, Candidate>();
  for (const candidate of candidates) {
    if (groups.size === MOST) break;
    if (!groups.has(candidate.group)) groups.set(candidate.group, candidate);
  }
  return [...groups.values()];
}

/** Every number that one wrong digit or one swap of neighbours makes of `digits`: at most 180 look-ups, whatever the size of the maps. */
function findSlips({ byCode }: SystemIndex, digits: string): readonly Candidate[] {
  const found: Candidate[] = [];
  const tryCode = (code: string): void => {
    const candidate = byCode.get(code);
    if (candidate !== undefined && found.length < MOST && !found.includes(candidate)) found.push(candidate);
  };
  for (let at = 0; at < digits.length; at++) {
    const [before, own, next, rest] = [digits.slice(0, at), digits.charAt(at), digits.charAt(at + 1), digits.slice(at + 2)];
    tryCode(before + next + own + rest);
    for (let digit = 0; digit <= 9; digit++) tryCode(`${before}${digit}${next}${rest}`);
  }
  return found;
}

/** The codes a group of the maps names, as a reader of the report needs them: `I214 Acute subendocardial MI`. */
export const describeCandidate = ({ code, label }: Candidate): string => `${code} ${label}`;
