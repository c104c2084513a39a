/**
 * What was sent before, word for word, of a patient of whom nothing changed since, is answered as it must be, UNCHANGED, without reading
 * and merging it again (ADR 0027). A programme sends the same 100,000 patients every month: that took nearly as long as the first time.
 *
 * Remembered is only what was kept whole and without anything to say of the merged rows. Whoever writes a row of a patient forgets what
 * was said of it (`RowsToWrite.touched`).
 */
import { createHash } from "node:crypto";
import type { Dictionary } from "../dataset/dictionary.ts";
import type { DraftRecord } from "../records/draft-record.ts";
import type { MatchRule } from "../records/submission-record.ts";
import { deriveKnownId, deriveSourceRecordId } from "./derive-source-id.ts";
import type { Entry } from "./entry.ts";
import type { KnownStatement, StatementKey, StatementToKeep, UnitOfWork } from "./ports.ts";
import type { WorkingRow } from "./working-row.ts";

/** Counts up where rows are judged otherwise than before by code, not by the dictionary: what was kept under another one is worked out. */
const JUDGEMENT = 2;

/** Members of a draft that a remembered statement may have. Others ask for more than that the record be so. */
const PLAIN: ReadonlySet<string> = new Set<keyof DraftRecord>([
  ...(["recordType", "parent", "sourceRecordId", "expression", "values", "clear", "origins", "issues"] as const),
  ...(["mappingReport", "reference", "silent", "sourceTime", "claimedOrganisation"] as const),
]);

/** Under what terms statements are the same. */
export interface StatementTerms {
  readonly dictionary: Dictionary;
  readonly programmeCode: string;
  readonly product: string;
  readonly programmes: readonly string[];
}

/** A patient's entry with everything below it, in the order of the submission. */
interface Group {
  readonly entries: readonly Entry[];
  readonly key: StatementKey;
}

export class KnownStatements {
  readonly #terms: StatementTerms;
  readonly #groups: readonly Group[];
  readonly #known = new Set<Group>();

  constructor(entries: readonly Entry[], terms: StatementTerms) {
    this.#terms = terms;
    const head = fingerprintOf(terms);
    this.#groups = groupByPatient(entries).flatMap((group) => toGroup(group, terms.product, head) ?? []);
  }

  /** Answers the entries that are known. @returns those that are not */
  async recognise(entries: readonly Entry[], unit: Pick<UnitOfWork, "findKnown">): Promise<readonly Entry[]> {
    if (this.#groups.length === 0) return entries;
    const keys = this.#groups.map(({ key }) => key);
    for (const found of await unit.findKnown(keys, this.#terms.programmeCode)) {
      const group = this.#groups[found.position];
      if (group !== undefined) this.#answer(group, found);
    }
    return this.#known.size === 0 ? entries : entries.filter(({ known }) => known === null);
  }

  #answer(group: Group, { recordIds }: KnownStatement): void {
    const answered = group.entries.filter(({ silent }) => !silent);
    if (answered.length !== recordIds.length) return;
    this.#known.add(group);
    const { programmeCode } = this.#terms;
    for (const entry of group.entries) entry.known = { recordId: "", programmeCode };
    for (const [place, entry] of answered.entries()) {
      entry.known = { recordId: recordIds[place] ?? "", programmeCode };
      entry.matchedBy = matchedWhenKnown(entry);
    }
  }

  /** What may be remembered of the submission, once its entries are settled. */
  collect(): readonly StatementToKeep[] {
    return this.#groups.flatMap((group) => (this.#known.has(group) ? [] : (toKeep(group, this.#terms.programmeCode) ?? [])));
  }
}

/** The patients of whose rows one was written: what was said of them before is to be forgotten. */
export const touchedPatients = (changed: readonly WorkingRow[]): readonly string[] => [
  ...new Set(changed.filter(({ root }) => root.stored !== null).map(({ root }) => root.id)),
];

const fingerprints = new WeakMap<Dictionary, string>();

/** What of dictionary and actor decides about an answer. */
function fingerprintOf({ dictionary, programmes }: StatementTerms): string {
  let known = fingerprints.get(dictionary);
  if (known === undefined) {
    const { version, recordTypes, codeLists, rules } = dictionary;
    const lists = [...codeLists.values()].map(({ list }) => list);
    const text = JSON.stringify([JUDGEMENT, version, recordTypes.map(({ definition }) => definition), lists, rules]);
    known = createHash("sha256").update(text).digest("hex");
    fingerprints.set(dictionary, known);
  }
  return [known, ...programmes].join(" ");
}

function groupByPatient(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const groups = new Map<Entry, Entry[]>();
  for (const entry of entries) {
    const top = entry.top;
    const group = groups.get(top);
    if (group) group.push(entry);
    else groups.set(top, [entry]);
  }
  return [...groups.values()];
}

function toGroup(entries: readonly Entry[], product: string, head: string): Group | null {
  const [top] = entries;
  const id = top?.draft.sourceRecordId ?? null;
  if (id === null || top?.type.name !== "PATIENT") return null;
  if (entries.some(({ rejected, draft }) => rejected || !isPlain(draft))) return null;
  return { entries, key: { product, sourceRecordId: id, text: `${head}\n${textOf(entries)}` } };
}

const isPlain = (draft: DraftRecord): boolean =>
  Object.entries(draft).every(([name, value]) => value === undefined || PLAIN.has(name));

/** Members in the sender's order: sent in another one, it is worked out again, and nothing is lost but time. */
function textOf(entries: readonly Entry[]): string {
  const places = new Map(entries.map((entry, place) => [entry, place]));
  const said = entries.map(({ draft, parent }) => [
    parent === null ? -1 : places.get(parent),
    ...[draft.recordType, draft.sourceRecordId, draft.values, draft.clear],
    ...[draft.reference, draft.silent, draft.sourceTime],
  ]);
  return JSON.stringify(said);
}

const matchedWhenKnown = ({ draft }: Entry): MatchRule => (draft.sourceRecordId === null ? "NATURAL_KEY" : "SOURCE_RECORD_ID");

/** Null where sending it again might be answered otherwise than UNCHANGED, or with more than the values themselves give rise to. */
function toKeep({ entries, key }: Group, programmeCode: string): StatementToKeep | null {
  const rows = new Set<WorkingRow>();
  const derived = new Map<Entry, string | null>();
  const recordIds: string[] = [];
  for (const entry of entries) {
    const { row, parent } = entry;
    if (row === null || rows.has(row) || row.entries.length > 1 || !isPlainlyKept(entry)) return null;
    // What is said under one id is forgotten with the patient it names: records of merged patients are worked out every time.
    if (row.root.survivor.kin.length > 1) return null;
    rows.add(row);
    const parentId = parent === null ? null : (derived.get(parent) ?? null);
    const id = deriveSourceRecordId(entry, parentId);
    if (id !== deriveKnownId(entry, parentId, programmeCode)) return null;
    derived.set(entry, id);
    if (!entry.silent) recordIds.push(row.id);
  }
  const [top] = recordIds;
  return top === undefined ? null : { ...key, recordIds };
}

const isPlainlyKept = ({ rejected, outcome, issues, judged }: Entry): boolean =>
  !rejected && outcome !== "HELD" && issues.length === judged.issues.length;
