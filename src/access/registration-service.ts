/** Requests to act for an organisation, the Guardian's decisions, and the start of trust. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { Page, PageRequest } from "../lib/page.ts";
import type { Actor, OrganisationActor, Role } from "../records/actor.ts";
import type { Identity, Registration, RegistrationState } from "./registration.ts";
import {
  approve,
  attest,
  type ConfirmedKind,
  confirm,
  confirmRemoval,
  decline,
  end,
  entryOf,
  noSuchRegistration,
  proposeRemoval,
} from "./registration-decisions.ts";
import type { JudgeChange, RegistrationStore } from "./registration-ports.ts";
import { type Decider, type Moment, type RegistrationStanding, standingOf } from "./registration-rules.ts";
import { readOdsCode, readProgrammes, readProse, readText } from "./registration-texts.ts";

/** A registration with what it is worth at this moment. */
export type JudgedRegistration = Registration & { readonly standing: RegistrationStanding };

export interface RegistrationRequest {
  readonly odsCode: string;
  readonly role: Extract<Role, "CLINICAL_TEAM" | "CALDICOTT_GUARDIAN">;
  readonly programmes: readonly string[] | null;
  readonly name: string;
  readonly evidence: string;
}

export interface Proposal {
  readonly kind: ProposedKind;
  /** Of a Guardian; the others act for no organisation. */
  readonly odsCode: string | null;
  readonly issuer: string;
  readonly subject: string;
  readonly evidence: string;
}

export type ProposedKind = Exclude<ConfirmedKind, "BREAK_GLASS">;
const PROPOSED: Readonly<Record<ProposedKind, { readonly role: Role; readonly name: string }>> = {
  GUARDIAN: { role: "CALDICOTT_GUARDIAN", name: "Caldicott Guardian" },
  ADMIN: { role: "AUDIT_ADMIN", name: "Audit administrator" },
  ANALYST: { role: "ANALYST", name: "Analyst" },
};

/** All throw GatewayError: FORBIDDEN, NOT_FOUND (also for what the actor may not know of), CONFLICT, BAD_USER_INPUT, DATABASE_UNAVAILABLE. */
export interface RegistrationService {
  /** The same request is answered again while it is open. @throws GatewayError LIMIT_EXCEEDED as well */
  request(actor: Actor, asked: RegistrationRequest): Promise<JudgedRegistration>;
  approve(
    actor: Actor,
    id: string,
    approval: { readonly endsOn: string | null; readonly programmes: readonly string[] | null },
  ): Promise<JudgedRegistration>;
  decline(actor: Actor, id: string, reason: string): Promise<JudgedRegistration>;
  end(actor: Actor, id: string, reason: string): Promise<JudgedRegistration>;
  /** All of them, or none. */
  attest(actor: Actor, ids: readonly string[]): Promise<readonly JudgedRegistration[]>;
  propose(actor: Actor, proposal: Proposal): Promise<JudgedRegistration>;
  confirm(actor: Actor, id: string, kind: ConfirmedKind): Promise<JudgedRegistration>;
  /** Asks to read an organisation's rows for an hour. @throws GatewayError FORBIDDEN, BAD_USER_INPUT, CONFLICT */
  breakGlass(actor: Actor, odsCode: string, reason: string): Promise<JudgedRegistration>;
  /** What a Guardian has not attested to have seen, whatever became of it; latest first. */
  unseenBreakGlass(actor: Actor): Promise<readonly JudgedRegistration[]>;
  proposeRemoval(actor: Actor, id: string, reason: string): Promise<JudgedRegistration>;
  confirmRemoval(actor: Actor, id: string): Promise<JudgedRegistration>;
  /** Of a Guardian's organisation; of an administrator, Guardians and administrators. Latest first. */
  list(actor: Actor, states: readonly RegistrationState[] | null, page: PageRequest): Promise<Page<JudgedRegistration>>;
  /** Every Guardian an organisation has, had, or is to have. Latest first. */
  guardians(odsCode: string, page: PageRequest): Promise<Page<JudgedRegistration>>;
  /** The actor's own. */
  own(actor: Actor): Promise<readonly JudgedRegistration[]>;
}

