/** `POST /oauth2/token`: client credentials with a signed assertion, for one organisation the client may act for today. */

import { LIMITS } from "../lib/limits.ts";
import type { Actor } from "../records/actor.ts";
import type { TokenIssuer } from "./access-token.ts";
import { type AssertionContext, verifyAssertion } from "./client-assertion.ts";
import type { ClientOrganisation, RegisteredClient } from "./ports.ts";

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
}

export interface TokenService {
  /** `form` holds the decoded `application/x-www-form-urlencoded` body. */
  requestToken(form: ReadonlyMap<string, string>): Promise<TokenResponse>;
}

export function createTokenService(dependencies: TokenServiceDependencies): TokenService {
  return { requestToken: (form) => requestToken(form, dependencies) };
}

/** One answer for every way in which a client can fail to prove itself, so that nothing can be learnt from it. */
const INVALID_CLIENT: TokenResponse = { status: 401, body: { error: "invalid_client" } };

async function requestToken(form: ReadonlyMap<string, string>, dependencies: TokenServiceDependencies): Promise<TokenResponse> {
  if (form.get("grant_type") !== "client_credentials") return { status: 400, body: { error: "unsupported_grant_type" } };
  const assertion = form.get("client_assertion");
  if (form.get("client_assertion_type") !== ASSERTION_TYPE || assertion === undefined)
    return { status: 400, body: { error: "invalid_request" } };
  const client = await verifyAssertion(assertion, dependencies);
  if (client === null) return INVALID_CLIENT;
  const organisation = chooseOrganisation(client, form.get("organisation"), dependencies.today());
  if (organisation === null) return INVALID_CLIENT;
  const scopes = narrowScopes(organisation, form.get("scope"));
  if (scopes === null) return { status: 400, body: { error: "invalid_scope" } };
  const token = await dependencies.issuer.issue(toActor(client, organisation, scopes), dependencies.newId());
  return {
    status: 200,
    body: { access_token: token, token_type: "Bearer", expires_in: LIMITS.accessTokenSeconds, scope: scopes.join(" ") },
  };
}

/** The organisation asked for, else the only one; a client with several must ask. */
function chooseOrganisation(client: RegisteredClient, asked: string | undefined, today: string): ClientOrganisation | null {
  const inForce = client.organisations.filter(
    ({ startsOn, endsOn }) => (startsOn === null || startsOn <= today) && (endsOn === null || today <= endsOn),
  );
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
