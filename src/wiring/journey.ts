/** The resolved journey. */
import { createReadJourney, type ReadJourney } from "../episodes/read-journey.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createJourneyStore } from "../persistence/journey-store.ts";
import type { Parts } from "./parts.ts";

export const wireJourney = ({ database, dictionary, newId }: Parts): ReadJourney =>
  createReadJourney({ store: createJourneyStore({ database, dictionary, clock: systemClock, newId }), dictionary });
