/** Registering, looking after and revoking the systems of an organisation, and letting those of others act for it. */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { Page, PageRequest } from "../lib/page.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { checkLeave, readLine } from "./check-leave.ts";
import type { ClientRole, Delegation, Leave, NewClient, OwnClient } from "./client.ts";
import type { CertificateRule } from "./client-certificate.ts";
import type { ClientRegister } from "./client-ports.ts";
import { type AskedRotation, planRotation } from "./plan-rotation.ts";
import { KEY_PROBLEMS, type PublicKey, readKeySet } from "./public-keys.ts";

export interface ClientDescription extends Leave {
  readonly name: string;
  readonly vendor: string;
  readonly product: string;
  readonly role: ClientRole;
  /** A JWK Set as it was sent (null: none), or the address where one is published; one of the two. */
  readonly jwks: unknown;
  readonly jwksUrl: string | null;
  readonly certificates: CertificateRule;
  readonly evidence: string;
}

export interface AskedDelegation extends Leave {
  readonly clientId: string;
  readonly evidence: string;
}

export interface ClientService {
  /**
   * Asks the Guardian for a client; until it is approved it gets no token.
   * @throws GatewayError FORBIDDEN, BAD_USER_INPUT, LIMIT_EXCEEDED
   */
  register(actor: OrganisationActor, description: ClientDescription): Promise<OwnClient>;
  list(actor: OrganisationActor, page: PageRequest): Promise<Page<OwnClient>>;
  /** @throws GatewayError NOT_FOUND, as everything below; BAD_USER_INPUT, CONFLICT, FORBIDDEN for who may do less than the client */
  rotateKey(actor: OrganisationActor, clientId: string, asked: AskedRotation): Promise<OwnClient>;
  /** No token from now on; those that were given are refused within a minute. */
  revoke(actor: OrganisationActor, clientId: string, reason: string): Promise<OwnClient>;
  /** Of the Guardian in force at once; of anybody else a request to the Guardian. */
  delegate(actor: OrganisationActor, asked: AskedDelegation): Promise<Delegation>;
  endDelegation(actor: OrganisationActor, clientId: string, reason: string): Promise<Delegation>;
  delegations(actor: OrganisationActor, page: PageRequest): Promise<Page<Delegation>>;
}

export interface ClientServiceDependencies {
  readonly register: ClientRegister;
  /** The URL as it will be called; null for one that may not be. */
  readonly checkUrl: (url: string) => Promise<string | null>;
  /** Every programme of an organisation. */
  readonly programmesOf: (odsCode: string) => Promise<readonly string[]>;
  /** Whether this gateway asks its callers for certificates. */
  readonly asksForCertificates: boolean;
  /** `today` is the date in the United Kingdom. */
  readonly clock: { now(): string; today(): string };
  readonly newId: () => string;
}

export function createClientService(dependencies: ClientServiceDependencies): ClientService {
  const { register, clock } = dependencies;
  return {
    register: async (actor, description) => {
      const client = await toNewClient(actor, description, dependencies);
      const most = LIMITS.clientsPerOrganisation;
      const registered = await register.register(actor, client, most);
      if (registered !== null) return registered;
      throw new GatewayError("LIMIT_EXCEEDED", `The organisation has ${most} clients already.`, {
        details: { limit: "clientsPerOrganisation", value: most },
      });
    },
    list: (actor, page) => register.list(actor, page),
    rotateKey: async (actor, clientId, asked) => {
      if (asked.add === null && asked.remove === null) throw badInput("add", "Name a key to add, a key to remove, or both.");
      const programmes = await dependencies.programmesOf(actor.ods);
      const plan = (client: OwnClient, keys: Parameters<typeof planRotation>[1]) => {
        requireOwnKeys(client);
        if (asked.add !== null) requireReach(actor, client, programmes);
        return planRotation(asked, keys);
      };
      return foundClient(await register.changeKeys(actor, clientId, plan, clock.now()));
    },
    revoke: async (actor, clientId, reason) =>
      foundClient(await register.revoke(actor, clientId, readReason(reason), clock.now())),
    delegate: async (actor, { clientId, evidence, ...leave }) => {
      const delegation = {
        clientId,
        leave: checkLeave(actor, leave, clock.today()),
        evidence: readLine(evidence, "input.evidence", LIMITS.evidenceLength),
        at: clock.now(),
        isDecided: actor.role === "CALDICOTT_GUARDIAN",
      };
      const delegated = await register.delegate(actor, delegation);
      if (delegated !== null) return delegated;
      throw new GatewayError("NOT_FOUND", "There is no client of this id that could act for the organisation.");
    },
    endDelegation: async (actor, clientId, reason) => {
      const ended = await register.endDelegation(actor, clientId, readReason(reason), clock.now());
      if (ended !== null) return ended;
      throw new GatewayError("NOT_FOUND", "The organisation lets no client of this id act for it.");
    },
    delegations: (actor, page) => register.delegations(actor, page),
  };
}

