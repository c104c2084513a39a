/**
 * Persons, episodes and pairs from rows and decisions alone: the same rows give the same links, in whatever order they came and however
 * often this runs. Nothing here knows what is stored: ids are the business of `name-groups.ts`.
 */
import { LIMITS } from "../lib/limits.ts";
import type { LongWork } from "../lib/long-work.ts";
import type { EpisodeRules } from "./episode-rules.ts";
import { foldDecisions } from "./fold-decisions.ts";
import { gatherEpisodes } from "./gather-episodes.ts";
import type { GatheredLinks, Link } from "./gather-links.ts";
import { gatherPersons } from "./gather-persons.ts";
import { judgeEvents } from "./judge-events.ts";
import { judgePersons } from "./judge-persons.ts";
import type { LinkEvent, LinkPatient, LinkRows, PairKind, PairLine, PatientMerge } from "./link-ports.ts";
import { keyOf, type LinkDecision, type LinkedPair, type LinkedRef, toPair, toRef, type Verdict } from "./link-words.ts";
import type { PersonRules } from "./person-rules.ts";
import { splitPatients } from "./split-patients.ts";

export interface LinkRules {
  readonly persons: PersonRules;
  readonly episodes: EpisodeRules;
}

/** The rule of a pair that its sender merged. */
export const MERGED_BY_SENDER = "MERGED_BY_SENDER";

export interface WorkedOutPerson {
  /** In the order of organisation and id. */
  readonly patients: readonly LinkedRef[];
  readonly events: readonly LinkEvent[];
  /** Every event is in one. Null where there are more events than `LIMITS.eventsPerPerson`: nobody worked them out. */
  readonly episodes: readonly (readonly LinkedRef[])[] | null;
}

export interface WorkedOut {
  readonly persons: readonly WorkedOutPerson[];
  readonly pairs: readonly PairLine[];
  /** Patients that more others may be one person with than `LIMITS.patientsPerPerson`: nobody worked them out. */
  readonly tooLarge: readonly LinkedRef[];
}

/** Decisions by the records they name, so that each group reads its own only. */
class Decided {
  readonly #byRecord: ReadonlyMap<string, readonly LinkDecision[]>;

  constructor(decisions: readonly LinkDecision[]) {
    this.#byRecord = Map.groupBy(decisions, ({ a }) => keyOf(a));
  }

