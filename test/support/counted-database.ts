/** Counts what a database is asked: the transactions of a gateway and the statements in them. */
import type { Database } from "../../src/persistence/database/database.ts";
import type { Transaction, UnitSettings } from "../../src/persistence/database/unit.ts";
import type { TestDatabase } from "./database.ts";

export interface CountedDatabase extends TestDatabase {
  /** `2 transactions, 5 statements` since the last call; setting the role and the organisation is not counted. */
  takeCount(): string;
}

type Method = (...parameters: unknown[]) => unknown;
const isMethod = (value: unknown): value is Method => typeof value === "function";

/** Every method of the client and of its models goes through `count` first. */
function counting<T extends object>(client: T, count: () => void): T {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (isMethod(value)) {
        return (...parameters: unknown[]) => {
          count();
          return value.apply(target, parameters);
        };
      }
      return typeof value === "object" && value !== null ? counting(value, count) : value;
    },
  });
}

/** Roles of loops in the background, which look when it is time and not when something is asked. */
const BY_THE_CLOCK = new Set<UnitSettings["role"]>([
  ...([
    "nacr_worker",
    "nacr_linker",
    "nacr_feed",
    "nacr_placer",
    "nacr_consent",
    "nacr_auditor",
    "nacr_audit_retention",
    "nacr_resealer",
    "nacr_publisher",
    "nacr_extracts",
    "nacr_extractor",
  ] as const),
]);

export function countDatabase(test: TestDatabase): CountedDatabase {
  let transactions = 0;
  let statements = 0;
  /** A transaction that began before the last count, of a loop in the background, is none of this one's. */
  let count = 0;
  const withRole: Database["withRole"] = (settings, work, options) => {
    if (BY_THE_CLOCK.has(settings.role)) return test.database.withRole(settings, work, options);
    transactions += 1;
    const begunIn = count;
    const countStatement = (): void => {
      if (begunIn === count) statements += 1;
    };
    return test.database.withRole(settings, (tx: Transaction) => work(counting(tx, countStatement)), options);
  };
  return {
    ...test,
    database: { ...test.database, withRole },
    takeCount: () => {
      const text = `${transactions} transactions, ${statements} statements`;
      transactions = 0;
      statements = 0;
      count += 1;
      return text;
    },
  };
}
