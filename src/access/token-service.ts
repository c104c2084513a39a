/** `POST /oauth2/token`: client credentials with a signed assertion, for one organisation the client may act for today. */
import { LIMITS } from "../lib/limits.ts";
import type { Actor } from "../records/actor.ts";
import type { TokenIssuer } from "./access-token.ts";
import { type AssertionContext, verifyAssertion } from "./client-assertion.ts";
import { type ClientCertificate, hasCertificateRule } from "./client-certificate.ts";
import { isInForce } from "./delegation.ts";
import type { ClientOrganisation, RefusalReason, RegisteredClient, TokenRefusal } from "./ports.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

export interface TokenResponse {
  readonly status: 200 | 400 | 401;
  readonly body: Readonly<Record<string, string | number>>;
}

export interface TokenServiceDependencies extends AssertionContext {
  readonly issuer: TokenIssuer;
  readonly newId: () => string;
  /** Today's date in the United Kingdom. */
  readonly today: () => string;
  /** Done before the refusal is answered. Never throws. */
  readonly reportRefusal: (refusal: TokenRefusal) => Promise<void>;
}

export interface TokenService {
  /**
   * `form` holds the decoded `application/x-www-form-urlencoded` body; `certificate` came with the connection (null: none did).
   * @throws GatewayError DATABASE_UNAVAILABLE
   */
  requestToken(
    form: ReadonlyMap<string, string>,
    correlationId: string,
    certificate: ClientCertificate | null,
  ): Promise<TokenResponse>;
}

export function createTokenService(dependencies: TokenServiceDependencies): TokenService {
  return {
    requestToken: (form, correlationId, certificate) => requestToken(form, { correlationId, certificate }, dependencies),
  };
}

/** One answer for every way in which a client can fail to get what it asks for, so that nothing can be learnt from it. */
const INVALID_CLIENT: TokenResponse = { status: 401, body: { error: "invalid_client" } };

interface Connection {
  readonly correlationId: string;
  readonly certificate: ClientCertificate | null;
}

async function requestToken(
  form: ReadonlyMap<string, string>,
  { correlationId, certificate }: Connection,
  dependencies: TokenServiceDependencies,
): Promise<TokenResponse> {
  if (form.get("grant_type") !== "client_credentials") return { status: 400, body: { error: "unsupported_grant_type" } };
  const assertion = form.get("client_assertion");
  if (form.get("client_assertion_type") !== ASSERTION_TYPE || assertion === undefined)
    return { status: 400, body: { error: "invalid_request" } };
  const verified = await verifyAssertion(assertion, certificate, dependencies);
  const decided = verified.refused === null ? decide(verified.client, form, dependencies.today()) : verified.refused;
  if (typeof decided === "string") {
    const { id: clientId = null, ownerOds: ods = null } = verified.client ?? {};
    await dependencies.reportRefusal({ reason: decided, clientId, ods, correlationId });
    return INVALID_CLIENT;
  }
  const isBound = verified.client !== null && hasCertificateRule(verified.client.certificates);
  const actor = isBound && certificate !== null ? { ...decided, certificate: certificate.thumbprint } : decided;
  const token = await dependencies.issuer.issue(actor, dependencies.newId());
  const body = {
    access_token: token,
    token_type: "Bearer",
    expires_in: LIMITS.accessTokenSeconds,
    scope: decided.scopes.join(" "),
  };
  return { status: 200, body };
}

/** Whom the token is for, or why there is none. The form is not signed, so it can only narrow what was granted. */
function decide(client: RegisteredClient, form: ReadonlyMap<string, string>, today: string): Actor | RefusalReason {
  const organisation = chooseOrganisation(client, form.get("organisation"), today);
  if (organisation === null) return "NO_DELEGATION";
  const scopes = narrowScopes(organisation, form.get("scope"));
  return scopes === null ? "SCOPE_NOT_GRANTED" : toActor(client, organisation, scopes);
}

/** The organisation asked for, else the only one; a client with several must ask. */
function chooseOrganisation(client: RegisteredClient, asked: string | undefined, today: string): ClientOrganisation | null {
  const inForce = client.organisations.filter((granted) => isInForce(granted, today));
  if (asked === undefined) return inForce.length === 1 ? (inForce[0] ?? null) : null;
  return inForce.find(({ ods }) => ods === asked) ?? null;
}

/** A token may carry less than was granted, never more. */
function narrowScopes({ scopes }: ClientOrganisation, asked: string | undefined): readonly string[] | null {
  if (asked === undefined || asked === "") return scopes;
  const wanted = asked.split(" ").filter((scope) => scope !== "");
  return wanted.every((scope) => scopes.includes(scope)) ? wanted : null;
}

function toActor(client: RegisteredClient, { ods, role, programmes }: ClientOrganisation, scopes: readonly string[]): Actor {
  const actor: Actor = { clientId: client.id, role, ods, programmes, scopes };
  return role === "VENDOR_APP" && client.sourceSystem ? { ...actor, sourceSystem: client.sourceSystem } : actor;
}
