/** Publications of cuts, in role `nacr_publisher`: who asked, who works on one, and what became of cuts. */
import type { Page, PageRequest } from "../lib/page.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { CutPublication, YearReport } from "../statistics/cuts/publication.ts";
import type { HeldPublication, PublicationStore, SignedCut, VerificationStore } from "../statistics/cuts/publication-ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { type FreezingDependencies, freezeGenerated, freezeNational, PUBLISHER } from "./cut-freezing.ts";
import { publicationEntry, publishCut } from "./cut-publishing.ts";
import { readCut, readPreviousYear, readPublication } from "./cut-row.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { isUuid, readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import {
  ASK_CUT,
  CLAIM,
  COUNT_PUBLICATIONS,
  FIND_CUT,
  FIND_PUBLICATION,
  HAS_PUBLICATION,
  LAST_PUBLISHED,
  LEDGER_OF,
  PAGE_PUBLICATIONS,
  PREVIOUS_YEARS,
  REFUSE,
  RELEASE,
  RENEW,
  SIGNED_CUT,
  STORED_DIGESTS,
  TELL_STEP,
  WITHDRAW_CUT,
} from "./sql/cut-statements.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { booleanOf, numberOf, optionalNumberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";

/** A worker that is silent for so long is taken for dead; freezing a large installation's rows holds an embedded database no longer. */
const LEASE_SECONDS = 60;
const ATTEMPTS = 5;
const RETRY_SECONDS = 10;

type Unit = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
type Query = (sql: ConstantSql, values: readonly unknown[]) => Promise<readonly SqlRow[]>;

export function createPublicationStore(dependencies: FreezingDependencies): PublicationStore {
  const { database, newId } = dependencies;
  const unit: Unit = (work) => database.withRole(PUBLISHER, work);
  const query: Query = (sql, values) => unit((tx) => tx.$queryRaw<SqlRow[]>(sql(values)));
  return {
    ...createAsking(unit, query, dependencies),
    ...createWorking(unit, query, dependencies),
    freeze: () => freezeNational(dependencies),
    freezeGenerated: (journeys) => freezeGenerated(dependencies, journeys),
    publish: (held, cut) => publishCut(dependencies, held, cut),
    withdraw: (id, { at, by, reason }, entry) =>
      unit(async (tx) => {
        if (!isUuid(id)) return null;
        const changed = await tx.$queryRaw<SqlRow[]>(WITHDRAW_CUT([id, at, by, reason]));
        if (changed.length > 0) await writeAuditEntry(tx, entry, newId);
        const [row] = await tx.$queryRaw<SqlRow[]>(FIND_CUT([id]));
        return row === undefined ? null : readCut(row);
      }),
  };
}

/** What a check of a published cut reads. */
export function createCutVerificationStore(database: Database): VerificationStore {
  const query: Query = (sql, values) => database.withRole(PUBLISHER, (tx) => tx.$queryRaw<SqlRow[]>(sql(values)));
  return {
    signed: (number) => readSigned(query, number),
    ledger: async (number, auditYear) => {
      const [row] = await query(LEDGER_OF, [number, auditYear]);
      return row === undefined ? null : readPreviousYear(row);
    },
  };
}

function createAsking(
  unit: Unit,
  query: Query,
  { newId }: FreezingDependencies,
): Pick<PublicationStore, "ask" | "find" | "page" | "lastPublishedAt"> {
  return {
    ask: ({ id, askedBy, askedAt }, entry) =>
      unit(async (tx) => {
        if (!(await insertPublication(tx, { id, askedBy, askedAt, syntheticJourneys: null }))) return null;
        await writeAuditEntry(tx, entry, newId);
        const [row] = await tx.$queryRaw<SqlRow[]>(FIND_PUBLICATION([id]));
        return row === undefined ? null : readPublication(row);
      }),
    find: async (id) => {
      const [row] = isUuid(id) ? await query(FIND_PUBLICATION, [id]) : [];
      return row === undefined ? null : readPublication(row);
    },
    page: (page) => unit((tx) => readPage(tx, page)),
    lastPublishedAt: async () => {
      const [row] = await query(LAST_PUBLISHED, []);
      return row === undefined ? null : optionalTextOf(row, "published_at");
    },
  };
}

