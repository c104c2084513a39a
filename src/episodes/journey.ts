/** The journey of a person as one organisation sees it (ADR 0023): of another organisation, what a link shows and nothing else. */
import type { ValueSource } from "../records/submission-record.ts";
import type { PersonLink } from "./journey-ports.ts";
import type { Confidence } from "./link-words.ts";
import type { EventItem, PatientItem, WinnerRuleName } from "./winner-rules.ts";

/** An organisation of the person; `own`: the reader's. */
export interface JourneyOrganisation {
  readonly odsCode: string;
  readonly name: string;
  readonly own: boolean;
}

/** A record: by its id where it is the reader's, else by its organisation alone. */
export interface ShownRecord {
  readonly organisation: JourneyOrganisation;
  readonly recordId: string | null;
}

export interface ShownSource extends ShownRecord {
  /** Of own records: which one wrote the value. Null where a submission is not to be seen. */
  readonly submission: ValueSource | null;
  /** ISO instant: when the source said so. */
  readonly at: string;
}

export interface ShownClaim {
  readonly value: string;
  readonly source: ShownSource;
}

export interface ShownItem extends ShownClaim {
  readonly field: PatientItem | EventItem;
  readonly rule: WinnerRuleName;
  readonly conflicts: readonly ShownClaim[];
  readonly unknowns: readonly ShownClaim[];
}

/** Null: nobody states the item. */
export type ShownItems<Item extends string> = Readonly<Record<Item, ShownItem | null>>;

/** Why two records are together. */
export interface ShownLink {
  readonly id: string;
  /** Null where people linked what no rule would. */
  readonly rule: string | null;
  readonly says: string | null;
  readonly confidence: Confidence | null;
  readonly madeBy: PersonLink["madeBy"];
  /** The two. */
  readonly records: readonly ShownRecord[];
}

export interface ShownEvent extends ShownSource {
  readonly eventType: string | null;
  readonly eventDate: string | null;
}

export interface ShownTreatment {
  readonly type: string | null;
  readonly date: string | null;
  readonly sources: readonly ShownSource[];
}

export interface ShownEpisode extends ShownItems<EventItem> {
  readonly treatments: readonly ShownTreatment[];
  readonly events: readonly ShownEvent[];
  readonly links: readonly ShownLink[];
}

export interface Journey {
  readonly patient: ShownItems<PatientItem> & { readonly recordIds: readonly string[] };
  /** The own one first, then by code. */
  readonly organisations: readonly JourneyOrganisation[];
  /** Between patients. */
  readonly links: readonly ShownLink[];
  readonly episodes: readonly ShownEpisode[];
}
