/** What the resolved journey needs from outside (ADR 0023): the rows of a person, read with a line in every log concerned. */
import type { OrganisationActor } from "../records/actor.ts";
import type { ValueSource } from "../records/submission-record.ts";
import type { PairKind } from "./link-ports.ts";
import type { Confidence, LinkedPair } from "./link-words.ts";
import type { PersonRows } from "./resolve-journey.ts";

/** What was read of a patient, as access logs name it. */
export type AccessAction = "READ_JOURNEY" | "READ_PROPOSALS";

/** A patient of whom rows were shown, and the person through which those of other organisations were; null: none were. */
export interface ShownPatient {
  readonly ods: string;
  readonly patientId: string;
  readonly personId: string | null;
}

/** A link between two of the person's patients or events that are both shown. */
export interface PersonLink extends LinkedPair {
  readonly id: string;
  readonly kind: PairKind;
  /** Null where people linked what no rule would. */
  readonly rule: string | null;
  readonly confidence: Confidence | null;
  readonly madeBy: "RULE" | "PERSON";
}

/** Item name to the submission that wrote its value. */
export type ItemSources = ReadonlyMap<string, ValueSource>;

/** A person as an organisation may see it. */
export interface StoredPerson {
  /** Own rows, and of other organisations those that a grant shows. */
  readonly rows: PersonRows;
  readonly links: readonly PersonLink[];
  /** Names of the organisations by their code. */
  readonly organisations: ReadonlyMap<string, string>;
  /** Of own rows, by record id. */
  readonly sources: ReadonlyMap<string, ItemSources>;
}

export interface JourneyStore {
  /**
   * The person of an own patient; null where the organisation has no such patient. What is returned stands in the access logs of all
   * organisations whose rows are in it. @param correlationId of the request, for the logs
   * @throws GatewayError LIMIT_EXCEEDED (`linkedPersonsPerHour`), with nothing read of other organisations
   */
  person(actor: OrganisationActor, patientId: string, correlationId: string): Promise<StoredPerson | null>;
}
