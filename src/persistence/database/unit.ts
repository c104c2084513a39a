/** A unit of work: one interactive transaction that first takes on a role and says for which organisation it works. */
import type { Prisma, PrismaClient } from "../../generated/prisma/client.ts";
import { constantSql } from "./constant-sql.ts";
import { toThrowable } from "./database-fault.ts";

export type Transaction = Prisma.TransactionClient;

export interface UnitSettings {
  readonly role:
    | "nacr_app"
    | "nacr_access"
    | "nacr_worker"
    | "nacr_linker"
    | "nacr_journey"
    | "nacr_consent"
    | "nacr_auditor"
    | "nacr_audit_retention"
    | "nacr_resealer"
    | "nacr_eraser"
    | "nacr_feed"
    | "nacr_geographer"
    | "nacr_placer"
    | "nacr_agreements"
    | "nacr_extracts"
    | "nacr_questions"
    | "nacr_national"
    | "nacr_reporter"
    | "nacr_publisher"
    | "nacr_analyst"
    | "nacr_extractor";
  /** The acting organisation; without it no row of any organisation is seen or written. */
  readonly ods?: string;
  /** Programmes whose rehabilitations and submissions may be seen and written; none without it. */
  readonly programmes?: readonly string[];
}

export interface UnitOptions {
  /** Longest run of the whole unit, and of any statement in it, in milliseconds. Default 5,000; submissions take 20,000. */
  readonly timeoutMs?: number;
  readonly organisationLock?: OrganisationLock;
  /** All its statements see one state of the database, and none may write. Takes no organisation lock. */
  readonly readOnly?: true;
  /** The same of one that writes: what was committed since it began is not seen, and a row that changed since cannot be written. */
  readonly oneState?: true;
}

/**
 * Held until the end, and waited for before anything is read: what a unit sees does not change under it. Submissions share the lock of
 * their organisation; a withdrawal has it alone (ADR 0015).
 */
export interface OrganisationLock {
  readonly mode: "SHARED" | "EXCLUSIVE";
  /** How long to wait, in milliseconds. Default: as long as for any lock. @throws GatewayError OVERLOADED */
  readonly waitMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const ONE_STATE = { isolationLevel: "RepeatableRead" } as const;

function joinProgrammes(programmes: readonly string[]): string {
  if (programmes.some((code) => code === "" || code.includes(","))) {
    throw new RangeError("a programme code is empty or holds a comma, the separator of app.programmes");
  }
  return programmes.join(",");
}

/**
 * `$1` role, `$2` organisation, `$3` programmes, `$4` longest run of a statement. Our statements are look-ups, whatever the planner takes
 * them for: of a recursive one it expects 120,000 rows, and compiling it took 3,000 ms of a loaded machine, running it 20.
 */
const TAKE_ON = `select set_config('role', $1, true), set_config('app.ods', $2::text, true),
  set_config('app.programmes', $3, true), set_config('statement_timeout', $4, true), set_config('jit', 'off', true)`;
const LOCK_KEY = "hashtextextended('organisation/' || $2::text, 0)";

/**
 * Settings hold until the transaction ends, whatever way it ends (the third argument of set_config): 0 foreign rows in 3,000
 * requests over a shared pool; settings of the session gave 97 % of the answers another organisation's rows.
 * A lock is taken with them: the statements that follow see everything that was committed while it was waited for.
 */
const TAKE_ON_WITH = {
  NO_LOCK: constantSql(TAKE_ON),
  SHARED: constantSql(`${TAKE_ON}, pg_advisory_xact_lock_shared(${LOCK_KEY})`),
  EXCLUSIVE: constantSql(`${TAKE_ON}, pg_advisory_xact_lock(${LOCK_KEY})`),
  READ_ONLY: constantSql(`${TAKE_ON}, set_config('transaction_read_only', 'on', true)`),
};

async function takeOn(
  tx: Transaction,
  settings: UnitSettings,
  timeoutMs: number,
  { organisationLock: lock, readOnly }: UnitOptions,
): Promise<void> {
  if (lock?.waitMs !== undefined) await tx.$executeRaw`select set_config('lock_timeout', ${String(lock.waitMs)}, true)`;
  const values = [settings.role, settings.ods ?? "", joinProgrammes(settings.programmes ?? []), String(timeoutMs)];
  await tx.$executeRaw(TAKE_ON_WITH[readOnly ? "READ_ONLY" : (lock?.mode ?? "NO_LOCK")](values));
}

/** See `Database.withRole`. */
export async function runUnit<T>(
  prisma: PrismaClient,
  maxWaitMs: number,
  settings: UnitSettings,
  work: (tx: Transaction) => Promise<T>,
  options: UnitOptions = {},
): Promise<T> {
  const timeout = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  try {
    return await prisma.$transaction(
      async (tx) => {
        await takeOn(tx, settings, timeout, options);
        return work(tx);
      },
      { maxWait: maxWaitMs, timeout, ...((options.readOnly ?? options.oneState) ? ONE_STATE : {}) },
    );
  } catch (error) {
    throw toThrowable(error);
  }
}
