/**
 * What a clinical team is shown of links, and what it decides about them. Every decision has a reason, is kept, and can be taken back by
 * the next one; what comes of it is worked out before the answer.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { Page, PageRequest } from "../lib/page.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { foldDecisions } from "./fold-decisions.ts";
import { findContradiction } from "./foresee-link.ts";
import type {
  Decision,
  IdentityConflict,
  KnownLink,
  LinkCaller,
  LinkFilter,
  LinkListStore,
  OwnRecord,
  ReadSharedEvents,
  WhichLink,
} from "./link-list-ports.ts";
import { LISTED_STATES } from "./link-list-ports.ts";
import type { PairKind, Relink } from "./link-ports.ts";
import { type LinkedPair, toPair } from "./link-words.ts";
import { refuseDecision } from "./refuse-decision.ts";
import { showShared } from "./show-shared.ts";

export interface LinkServiceDependencies {
  readonly store: LinkListStore;
  readonly readShared: ReadSharedEvents;
  readonly relink: Relink;
  readonly clock: { now(): string; today(): string };
}

/** Two own records that no rule names. */
export interface RecordsToLink {
  readonly kind: PairKind;
  readonly a: string;
  readonly b: string;
  readonly reason: string;
}

/** Every list throws GatewayError LIMIT_EXCEEDED where it would show events of too many persons of other organisations. */
export interface LinkService {
  proposed(caller: LinkCaller, kind: PairKind | null, page: PageRequest): Promise<Page<KnownLink>>;
  /** Of an own record, in whatever state; empty for what is none. */
  ofRecord(caller: LinkCaller, recordId: string, page: PageRequest): Promise<Page<KnownLink>>;
  /** @throws GatewayError BAD_USER_INPUT, NOT_FOUND, CONFLICT (its `reason` in the details), OVERLOADED */
  decide(caller: LinkCaller, id: string, decision: Decision, reason: string): Promise<KnownLink>;
  /** @throws GatewayError as `decide` */
  linkRecords(caller: LinkCaller, records: RecordsToLink): Promise<KnownLink>;
  /** Those found before today: whoever sends a record does not learn at once that it contradicts another one. */
  identityConflicts(actor: OrganisationActor, page: PageRequest): Promise<Page<IdentityConflict>>;
}

export function createLinkService(dependencies: LinkServiceDependencies): LinkService {
  const { store, clock } = dependencies;
  const list = async (caller: LinkCaller, filter: LinkFilter, page: PageRequest): Promise<Page<KnownLink>> => {
    const found = await store.links(caller.actor, filter, page);
    const links = found.nodes.map(({ node }) => node);
    const shown = await showShared(dependencies.readShared, caller, links);
    return { ...found, nodes: found.nodes.map(({ cursor, node }, place) => ({ cursor, node: shown[place] ?? node })) };
  };
  return {
    proposed: (caller, kind, page) => list(caller, { kind, states: ["PROPOSED"], recordId: null }, page),
    ofRecord: (caller, recordId, page) => list(caller, { kind: null, states: LISTED_STATES, recordId }, page),
    decide: (caller, id, decision, reason) => decideLink(dependencies, caller, { id, decision, reason }),
    linkRecords: (caller, records) => linkRecords(dependencies, caller, records),
    identityConflicts: (actor, page) => store.identityConflicts(actor, clock.today(), page),
  };
}

interface Intent {
  readonly id: string;
  readonly decision: Decision;
  readonly reason: string;
}

async function decideLink(
  dependencies: LinkServiceDependencies,
  caller: LinkCaller,
  { id, decision, reason }: Intent,
): Promise<KnownLink> {
  const stated = readReason(reason);
  const link = await dependencies.store.link(caller.actor, { id });
  if (link === null) throw linkNotFound();
  // Over the limit nothing is decided that the answer could not show.
  await showShared(dependencies.readShared, caller, [link]);
  if (decision === "CONFIRMED" && link.state !== "LINKED") await refuseContradiction(dependencies, caller.actor, link.kind, link);
  refuseDecision(link, decision, caller.actor.ods);
  return await keepDecision(dependencies, caller, { ...toPair(link.a, link.b), kind: link.kind, decision, reason: stated });
}

