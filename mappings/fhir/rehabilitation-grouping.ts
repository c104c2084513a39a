/** Puts together what a source says of rehabilitation: which event it is for, and which statements are of one programme. */
import type { Located } from "../support/fhir-reader.ts";
import type { EventRecord } from "./event-records.ts";
import type { ResourceUse } from "./fhir-run.ts";
import type { RehabilitationEvidence } from "./patient-file.ts";

/** An event with a date. */
export type DatedEvent = EventRecord & { readonly eventDate: string };

/** A stretch of rehabilitation as the source states it. */
export interface StatedRehabilitation {
  /** The statement it is made from: an episode or plan, else the first visit, else the referral. */
  readonly head: RehabilitationEvidence;
  readonly referral: RehabilitationEvidence | null;
  /** Null: referred, and nothing is said of a start. */
  readonly start: Located<string> | null;
  readonly end: Stated | null;
  readonly completed: Stated<"YES" | "NO"> | null;
  /** Further statements of the same one: visits, a plan beside an episode. */
  readonly others: readonly RehabilitationEvidence[];
}

/** A value with the resource it was read in. */
export interface Stated<T extends string = string> extends Located<T> {
  readonly use: ResourceUse;
}

/** What belongs to one event: one of the input, or one known by the id of its diagnosis only. */
export interface EventGroup {
  readonly event: DatedEvent | null;
  readonly eventId: string | null;
  readonly stated: readonly StatedRehabilitation[];
}

/**
 * Evidence belongs to the event it names, else to the latest event on or before it. What names none and precedes every event, or has
 * none, is reported as unused.
 */
export function groupByEvent(evidence: readonly RehabilitationEvidence[], events: readonly DatedEvent[]): readonly EventGroup[] {
  const groups = new Map<DatedEvent | string, RehabilitationEvidence[]>();
  for (const item of followLinks(evidence)) {
    const key = findEvent(item, events);
    if (key === null) item.use.setAside("DROPPED", "NO_INITIATING_EVENT");
    else groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups].map(([key, items]) =>
    typeof key === "string"
      ? { event: null, eventId: key, stated: toStated(items) }
      : { event: key, eventId: null, stated: toStated(items) },
  );
}

/** A referral is for the event of the programme that follows from it, and the other way round. */
function followLinks(evidence: readonly RehabilitationEvidence[]): readonly RehabilitationEvidence[] {
  return evidence.map((item) => {
    if (item.about.length > 0) return item;
    const linked = evidence.find(({ use, basedOn, about }) => about.length > 0 && isLinked(item, { use, basedOn }));
    return linked === undefined ? item : { ...item, about: linked.about };
  });
}

type Link = Pick<RehabilitationEvidence, "use" | "basedOn">;
const isLinked = (one: Link, other: Link): boolean =>
  one.basedOn.includes(other.use.entry) || other.basedOn.includes(one.use.entry);

function findEvent({ about, start }: RehabilitationEvidence, events: readonly DatedEvent[]): DatedEvent | string | null {
  const named = events.find(({ sources }) => about.some(({ entry }) => entry !== null && sources.has(entry)));
  if (named !== undefined) return named;
  const ids = new Set(about.flatMap(({ id }) => id ?? []));
  const [id] = ids;
  if (id !== undefined && ids.size === 1) return id;
  return events.findLast(({ eventDate }) => eventDate <= start.value) ?? null;
}

const byStart = (one: RehabilitationEvidence, other: RehabilitationEvidence): number =>
  one.start.value < other.start.value ? -1 : one.start.value > other.start.value ? 1 : 0;

/** Each episode is a rehabilitation; without one each plan; without either, all visits after an event are the sessions of one. */
function toStated(items: readonly RehabilitationEvidence[]): readonly StatedRehabilitation[] {
  const ordered = items.toSorted(byStart);
  const [episodes, plans, contacts, referrals] = (["EPISODE", "PLAN", "ENCOUNTER", "REFERRAL"] as const).map((kind) =>
    ordered.filter((item) => item.kind === kind),
  );
  const heads = [episodes ?? [], plans ?? [], (contacts ?? []).slice(0, 1)].find((found) => found.length > 0) ?? [];
  const rest = [...(plans ?? []), ...(contacts ?? [])].filter((item) => !heads.includes(item));
  const free = [...(referrals ?? [])];
  const stated = heads.map((head) => {
    const others = rest.filter((item) => findHead(item, heads) === head);
    return describe(head, takeReferral([head, ...others], free), others);
  });
  return [...stated, ...referredOnly(free, stated)];
}

/** The programme during which, or nearest after whose start, a plan or visit lies; what precedes all belongs to the first. */
const findHead = (item: RehabilitationEvidence, heads: readonly RehabilitationEvidence[]): RehabilitationEvidence | undefined =>
  heads.find((head) => isLinked(item, head)) ?? heads.findLast((head) => head.start.value <= item.start.value) ?? heads[0];

/** The referral a programme names, else the first of those on or before its start: the wait began with it. */
function takeReferral(
  programme: readonly RehabilitationEvidence[],
  free: RehabilitationEvidence[],
): RehabilitationEvidence | null {
  const [head] = programme;
  const named = free.find(({ use }) => programme.some(({ basedOn }) => basedOn.includes(use.entry)));
  const referral = named ?? free.find(({ start }) => head !== undefined && start.value <= head.start.value);
  if (referral === undefined) return null;
  free.splice(free.indexOf(referral), 1);
  return referral;
}

/** A referral that nothing follows is a rehabilitation referred to and not begun; one sent again for the same start says nothing new. */
function referredOnly(
  free: readonly RehabilitationEvidence[],
  stated: readonly StatedRehabilitation[],
): readonly StatedRehabilitation[] {
  const lastStart = stated.reduce((last, { start }) => (start !== null && start.value > last ? start.value : last), "");
  const open = free.filter(({ start }) => start.value > lastStart);
  for (const { use } of free.filter((referral) => referral !== open[0])) use.setAside("DROPPED", "ANOTHER_REFERRAL_IS_USED");
  const [first] = open;
  return first === undefined ? [] : [{ ...describe(first, first, []), start: null }];
}

function describe(
  head: RehabilitationEvidence,
  referral: RehabilitationEvidence | null,
  others: readonly RehabilitationEvidence[],
): StatedRehabilitation {
  const tellers = [head, ...others.filter(({ kind }) => kind === "PLAN")];
  const ends = tellers.flatMap(({ end, use }) => (end === null ? [] : [{ ...end, use }]));
  const completions = tellers.flatMap(({ completed, use }) => (completed === null ? [] : [{ ...completed, use }]));
  return { head, referral, start: head.start, end: ends[0] ?? null, completed: completions[0] ?? null, others };
}
