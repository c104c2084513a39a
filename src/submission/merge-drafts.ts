/** Drafts into rows: match -> merge -> judge rows -> answer, inside a transaction. The same for a whole submission and for a file's chunk. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { compileRules } from "../dataset/judge-rules.ts";
import { LongWork } from "../lib/long-work.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SourceKind } from "../records/draft-record.ts";
import type { Issue } from "../records/issue.ts";
import type { RecordResult, SubmissionMode } from "../records/submission-record.ts";
import { buildResults, type HoldRule, settleOutcomes } from "./build-results.ts";
import { createEntries, type Entry, type JudgedDraft } from "./entry.ts";
import { refuseForeignOrganisations } from "./foreign-organisations.ts";
import { type JudgeRules, judgeEntries } from "./judge-entries.ts";
import { matchEntries } from "./match-entries.ts";
import type { NewId, UnitOfWork } from "./ports.ts";
import { warnProbableDuplicates } from "./probable-duplicates.ts";
import { readValueSources } from "./value-sources.ts";
import { WorkingSet } from "./working-set.ts";
import { collectRows, NOTHING_TO_WRITE, type RowsToWrite } from "./write-set.ts";

/** What is merged: drafts with the dictionary's verdict, and under which terms they were sent. */
export interface Statement {
  readonly actor: OrganisationActor;
  readonly programmeCode: string;
  /** The sending product: the scope of the sender's own ids. */
  readonly product: string;
  readonly mode: SubmissionMode;
  readonly hold: HoldRule;
  readonly receivedAt: string;
  readonly dictionary: Dictionary;
  readonly kind: SourceKind;
  readonly judged: readonly JudgedDraft[];
  /** Issues that belong to no record. */
  readonly issues: readonly Issue[];
  /** Registered organisations that the input names as its sender, and that are not the acting one. */
  readonly foreignOrganisations: ReadonlySet<string>;
}

export interface Merged {
  readonly results: readonly RecordResult[];
  readonly rows: RowsToWrite;
}

/** Reads of a unit of work. */
export type ReadingUnit = Pick<UnitOfWork, "findPatients" | "findSourceIds" | "readChildren" | "readValueSources">;

export type MergeDrafts = (unit: ReadingUnit, statement: Statement) => Promise<Merged>;

export function createMergeDrafts(newId: NewId): MergeDrafts {
  const rulesOf = rememberRules();
  return async (unit, statement) => {
    const { dictionary, actor, programmeCode, product, receivedAt } = statement;
    const set = new WorkingSet({ dictionary, programmeCode, product, programmes: actor.programmes, receivedAt, newId }, unit);
    const entries = createEntries(statement.judged);
    refuseForeignOrganisations(entries, statement.foreignOrganisations);
    const work = new LongWork();
    await matchEntries(entries, set, work);
    await judgeEntries(entries, { kind: statement.kind, judgeRules: rulesOf(dictionary), programmeCode, receivedAt }, work);
    warnProbableDuplicates(entries);
    settleOutcomes(entries, statement.issues, statement.hold);
    const sources = await readValueSources(entries, unit);
    await work.giveWay();
    const results = buildResults(entries, sources, statement.mode === "COMMIT");
    await work.giveWay();
    return { results, rows: rowsOf(entries, set, statement.mode) };
  };
}

/** Rules are compiled once per dictionary. */
function rememberRules(): (dictionary: Dictionary) => JudgeRules {
  const compiled = new WeakMap<Dictionary, JudgeRules>();
  return (dictionary) => {
    const known = compiled.get(dictionary);
    if (known) return known;
    const rules = compileRules(dictionary);
    compiled.set(dictionary, rules);
    return rules;
  };
}

/** A dry run keeps nothing; a held submission neither. */
function rowsOf(entries: readonly Entry[], set: WorkingSet, mode: SubmissionMode): RowsToWrite {
  const held = entries.some((entry) => entry.outcome === "HELD");
  return mode === "VALIDATE_ONLY" || held ? NOTHING_TO_WRITE : collectRows(entries, set);
}
