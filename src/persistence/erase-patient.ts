/**
 * Deletes everything that is stored of a patient, inside a transaction that has the organisation to itself, and gathers the places of the
 * secrets that open what older copies of the database hold of it. Answers to others stay: a page that the patient is on is sealed anew
 * without it. Inputs cannot be taken apart, so those that named the patient go as a whole; the submission cannot be replayed any more.
 */
import { RECORD_TYPE_NAMES, type RecordTypeName } from "../dataset/define.ts";
import type { DestructionCounts } from "../destruction/certificate.ts";
import { DestroyedError } from "../keys/key-management.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { RECORD_OUTCOMES, type RecordResult } from "../records/submission-record.ts";
import type { Transaction } from "./database/unit.ts";
import { LeafList } from "./leaf-list.ts";
import { openReportPage, sealReportPage } from "./sealed-pages.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import {
  ANSWERS_ABOUT,
  ANSWERS_ON_PAGE,
  DELETE_TRACES,
  type ErasureStatements,
  EXPIRE_UPLOADS_OF,
  FORGET_ANSWERS,
  FORGET_PLANS,
  IDENTITY_BOXES,
  MESSAGES_OF,
  PAGES_WITH,
  REPLACE_PAGES,
  TAKE_ENVELOPES,
  UNFINISHED_AMONG,
} from "./sql/erasure-statements.ts";
import type { RemovalStatements } from "./sql/removal-statements.ts";
import { NEXT_EPOCH } from "./sql/statement-queries.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { bytesOf, numberOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

export interface ErasureScope {
  readonly ods: string;
  readonly keys: OrganisationKeys;
  /** Parents before children. */
  readonly finds: readonly ErasureStatements[];
  readonly removals: readonly RemovalStatements[];
  readonly newId: () => string;
}

export interface Erased {
  readonly counts: DestructionCounts;
  readonly leaves: readonly string[];
}

/** An answer about a record: a submission, and the position in it. */
interface Answer {
  readonly submissionId: string;
  readonly index: number;
}

/** A page as it will be, without the patient. */
interface NewPage {
  readonly submissionId: string;
  readonly page: number;
  readonly sealed: Uint8Array;
}

export class PatientErasure {
  readonly #tx: Transaction;
  readonly #scope: ErasureScope;
  readonly #leaves: LeafList;
  readonly #counts: Record<string, number> = {};

  constructor(tx: Transaction, scope: ErasureScope) {
    this.#tx = tx;
    this.#scope = scope;
    this.#leaves = new LeafList(scope.keys);
  }

