/** Where a directory of postcodes is kept while it is loaded, and how it comes into force. */
import type { GeographyStore } from "../geography/load-geography.ts";
import type { OrganisationRegions } from "../geography/read-organisations.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { createPostcodeDigest } from "./postcode-digest.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import {
  ADD_POSTCODES,
  ANY_RELEASE,
  BEGIN_RELEASE,
  FORGET_OTHERS,
  FORGET_REGIONS,
  FORGET_UNFINISHED,
  INSERT_REGIONS,
  IS_KEPT,
  LOCK_LOADING,
  MARK_EVERYBODY,
  PUT_IN_FORCE,
} from "./sql/geography-statements.ts";
import { booleanOf, numberOf, type SqlRow } from "./sql-row.ts";

const GEOGRAPHER = { role: "nacr_geographer" } as const;
/** Of a whole directory 2.7 million lines are taken away, and each patient is marked. */
const PUBLISH_TIMEOUT_MS = 600_000;
const ADD_TIMEOUT_MS = 60_000;

export interface GeographyStoreDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly newId: NewId;
}

/** @throws what the key ring throws */
export async function createGeographyStore({ database, keys, newId }: GeographyStoreDependencies): Promise<GeographyStore> {
  const digest = await createPostcodeDigest(keys);
  return {
    begin: () =>
      database.withRole(
        GEOGRAPHER,
        async (tx) => {
          await tx.$queryRaw(LOCK_LOADING([]));
          await tx.$executeRaw(FORGET_UNFINISHED([]));
          const [row] = await tx.$queryRaw<SqlRow[]>(BEGIN_RELEASE([]));
          if (row === undefined) throw new Error("A new release has a version");
          return numberOf(row, "version");
        },
        { timeoutMs: PUBLISH_TIMEOUT_MS },
      ),
    add: async (version, postcodes) => {
      const columns = [
        toColumnLiteral(postcodes, ({ postcode }) => digest(postcode)),
        toColumnLiteral(postcodes, ({ quintile }) => quintile),
      ];
      const add = (tx: Transaction): Promise<number> => tx.$executeRaw(ADD_POSTCODES([version, ...columns]));
      await database.withRole(GEOGRAPHER, add, { timeoutMs: ADD_TIMEOUT_MS });
    },
    publish: (version, regions) =>
      database.withRole(GEOGRAPHER, (tx) => publish(tx, version, regions, newId), { timeoutMs: PUBLISH_TIMEOUT_MS }),
  };
}

async function publish(
  tx: Transaction,
  version: number,
  regions: OrganisationRegions | null,
  newId: NewId,
): Promise<number | null> {
  await tx.$queryRaw(LOCK_LOADING([]));
  const [kept] = await tx.$queryRaw<SqlRow[]>(IS_KEPT([version]));
  if (kept === undefined || !booleanOf(kept, "kept")) return null;
  await tx.$executeRaw(FORGET_OTHERS([version]));
  const [row] = await tx.$queryRaw<SqlRow[]>(PUT_IN_FORCE([version]));
  if (row === undefined) throw new Error("A release that is kept is put in force");
  if (regions !== null) await replaceRegions(tx, regions);
  await tx.$executeRaw(MARK_EVERYBODY([]));
  const postcodes = numberOf(row, "postcodes");
  await writeAuditEntry(tx, toEntry(postcodes, regions), newId);
  return postcodes;
}

async function replaceRegions(tx: Transaction, regions: OrganisationRegions): Promise<void> {
  await tx.$executeRaw(FORGET_REGIONS([]));
  await tx.$executeRaw(INSERT_REGIONS([toArrayLiteral([...regions.keys()]), toArrayLiteral([...regions.values()])]));
}

/** Of the operator on the host, in the installation's log. */
const toEntry = (postcodes: number, regions: OrganisationRegions | null): AuditEntry => ({
  action: "UPDATE",
  type: "LOAD_GEOGRAPHY",
  outcome: "DONE",
  ods: null,
  agent: { id: "operator", role: null, ods: null },
  correlationId: null,
  details: { postcodes, ...(regions === null ? {} : { organisations: regions.size }) },
});

/** Whether a directory is in force. */
export const isGeographyLoaded = (database: Database): Promise<boolean> =>
  database.withRole(GEOGRAPHER, async (tx) => {
    const [row] = await tx.$queryRaw<SqlRow[]>(ANY_RELEASE([]));
    return row !== undefined && booleanOf(row, "there");
  });
