/**
 * Gathers records into groups from what rules say of pairs and what people decided. The outcome depends on neither the order of the
 * records nor that of the decisions, and a record that no link reaches changes no group of others.
 *
 * People come first. A rejected pair is never in one group, also not through a third record. Confirmed pairs are joined in the order in
 * which they were confirmed; one that would bring a rejected pair together is left out and listed as a contradiction, so that a new
 * confirmation never undoes an older one in silence. Then the links of the rules, the surest and nearest first: one is held back when it
 * would bring together a rejected pair, or a pair that a rule bars. A treatment between two events thus goes to the nearer one.
 */
import {
  CONFIDENCES,
  keyOf,
  type LinkDecision,
  type LinkedPair,
  type LinkedRef,
  toPair,
  toRef,
  type Verdict,
} from "./link-words.ts";

/** What a verdict does to a pair. */
interface Effect {
  readonly links: boolean;
  readonly proposes: boolean;
  /** No rule may bring the two together, directly or through a third record. */
  readonly bars: boolean;
}

interface Gathering<Member, Action extends string> {
  readonly judge: (one: Member, other: Member) => Verdict<Action> | null;
  readonly effects: Readonly<Record<Action, Effect>>;
  /** Of two verdicts that are equally sure, the one with the smaller gap goes first. */
  readonly gapOf: (one: Member, other: Member) => number;
}

/** A pair of one group that is linked itself, so that a person can see why the group is one. */
export interface Link extends LinkedPair {
  /** Null where people linked what no rule would. */
  readonly verdict: Verdict<string> | null;
  readonly by: "RULE" | "PERSON";
}

export interface LinkGroup {
  /** In the order of organisation and id. A record that nothing is linked to is a group of its own. */
  readonly members: readonly LinkedRef[];
  readonly links: readonly Link[];
}

/** The surest link between two groups that only people may make. At most one for two groups: confirming it joins them. */
export interface Proposal extends LinkedPair {
  readonly verdict: Verdict<string>;
  /** The verdict is a link, but making it would join these two, which a rule bars. */
  readonly heldBackBy: LinkedPair | null;
}

export interface GatheredLinks {
  readonly groups: readonly LinkGroup[];
  /** None between two groups of which people have rejected a pair: taking a record out of a group speaks for the whole of it. */
  readonly proposals: readonly Proposal[];
  /** Confirmed pairs that are not joined, since that would join a rejected pair. */
  readonly contradictions: readonly LinkedPair[];
  /** Pairs that a rule bars and nobody has decided: of patients, the identities in conflict. */
  readonly barred: readonly LinkedPair[];
}

interface JudgedPair extends LinkedPair {
  readonly one: number;
  readonly other: number;
  readonly verdict: Verdict<string> | null;
  readonly effect: Effect;
  readonly gap: number;
  readonly decided: LinkDecision | null;
}

const NO_EFFECT: Effect = { links: false, proposes: false, bars: false };

/** Each member once. Judges every pair: for the records of one person or the patients of one number, not for a register. */
export function gatherLinks<Member extends LinkedRef, Action extends string>(
  members: readonly Member[],
  decisions: readonly LinkDecision[],
  gathering: Gathering<Member, Action>,
): GatheredLinks {
  const sorted = members.toSorted((one, other) => compareTexts(keyOf(one), keyOf(other)));
  const pairs = judgePairs(sorted, standingDecisions(decisions), gathering);
  const groups = new Groups(sorted.length, pairs);
  const contradictions = pairs
    .filter(isConfirmed)
    .toSorted(byDecision)
    .filter((pair) => !groups.join(pair, isRejected));
  const byStrength = pairs.filter(({ decided, effect }) => decided === null && effect.proposes).toSorted(byStrengthThenKey);
  for (const pair of byStrength) if (pair.effect.links) groups.join(pair, (across) => isRejected(across) || across.effect.bars);
  return {
    groups: toGroups(sorted, pairs, groups),
    proposals: propose(byStrength, groups),
    contradictions: contradictions.map(onlyPair),
    barred: pairs.filter(({ decided, effect }) => decided === null && effect.bars).map(onlyPair),
  };
}

const onlyPair = ({ a, b }: LinkedPair): LinkedPair => ({ a, b });
const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const isConfirmed = ({ decided }: JudgedPair): boolean => decided?.decision === "CONFIRMED";
const isRejected = ({ decided }: JudgedPair): boolean => decided !== null && decided.decision !== "CONFIRMED";

const byKey = (one: JudgedPair, other: JudgedPair): number => one.one - other.one || one.other - other.other;
const byDecision = (one: JudgedPair, other: JudgedPair): number =>
  compareTexts(one.decided?.decidedAt ?? "", other.decided?.decidedAt ?? "") || byKey(one, other);
const certaintyOf = ({ verdict }: JudgedPair): number =>
  verdict === null ? CONFIDENCES.length : CONFIDENCES.indexOf(verdict.confidence);
