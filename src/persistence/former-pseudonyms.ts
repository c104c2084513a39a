/**
 * The national pseudonyms that patients had who were withdrawn, or whose NHS number was corrected, since an instant: from the number that
 * history keeps sealed. Whoever else had the same pseudonym cannot be derived again either.
 */
import type { KeyRing, LinkKey, PseudonymKey } from "../keys/key-ring.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { type Pseudonym, readPseudonym } from "../national/national-values.ts";
import { nameByNumber, nameByPatient } from "../national/person-names.ts";
import type { Database } from "./database/database.ts";
import { readSealedBefore } from "./record-history-identity.ts";
import { NUMBERS_SINCE } from "./sql/person-history-queries.ts";
import { booleanOf, type SqlRow, textOf } from "./sql-row.ts";

export interface FormerPseudonymsDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly key: PseudonymKey;
}

export interface FormerPseudonyms {
  readonly withdrawn: ReadonlySet<Pseudonym>;
  readonly renumbered: ReadonlySet<Pseudonym>;
}

const NUMBER = "nhsNumber";
/** An organisation's history has no index by time. */
const TIMEOUT_MS = 60_000;

/** @param asOf ISO instant. Who came after it is not among them. @throws KeyError, what the database throws */
export async function readFormerPseudonyms(
  { database, keys, key }: FormerPseudonymsDependencies,
  organisations: readonly string[],
  asOf: string,
): Promise<FormerPseudonyms> {
  const link = await keys.link();
  const [withdrawn, renumbered] = [new Set<Pseudonym>(), new Set<Pseudonym>()];
  for (const ods of organisations) {
    const rows = await database.withRole(
      { role: "nacr_app", ods },
      (tx) => tx.$queryRaw<SqlRow[]>(NUMBERS_SINCE([ods, asOf, NUMBER])),
      { timeoutMs: TIMEOUT_MS },
    );
    if (rows.length === 0) continue;
    const own = await keys.organisation(ods);
    for (const row of rows) {
      const pseudonym = readPseudonym(key.mac(nameThen(row, ods, own, link)));
      (booleanOf(row, "is_gone") ? withdrawn : renumbered).add(pseudonym);
    }
  }
  return { withdrawn, renumbered };
}

function nameThen(row: SqlRow, ods: string, own: OrganisationKeys, link: LinkKey): string {
  const number = readSealedBefore(own, ods, row, NUMBER);
  return typeof number === "string" ? nameByNumber(link.mac("nhs", number)) : nameByPatient({ ods, id: textOf(row, "id") });
}
