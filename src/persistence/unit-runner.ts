/** Runs units of work over the database: one transaction each, under the actor's row-level security, again where a race was lost. */
import type { LedgerKeeper } from "../consent/objection-ports.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { EnqueueJob } from "../submission/job-ports.ts";
import type { Database } from "./database/database.ts";
import { isRetryableConflict } from "./database/database-fault.ts";
import type { OrganisationLock } from "./database/unit.ts";
import { PatientIdentities } from "./patient-identities.ts";
import { compileDatasetSql, statementsOf } from "./sql/dataset-statements.ts";
import { compilePlaces } from "./sql/record-place-queries.ts";
import { compileRemovals } from "./sql/removal-statements.ts";
import { findPatients, type PatientLocks } from "./sql/unit-queries.ts";
import { createWriteStatements } from "./sql/write-statement.ts";
import { DatabaseUnit, type UnitSetting } from "./unit-of-work.ts";

export interface StoreDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly dictionary: Dictionary;
  /** Without it nothing can be accepted for later. */
  readonly enqueue?: EnqueueJob;
  /** Has what units recorded of objections before they are acknowledged. Without it the ledger gets it with its next look. */
  readonly ledger?: Pick<LedgerKeeper, "flush">;
}

/** The first run and two more: concurrent first submissions of the same patients need one. */
const MOST_RUNS = 3;
/** 500 patients with a full answer take some 300 ms; a slow disk or a long queue of locks takes its share of the rest. */
const UNIT_TIMEOUT_MS = 20_000;
const RETRY_AFTER_SECONDS = 2;

const tooManyConflicts = (): GatewayError =>
  new GatewayError("OVERLOADED", "Other submissions write the same records at the moment. Send it again.", {
    retryable: true,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

/** @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED, and whatever `work` throws */
export type RunUnit = <T>(
  actor: OrganisationActor,
  work: (unit: DatabaseUnit) => Promise<T>,
  /** No other submission of the organisation runs beside it. */
  alone?: boolean,
) => Promise<T>;

/** Submissions in hand are waited for; each takes less than a second. */
const ALONE: OrganisationLock = { mode: "EXCLUSIVE", waitMs: 15_000 };
const BESIDE_OTHERS: OrganisationLock = { mode: "SHARED" };

const noQueue: EnqueueJob = () => Promise.reject(new Error("This store was opened without a queue."));

/** What units of work of an actor need. Asked for before the transaction: a key may have to be read over its only connection. */
export type SettingOf = (actor: OrganisationActor) => Promise<UnitSetting>;

/** Compiles the dictionary's SQL once; keeps no other state. `locks`: of the patients that are read. */
export function createSettingOf(
  { keys, dictionary, enqueue = noQueue }: Omit<StoreDependencies, "database">,
  locks: PatientLocks,
): SettingOf {
  const datasetSql = compileDatasetSql(dictionary);
  const patients = statementsOf(datasetSql, "PATIENT");
  const shared = {
    datasetSql,
    findPatients: findPatients(patients.selectList, locks),
    writeStatements: createWriteStatements(),
    removals: compileRemovals(datasetSql),
    places: compilePlaces(datasetSql),
    enqueue,
  };

  return async (actor) => {
    const { ods, programmes } = actor;
    const [organisation, link] = await Promise.all([keys.organisation(ods), keys.link()]);
    return {
      ...shared,
      actor,
      ods,
      programmes,
      isRepeat: false,
      keys: organisation,
      identities: new PatientIdentities(ods, organisation, link, patients.recordType),
    };
  };
}

export function createUnitRunner(dependencies: StoreDependencies): RunUnit {
  const { database, ledger } = dependencies;
  const settingOf = createSettingOf(dependencies, "FOR_UPDATE");

  const runOnce = async <T>(
    actor: OrganisationActor,
    setting: UnitSetting,
    work: (unit: DatabaseUnit) => Promise<T>,
    organisationLock: OrganisationLock,
  ): Promise<T> => {
    const { result, hasObjections } = await database.withRole(
      { role: "nacr_app", ods: actor.ods, programmes: actor.programmes },
      async (tx) => {
        const unit = new DatabaseUnit(tx, setting);
        return { result: await work(unit), hasObjections: unit.hasObjections };
      },
      { timeoutMs: UNIT_TIMEOUT_MS, organisationLock },
    );
    if (hasObjections) await ledger?.flush();
    return result;
  };

  return async (actor, work, alone = false) => {
    const lock = alone ? ALONE : BESIDE_OTHERS;
    const setting = await settingOf(actor);
    for (let run = 1; run <= MOST_RUNS; run++) {
      try {
        return await runOnce(actor, { ...setting, isRepeat: run > 1 }, work, lock);
      } catch (error) {
        if (!isRetryableConflict(error)) throw error;
      }
    }
    throw tooManyConflicts();
  };
}
