/**
 * Whether what an access token says is still true: the client is active, and the organisation still lets it act as the token says.
 * A token lives five minutes; a revocation must not wait for that.
 */
import type { Actor } from "../records/actor.ts";
import { isInForce } from "./delegation.ts";
import type { ClientStore, RegisteredClient } from "./ports.ts";

/** A revocation takes effect within this time; 60 s is the promise. */
const REMEMBER_MS = 30_000;

export interface ClientStanding {
  /** @throws GatewayError DATABASE_UNAVAILABLE where it is not known and cannot be asked: then nobody is let in */
  isGood(actor: Actor): Promise<boolean>;
}

/** `today` is the date in the United Kingdom, `now` in milliseconds since 1970. */
export function createClientStanding(
  store: Pick<ClientStore, "findClient">,
  today: () => string,
  now: () => number = Date.now,
): ClientStanding {
  const remembered = new Map<string, { readonly client: Promise<RegisteredClient | null>; readonly until: number }>();
  const find = (id: string): Promise<RegisteredClient | null> => {
    const known = remembered.get(id);
    if (known !== undefined && known.until > now()) return known.client;
    const client = store.findClient(id);
    remembered.set(id, { client, until: now() + REMEMBER_MS });
    // A question that failed is asked again by the next request; its own asker is told by the promise itself.
    client.catch(() => remembered.delete(id));
    return client;
  };
  return {
    async isGood(actor) {
      const client = await find(actor.clientId);
      return (
        client?.active === true && client.organisations.some((granted) => isInForce(granted, today()) && covers(granted, actor))
      );
    },
  };
}

function covers(granted: RegisteredClient["organisations"][number], actor: Actor): boolean {
  return (
    granted.ods === actor.ods &&
    granted.role === actor.role &&
    actor.programmes.every((code) => granted.programmes.includes(code)) &&
    actor.scopes.every((scope) => granted.scopes.includes(scope))
  );
}
