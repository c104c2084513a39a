/** How an idempotency key is stored. Senders make keys of what they have at hand, a patient's number too. */
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import type { IdempotencyClaim } from "../submission/ports.ts";

/** A keyed digest, marked as one: keys that older versions stored stand there as they were sent, until they are swept. */
export const storedKeyOf = ({ key }: IdempotencyClaim, keys: OrganisationKeys): string => `hmac:${keys.mac("idempotency", key)}`;
