/** Who may come in: tokens of ours, the clients they stand for, and the demo identities. */
import { createTokenIssuer, type TokenIssuer } from "../access/access-token.ts";
import { createClientStanding } from "../access/client-standing.ts";
import { DEMO_IDENTITIES } from "../access/demo-identities.ts";
import { createTokenService, type TokenService } from "../access/token-service.ts";
import type { HttpDependencies } from "../http/http-ports.ts";
import { LIMITS } from "../lib/limits.ts";
import { systemClock } from "../lib/system-clock.ts";
import type { Parts } from "./parts.ts";

export type Access = Pick<HttpDependencies, "verifyToken" | "tokens" | "demoToken">;

export async function wireAccess(parts: Parts): Promise<Access> {
  const { config, keys, newId } = parts;
  const issuer = createTokenIssuer(config.publicUrl, await keys.tokenSecret());
  return {
    verifyToken: createTokenCheck(parts, issuer),
    tokens: createTokens(parts, issuer),
    demoToken: config.mode === "demo" ? createDemoToken(issuer, newId) : null,
  };
}

function createTokens({ config, clients, newId, logger }: Parts, issuer: TokenIssuer): TokenService {
  return createTokenService({
    issuer,
    store: clients,
    audiences: [config.publicUrl, `${config.publicUrl}/oauth2/token`],
    now: () => Math.floor(Date.now() / 1000),
    newId,
    today: systemClock.today,
    reportRefusal: ({ clientId, ...refusal }) =>
      logger.log("warn", "token-refused", { ...refusal, ...(clientId === null ? {} : { clientId }) }),
  });
}

const DEMO_CLIENTS: ReadonlySet<string> = new Set(Object.values(DEMO_IDENTITIES).map(({ clientId }) => clientId));

/** A token of ours that is in force, of a client that still is; demo identities are registered nowhere. */
function createTokenCheck({ config, clients }: Parts, issuer: TokenIssuer): HttpDependencies["verifyToken"] {
  const standing = createClientStanding(clients, systemClock.today);
  return async (token) => {
    const actor = await issuer.verify(token);
    if (actor === null || (config.mode === "demo" && DEMO_CLIENTS.has(actor.clientId))) return actor;
    return (await standing.isGood(actor)) ? actor : null;
  };
}

function createDemoToken(issuer: TokenIssuer, newId: () => string): HttpDependencies["demoToken"] {
  return async (as) => {
    const actor = Object.hasOwn(DEMO_IDENTITIES, as) ? DEMO_IDENTITIES[as] : undefined;
    return actor === undefined ? null : { token: await issuer.issue(actor, newId()), seconds: LIMITS.accessTokenSeconds };
  };
}
