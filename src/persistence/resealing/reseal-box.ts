/** One box under the newest version of its organisation's key. */
import { DestroyedError } from "../../keys/key-management.ts";
import type { OrganisationKeys } from "../../keys/organisation-keys.ts";

const VERSION_BYTE = 1;

/**
 * What was destroyed stays so, whatever version its box names: it is made to name the newest, so that the older one can be destroyed, too.
 * @throws KeyError where the box does not open: it was altered, or stands in the place of another one
 */
export function resealBox(box: Uint8Array, place: string, keys: OrganisationKeys): Uint8Array {
  try {
    return keys.reseal(box, place);
  } catch (error) {
    if (!(error instanceof DestroyedError)) throw error;
    const renamed = Buffer.from(box);
    renamed.writeUInt8(keys.version, VERSION_BYTE);
    return renamed;
  }
}
