/**
 * The records that a submission withdrew, brought back when that submission is withdrawn itself: the same ids, values and identifiers,
 * as a new version of each (ADR 0024). Part of the transaction of the withdrawal, which has the organisation to itself.
 */
import type { Transaction } from "./database/unit.ts";
import { type IdentityKeys, toHistoryColumns } from "./identity-undo.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import {
  MARK_RESTORED,
  type RestoreStatements,
  TAKEN_SOURCE_IDS,
  WITHDRAWN_IDENTITIES,
  WITHDRAWN_RECORDS,
} from "./sql/removal-statements.ts";
import { TAKEN_NUMBERS } from "./sql/withdrawal-statements.ts";
import { booleanOf, bytesOf, numberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";

export interface RestorationScope extends IdentityKeys {
  readonly submissionId: string;
  /** ISO instant. */
  readonly at: string;
  /** Parents before children, the patient first. */
  readonly restores: readonly RestoreStatements[];
}

/** What is known before anything is looked at. */
export interface WithdrawnRecords {
  /** The submission withdrew records; false: there is nothing to bring back. */
  readonly any: boolean;
  /** Their time is over: they stay withdrawn. */
  readonly tooLate: boolean;
  /** Some are of a programme that is not among the actor's. */
  readonly elsewhere: boolean;
}

export class RecordRestoration {
  readonly #tx: Transaction;
  readonly #scope: RestorationScope;

  constructor(tx: Transaction, scope: RestorationScope) {
    this.#tx = tx;
    this.#scope = scope;
  }

  async look(programmes: readonly string[]): Promise<WithdrawnRecords> {
    const { ods, submissionId, at } = this.#scope;
    const [row] = await this.#tx.$queryRaw<SqlRow[]>(WITHDRAWN_RECORDS([ods, submissionId, at, toArrayLiteral(programmes)]));
    if (row === undefined) throw new Error("A count returned no row");
    return { any: booleanOf(row, "found"), tooLate: booleanOf(row, "too_late"), elsewhere: booleanOf(row, "elsewhere") };
  }

  /** Submissions because of which a record cannot come back: they took its number, its key or its id, or the record it hung below. */
  async findInTheWay(): Promise<readonly string[]> {
    const { ods, submissionId, restores } = this.#scope;
    const statements = [
      TAKEN_SOURCE_IDS,
      ...restores.flatMap(({ takenKeys, goneParents }) => [takenKeys ?? [], goneParents ?? []].flat()),
    ];
    const found: SqlRow[] = [];
    for (const statement of statements) found.push(...(await this.#tx.$queryRaw<SqlRow[]>(statement([ods, submissionId]))));
    const identities = await this.#identities();
    const macs = (column: string): string => toArrayLiteral(identities.flatMap((row) => optionalTextOf(row, column) ?? []));
    const numbers = [ods, submissionId, macs("nhs_mac"), macs("hospital_mac")];
    found.push(...(await this.#tx.$queryRaw<SqlRow[]>(TAKEN_NUMBERS(numbers))));
    return found.map((row) => textOf(row, "id"));
  }

  async restore(): Promise<void> {
    const { ods, submissionId, at, restores } = this.#scope;
    const identities = await this.#identities();
    for (const { restore, restoreBeside } of restores) {
      await this.#tx.$executeRaw(restore([ods, submissionId, at]));
      for (const statement of restoreBeside) await this.#tx.$executeRaw(statement([ods, submissionId]));
    }
    const [patients, ...others] = restores;
    if (patients !== undefined && identities.length > 0)
      await this.#tx.$executeRaw(patients.history([ods, submissionId, at, ...this.#returnColumns(identities)]));
    for (const { history } of others) await this.#tx.$executeRaw(history([ods, submissionId, at]));
    await this.#tx.$executeRaw(MARK_RESTORED([ods, submissionId, at]));
  }

  #identities(): Promise<readonly SqlRow[]> {
    return this.#tx.$queryRaw<SqlRow[]>(WITHDRAWN_IDENTITIES([this.#scope.ods, this.#scope.submissionId]));
  }

  #returnColumns(rows: readonly SqlRow[]): readonly string[] {
    const { identities } = this.#scope;
    const returns = rows.map((row) => {
      const id = textOf(row, "id");
      const after = identities.open(id, bytesOf(row, "sealed"));
      const before = Object.fromEntries(Object.keys(after).map((item) => [item, null]));
      return { id, version: numberOf(row, "version"), before, after };
    });
    return toHistoryColumns(returns, this.#scope);
  }
}
