/** How a client's keys change: add the new one, let the system switch, remove the old one; both live in between. */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import { KEY_PROBLEMS, type PublicKey, readPublicKey } from "./public-keys.ts";

export interface StoredKey {
  readonly kid: string;
  readonly jwk: Readonly<Record<string, unknown>>;
  /** False: it was removed, and can never come back. */
  readonly isLive: boolean;
}

/** What is to be done; null for what is done already. */
export interface Rotation {
  readonly add: PublicKey | null;
  readonly remove: string | null;
}

export interface AskedRotation {
  /** One JWK, as it was sent; null: none is added. */
  readonly add: unknown;
  /** A key's `kid`. */
  readonly remove: string | null;
}

/**
 * The same again, after an answer that was lost, changes nothing.
 * @throws GatewayError BAD_USER_INPUT for a key that cannot be used, CONFLICT for what would leave no key or more than two
 */
export function planRotation(asked: AskedRotation, keys: readonly StoredKey[]): Rotation {
  const add = asked.add === null ? null : planAddition(asked.add, keys);
  const removed = asked.remove === null ? null : keys.find(({ kid }) => kid === asked.remove);
  if (removed === undefined) throw badInput("remove", "The client has no key of this kid.");
  const remove = removed?.isLive ? removed.kid : null;
  const before = keys.filter(({ isLive }) => isLive).length;
  const after = before + (add === null ? 0 : 1) - (remove === null ? 0 : 1);
  if (after > LIMITS.keysPerClient && after > before)
    throw new GatewayError("CONFLICT", `A client has at most ${LIMITS.keysPerClient} keys: remove one first, or with it.`);
  if (after < 1) throw new GatewayError("CONFLICT", "The last key of a client stays. To shut the client out, revoke it.");
  return { add, remove };
}

function planAddition(sent: unknown, keys: readonly StoredKey[]): PublicKey | null {
  const key = readPublicKey(sent);
  if (typeof key === "string") throw badInput("add", `A key ${KEY_PROBLEMS[key]}`);
  const known = keys.find(({ kid }) => kid === key.kid);
  if (known === undefined) return key;
  if (known.isLive && isSame(known.jwk, key)) return null;
  throw badInput("add", "The client has or had a key of this kid. Every key gets one of its own.");
}

const isSame = (known: StoredKey["jwk"], { jwk }: PublicKey): boolean =>
  (["kty", "n", "e", "crv", "x", "y"] as const).every((member) => known[member] === jwk[member]);

const badInput = (path: string, message: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });
