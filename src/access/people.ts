/** People who come in with an issuer's token: what their registrations make of them at this moment. */
import type { Actor, Role } from "../records/actor.ts";
import type { Identity } from "./registration.ts";
import type { KnownPerson, PeopleStore } from "./registration-ports.ts";
import { isInForceNow, type Moment, placesOf } from "./registration-rules.ts";

/** A decision takes effect within this time in every process; 60 s is the promise. */
const REMEMBER_MS = 30_000;
/** People in memory; beyond, the one first met is met again. */
const REMEMBERED = 10_000;
const HOUR_MS = 3_600_000;

/** An organisation a person may act for now, in which role, for which programmes. */
export interface Place {
  readonly ods: string | null;
  readonly role: Role;
  readonly programmes: readonly string[];
  readonly registrationId: string;
  /** An administrator's look at an organisation, for an hour. */
  readonly isBreakGlass: boolean;
}

export interface People {
  /**
   * @param organisation the ODS code the person asks to act for; null: the only one. Without a registration in force there, or with
   * several and none asked for, the person has no role.
   * @throws GatewayError DATABASE_UNAVAILABLE where it is not known and cannot be asked: then nobody is let in
   */
  actorOf(identity: Identity, organisation: string | null): Promise<Actor>;
  /** Where a person may act. @throws GatewayError DATABASE_UNAVAILABLE */
  placesOf(identity: Identity): Promise<readonly Place[]>;
  /** What is remembered of a person is not true any more. */
  forget(identity: Identity): void;
}

const keyOf = ({ issuer, subject }: Identity): string => JSON.stringify([issuer, subject]);

/** `today` of the clock is the date in the United Kingdom; `now` in milliseconds since 1970. */
export function createPeople(
  store: PeopleStore,
  clock: { now(): string; today(): string },
  now: () => number = Date.now,
): People {
  const met = new Map<string, { readonly person: Promise<KnownPerson>; readonly until: number }>();
  const meet = (identity: Identity): Promise<KnownPerson> => {
    const key = keyOf(identity);
    const known = met.get(key);
    if (known !== undefined && known.until > now()) return known.person;
    met.delete(key);
    const oldest = met.size < REMEMBERED ? undefined : met.keys().next().value;
    if (oldest !== undefined) met.delete(oldest);
    const person = store.meet(identity, clock.now());
    met.set(key, { person, until: now() + REMEMBER_MS });
    // A question that failed is asked again by the next request; its own asker is told by the promise itself.
    person.catch(() => met.delete(key));
    return person;
  };
  const places = (person: KnownPerson): readonly Place[] => listPlaces(person, { now: clock.now(), today: clock.today() });
  const noteUse = createUseNotes(store, clock);
  return {
    async actorOf(identity, organisation) {
      const person = await meet(identity);
      const place = choosePlace(places(person), organisation);
      if (place === null) return { clientId: person.clientId, role: "UNREGISTERED", ods: null, programmes: [], scopes: [] };
      await noteUse(person, place);
      const { role, ods, programmes, isBreakGlass, registrationId } = place;
      const actor: Actor = { clientId: person.clientId, role, ods, programmes, scopes: [] };
      return isBreakGlass ? { ...actor, breakGlass: registrationId } : actor;
    },
    placesOf: async (identity) => places(await meet(identity)),
    forget: (identity) => void met.delete(keyOf(identity)),
  };
}

function listPlaces({ registrations, programmes }: KnownPerson, moment: Moment): readonly Place[] {
  const inForce = registrations.filter((registration) => isInForceNow(registration, moment));
  return placesOf(inForce).map(({ id, kind, odsCode, role, programmes: named }) => {
    const own = programmes.get(odsCode ?? "") ?? [];
    return {
      ods: odsCode,
      role,
      programmes: named === null ? own : own.filter((code) => named.includes(code)),
      registrationId: id,
      isBreakGlass: kind === "BREAK_GLASS",
    };
  });
}

/**
 * An administrator acts for no organisation, but for one where the glass is broken and that is asked for. Somebody who is an analyst and of
 * an organisation as well is an analyst where none is asked for.
 */
function choosePlace(places: readonly Place[], organisation: string | null): Place | null {
  const [first = null] = places;
  if (first?.role === "AUDIT_ADMIN") return places.find(({ ods }) => ods !== null && ods === organisation) ?? first;
  if (organisation === null) return places.length === 1 ? first : (places.find(({ ods }) => ods === null) ?? null);
  return places.find(({ ods }) => ods === organisation) ?? null;
}

/** Notes that a registration is used, at most once an hour in each process. */
function createUseNotes(store: Pick<PeopleStore, "noteUse">, clock: { now(): string }) {
  const noted = new Map<string, number>();
  return async ({ registrations }: KnownPerson, { registrationId }: Place): Promise<void> => {
    const at = clock.now();
    const instant = Date.parse(at);
    const stored = registrations.find(({ id }) => id === registrationId)?.lastUsedAt ?? null;
    const last = Math.max(noted.get(registrationId) ?? 0, stored === null ? 0 : Date.parse(stored));
    if (instant - last < HOUR_MS) return;
    noted.set(registrationId, instant);
    await store.noteUse(registrationId, at);
  };
}
