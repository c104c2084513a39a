/** How look-ups, extracts and certification read cuts. */
import type { Page, PageRequest } from "../../lib/page.ts";
import type { CubeReader } from "../cube/look-up.ts";
import type { CutJourney } from "../cut-journey.ts";
import type { Cut } from "./cut.ts";

/** A published cube, ready for questions. */
export interface CutCubeReader {
  readonly reader: CubeReader;
  /** SHA-256 of the encoded cube, hex: it is compared when the cube is loaded. */
  readonly digest: string;
}

/** What may be seen of cuts without their rows: under a database role that cannot read rows. @throws GatewayError DATABASE_UNAVAILABLE */
export interface PublishedCuts {
  /** The latest first, withdrawn ones among them. */
  page(page: PageRequest): Promise<Page<Cut>>;
  find(id: string): Promise<Cut | null>;
  inForce(): Promise<Cut | null>;
  /**
   * Kept in memory for the next question. Says nothing of whether the cut was withdrawn: ask `find` for each question.
   * @returns null where the cut has no cube of the year
   */
  reader(cutId: string, auditYear: number): Promise<CutCubeReader | null>;
}

/** The frozen rows of a cut, for extracts and for a programme's own view. */
export interface CutRows {
  /** Of one audit year, or all. Pages through them, at most a few thousand in memory. */
  journeys(cutId: string, auditYear: number | null): AsyncIterable<CutJourney>;
}
