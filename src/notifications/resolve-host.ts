/** Names to addresses, as the machine itself resolves them. */

import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";

/** Every address of a host; an address is its own. @throws Error where the name has none */
export type ResolveHost = (host: string) => Promise<readonly LookupAddress[]>;

export const resolveHost: ResolveHost = (host) => lookup(host, { all: true, verbatim: true });