export interface RegistrationDependencies {
  readonly store: RegistrationStore;
  readonly clock: { now(): string; today(): string };
  /** Issuers whose people may come in: whoever is registered under another one never could. */
  readonly issuers: ReadonlySet<string>;
  readonly isRegistered: (odsCode: string) => Promise<boolean>;
  /** Hours until a confirmed Guardian or administrator is in force. */
  readonly trustDelayHours: number;
  /** A person's registrations changed: what is remembered of them is not true any more. */
  readonly forget: (identity: Identity) => void;
}

/** Requests of one person that may be open at once. */
const MOST_OPEN = 5;
/** Registrations attested at once. */
const MOST_ATTESTED = 100;

/** How registrations are judged and changed, whatever the change. */
function createChanges({ store, clock, forget }: RegistrationDependencies) {
  const moment = (): Moment => ({ now: clock.now(), today: clock.today() });
  const judged = (registration: Registration): JudgedRegistration => ({
    ...registration,
    standing: standingOf(registration, moment()),
  });
  const judgedPage = ({ nodes, ...page }: Page<Registration>): Page<JudgedRegistration> => ({
    ...page,
    nodes: nodes.map(({ cursor, node }) => ({ cursor, node: judged(node) })),
  });
  const changeAll = async (
    actor: Actor,
    ids: readonly string[],
    judge: (decider: Decider) => JudgeChange,
  ): Promise<readonly JudgedRegistration[]> => {
    const decider = { actor, identity: await store.identityOf(actor) };
    const changed = await store.change(decider, ids, judge(decider));
    if (changed === null) throw noSuchRegistration();
    for (const { identity } of changed) if (identity !== null) forget(identity);
    return changed.map(judged);
  };
  const change = async (actor: Actor, id: string, judge: (decider: Decider) => JudgeChange): Promise<JudgedRegistration> => {
    const [changed] = await changeAll(actor, [id], judge);
    if (changed === undefined) throw noSuchRegistration();
    return changed;
  };
  return { moment, judged, judgedPage, changeAll, change };
}

export function createRegistrationService(dependencies: RegistrationDependencies): RegistrationService {
  const { store, trustDelayHours } = dependencies;
  const { moment, judged, judgedPage, changeAll, change } = createChanges(dependencies);
  return {
    request: async (actor, asked) => judged(await request(dependencies, actor, asked)),
    approve: (actor, id, { endsOn, programmes }) => {
      const approval = { endsOn, programmes: readProgrammes(programmes) };
      return change(actor, id, (decider) => approve(decider, moment(), approval));
    },
    decline: (actor, id, reason) => {
      const read = readProse("reason", reason);
      return change(actor, id, (decider) => decline(decider, moment(), read));
    },
    end: (actor, id, reason) => {
      const read = readProse("reason", reason);
      return change(actor, id, (decider) => end(decider, moment(), read));
    },
    attest: (actor, ids) => {
      const distinct = [...new Set(ids)];
      if (distinct.length === 0 || distinct.length > MOST_ATTESTED)
        throw new GatewayError("BAD_USER_INPUT", `\`ids\` names 1 to ${MOST_ATTESTED}.`, { details: { path: "ids" } });
      return changeAll(actor, distinct, (decider) => attest(decider, moment()));
    },
    propose: async (actor, proposal) => judged(await propose(dependencies, actor, proposal)),
    confirm: (actor, id, kind) =>
      change(actor, id, (decider) => confirm(decider, moment(), kind, kind === "BREAK_GLASS" ? 0 : trustDelayHours)),
    breakGlass: async (actor, odsCode, reason) => judged(await breakGlass(dependencies, actor, odsCode, reason)),
    unseenBreakGlass: async ({ role, ods }) =>
      role === "CALDICOTT_GUARDIAN" && ods !== null ? (await store.unseenBreakGlass(ods)).map(judged) : [],
    proposeRemoval: (actor, id, reason) => {
      const read = readProse("reason", reason);
      return change(actor, id, (decider) => proposeRemoval(decider, moment(), read));
    },
    confirmRemoval: (actor, id) => change(actor, id, (decider) => confirmRemoval(decider, moment())),
    list: async ({ role, ods }, states, page) => {
      const filter =
        role === "AUDIT_ADMIN"
          ? ({ odsCode: null, among: "TRUSTED" } as const)
          : ({ odsCode: requireOds(ods), among: "ALL" } as const);
      return judgedPage(await store.page({ ...filter, states }, page));
    },
    guardians: async (odsCode, page) => judgedPage(await store.page({ odsCode, among: "GUARDIANS", states: null }, page)),
    own: async (actor) => {
      const identity = await store.identityOf(actor);
      return identity === null ? [] : (await store.ofIdentity(identity)).map(judged);
    },
  };
}

