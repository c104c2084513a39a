/** Who may come in: tokens of ours, the clients they stand for, and the demo identities. */
import { createTokenIssuer, type TokenIssuer } from "../access/access-token.ts";
import { createClientStanding } from "../access/client-standing.ts";
import { DEMO_IDENTITIES } from "../access/demo-identities.ts";
import { type DemoIssuer, NEWCOMER } from "../access/demo-issuer.ts";
import { createTokenService, type TokenService } from "../access/token-service.ts";
import type { HttpDependencies } from "../http/http-ports.ts";
import { LIMITS } from "../lib/limits.ts";
import { systemClock } from "../lib/system-clock.ts";
import { type Refusals, wireKeySets } from "./clients.ts";
import type { Identity } from "./identity.ts";
import type { Parts } from "./parts.ts";

export type Access = Pick<HttpDependencies, "verifyToken" | "tokens" | "demoToken" | "demoOidc">;

export async function wireAccess(
  parts: Parts,
  refusals: Pick<Refusals, "report">,
  { tokens, people, demoIssuer }: Pick<Identity, "tokens" | "people" | "demoIssuer">,
): Promise<Access> {
  const { config, keys, newId } = parts;
  const issuer = createTokenIssuer(config.publicUrl, await keys.tokenSecrets());
  return {
    verifyToken: createTokenCheck(parts, issuer, async (token, organisation) => {
      const identity = await tokens.verify(token);
      return identity === null ? null : await people.actorOf(identity, organisation);
    }),
    tokens: createTokens(parts, issuer, refusals),
    demoToken: demoIssuer === null ? null : createDemoToken(issuer, demoIssuer, newId),
    demoOidc: demoIssuer,
  };
}

function createTokens(parts: Parts, issuer: TokenIssuer, refusals: Pick<Refusals, "report">): TokenService {
  const { config, clients, newId } = parts;
  return createTokenService({
    issuer,
    store: clients,
    keySets: wireKeySets(parts),
    audiences: [config.publicUrl, `${config.publicUrl}/oauth2/token`],
    now: () => Math.floor(Date.now() / 1000),
    newId,
    today: systemClock.today,
    reportRefusal: refusals.report,
  });
}

const DEMO_CLIENTS: ReadonlySet<string> = new Set(Object.values(DEMO_IDENTITIES).map(({ clientId }) => clientId));

/**
 * A token of ours that is in force, of a client that still is; demo identities are registered nowhere. Any other is a person's, or
 * nobody's.
 */
function createTokenCheck(
  { config, clients }: Parts,
  issuer: TokenIssuer,
  checkPerson: HttpDependencies["verifyToken"],
): HttpDependencies["verifyToken"] {
  const standing = createClientStanding(clients, systemClock.today);
  return async (token, organisation) => {
    const actor = await issuer.verify(token);
    if (actor === null) return await checkPerson(token, organisation);
    // Which of the two is meant nobody knows, and rows of one organisation must never come under another.
    if (organisation !== null && organisation !== actor.ods) return null;
    if (config.mode === "demo" && DEMO_CLIENTS.has(actor.clientId)) return actor;
    return (await standing.isGood(actor)) ? actor : null;
  };
}

function createDemoToken(issuer: TokenIssuer, demoIssuer: DemoIssuer, newId: () => string): HttpDependencies["demoToken"] {
  return async (as) => {
    if (as === NEWCOMER) return { token: await demoIssuer.issue(NEWCOMER, newId()), seconds: LIMITS.accessTokenSeconds };
    const actor = Object.hasOwn(DEMO_IDENTITIES, as) ? DEMO_IDENTITIES[as] : undefined;
    return actor === undefined ? null : { token: await issuer.issue(actor, newId()), seconds: LIMITS.accessTokenSeconds };
  };
}