  /** @param members all that may be named */
  among(members: readonly LinkedRef[]): readonly LinkDecision[] {
    const known = new Set(members.map(keyOf));
    return members.flatMap((member) => (this.#byRecord.get(keyOf(member)) ?? []).filter(({ b }) => known.has(keyOf(b))));
  }
}

const isApart = ({ decision }: LinkDecision): boolean => decision !== "CONFIRMED";

/** A merge is the word of one organisation about two patients of its own: of the team's and its sender's words the latest stands. */
function decideMerges({ merges, decisions }: LinkRows): {
  readonly standing: readonly LinkDecision[];
  readonly merged: ReadonlySet<string>;
} {
  const ofTeams = foldDecisions("PERSON", decisions.PERSON);
  const latest = new Map(ofTeams.map((decision) => [pairKey(decision), decision]));
  const merged = new Set<string>();
  for (const merge of merges) {
    const decision = toDecision(merge);
    const known = latest.get(pairKey(decision));
    if (known !== undefined && known.decidedAt >= decision.decidedAt) continue;
    latest.set(pairKey(decision), decision);
    merged.add(pairKey(decision));
  }
  return { standing: [...latest.values()], merged };
}

const toDecision = ({ ods, patientId, mergedInto, mergedAt }: PatientMerge): LinkDecision => ({
  ...toPair({ ods, id: patientId }, { ods, id: mergedInto }),
  decision: "CONFIRMED",
  decidedAt: mergedAt,
});

const pairKey = ({ a, b }: LinkedPair): string => `${keyOf(a)}\n${keyOf(b)}`;

type Judge = (pair: LinkedPair) => Verdict<string> | null;

function toLine(kind: PairKind, { a, b }: LinkedPair, verdict: Verdict<string> | null): Omit<PairLine, "state" | "madeBy"> {
  return { kind, a, b, rule: verdict?.rule ?? null, confidence: verdict?.confidence ?? null, heldBackBy: null };
}

/** What there is to say of pairs: everything but `CONFLICT`, which only patients have. */
function toPairLines(
  kind: PairKind,
  gathered: GatheredLinks,
  decisions: readonly LinkDecision[],
  judge: Judge,
): readonly PairLine[] {
  const apart = [...decisions.filter(isApart), ...gathered.contradictions];
  return [
    ...gathered.groups.flatMap(({ links }) =>
      links.map((link: Link): PairLine => ({ ...toLine(kind, link, link.verdict), state: "LINKED", madeBy: link.by })),
    ),
    ...gathered.proposals.map(
      (proposal): PairLine => ({
        ...toLine(kind, proposal, proposal.verdict),
        state: "PROPOSED",
        madeBy: "RULE",
        heldBackBy: proposal.heldBackBy,
      }),
    ),
    ...apart.map((pair): PairLine => ({ ...toLine(kind, pair, judge(pair)), state: "APART", madeBy: "PERSON" })),
  ];
}

/** @throws RangeError for a record that is not among them: decisions are of members only */
function judgeBy<Member extends LinkedRef>(
  members: readonly Member[],
  judge: (a: Member, b: Member) => Verdict<string> | null,
): Judge {
  const byKey = new Map(members.map((member) => [keyOf(member), member]));
  const find = (ref: LinkedRef): Member => {
    const member = byKey.get(keyOf(ref));
    if (member === undefined) throw new RangeError("a decision about a record that is not there");
    return member;
  };
  return ({ a, b }) => judge(find(a), find(b));
}

/** Works out everything about these patients; the rows hold everybody they may be one person with. */
export async function workOutLinks(rows: LinkRows, rules: LinkRules, work: LongWork): Promise<WorkedOut> {
  const { standing, merged } = decideMerges(rows);
  const ofPatients = new Decided(standing);
  const ofEvents = new Decided(foldDecisions("EPISODE", rows.decisions.EPISODE));
  const eventsOf = Map.groupBy(rows.events, ({ ods, patientId }) => keyOf({ ods, id: patientId }));
  const persons: WorkedOutPerson[] = [];
  const pairs: PairLine[] = [];
  const tooLarge: LinkedRef[] = [];
  await work.each(splitPatients(rows.patients, standing), (patients) => {
    if (patients.length > LIMITS.patientsPerPerson) return void tooLarge.push(...patients.map(toRef));
    const gathered = gatherPatients(patients, ofPatients, rules.persons);
    pairs.push(...gathered.pairs.map((line) => nameMerge(line, merged)));
    for (const members of gathered.groups) {
      const worked = gatherEvents(members, eventsOf, ofEvents, rules.episodes);
      persons.push(worked.person);
      pairs.push(...worked.pairs);
    }
  });
  return { persons, pairs, tooLarge };
}

const nameMerge = (line: PairLine, merged: ReadonlySet<string>): PairLine =>
  line.state === "LINKED" && merged.has(pairKey(line))
    ? { ...line, rule: MERGED_BY_SENDER, confidence: "CERTAIN", madeBy: "RULE" }
    : line;

function gatherPatients(patients: readonly LinkPatient[], decided: Decided, rules: PersonRules) {
  const [only] = patients;
  if (only !== undefined && patients.length === 1) return { groups: [[toRef(only)]], pairs: [] };
  const decisions = decided.among(patients);
  const gathered = gatherPersons(patients, decisions, rules);
  const judge = judgeBy(patients, (a, b) => judgePersons(a, b, rules));
  const conflicts = gathered.barred.map(
    (pair): PairLine => ({ ...toLine("PERSON", pair, judge(pair)), state: "CONFLICT", madeBy: "RULE" }),
  );
  return {
    groups: gathered.groups.map(({ members }) => members),
    pairs: [...toPairLines("PERSON", gathered, decisions, judge), ...conflicts],
  };
}

function gatherEvents(
  patients: readonly LinkedRef[],
  eventsOf: ReadonlyMap<string, readonly LinkEvent[]>,
  decided: Decided,
  rules: EpisodeRules,
): { readonly person: WorkedOutPerson; readonly pairs: readonly PairLine[] } {
  const events = patients.flatMap((patient) => eventsOf.get(keyOf(patient)) ?? []);
  if (events.length > LIMITS.eventsPerPerson) return { person: { patients, events, episodes: null }, pairs: [] };
  if (events.length < 2) return { person: { patients, events, episodes: events.map((event) => [toRef(event)]) }, pairs: [] };
  const decisions = decided.among(events);
  const gathered = gatherEpisodes(events, decisions, rules);
  const judge = judgeBy(events, (a, b) => judgeEvents(a, b, rules));
  const episodes = gathered.groups.map(({ members }) => members);
  return { person: { patients, events, episodes }, pairs: toPairLines("EPISODE", gathered, decisions, judge) };
}
