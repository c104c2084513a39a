/** Drafts into rows: match -> merge -> judge rows -> answer, inside a transaction. The same for a whole submission and for a file's chunk. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { compileRowJudge, type RowJudge } from "../dataset/judge-rules.ts";
import { LongWork } from "../lib/long-work.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SourceKind } from "../records/draft-record.ts";
import type { Issue } from "../records/issue.ts";
import type { StandardMovement } from "../records/standard-movement.ts";
import type { RecordResult, SubmissionMode } from "../records/submission-record.ts";
import { buildResults, type HoldRule, settleOutcomes } from "./build-results.ts";
import { createEntries, type Entry, type JudgedDraft } from "./entry.ts";
import { refuseForeignOrganisations } from "./foreign-organisations.ts";
import { judgeEntries } from "./judge-entries.ts";
import { KnownStatements } from "./known-statements.ts";
import { matchEntries } from "./match-entries.ts";
import { Objections } from "./objections.ts";
import type { NewId, UnitOfWork } from "./ports.ts";
import { warnProbableDuplicates } from "./probable-duplicates.ts";
import { foreseeLinks, NO_LINKS } from "./record-links.ts";
import { foreseeStandards } from "./standard-movements.ts";
import { readValueSources } from "./value-sources.ts";
import { markWithdrawn } from "./withdraw-entries.ts";
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
  /** Of the version it was sent under. */
  readonly dictionary: Dictionary;
  readonly kind: SourceKind;
  readonly judged: readonly JudgedDraft[];
  /** Issues that belong to no record. */
  readonly issues: readonly Issue[];
  /** Registered organisations that the input names as its sender, and that are not the acting one. */
  readonly foreignOrganisations: ReadonlySet<string>;
  /** Rows that the drafts do not change are asked every rule, too, as if they were new: for simulating rules over what is stored. */
  readonly judgesUnchanged?: boolean;
}

export interface Merged {
  readonly results: readonly RecordResult[];
  readonly rows: RowsToWrite;
  /** How the certification standards of the programme move. */
  readonly standards: readonly StandardMovement[];
}

/** Reads of a unit of work. */
export type ReadingUnit = Pick<
  UnitOfWork,
  | "findPatients"
  | "findSourceIds"
  | "findKnown"
  | "findObjections"
  | "readChildren"
  | "findEventsOfOthers"
  | "readValueSources"
  | "readLinkDecisions"
>;

export type MergeDrafts = (unit: ReadingUnit, statement: Statement) => Promise<Merged>;

export function createMergeDrafts(newId: NewId): MergeDrafts {
  const judgeOf = rememberJudges();
  return async (unit, statement) => {
    const { dictionary, actor, programmeCode, product, receivedAt, judgesUnchanged } = statement;
    const stored = dictionary.storedAs?.dictionary ?? dictionary;
    const set = new WorkingSet(
      { dictionary: stored, programmeCode, product, programmes: actor.programmes, receivedAt, newId },
      unit,
    );
    const entries = createEntries(statement.judged);
    refuseForeignOrganisations(entries, statement.foreignOrganisations);
    const work = new LongWork();
    const terms = { dictionary, programmeCode, product, programmes: actor.programmes };
    const statements = new KnownStatements(judgesUnchanged ? [] : entries, terms);
    const fresh = await statements.recognise(entries, unit);
    await matchEntries(fresh, set, work);
    const objections = new Objections();
    await objections.judge(fresh, unit);
    await markWithdrawn(fresh, set, unit);
    await judgeEntries(fresh, { kind: statement.kind, ...judgeOf(dictionary), programmeCode, receivedAt, judgesUnchanged }, work);
    warnProbableDuplicates(fresh);
    settleOutcomes(entries, statement.issues, statement.hold);
    const sources = await readValueSources(fresh, unit);
    await work.giveWay();
    const held = entries.some((entry) => entry.outcome === "HELD");
    const standards = held ? [] : await foreseeStandards(set);
    const links = held ? NO_LINKS : await foreseeLinks(fresh, actor.ods, unit, work);
    await work.giveWay();
    const results = buildResults(entries, sources, links, statement.mode === "COMMIT");
    await work.giveWay();
    return { results, rows: rowsOf(fresh, set, statement.mode, { statements, objections }), standards };
  };
}

/** Rules are compiled once per dictionary. */
function rememberJudges(): (dictionary: Dictionary) => RowJudge {
  const compiled = new WeakMap<Dictionary, RowJudge>();
  return (dictionary) => {
    const known = compiled.get(dictionary);
    if (known) return known;
    const judge = compileRowJudge(dictionary);
    compiled.set(dictionary, judge);
    return judge;
  };
}

/** A dry run keeps nothing; a held submission neither. */
function rowsOf(
  entries: readonly Entry[],
  set: WorkingSet,
  mode: SubmissionMode,
  { statements, objections }: { readonly statements: KnownStatements; readonly objections: Objections },
): RowsToWrite {
  const held = entries.some((entry) => entry.outcome === "HELD");
  return mode === "VALIDATE_ONLY" || held ? NOTHING_TO_WRITE : collectRows(entries, set, statements, objections);
}