async function linkRecords(
  dependencies: LinkServiceDependencies,
  caller: LinkCaller,
  { kind, a, b, reason }: RecordsToLink,
): Promise<KnownLink> {
  const stated = readReason(reason);
  const { store } = dependencies;
  if (a === b) throw new GatewayError("BAD_USER_INPUT", "A record is not linked to itself.", { details: { path: "input.b" } });
  const own = await store.ownRecords(caller.actor, kind, [a, b]);
  const [one, other] = own;
  if (one === undefined || other === undefined) throw recordNotFound();
  if (kind === "EPISODE") refuseTwoPersons(one, other);
  const pair = toPair(one, other);
  const link = await store.link(caller.actor, { kind, ...pair });
  if (link?.state !== "LINKED") await refuseContradiction(dependencies, caller.actor, kind, pair);
  if (link !== null) refuseDecision(link, "CONFIRMED", caller.actor.ods);
  return await keepDecision(dependencies, caller, { ...pair, kind, decision: "CONFIRMED", reason: stated });
}

/** Of two persons there is no one episode: a decision about their events would come to nothing. */
function refuseTwoPersons(one: OwnRecord, other: OwnRecord): void {
  if (one.personId === other.personId) return;
  throw new GatewayError("CONFLICT", "The events are of two patients who are not linked: link the patients first.", {
    details: { reason: "NOT_ONE_PERSON" },
  });
}

/** Older confirmations stand, and so do rejections: a new confirmation undoes neither in silence. */
async function refuseContradiction(
  { store }: LinkServiceDependencies,
  { ods }: OrganisationActor,
  kind: PairKind,
  { a, b }: LinkedPair,
): Promise<void> {
  const decisions = await store.decisionsAround({ kind, records: [a, b] });
  const rejected = findContradiction(toPair(a, b), foldDecisions(kind, decisions));
  if (rejected === null) return;
  const records = [rejected.a, rejected.b].filter((record) => record.ods === ods).map(({ id }) => id);
  throw new GatewayError("CONFLICT", "Confirming it would bring two records together that people keep apart.", {
    details: { reason: "CONTRADICTS_REJECTION", records },
  });
}

async function keepDecision(
  dependencies: LinkServiceDependencies,
  caller: LinkCaller,
  decided: LinkedPair & { readonly kind: PairKind; readonly decision: Decision; readonly reason: string },
): Promise<KnownLink> {
  const { store, relink, clock } = dependencies;
  const { kind, a, b } = decided;
  await store.decide(caller.actor, { ...decided, at: clock.now() });
  const isWorkedOut = await relink({ kind, records: [a, b] });
  const which: WhichLink = { kind, a, b };
  const link = await store.link(caller.actor, which);
  if (link === null) throw isWorkedOut ? nothingToLink() : notWorkedOut();
  const [shown = link] = await showShared(dependencies.readShared, caller, [link]);
  return shown;
}

function readReason(reason: string): string {
  const text = reason.trim();
  if (text !== "" && text.length <= LIMITS.linkReasonLength && text.isWellFormed()) return text;
  throw new GatewayError("BAD_USER_INPUT", `A reason of 1 to ${LIMITS.linkReasonLength} characters is needed.`, {
    details: { path: "reason" },
  });
}

const RETRY_SECONDS = 2;

const linkNotFound = (): GatewayError => new GatewayError("NOT_FOUND", "There is no such link.");
const recordNotFound = (): GatewayError => new GatewayError("NOT_FOUND", "There are no two such records.");
/** A record was removed meanwhile, or the person is too large for the linker. */
const nothingToLink = (): GatewayError =>
  new GatewayError(
    "NOT_FOUND",
    "The decision is kept, but one of the records is no more, or the person has too many to be linked.",
  );
const notWorkedOut = (): GatewayError =>
  new GatewayError("OVERLOADED", "The decision is kept. What comes of it is worked out within seconds: read the links again.", {
    retryAfterSeconds: RETRY_SECONDS,
  });
