/** What a bearer may know of organisations: names and programme codes, which are public. */
import type { Actor } from "../records/actor.ts";
import type { ClientStore, Organisation } from "./ports.ts";

export interface OrganisationDirectory {
  /** The acting organisation first, then those the bearer may switch to, each with the programmes the bearer may act for. */
  organisationsOf(actor: Actor): Promise<readonly Organisation[]>;
  /** An organisation with all of its programmes; null for one that is not registered. */
  organisation(odsCode: string): Promise<Organisation | null>;
}

/** Organisations change with a registration, some times a year; a minute's memory keeps them out of every answer's way. */
const REMEMBER_MS = 60_000;

/** An organisation that somebody may act for, and programmes of it. */
export interface FoundPlace {
  readonly ods: string;
  readonly programmes: readonly string[];
}

/** Wherever a bearer may act now. */
export type FindPlaces = (actor: Actor) => Promise<readonly FoundPlace[]>;

export function createOrganisationDirectory(
  store: Pick<ClientStore, "organisations">,
  findPlaces: FindPlaces,
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
  const show = async ({ ods, programmes }: FoundPlace): Promise<readonly Organisation[]> => {
    const found = await find(ods);
    return found === null ? [] : [{ ...found, programmes: found.programmes.filter(({ code }) => programmes.includes(code)) }];
  };
  return {
    organisation: find,
    async organisationsOf(actor) {
      const acting = actor.ods === null ? [] : [{ ods: actor.ods, programmes: actor.programmes }];
      const others = (await findPlaces(actor)).filter(({ ods }) => ods !== actor.ods);
      return (await Promise.all([...acting, ...others].map(show))).flat();
    },
  };
}