const byStrengthThenKey = (one: JudgedPair, other: JudgedPair): number =>
  certaintyOf(one) - certaintyOf(other) || one.gap - other.gap || byKey(one, other);

const pairKey = ({ a, b }: LinkedPair): string => `${keyOf(a)}\n${keyOf(b)}`;

/** Of each pair the latest decision; in the same instant the one that keeps apart. */
function standingDecisions(decisions: readonly LinkDecision[]): ReadonlyMap<string, LinkDecision> {
  const standing = new Map<string, LinkDecision>();
  for (const decision of decisions) {
    const key = pairKey(toPair(decision.a, decision.b));
    const known = standing.get(key);
    const order = known === undefined ? 1 : compareTexts(decision.decidedAt, known.decidedAt);
    if (order > 0 || (order === 0 && decision.decision !== "CONFIRMED")) standing.set(key, decision);
  }
  return standing;
}

function judgePairs<Member extends LinkedRef, Action extends string>(
  members: readonly Member[],
  decisions: ReadonlyMap<string, LinkDecision>,
  { judge, effects, gapOf }: Gathering<Member, Action>,
): readonly JudgedPair[] {
  return members.flatMap((member, one) =>
    members.slice(one + 1).map((another, place) => {
      const pair = { a: toRef(member), b: toRef(another) };
      const verdict = judge(member, another);
      return {
        ...pair,
        one,
        other: one + 1 + place,
        verdict,
        effect: verdict === null ? NO_EFFECT : effects[verdict.action],
        gap: gapOf(member, another),
        decided: decisions.get(pairKey(pair)) ?? null,
      };
    }),
  );
}

/** Which members are together so far. */
class Groups {
  readonly #groupOf: (readonly number[])[];
  readonly #pairs: ReadonlyMap<string, JudgedPair>;

  constructor(size: number, pairs: readonly JudgedPair[]) {
    this.#groupOf = Array.from({ length: size }, (_, member) => [member]);
    this.#pairs = new Map(pairs.map((pair) => [`${pair.one} ${pair.other}`, pair]));
  }

  /** All groups, each once, in the order of their first members. */
  all(): readonly (readonly number[])[] {
    return this.#groupOf.filter(([first], member) => first === member);
  }

  /** Members of the group in their order; the first one names it. */
  of(member: number): readonly number[] {
    return this.#groupOf[member] ?? [];
  }

  together({ one, other }: JudgedPair): boolean {
    return this.of(one) === this.of(other);
  }

  /** The first pair, in the members' order, that stands between the two groups and that the test fits. */
  findAcross({ one, other }: JudgedPair, fits: (pair: JudgedPair) => boolean): JudgedPair | null {
    const between = this.of(one).flatMap((left) => this.of(other).flatMap((right) => this.#pair(left, right) ?? []));
    return between.toSorted(byKey).find(fits) ?? null;
  }

  /** Whether the two are together now: they were already, or nothing between their groups prevents it. */
  join(pair: JudgedPair, prevents: (across: JudgedPair) => boolean): boolean {
    if (this.together(pair)) return true;
    if (this.findAcross(pair, prevents) !== null) return false;
    const joined = [...this.of(pair.one), ...this.of(pair.other)].toSorted((left, right) => left - right);
    for (const member of joined) this.#groupOf[member] = joined;
    return true;
  }

  #pair(left: number, right: number): JudgedPair | undefined {
    return this.#pairs.get(left < right ? `${left} ${right}` : `${right} ${left}`);
  }
}

function toGroups(members: readonly LinkedRef[], pairs: readonly JudgedPair[], groups: Groups): readonly LinkGroup[] {
  const linked = pairs.filter((pair) => groups.together(pair) && (isConfirmed(pair) || pair.effect.links));
  return groups.all().map((group) => ({
    members: members.filter((_, place) => group.includes(place)).map(toRef),
    links: linked
      .filter(({ one }) => groups.of(one) === group)
      .map((pair) => ({ a: pair.a, b: pair.b, verdict: pair.verdict, by: isConfirmed(pair) ? "PERSON" : "RULE" })),
  }));
}

function propose(byStrength: readonly JudgedPair[], groups: Groups): readonly Proposal[] {
  const proposed = new Set<string>();
  return byStrength.flatMap((pair) => {
    const { a, b, one, other, verdict, effect } = pair;
    const between = [groups.of(one)[0], groups.of(other)[0]].toSorted().join(" ");
    if (verdict === null || groups.together(pair) || proposed.has(between)) return [];
    if (groups.findAcross(pair, isRejected) !== null) return [];
    proposed.add(between);
    const held = effect.links ? groups.findAcross(pair, (across) => across.effect.bars) : null;
    return [{ a, b, verdict, heldBackBy: held === null ? null : onlyPair(held) }];
  });
}