interface NewPublication {
  readonly id: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly syntheticJourneys: number | null;
}

async function insertPublication(tx: Transaction, publication: NewPublication): Promise<boolean> {
  const { id, askedBy, askedAt, syntheticJourneys } = publication;
  return (await tx.$queryRaw<SqlRow[]>(ASK_CUT([id, askedBy, askedAt, syntheticJourneys]))).length > 0;
}

/** The demo's: where nobody ever asked for a cut, the gateway itself asks for one of a generated population. */
export const askGeneratedCut = (
  { database }: Pick<FreezingDependencies, "database">,
  publication: NewPublication,
): Promise<void> =>
  database.withRole(PUBLISHER, async (tx) => {
    const [row] = await tx.$queryRaw<SqlRow[]>(HAS_PUBLICATION([]));
    if (row !== undefined && !booleanOf(row, "found")) await insertPublication(tx, publication);
  });

async function readPage(tx: Transaction, { first, after }: PageRequest): Promise<Page<CutPublication>> {
  const position = after === null ? null : readTimeAndId(after);
  const [counted] = await tx.$queryRaw<SqlRow[]>(COUNT_PUBLICATIONS([]));
  const rows = await tx.$queryRaw<SqlRow[]>(PAGE_PUBLICATIONS([position?.time ?? null, position?.id ?? null, first + 1]));
  const total = counted === undefined ? 0 : numberOf(counted, "total");
  return toPage(rows.map(readPublication), first, total, ({ askedAt, id }) => toCursor(askedAt, id));
}

function createWorking(
  unit: Unit,
  query: Query,
  { newId }: FreezingDependencies,
): Pick<PublicationStore, "claim" | "renew" | "release" | "tell" | "previousYears" | "refuse"> {
  const change = async (sql: ConstantSql, { id, leaseId }: HeldPublication, ...more: readonly unknown[]): Promise<boolean> =>
    (await unit((tx) => tx.$executeRaw(sql([id, leaseId, ...more])))) > 0;
  return {
    claim: async () => {
      const leaseId = newId();
      const [row] = await query(CLAIM, [leaseId, LEASE_SECONDS, ATTEMPTS]);
      return row === undefined || textOf(row, "state") === "FAILED" ? null : readHeld(row, leaseId);
    },
    renew: (held) => change(RENEW, held, LEASE_SECONDS),
    release: async (held) => void (await change(RELEASE, held, RETRY_SECONDS)),
    tell: async (held, step, years) => void (await change(TELL_STEP, held, step, JSON.stringify(years))),
    previousYears: async () =>
      new Map((await query(PREVIOUS_YEARS, [])).map((row) => [numberOf(row, "audit_year"), readPreviousYear(row)])),
    refuse: (held, refusal, years: readonly YearReport[]) =>
      unit(async (tx) => {
        const refused = await tx.$executeRaw(REFUSE([held.id, held.leaseId, refusal, JSON.stringify(years)]));
        const entry: AuditEntry = { ...publicationEntry(held), outcome: "REFUSED", details: { refusal } };
        if (refused > 0) await writeAuditEntry(tx, entry, newId);
      }),
  };
}

const readHeld = (row: SqlRow, leaseId: string): HeldPublication => ({
  id: textOf(row, "id"),
  leaseId,
  askedBy: textOf(row, "asked_by"),
  syntheticJourneys: optionalNumberOf(row, "synthetic_journeys"),
});

async function readSigned(query: Query, number: number): Promise<SignedCut | null> {
  const [row] = await query(SIGNED_CUT, [number]);
  if (row === undefined) return null;
  const id = textOf(row, "id");
  const digests = await query(STORED_DIGESTS, [id]);
  return {
    id,
    manifest: textOf(row, "manifest"),
    signature: textOf(row, "signature"),
    cubes: new Map(digests.map((digest) => [numberOf(digest, "audit_year"), textOf(digest, "digest")])),
  };
}
