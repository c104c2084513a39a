/** How standards move when rehabilitations change. Movements of two runs add up, so the chunks of a file make one account. */
import { STANDARD_NAMES, type StandardMovement, type StandardName } from "../records/standard-movement.ts";
import { type Contribution, contributionsOf, type RehabilitationFacts } from "./contributions.ts";
import { STANDARDS } from "./standards-data.ts";

/** A rehabilitation before and after; null: it is not there. */
export interface RehabilitationChange {
  readonly before: RehabilitationFacts | null;
  readonly after: RehabilitationFacts | null;
}

/** What moves, in the order of the standards, then of the years; standards and years that stay as they are, are not listed. */
export function listMovements(changes: Iterable<RehabilitationChange>): readonly StandardMovement[] {
  const account = new Account();
  for (const { before, after } of changes) {
    const left = before === null ? [] : contributionsOf(before);
    const entered = after === null ? [] : contributionsOf(after);
    for (const contribution of left) if (!entered.some(isSamePlace(contribution))) account.leave(contribution);
    for (const contribution of entered) account.enter(contribution, left.find(isSamePlace(contribution)));
  }
  return account.list();
}

/** Two accounts as one. */
export function joinMovements(
  earlier: readonly StandardMovement[],
  later: readonly StandardMovement[],
): readonly StandardMovement[] {
  if (earlier.length === 0 || later.length === 0) return earlier.length === 0 ? later : earlier;
  const account = new Account();
  for (const movement of [...earlier, ...later]) account.join(movement);
  return account.list();
}

const isSamePlace =
  (one: Contribution) =>
  (other: Contribution): boolean =>
    one.standard === other.standard && one.auditYear === other.auditYear;

const SHARES: ReadonlySet<StandardName> = new Set(
  STANDARDS.filter(({ measure }) => measure.by === "SHARE").map(({ name }) => name),
);

type Count = "entered" | "left" | "met" | "unmet" | "changed";
const COUNTS = ["entered", "left", "met", "unmet", "changed"] as const satisfies readonly Count[];
/** A movement while it is counted: 500 new patients are some 2,000 counts. */
type Line = Pick<StandardMovement, "standard" | "auditYear"> & Record<Count, number>;

class Account {
  readonly #lines = new Map<string, Line>();

  /** What enters or leaves with its assessment takes it along. */
  enter(contribution: Contribution, before: Contribution | undefined): void {
    if (before !== undefined && before.value === contribution.value) return;
    const line = this.#lineOf(contribution);
    const isShare = SHARES.has(contribution.standard);
    if (before === undefined) {
      line.entered++;
      if (isShare) line.met += contribution.value;
    } else if (!isShare) line.changed++;
    else if (contribution.value > before.value) line.met++;
    else line.unmet++;
  }

  leave(contribution: Contribution): void {
    const line = this.#lineOf(contribution);
    line.left++;
    if (SHARES.has(contribution.standard)) line.unmet += contribution.value;
  }

  join(movement: StandardMovement): void {
    const line = this.#lineOf(movement);
    for (const count of COUNTS) line[count] += movement[count];
  }

  list(): readonly StandardMovement[] {
    return [...this.#lines.values()].sort(
      (one, other) =>
        STANDARD_NAMES.indexOf(one.standard) - STANDARD_NAMES.indexOf(other.standard) || one.auditYear - other.auditYear,
    );
  }

  #lineOf({ standard, auditYear }: Pick<StandardMovement, "standard" | "auditYear">): Line {
    const key = `${standard} ${auditYear}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const line = { standard, auditYear, entered: 0, left: 0, met: 0, unmet: 0, changed: 0 };
    this.#lines.set(key, line);
    return line;
  }
}
