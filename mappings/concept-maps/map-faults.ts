/**
 * Finds what is wrong with concept maps: used on the shipped maps in the tests, and on a site's own tables when they are loaded.
 * A map with a fault would not fail: it would quietly say something else of a patient.
 */
import { comorbidityType, eventType, previousEventType, treatmentType } from "../../schema/nacr/gw-1.0/code-lists-clinical.ts";
import type { CodeRole, CodeSystem } from "../support/coded-target.ts";
import { normaliseCode } from "../support/normalise-code.ts";
import { type ConceptGroup, type ConceptMaps, codesOf } from "./concept-group.ts";

const keysOf = (list: { readonly options: readonly { readonly key: string }[] }): ReadonlySet<string> =>
  new Set(list.options.map(({ key }) => key));

const LISTS: Partial<Record<CodeRole, ReadonlySet<string>>> = {
  INDEX: keysOf(eventType),
  PREVIOUS_EVENT: keysOf(previousEventType),
  COMORBIDITY: keysOf(comorbidityType),
  TREATMENT: keysOf(treatmentType),
};

export const CODE_SYSTEMS: readonly CodeSystem[] = ["ICD10", "OPCS4", "SNOMED"];

/** Roles that make a record of one kind: a code cannot be two of a kind, nor two kinds of the same line. */
const ONE_OF: readonly (readonly CodeRole[])[] = [["INDEX", "PREVIOUS_EVENT"], ["TREATMENT"]];
/** Roles that say that a code makes no record: such a code cannot also make one, nor be silent for two reasons. */
const SILENT: ReadonlySet<CodeRole> = new Set(["SUPPORT", "REVIEW", "NOT_AN_EVENT", "NO_OPTION"]);
/** A stent in a bypass graft is a history of both. */
const HISTORY: CodeRole = "PREVIOUS_EVENT";
/** Access and imaging of one operation are read together (interop 1.7 item 6). */
const COMBINING: ReadonlySet<string> = new Set(["TAVI_ACCESS", "TAVI_IMAGING"]);

/** One text per fault; empty for sound maps. */
export const findMapFaults = (maps: ConceptMaps): readonly string[] =>
  CODE_SYSTEMS.flatMap((system) => {
    const groupsOf = new Map<string, ConceptGroup[]>();
    const faults = maps[system].flatMap((group) => findGroupFaults(system, group, groupsOf));
    for (const [code, groups] of groupsOf) faults.push(...findContradictions(system, code, groups));
    return faults;
  });

function findGroupFaults(system: CodeSystem, group: ConceptGroup, groupsOf: Map<string, ConceptGroup[]>): readonly string[] {
  const faults: string[] = [];
  const list = LISTS[group.role];
  if (list === undefined ? group.key !== null : !list.has(String(group.key))) faults.push(`${group.group}: key ${group.key}`);
  if (group.source.trim() === "" || group.label.trim() === "") faults.push(`${group.group}: no source or label`);
  for (const code of codesOf(group)) {
    const normalised = normaliseCode(system, code);
    if (!normalised.ok) faults.push(`${group.group}: ${code} ${normalised.reason}`);
    else if (normalised.code !== code) faults.push(`${group.group}: ${code} is not in normal form`);
    const others = groupsOf.get(code);
    if (others === undefined) groupsOf.set(code, [group]);
    else others.push(group);
  }
  return faults;
}

function findContradictions(system: CodeSystem, code: string, groups: readonly ConceptGroup[]): readonly string[] {
  if (groups.length < 2) return [];
  const names = groups.map(({ group }) => group).join(" and ");
  const meanings = groups.map(({ role, key }) => `${role} ${key}`);
  const faults: string[] = [];
  if (new Set(meanings).size < meanings.length && !groups.every(({ group }) => COMBINING.has(group)))
    faults.push(`${system} ${code}: one meaning twice, in ${names}`);
  if (groups.some(({ role }) => SILENT.has(role))) faults.push(`${system} ${code}: makes no record and is in ${names}`);
  for (const roles of ONE_OF) {
    const acting = groups.filter(({ role }) => roles.includes(role));
    if (acting.length > 1 && !acting.every(({ role }) => role === HISTORY))
      faults.push(`${system} ${code}: contradicting groups ${names}`);
  }
  return faults;
}
