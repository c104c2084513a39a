/** Which of several statements about one item stands, by which rule, and against what. */
import { keyOf, type LinkedRef } from "./link-words.ts";
import { type ItemRules, RANKINGS, type Ranking, type WinnerRuleName, type WinnerRules } from "./winner-rules.ts";

/** A row as far as winners depend on it. Instants are ISO, in UTC. */
export interface JourneyRow extends LinkedRef {
  /** When the source said so. */
  readonly sourceTime: string;
  readonly updatedAt: string;
}

/** What one row states of an item. */
export interface Claim {
  readonly value: string;
  readonly row: JourneyRow;
}

export interface ResolvedItem {
  readonly winner: Claim;
  readonly rule: WinnerRuleName;
  /** Other known values, the strongest first; each organisation's, also where two say the same. */
  readonly conflicts: readonly Claim[];
  /** Statements of Unknown that lost against a known value. */
  readonly unknowns: readonly Claim[];
}

/** A claim with what decides whether it stands. */
export interface Statement extends Claim {
  readonly known: boolean;
  /** The organisation whose statement the row repeats, if that one states anything. */
  readonly copyOf: string | null;
}

/** Null: nobody states the item. @param goesWith the item that this one goes with, where one does and somebody states it */
export function resolveItem(
  statements: readonly Statement[],
  goesWith: ResolvedItem | null,
  itemRules: ItemRules,
  { rules }: WinnerRules,
): ResolvedItem | null {
  const compare = compareWith(statements, goesWith, itemRules);
  const rankings = rules.flatMap(({ name }) => RANKINGS.filter((ranking) => ranking === name));
  const findDecisive = (a: Statement, b: Statement): Ranking | undefined =>
    rankings.find((ranking) => compare[ranking](a, b) !== 0);
  const ranked = statements.toSorted((a, b) => {
    const decisive = findDecisive(a, b);
    return decisive === undefined ? 0 : compare[decisive](a, b);
  });
  const [winner] = ranked;
  if (winner === undefined) return null;
  const others = ranked.filter(({ value }) => value !== winner.value);
  const [rival] = others;
  const undecided = statements.length === 1 ? "ONLY_CLAIM" : "ALL_AGREE";
  return {
    winner: toClaim(winner),
    rule: (rival && findDecisive(winner, rival)) ?? undecided,
    conflicts: others.filter(({ known }) => known).map(toClaim),
    unknowns: others.filter(({ known }) => !known).map(toClaim),
  };
}

/** Less than 0: the first of the two stands. */
type Compare = (a: Statement, b: Statement) => number;

function compareWith(
  statements: readonly Statement[],
  goesWith: ResolvedItem | null,
  { precedence = [] }: ItemRules,
): Readonly<Record<Ranking, Compare>> {
  // An organisation that does not know, or says nothing, has nothing that could be copied.
  const stating = new Set(statements.filter(({ known }) => known).map(({ row }) => row.ods));
  const together = goesWith === null ? null : keyOf(goesWith.winner.row);
  const levelOf = (value: string): number => {
    const level = precedence.findIndex((values) => values.includes(value));
    return level === -1 ? precedence.length : level;
  };
  const byFlag =
    (stands: (statement: Statement) => boolean): Compare =>
    (a, b) =>
      Number(stands(b)) - Number(stands(a));
  return {
    KNOWN_OVER_UNKNOWN: byFlag(({ known }) => known),
    WITH_ITS_EVENT_TYPE: byFlag(({ row }) => keyOf(row) === together),
    PRECEDENCE_OF_VALUES: (a, b) => levelOf(a.value) - levelOf(b.value),
    OWN_OVER_COPY: byFlag(({ copyOf }) => copyOf === null || !stating.has(copyOf)),
    LATER_OVER_EARLIER: (a, b) =>
      compareText(b.row.sourceTime, a.row.sourceTime) || compareText(b.row.updatedAt, a.row.updatedAt),
    FIRST_BY_CODE: (a, b) => compareText(keyOf(a.row), keyOf(b.row)),
  };
}

const toClaim = ({ value, row }: Statement): Claim => ({ value, row });

/** By code unit, whatever the locale. */
export const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
