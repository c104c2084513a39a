/** When an organisation's leave to act for it holds. */
import type { ClientOrganisation } from "./ports.ts";

/** `today` is the date in the United Kingdom; both ends count. */
export const isInForce = ({ startsOn, endsOn }: Pick<ClientOrganisation, "startsOn" | "endsOn">, today: string): boolean =>
  (startsOn === null || startsOn <= today) && (endsOn === null || today <= endsOn);
