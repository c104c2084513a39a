/** What holding a cut against the hospitals' history needs from outside (ADR 0041). */
import type { WithholdingReason } from "../../consent/ports.ts";
import type { Pseudonym } from "../../national/national-values.ts";
import type { NationalPerson } from "../../national/to-national-rows.ts";
import type { CutJourney } from "../cut-journey.ts";

/** Something that history does not keep as it was, and that changed since. */
export type Hindrance =
  /** The NHS number or the date of birth: the pseudonym is made of what it is now, and links are. */
  | "IDENTITY_CHANGED"
  /** Who is linked with whom, or what the rules link events by. */
  | "LINKS_CHANGED";

/** Everybody who has one national pseudonym, with the rows as they stood. */
export interface NamedPersons {
  readonly pseudonym: Pseudonym;
  /** Several where people who are not linked have one number. */
  readonly persons: readonly NationalPerson[];
  /** Why the gate withholds one of them today, or that one was withdrawn since; null: neither. */
  readonly withheld: WithholdingReason | "WITHDRAWN" | null;
  readonly hindrance: Hindrance | null;
  /** The postcode is not the one from which the quintile was read. */
  readonly isPostcodeChanged: boolean;
}

export interface HistoryPage {
  readonly named: readonly NamedPersons[];
  /** The same patients by pseudonym, with the rows as they stood at another instant. Who was not there yet is not among them. */
  at(instant: string): Promise<ReadonlyMap<Pseudonym, readonly NationalPerson[]>>;
}

/** What happened to the installation since an instant. */
export interface SinceThen {
  /** A directory of postcodes, regions of organisations: of those before nothing is kept. */
  readonly isGeographyLoaded: boolean;
  /** Patients of whom everything was destroyed, history too. */
  readonly destroyed: number;
}

/** ISO. */
export interface CutInstants {
  readonly asOf: string;
  /** Before `asOf`: what happened to links and directories in between the feed may not have reached, so it counts as since then. */
  readonly settled: string;
}

/** The hospitals' side. @throws GatewayError DATABASE_UNAVAILABLE, KeyError */
export interface HistoryReader {
  /** Leaves an entry in the audit trail: what follows reads rows of everybody. */
  begin(cutNumber: number, instants: CutInstants): Promise<SinceThen>;
  /** Each pseudonym once, with everybody whom it names. */
  pages(instants: CutInstants): AsyncIterable<HistoryPage>;
}

/** The frozen rows of a cut by person. */
export interface FrozenPersons {
  count(cutId: string): Promise<number>;
  /** Whom the cut does not have is not among them. */
  find(cutId: string, pseudonyms: readonly Pseudonym[]): Promise<ReadonlyMap<Pseudonym, readonly CutJourney[]>>;
}
