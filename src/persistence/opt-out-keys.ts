/** Under which key answers of the opt-out check are kept: a digest of the link key's digest, so that no join finds whose they are. */
import type { KeyRing, PseudonymKey } from "../keys/key-ring.ts";

export const optOutKeys = (keys: KeyRing): Promise<PseudonymKey> => keys.pseudonyms("opt-out");
