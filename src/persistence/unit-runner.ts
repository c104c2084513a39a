/** Runs units of work over the database: one transaction each, under the actor's row-level security, again where a race was lost. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { EnqueueJob } from "../submission/job-ports.ts";
import type { Database } from "./database/database.ts";
import { isRetryableConflict } from "./database/database-fault.ts";
import { PatientIdentities } from "./patient-identities.ts";
import { compileDatasetSql, statementsOf } from "./sql/dataset-statements.ts";
import { findPatients } from "./sql/unit-queries.ts";
import { createWriteStatements } from "./sql/write-statement.ts";
import { DatabaseUnit, type UnitSetting } from "./unit-of-work.ts";

export interface StoreDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly dictionary: Dictionary;
  /** Without it nothing can be accepted for later. */
  readonly enqueue?: EnqueueJob;
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
export type RunUnit = <T>(actor: OrganisationActor, work: (unit: DatabaseUnit) => Promise<T>) => Promise<T>;

const noQueue: EnqueueJob = () => Promise.reject(new Error("This store was opened without a queue."));

/** Compiles the dictionary's SQL once; keeps no other state. */
export function createUnitRunner({ database, keys, dictionary, enqueue = noQueue }: StoreDependencies): RunUnit {
  const datasetSql = compileDatasetSql(dictionary);
  const patients = statementsOf(datasetSql, "PATIENT");
  const shared = {
    datasetSql,
    findPatients: findPatients(patients.selectList),
    writeStatements: createWriteStatements(),
    enqueue,
  };

  // Before the transaction: a key may have to be read from the database, whose only connection the transaction would hold.
  const settingOf = async ({ ods, programmes }: OrganisationActor): Promise<UnitSetting> => {
    const [organisation, link] = await Promise.all([keys.organisation(ods), keys.link()]);
    return {
      ...shared,
      ods,
      programmes,
      isRepeat: false,
      keys: organisation,
      identities: new PatientIdentities(ods, organisation, link, patients.recordType),
    };
  };

  const runOnce = <T>(actor: OrganisationActor, setting: UnitSetting, work: (unit: DatabaseUnit) => Promise<T>): Promise<T> =>
    database.withRole(
      { role: "nacr_app", ods: actor.ods, programmes: actor.programmes },
      (tx) => work(new DatabaseUnit(tx, setting)),
      { timeoutMs: UNIT_TIMEOUT_MS, organisationLock: { mode: "SHARED" } },
    );

  return async (actor, work) => {
    const setting = await settingOf(actor);
    for (let run = 1; run <= MOST_RUNS; run++) {
      try {
        return await runOnce(actor, { ...setting, isRepeat: run > 1 }, work);
      } catch (error) {
        if (!isRetryableConflict(error)) throw error;
      }
    }
    throw tooManyConflicts();
  };
}
