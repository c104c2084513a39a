/**
 * What the decisions about a pair come to. A pair of patients of two organisations is a matter of both: it takes both to confirm it, and
 * one to keep it apart, so what an organisation took apart only that organisation gives free again. Everything else is decided by one
 * team, and the latest word stands.
 */
import type { PairKind, TeamDecision } from "./link-ports.ts";
import { keyOf, type LinkDecision, toPair } from "./link-words.ts";

/**
 * Of each pair the decision that stands. None where only one of two organisations has confirmed two patients: until the other one does,
 * the rules decide as if nothing had been said. In the same instant the word that keeps apart stands.
 */
export function foldDecisions(kind: PairKind, decisions: readonly TeamDecision[]): readonly LinkDecision[] {
  const byPair = Map.groupBy(decisions, ({ a, b }) => {
    const pair = toPair(a, b);
    return `${keyOf(pair.a)}\n${keyOf(pair.b)}`;
  });
  return [...byPair.values()].flatMap((ofPair) => foldPair(kind, ofPair) ?? []);
}

function foldPair(kind: PairKind, decisions: readonly TeamDecision[]): LinkDecision | null {
  const [first] = decisions;
  if (first === undefined) return null;
  const isMatterOfBoth = kind === "PERSON" && first.a.ods !== first.b.ods;
  if (!isMatterOfBoth) return latestOf(decisions);
  const words = [...Map.groupBy(decisions, ({ decidedBy }) => decidedBy).values()].flatMap((ofTeam) => latestOf(ofTeam) ?? []);
  const apart = words.filter((word) => !isConfirmed(word));
  if (apart.length > 0) return latestOf(apart);
  return words.length > 1 ? latestOf(words) : null;
}

const isConfirmed = ({ decision }: LinkDecision): boolean => decision === "CONFIRMED";

function latestOf(decisions: readonly LinkDecision[]): LinkDecision | null {
  return decisions.reduce<LinkDecision | null>((latest, decision) => {
    if (latest === null || decision.decidedAt > latest.decidedAt) return decision;
    return decision.decidedAt === latest.decidedAt && !isConfirmed(decision) ? decision : latest;
  }, null);
}
