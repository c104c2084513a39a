/** What a bearer may know of organisations: names and programme codes, which are public. */
import type { Actor } from "../records/actor.ts";
import type { ClientStore, Organisation } from "./ports.ts";

export interface OrganisationDirectory {
  /** The acting organisation first, each with the programmes the bearer may act for. */
  organisationsOf(actor: Actor): Promise<readonly Organisation[]>;
  /** An organisation with all of its programmes; null for one that is not registered. */
  organisation(odsCode: string): Promise<Organisation | null>;
}

/** Organisations change with a registration, some times a year; a minute's memory keeps them out of every answer's way. */
const REMEMBER_MS = 60_000;

export function createOrganisationDirectory(
  store: Pick<ClientStore, "organisations">,
  now: () => number = Date.now,
): OrganisationDirectory {
  const remembered = new Map<string, { readonly organisation: Organisation | null; readonly until: number }>();
  const find = async (odsCode: string): Promise<Organisation | null> => {
    const known = remembered.get(odsCode);
    if (known !== undefined && known.until > now()) return known.organisation;
    const [organisation = null] = await store.organisations([odsCode]);
    remembered.set(odsCode, { organisation, until: now() + REMEMBER_MS });
    return organisation;
  };
  return {
    organisation: find,
    async organisationsOf(actor) {
      const acting = actor.ods === null ? null : await find(actor.ods);
      if (acting === null) return [];
      return [{ ...acting, programmes: acting.programmes.filter(({ code }) => actor.programmes.includes(code)) }];
    },
  };
}