function requireOds(ods: OrganisationActor["ods"] | null): string {
  if (ods === null) throw new GatewayError("FORBIDDEN", "The token names no organisation to act for.");
  return ods;
}

/** Whatever the organisation: whether one takes part in the audit is not told to whoever asks. */
async function request(
  { store, clock }: RegistrationDependencies,
  actor: Actor,
  asked: RegistrationRequest,
): Promise<Registration> {
  const identity = await store.identityOf(actor);
  if (identity === null) throw new GatewayError("FORBIDDEN", "A person asks, with a token of a configured identity provider.");
  const kept = await store.request(
    {
      kind: "PERSON",
      odsCode: readOdsCode(asked.odsCode),
      role: asked.role,
      programmes: readProgrammes(asked.programmes),
      identity,
      clientId: null,
      name: readProse("name", asked.name),
      evidence: readProse("evidence", asked.evidence),
      requestedBy: actor.clientId,
      requestedAt: clock.now(),
    },
    MOST_OPEN,
    (registration) => entryOf("REQUEST_REGISTRATION", { actor }, registration, "CREATE"),
  );
  if (kept === "REGISTERED") throw new GatewayError("CONFLICT", "You are registered there in this role.");
  if (kept === "TOO_MANY")
    throw new GatewayError("LIMIT_EXCEEDED", "As many requests as one person may have are open.", {
      details: { limit: MOST_OPEN },
    });
  return kept;
}

/** What an administrator may see for an hour once another one confirms it; the organisation's Guardians are shown it at once. */
async function breakGlass(
  { store, clock, isRegistered }: RegistrationDependencies,
  actor: Actor,
  odsCode: string,
  reason: string,
): Promise<Registration> {
  const identity = await store.identityOf(actor);
  if (identity === null) throw new GatewayError("FORBIDDEN", "A person asks, with a token of a configured identity provider.");
  if (!(await isRegistered(readOdsCode(odsCode))))
    throw new GatewayError("BAD_USER_INPUT", "The organisation is not registered.", { details: { path: "odsCode" } });
  const kept = await store.request(
    {
      kind: "BREAK_GLASS",
      odsCode,
      role: "CLINICAL_TEAM",
      programmes: null,
      identity,
      clientId: null,
      name: "Break-glass",
      evidence: readProse("reason", reason),
      requestedBy: actor.clientId,
      requestedAt: clock.now(),
    },
    MOST_OPEN,
    (registration) => entryOf("ASK_BREAK_GLASS", { actor }, registration, "CREATE"),
  );
  if (kept === "REGISTERED" || kept === "TOO_MANY")
    throw new GatewayError("CONFLICT", `At most ${MOST_OPEN} such requests of yours may be open at once.`);
  return kept;
}

async function propose(
  { store, clock, issuers, isRegistered }: RegistrationDependencies,
  actor: Actor,
  { kind, odsCode, issuer, subject, evidence }: Proposal,
): Promise<Registration> {
  if (!issuers.has(issuer))
    throw new GatewayError("BAD_USER_INPUT", "The issuer is not configured.", { details: { path: "issuer" } });
  if (odsCode !== null && !(await isRegistered(odsCode)))
    throw new GatewayError("BAD_USER_INPUT", "The organisation is not registered.", { details: { path: "odsCode" } });
  const kept = await store.request(
    {
      kind,
      odsCode: odsCode === null ? null : readOdsCode(odsCode),
      role: PROPOSED[kind].role,
      programmes: null,
      identity: { issuer, subject: readText("subject", subject) },
      clientId: null,
      name: PROPOSED[kind].name,
      evidence: readProse("evidence", evidence),
      requestedBy: actor.clientId,
      requestedAt: clock.now(),
    },
    MOST_OPEN,
    (registration) => entryOf(`PROPOSE_${kind}`, { actor }, registration, "CREATE"),
  );
  if (kept === "REGISTERED") throw new GatewayError("CONFLICT", "This identity holds the role already.");
  if (kept === "TOO_MANY")
    throw new GatewayError("LIMIT_EXCEEDED", "As many proposals as there may be for one identity are open.", {
      details: { limit: MOST_OPEN },
    });
  return kept;
}
