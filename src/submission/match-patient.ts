/**
 * Which stored patient an entry means (dataset Decision 10): both identifiers and the sender's own id are looked up; they must
 * agree; a contradiction stores nothing. Name and postcode never match.
 */
import type { CompiledItem } from "../dataset/dictionary.ts";
import { refuseStale } from "./check-version.ts";
import type { Entry } from "./entry.ts";
import { idRuleOf } from "./match-child.ts";
import { replacedIdentity } from "./named-patients.ts";
import { leadersOf, mergeOthers, rowsOf, unmergeOthers, warnOfBirths } from "./patient-family.ts";
import { expectedIdentity, identityOf } from "./patient-identity.ts";
import type { WorkingRow } from "./working-row.ts";
import type { WorkingSet } from "./working-set.ts";

export function matchPatient(entry: Entry, set: WorkingSet): void {
  const named = namedRows(entry, set);
  unmergeOthers(entry, named.all, set);
  if (entry.rejected) return;
  entry.ledBy = [...entry.ledBy, ...leadersOf(named.all, entry)];
  const [row, second] = new Set([...named.all].map(({ survivor }) => survivor));
  if (second !== undefined) return entry.reject("KEY_CONFLICT");
  if (row === undefined) return matchNobody(entry, set);
  // What is merged has another record beside it, which would be left without this one: the merge is taken back first.
  const [merged] = row.mergedRows;
  if (merged !== undefined && (entry.withdraws || named.replaced.some((one) => one !== row)))
    return entry.rejectForKey(null, row);
  leaveMergedTheirs(entry, row);
  const contradicted = findContradiction(entry, row, named.byNumber);
  if (contradicted !== null) return entry.rejectForKey(contradicted, row);
  entry.matchedBy = row.stored === null ? null : named.rule;
  take(entry, row, set);
  mergeOthers(entry, named.all, row, set);
}

interface NamedRows {
  /** As they are stored, wherever they lead. */
  readonly all: ReadonlySet<WorkingRow>;
  /** Those of them that have a number which is replaced. */
  readonly replaced: readonly WorkingRow[];
  readonly rule: Entry["matchedBy"];
  /** The NHS number itself was known. */
  readonly byNumber: boolean;
}

function namedRows(entry: Entry, set: WorkingSet): NamedRows {
  const stated = identityOf(entry.type, entry.judged.values);
  const id = entry.draft.recordId ?? set.recordIdOf(entry);
  const bySourceId = id === undefined ? undefined : set.row(id);
  const byNhs = stated.nhsNumber === null ? undefined : set.byNhsNumber.get(stated.nhsNumber);
  const byHospital = stated.hospitalNumber === null ? undefined : set.byHospitalNumber.get(stated.hospitalNumber);
  const replaced = replacedRows(entry, set);
  const all = new Set([bySourceId, byNhs, ...replaced, byHospital].filter((row) => row !== undefined));
  const byOther = replaced.length > 0 ? "REPLACES" : byHospital ? "HOSPITAL_NUMBER" : null;
  const rule = bySourceId ? idRuleOf(entry) : byNhs ? "NHS_NUMBER" : byOther;
  return { all, replaced, rule, byNumber: byNhs !== undefined };
}

function replacedRows(entry: Entry, set: WorkingSet): readonly WorkingRow[] {
  const replaced = replacedIdentity(entry);
  return replaced === null ? [] : [...rowsOf(replaced, null, set)];
}

/** Nobody has the identifiers that the entry states. */
function matchNobody(entry: Entry, set: WorkingSet): void {
  if (entry.withdraws) return entry.reject("NOTHING_TO_WITHDRAW");
  const { replaces = null, merges = [] } = entry.correction ?? {};
  const others = merges.flatMap((other) => [...rowsOf(other, other.recordId, set)].map(({ survivor }) => survivor));
  const [only, second] = new Set(others);
  if (second !== undefined) return entry.reject("KEY_CONFLICT");
  // The patient that is to remain is not stored: the one that is merged into it gets its identifiers.
  if (only !== undefined) return adopt(entry, only, set);
  if (replaces !== null && !replaces.ifKnown) return entry.reject("REPLACES_UNKNOWN");
  if (replaces !== null || merges.length > 0) entry.inform("MERGE_NOTHING_FOUND");
  createPatient(entry, set);
}

function adopt(entry: Entry, row: WorkingRow, set: WorkingSet): void {
  const stated = identityOf(entry.type, entry.judged.values);
  const known = expectedIdentity(row);
  entry.ledBy = [...entry.ledBy, ...leadersOf([row], entry)];
  entry.matchedBy = row.stored === null ? null : "REPLACES";
  take(entry, row, set);
  warnOfBirths(entry, stated, known);
}

const IDENTIFYING = ["nhsNumber", "hospitalNumber", "dateOfBirth"] as const;

/** Identifiers of a patient who was merged into this one lead here, and stay that one's: they are not written into this row. */
function leaveMergedTheirs(entry: Entry, row: WorkingRow): void {
  if (row.mergedRows.size === 0) return;
  const [own, ...merged] = row.kin.map((one) => identityOf(one.type, one.values));
  const stated = identityOf(entry.type, entry.judged.values);
  const theirs = IDENTIFYING.filter(
    (name) => stated[name] !== null && stated[name] !== own?.[name] && merged.some((one) => one[name] === stated[name]),
  );
  const items = theirs.map((name) => entry.type.byName.get(name)).filter((item): item is CompiledItem => item !== undefined);
  if (items.length > 0) entry.disregard(new Set(items.map(({ index }) => index)));
}

type Contradicted = "nhsNumber" | "dateOfBirth";

/**
 * The same person has one NHS number and one date of birth, unless the entry says that what is stored is replaced; a number may be added
 * only where the date of birth agrees. A year or a month of birth cannot confirm anybody, but it can contradict.
 */
function findContradiction(entry: Entry, row: WorkingRow, byNumber: boolean): Contradicted | null {
  const stated = identityOf(entry.type, entry.judged.values);
  const known = expectedIdentity(row);
  const replaced = replacedIdentity(entry);
  if (differ(stated.nhsNumber, known.nhsNumber) && replaced?.nhsNumber !== known.nhsNumber) return "nhsNumber";
  if (differ(stated.dateOfBirth, known.dateOfBirth) && replaced?.dateOfBirth !== known.dateOfBirth) return "dateOfBirth";
  const { partialDateOfBirth } = entry.draft;
  if (partialDateOfBirth !== undefined && !row.kin.some((one) => mayBeBorn(one, partialDateOfBirth))) return "dateOfBirth";
  const numberIsNew = stated.nhsNumber !== null && known.nhsNumber === null && !byNumber;
  return numberIsNew && (stated.dateOfBirth === null || stated.dateOfBirth !== known.dateOfBirth) ? "nhsNumber" : null;
}

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b;

const mayBeBorn = (row: WorkingRow, part: string): boolean => expectedIdentity(row).dateOfBirth?.startsWith(part) !== false;

function createPatient(entry: Entry, set: WorkingSet): void {
  if (entry.draft.reference) return entry.reject("PARENT_MISSING");
  take(entry, set.create(entry, null, set.context.programmeCode), set);
}

function take(entry: Entry, row: WorkingRow, set: WorkingSet): void {
  if (refuseStale(entry, row)) return;
  entry.row = row;
  row.entries.push(entry);
  set.bindSourceId(entry, row);
  // Later entries of the same submission find the patient by what this one adds.
  set.indexPatient(row, entry.judged.values);
}
