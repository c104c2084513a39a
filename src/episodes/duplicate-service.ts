/** Probable duplicates: own events that are, or may be, one episode, with what a confirmation would do. */

import { LongWork } from "../lib/long-work.ts";
import type { Page, PageRequest } from "../lib/page.ts";
import type { EpisodeRules } from "./episode-rules.ts";
import { foldDecisions } from "./fold-decisions.ts";
import { type ConflictingItem, type Foreseen, foreseeConfirmation } from "./foresee-link.ts";
import type { EpisodeEvent } from "./judge-events.ts";
import type {
  DuplicateEpisodes,
  DuplicateStore,
  KnownLink,
  LinkCaller,
  LinkEnd,
  PersonEvents,
  ReadSharedEvents,
  SharedEvent,
} from "./link-list-ports.ts";
import { keyOf, type LinkDecision, type LinkedRef, toPair } from "./link-words.ts";
import { byKey, showEnds } from "./show-shared.ts";

export interface DuplicateServiceDependencies {
  readonly store: DuplicateStore;
  readonly readShared: ReadSharedEvents;
  readonly rules: EpisodeRules;
  readonly clock: { now(): string };
}

/** What confirming a proposal would do. */
export interface Outlook {
  readonly episode: readonly LinkEnd[];
  readonly leaving: readonly LinkEnd[];
  readonly conflicts: readonly ConflictingItem[];
}

export interface OpenLink {
  readonly link: KnownLink;
  readonly onConfirming: Outlook;
}

/** Events of one person that are one episode or are proposed to be. */
export interface DuplicateGroup {
  readonly since: string;
  /** Own patients of the own events: more than one where patients are linked. */
  readonly patientIds: readonly string[];
  readonly events: readonly LinkEnd[];
  /** LINKED, with an own side. */
  readonly links: readonly KnownLink[];
  readonly open: readonly OpenLink[];
}

/** Oldest first. @throws GatewayError BAD_USER_INPUT, LIMIT_EXCEEDED */
export type ListDuplicates = (caller: LinkCaller, page: PageRequest) => Promise<Page<DuplicateGroup>>;

export function createListDuplicates({ store, readShared, rules, clock }: DuplicateServiceDependencies): ListDuplicates {
  return async (caller, page) => {
    const found = await store.duplicates(caller.actor, page);
    const personIds = [...new Set(found.nodes.map(({ node }) => node.personId))];
    if (personIds.length === 0) return { ...found, nodes: [] };
    const known = await store.personEvents(caller.actor, personIds);
    const shared = await readShared(caller, { personIds });
    const decisions = await store.decisionsAmong([...known.own, ...shared]);
    const facts = new PersonFacts(known, shared, foldDecisions("EPISODE", decisions));
    const at = clock.now();
    const foresee = ({ a, b }: KnownLink, personId: string): Outlook => {
      const foreseen = foreseeConfirmation(toPair(a, b), facts.eventsOf(personId), facts.decisionsOf(personId), rules, at);
      return toOutlook(foreseen, facts);
    };
    const nodes = await new LongWork().map(found.nodes, ({ cursor, node }) => ({ cursor, node: toGroup(node, facts, foresee) }));
    return { ...found, nodes };
  };
}

/** What was read of the persons of a page, by what it is asked for. */
class PersonFacts {
  readonly #known: PersonEvents;
  readonly #shared: ReadonlyMap<string, SharedEvent>;
  readonly #ends: ReadonlyMap<string, LinkEnd>;
  readonly #events: ReadonlyMap<string, readonly EpisodeEvent[]>;
  readonly #decisions: ReadonlyMap<string, readonly LinkDecision[]>;

  constructor(known: PersonEvents, shared: readonly SharedEvent[], standing: readonly LinkDecision[]) {
    this.#known = known;
    this.#shared = byKey(shared);
    this.#ends = new Map([...known.own, ...shared.map(toEnd)].map((end) => [keyOf(end), end]));
    const ofPersons = [...known.own.map(({ event, personId }) => ({ event, personId })), ...shared.map(withPerson)];
    const personOf = new Map(ofPersons.map(({ event, personId }) => [keyOf(event), personId]));
    const grouped = Map.groupBy(ofPersons, ({ personId }) => personId);
    this.#events = new Map([...grouped].map(([personId, events]) => [personId, events.map(({ event }) => event)]));
    this.#decisions = Map.groupBy(standing, ({ a }) => personOf.get(keyOf(a)) ?? "");
  }

  /** Null of one that came or went while the page was read. */
  end(record: LinkedRef): LinkEnd | null {
    return this.#ends.get(keyOf(record)) ?? null;
  }

  eventsOf(personId: string): readonly EpisodeEvent[] {
    return this.#events.get(personId) ?? [];
  }

  /** Of each pair of the person's events the one that stands. */
  decisionsOf(personId: string): readonly LinkDecision[] {
    return this.#decisions.get(personId) ?? [];
  }

  endsOf({ personId, episodeIds }: DuplicateEpisodes): readonly LinkEnd[] {
    const members = this.#known.members.filter((member) => member.personId === personId && episodeIds.includes(member.episodeId));
    return members.flatMap((member) => this.end(member) ?? []).toSorted(byDate);
  }

  linksOf(ends: readonly LinkEnd[]): readonly KnownLink[] {
    const keys = new Set(ends.map(keyOf));
    return this.#known.links
      .filter(({ a, b }) => keys.has(keyOf(a)) || keys.has(keyOf(b)))
      .map((link) => showEnds(link, this.#shared));
  }
}

const withPerson = (event: SharedEvent) => ({ event, personId: event.personId });

const toEnd = (event: SharedEvent): LinkEnd => ({
  ods: event.ods,
  id: event.id,
  own: false,
  organisationName: event.organisationName,
  patientId: null,
  event,
});

/** Events without a date last. */
const dateKey = (end: LinkEnd): string => `${end.event?.eventDate ?? "9999"} ${keyOf(end)}`;
const byDate = (one: LinkEnd, other: LinkEnd): number => (dateKey(one) < dateKey(other) ? -1 : 1);

function toGroup(
  group: DuplicateEpisodes,
  facts: PersonFacts,
  foresee: (link: KnownLink, personId: string) => Outlook,
): DuplicateGroup {
  const events = facts.endsOf(group);
  const links = facts.linksOf(events);
  return {
    since: group.since,
    patientIds: [...new Set(events.flatMap(({ patientId }) => patientId ?? []))],
    events,
    links: links.filter(({ state }) => state === "LINKED"),
    open: links
      .filter(({ state }) => state === "PROPOSED")
      .map((link) => ({ link, onConfirming: foresee(link, group.personId) })),
  };
}

function toOutlook({ episode, leaving, conflicts }: Foreseen, facts: PersonFacts): Outlook {
  const toEnds = (records: readonly LinkedRef[]): readonly LinkEnd[] =>
    records.flatMap((record) => facts.end(record) ?? []).toSorted(byDate);
  return { episode: toEnds(episode), leaving: toEnds(leaving), conflicts };
}