const badInput = (path: string, message: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });

const readReason = (reason: string): string => readLine(reason, "reason", LIMITS.evidenceLength);

function foundClient(client: OwnClient | null): OwnClient {
  if (client !== null) return client;
  throw new GatewayError("NOT_FOUND", "The organisation registered no client of this id.");
}

function requireOwnKeys({ state, jwksUrl }: OwnClient): void {
  if (state === "REVOKED" || state === "DECLINED")
    throw new GatewayError("CONFLICT", "This client gets no token any more; register another one.");
  if (jwksUrl !== null)
    throw new GatewayError("CONFLICT", "The keys of this client are those it publishes: they are changed at its address.");
}

/** Whoever adds a key can act as the client: nobody but the Guardian may reach by it what is out of the own reach. */
function requireReach(
  { role, programmes }: OrganisationActor,
  { leave, actsForOthers }: OwnClient,
  all: readonly string[],
): void {
  if (role === "CALDICOTT_GUARDIAN") return;
  if (actsForOthers || !(leave?.programmes ?? all).every((code) => programmes.includes(code)))
    throw new GatewayError("FORBIDDEN", "This client may do more than you: its Caldicott Guardian adds keys.");
}

const MOST_LINE = 200;

async function toNewClient(
  actor: OrganisationActor,
  description: ClientDescription,
  dependencies: ClientServiceDependencies,
): Promise<NewClient> {
  const { name, vendor, product, role, evidence, jwks, jwksUrl, certificates, ...leave } = description;
  if ((jwks === null) === (jwksUrl === null)) throw badInput("input.jwks", "Name either jwks or jwksUrl.");
  return {
    id: dependencies.newId(),
    name: readLine(name, "input.name", MOST_LINE),
    vendor: readLine(vendor, "input.vendor", MOST_LINE),
    product: readLine(product, "input.product", MOST_LINE),
    role,
    keys: jwks === null ? [] : readKeys(jwks),
    jwksUrl: jwksUrl === null ? null : await checkAddress(jwksUrl, dependencies.checkUrl),
    certificates: checkCertificates(certificates, dependencies.asksForCertificates),
    leave: checkLeave(actor, leave, dependencies.clock.today()),
    evidence: readLine(evidence, "input.evidence", LIMITS.evidenceLength),
    at: dependencies.clock.now(),
  };
}

function readKeys(jwks: unknown): readonly PublicKey[] {
  const keys = readKeySet(jwks, LIMITS.keysPerClient);
  if (typeof keys === "string") throw badInput("input.jwks", `A key ${KEY_PROBLEMS[keys]}`);
  return keys;
}

/** One text for every reason: another would tell which names and addresses exist in our own network. */
async function checkAddress(url: string, checkUrl: ClientServiceDependencies["checkUrl"]): Promise<string> {
  const callable = url.length > LIMITS.webhookUrlLength ? null : await checkUrl(url);
  if (callable !== null) return callable;
  throw badInput(
    "input.jwksUrl",
    "The URL cannot be called: it must be https, on port 443 or 8443, without credentials or fragment, and its host must have public addresses only.",
  );
}

const MOST_CERTIFICATES = 10;
const CERTIFICATE_NAME = /^[^\p{Cc}]{1,255}$/u;
/** 32 bytes as base64url. */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

function checkCertificates({ names, thumbprints }: CertificateRule, asksForCertificates: boolean): CertificateRule {
  if (names.length + thumbprints.length === 0) return { names, thumbprints };
  if (!asksForCertificates)
    throw badInput("input.certificateNames", "This gateway does not ask for certificates, so the client could never come in.");
  if (names.length + thumbprints.length > MOST_CERTIFICATES || !names.every((name) => CERTIFICATE_NAME.test(name)))
    throw badInput("input.certificateNames", `At most ${MOST_CERTIFICATES} names and thumbprints, each on one line.`);
  if (!thumbprints.every((thumbprint) => THUMBPRINT.test(thumbprint)))
    throw badInput("input.certificateThumbprints", "A thumbprint is the SHA-256 of the certificate in base64url, 43 characters.");
  return { names: [...new Set(names.map((name) => name.toLowerCase()))], thumbprints: [...new Set(thumbprints)] };
}
