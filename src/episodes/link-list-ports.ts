/** Links as a clinical team sees and decides about them: what the use case needs of the store. */
import type { Page, PageRequest } from "../lib/page.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { EpisodeEvent } from "./judge-events.ts";
import type { DecidedRecords, PairKind, PairState, TeamDecision } from "./link-ports.ts";
import type { Confidence, LinkDecision, LinkedPair, LinkedRef } from "./link-words.ts";

/** A pair whose identities contradict each other is never shown as one: `IdentityConflict`. */
export const LISTED_STATES = ["LINKED", "PROPOSED", "APART"] as const satisfies readonly PairState[];
export type ListedState = (typeof LISTED_STATES)[number];

export const DECISIONS = ["CONFIRMED", "REJECTED", "UNLINKED"] as const satisfies readonly LinkDecision["decision"][];
export type Decision = LinkDecision["decision"];

/** Who asks, and the request that the access logs name. */
export interface LinkCaller {
  readonly actor: OrganisationActor;
  readonly correlationId: string;
}

/** One of the two records of a link, of whatever organisation. Its id is for the own organisation's people only. */
export interface LinkEnd extends LinkedRef {
  readonly own: boolean;
  readonly organisationName: string;
  /** Of an own record: the patient it is, or is of. */
  readonly patientId: string | null;
  /** Null of a patient, and of another organisation's event that no link shows. */
  readonly event: EpisodeEvent | null;
}

/** What a team decided, and the reason and the actor where it was the own one. */
export interface DecisionEntry {
  readonly decision: Decision;
  readonly ods: string;
  readonly organisationName: string;
  /** ISO instant. */
  readonly at: string;
  readonly clientId: string | null;
  readonly reason: string | null;
}

/** A pair of records, at least one of them the own organisation's. */
export interface KnownLink {
  readonly id: string;
  readonly kind: PairKind;
  readonly state: ListedState;
  readonly rule: string | null;
  readonly confidence: Confidence | null;
  readonly madeBy: "RULE" | "PERSON";
  /** ISO instant. */
  readonly since: string;
  /** Own events of the pair that stands between, where a rule would link. */
  readonly heldBackBy: readonly string[];
  readonly a: LinkEnd;
  readonly b: LinkEnd;
  /** Earliest first; the latest of each team stands. */
  readonly decisions: readonly DecisionEntry[];
}

export interface LinkFilter {
  readonly kind: PairKind | null;
  readonly states: readonly ListedState[];
  /** An own record; null: any. */
  readonly recordId: string | null;
}

/** An event as a list of duplicates knows it: in which person and episode it is. */
export interface EpisodeMember extends LinkedRef {
  readonly personId: string;
  readonly episodeId: string;
}

/** Episodes of one person that are proposed to be one, or one that holds own events more than once. */
export interface DuplicateEpisodes {
  readonly id: string;
  readonly personId: string;
  /** The earliest of its links and proposals. ISO instant. */
  readonly since: string;
  readonly episodeIds: readonly string[];
}

/** An own event with the person it is of. */
export interface PersonEvent extends LinkEnd {
  readonly event: EpisodeEvent;
  readonly personId: string;
}

/** What is known of the persons of a page of duplicates. */
export interface PersonEvents {
  /** All own events of the persons, also those that nothing is said of. */
  readonly own: readonly PersonEvent[];
  /** Own ones and those that a link shows. */
  readonly members: readonly EpisodeMember[];
  /** LINKED and PROPOSED, with an own side. */
  readonly links: readonly KnownLink[];
}

/** An own patient whose identity contradicts another one's. Nothing is said of the other. */
export interface IdentityConflict {
  readonly patientId: string;
  /** ISO instant. */
  readonly since: string;
}

/** An own record that two own records are linked by. */
export interface OwnRecord extends LinkedRef {
  readonly patientId: string;
  /** The person of its patient; the patient itself where it is one by itself. */
  readonly personId: string;
}

export interface DecisionToStore extends LinkedPair {
  readonly kind: PairKind;
  readonly decision: Decision;
  /** Free text: kept sealed, never logged. */
  readonly reason: string;
  /** ISO instant. Stored is a later one where a decision about the pair has it already. */
  readonly at: string;
}

export type WhichLink = { readonly id: string } | (LinkedPair & { readonly kind: PairKind });

/** Everything under the actor's row-level security but `decisionsAround`, which is never shown. */
export interface LinkListStore {
  /** Oldest first. @throws GatewayError BAD_USER_INPUT where `after` is no position of the list; so the other lists */
  links(actor: OrganisationActor, filter: LinkFilter, page: PageRequest): Promise<Page<KnownLink>>;
  /** Null where it is none, or one of identities in conflict, or not the actor's. */
  link(actor: OrganisationActor, which: WhichLink): Promise<KnownLink | null>;
  /** Those that are own records of the kind, in no order. */
  ownRecords(actor: OrganisationActor, kind: PairKind, ids: readonly string[]): Promise<readonly OwnRecord[]>;
  decide(actor: OrganisationActor, decision: DecisionToStore): Promise<void>;
  /** Of all organisations: decisions among the records that confirmations join to these, and merges, which count as such. */
  decisionsAround(decided: DecidedRecords): Promise<readonly TeamDecision[]>;
  /** Oldest first. @param day the calendar date in London before which a conflict was found */
  identityConflicts(actor: OrganisationActor, day: string, page: PageRequest): Promise<Page<IdentityConflict>>;
}

/** As above; never shown is `decisionsAmong`. */
export interface DuplicateStore {
  /** Oldest first. */
  duplicates(actor: OrganisationActor, page: PageRequest): Promise<Page<DuplicateEpisodes>>;
  personEvents(actor: OrganisationActor, personIds: readonly string[]): Promise<PersonEvents>;
  /** Of all organisations: decisions about these events. */
  decisionsAmong(events: readonly LinkedRef[]): Promise<readonly TeamDecision[]>;
}

/** An event of another organisation that a link shows. */
export interface SharedEvent extends EpisodeEvent {
  readonly organisationName: string;
  readonly personId: string;
}

/**
 * Reads events of other organisations that links show, and writes the reading into the access logs, in one transaction.
 * @throws GatewayError LIMIT_EXCEEDED where the client has read of too many persons within the hour
 */
export type ReadSharedEvents = (
  caller: LinkCaller,
  wanted: { readonly events: readonly LinkedRef[] } | { readonly personIds: readonly string[] },
) => Promise<readonly SharedEvent[]>;
