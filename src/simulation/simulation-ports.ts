/** What simulating rules needs of the store. Every read is under the actor's row-level security, and none takes a lock. */
import type { EpisodeEvent } from "../episodes/judge-events.ts";
import type { LinkDecision } from "../episodes/link-words.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SourceSystem } from "../records/submission-record.ts";
import type { ReadingUnit } from "../submission/merge-drafts.ts";

/** An initiating event with the system that created it; null where that submission is of a programme the actor has not. */
export interface StoredEvent extends EpisodeEvent {
  readonly sourceSystem: SourceSystem | null;
}

/** Two or more events of one person, all of the actor's organisation, and what people decided about pairs of them. */
export interface PersonEvents {
  readonly events: readonly StoredEvent[];
  readonly decisions: readonly LinkDecision[];
}

export interface PersonsPage {
  readonly persons: readonly PersonEvents[];
  /** The patient looked at last; null: there is none behind. */
  readonly last: string | null;
}

export interface SimulationStore {
  /**
   * One state of the database in a transaction that can write nothing and makes nobody wait.
   * @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED
   */
  read<T>(actor: OrganisationActor, work: (unit: ReadingUnit) => Promise<T>): Promise<T>;
  /** Persons among the next `limit` patients in the order of their ids. Patients that are linked as one person come with the first of them. */
  persons(actor: OrganisationActor, after: string | null, limit: number): Promise<PersonsPage>;
}
