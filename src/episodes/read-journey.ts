/** Reads the journey of a person for one organisation. Everything that leaves goes through `JourneyView`. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { Journey } from "./journey.ts";
import type { JourneyStore } from "./journey-ports.ts";
import { JourneyView } from "./journey-view.ts";
import { type Resolving, resolveJourney } from "./resolve-journey.ts";
import { WINNER_RULES } from "./winner-rules.ts";

/**
 * By a patient of the actor's organisation. @param correlationId of the request, for the access logs
 * @throws GatewayError NOT_FOUND, LIMIT_EXCEEDED
 */
export type ReadJourney = (actor: OrganisationActor, patientId: string, correlationId: string) => Promise<Journey>;

export interface JourneyDependencies {
  readonly store: JourneyStore;
  readonly dictionary: Dictionary;
}

export function createReadJourney({ store, dictionary }: JourneyDependencies): ReadJourney {
  const resolving = createResolving(dictionary);
  return async (actor, patientId, correlationId) => {
    const person = await store.person(actor, patientId, correlationId);
    if (person === null) throw new GatewayError("NOT_FOUND", "There is no such patient.");
    return new JourneyView(actor.ods, person).show(resolveJourney(person.rows, resolving));
  };
}

/** How a journey is resolved, whoever asks. */
export const createResolving = (dictionary: Dictionary): Resolving => ({
  rules: WINNER_RULES,
  isUnknown: readUnknowns(dictionary),
});

/** The dictionary's code lists say which of their values are Unknown. */
function readUnknowns(dictionary: Dictionary): Resolving["isUnknown"] {
  const items = [dictionary.recordType("PATIENT").byName, dictionary.recordType("INITIATING_EVENT").byName];
  return (item, value) => items.some((byName) => byName.get(item)?.compiledList?.unknown.has(value) ?? false);
}