  /** @returns null where a submission that names the patient is worked on. @throws KeyError for a page that does not open */
  async erase(patientIds: readonly string[]): Promise<Erased | null> {
    const byType = await this.#findRecords(patientIds);
    const ids = [...byType.values()].flat();
    const answers = await this.#findAnswers(ids);
    const submissions = [...new Set(answers.map(({ submissionId }) => submissionId))];
    if (await this.#areUnfinished(submissions)) return null;
    // Of withdrawn records nothing but their history may be left, which names no parent: the pages of answers do.
    const gone = await this.#replacePages(answers);
    await this.#forgetInputs(submissions);
    await this.#deleteRecords(byType, [...new Set([...ids, ...gone])]);
    await this.#run(NEXT_EPOCH);
    return { counts: { ...this.#counts, oldBoxes: this.#leaves.withoutLeaf }, leaves: this.#leaves.all };
  }

  /** Parents before children, of all types. */
  async #findRecords(patientIds: readonly string[]): Promise<ReadonlyMap<RecordTypeName, readonly string[]>> {
    const found = new Map<RecordTypeName, readonly string[]>();
    let parents: readonly string[] = patientIds;
    for (const { recordType, find } of this.#scope.finds) {
      const ids = (await this.#query(find, toArrayLiteral(parents))).map((row) => textOf(row, "id"));
      found.set(recordType, recordType === "PATIENT" ? [...new Set([...patientIds, ...ids])] : ids);
      parents = [...parents, ...ids];
    }
    return found;
  }

  async #findAnswers(ids: readonly string[]): Promise<readonly Answer[]> {
    const rows = await this.#query(ANSWERS_ABOUT, toArrayLiteral(ids));
    return rows.map((row) => ({ submissionId: textOf(row, "id"), index: numberOf(row, "idx") }));
  }

  async #areUnfinished(submissions: readonly string[]): Promise<boolean> {
    const [row] = await this.#query(UNFINISHED_AMONG, toArrayLiteral(submissions));
    return row !== undefined && numberOf(row, "count") > 0;
  }

  /** @returns ids of records that the pages show to have been the patient's */
  async #replacePages(answers: readonly Answer[]): Promise<ReadonlySet<string>> {
    const places = [
      toColumnLiteral(answers, (answer) => answer.submissionId),
      toColumnLiteral(answers, (answer) => answer.index),
    ];
    const indexes = Map.groupBy(answers, ({ submissionId }) => submissionId);
    const pages: NewPage[] = [];
    const named = new Set<string>();
    const forgotten: Answer[] = [];
    for (const row of await this.#query(PAGES_WITH, ...places)) {
      const [submissionId, page, box] = [textOf(row, "id"), numberOf(row, "page"), bytesOf(row, "sealed")];
      const results = await this.#openPage(box, submissionId, page);
      const own = withDescendants(results, new Set(indexes.get(submissionId)?.map(({ index }) => index)));
      for (const { recordId, index } of results.filter(({ index }) => own.has(index))) {
        if (recordId !== null) named.add(recordId);
        forgotten.push({ submissionId, index });
      }
      const kept = results.map((result) => (own.has(result.index) ? withoutContent(result) : result));
      const { sealed } = sealReportPage(kept, page, submissionId, this.#scope.keys, this.#scope.newId());
      this.#leaves.addBox(box);
      pages.push({ submissionId, page, sealed });
    }
    await this.#run(
      REPLACE_PAGES,
      toColumnLiteral(pages, (each) => each.submissionId),
      toColumnLiteral(pages, (each) => each.page),
      toColumnLiteral(pages, (each) => each.sealed),
    );
    await this.#run(
      FORGET_ANSWERS,
      toColumnLiteral(forgotten, (each) => each.submissionId),
      toColumnLiteral(forgotten, (each) => each.index),
    );
    this.#count("answers", forgotten.length);
    this.#count("reportPagesSealedAnew", pages.length);
    return named;
  }

  /** In a restored database a page may be one that was destroyed: what its answers were about nobody knows any more. */
  async #openPage(box: Uint8Array, submissionId: string, page: number): Promise<readonly RecordResult[]> {
    try {
      return await openReportPage(box, submissionId, page, this.#scope.keys);
    } catch (error) {
      if (!(error instanceof DestroyedError)) throw error;
      return (await this.#query(ANSWERS_ON_PAGE, submissionId, page)).map((row) =>
        withoutContent({
          index: numberOf(row, "idx"),
          recordType: wordOf(row, "record_type", RECORD_TYPE_NAMES),
          outcome: wordOf(row, "outcome", RECORD_OUTCOMES),
          parentIndex: null,
        }),
      );
    }
  }

  async #forgetInputs(submissions: readonly string[]): Promise<void> {
    const ids = toArrayLiteral(submissions);
    const envelopes = await this.#query(TAKE_ENVELOPES, ids);
    for (const row of envelopes) this.#leaves.addBox(bytesOf(row, "head"));
    this.#count("inputs", envelopes.length);
    this.#count("uploads", await this.#addUnits(EXPIRE_UPLOADS_OF, ids));
    await this.#addUnits(FORGET_PLANS, ids);
    await this.#addUnits(MESSAGES_OF, ids);
  }

  /** @returns how many */
  async #addUnits(statement: ConstantSql, ids: string): Promise<number> {
    const units = (await this.#query(statement, ids)).map((row) => textOf(row, "id"));
    for (const unit of units) this.#leaves.addUnit(unit);
    return units.length;
  }

  async #deleteRecords(byType: ReadonlyMap<RecordTypeName, readonly string[]>, ids: readonly string[]): Promise<void> {
    const all = toArrayLiteral(ids);
    for (const row of await this.#query(IDENTITY_BOXES, all)) {
      this.#leaves.addBox(bytesOf(row, "head"));
      this.#count(`${textOf(row, "kind")}Sealed`, 1);
    }
    // Copies from before this moment may hold boxes that are gone by now: those of a patient are under its own id.
    for (const id of byType.get("PATIENT") ?? []) this.#leaves.addUnit(id);
    for (const [kind, statement] of DELETE_TRACES) this.#count(kind, await this.#run(statement, all));
    for (const { recordType, removeBeside, remove } of [...this.#scope.removals].reverse()) {
      const own = toArrayLiteral(byType.get(recordType) ?? []);
      for (const statement of removeBeside) await this.#run(statement, own);
      this.#count(recordType, await this.#run(remove, own));
    }
  }

  #count(kind: string, more: number): void {
    this.#counts[kind] = (this.#counts[kind] ?? 0) + more;
  }

  #query(statement: ConstantSql, ...values: readonly unknown[]): Promise<readonly SqlRow[]> {
    return this.#tx.$queryRaw<SqlRow[]>(statement([this.#scope.ods, ...values]));
  }

  #run(statement: ConstantSql, ...values: readonly unknown[]): Promise<number> {
    return this.#tx.$executeRaw(statement([this.#scope.ods, ...values]));
  }
}

/** Answers that hang below those, as far as the page shows it: children follow their parents. */
function withDescendants(results: readonly RecordResult[], own: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(results.flatMap(({ index }) => (own.has(index) ? [index] : [])));
  for (const { index, parentIndex } of results)
    if (parentIndex !== null && (all.has(parentIndex) || own.has(parentIndex))) all.add(index);
  return all;
}

/** What became of it is counted still; what it was about is not said any more. */
const withoutContent = ({
  index,
  recordType,
  outcome,
  parentIndex,
}: Pick<RecordResult, "index" | "recordType" | "outcome" | "parentIndex">): RecordResult => ({
  index,
  recordType,
  outcome,
  parentIndex,
  sourceRecordId: null,
  expression: "",
  matchedBy: null,
  recordId: null,
  issues: [],
  changes: [],
  links: [],
  mappingReport: [],
});
