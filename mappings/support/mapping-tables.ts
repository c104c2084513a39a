/** The tables a mapping translates by, besides the sender's profile: handed in as data, so that a mapping stays pure. */
import { SHIPPED_TERMINOLOGY, type Terminology } from "../concept-maps/terminology.ts";
import type { SiteCodes } from "./site-codes.ts";

export interface MappingTables {
  /** The deployment's: the shipped core, or the core under a site's full tables. */
  readonly terminology: Terminology;
  /** The organisation's own translations; undefined: it has none. */
  readonly siteCodes?: SiteCodes | undefined;
}

/** The shipped core and nothing else. */
export const SHIPPED_TABLES: MappingTables = { terminology: SHIPPED_TERMINOLOGY };
