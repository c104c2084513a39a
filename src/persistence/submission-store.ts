/** Runs units of work over the database. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionStore, UnitOfWork } from "../submission/ports.ts";
import type { Database } from "./database/database.ts";
import { isRetryableConflict } from "./database/database-fault.ts";
import { PatientIdentities } from "./patient-identities.ts";
import { compileDatasetSql, statementsOf } from "./sql/dataset-statements.ts";
import { findPatients } from "./sql/unit-queries.ts";
import { createWriteStatements } from "./sql/write-statement.ts";
import { createUnitOfWork, type UnitSetting } from "./unit-of-work.ts";

export interface StoreDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly dictionary: Dictionary;
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

/** Compiles the dictionary's SQL once; the store keeps no other state. */
export function createSubmissionStore({ database, keys, dictionary }: StoreDependencies): SubmissionStore {
  const datasetSql = compileDatasetSql(dictionary);
  const patients = statementsOf(datasetSql, "PATIENT");
  const shared = { datasetSql, findPatients: findPatients(patients.selectList), writeStatements: createWriteStatements() };

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

  const runOnce = <T>(actor: OrganisationActor, setting: UnitSetting, work: (unit: UnitOfWork) => Promise<T>): Promise<T> =>
    database.withRole(
      { role: "nacr_app", ods: actor.ods, programmes: actor.programmes },
      (tx) => work(createUnitOfWork(tx, setting)),
      { timeoutMs: UNIT_TIMEOUT_MS },
    );

  return {
    async transaction(actor, work) {
      const setting = await settingOf(actor);
      for (let run = 1; run <= MOST_RUNS; run++) {
        try {
          return await runOnce(actor, { ...setting, isRepeat: run > 1 }, work);
        } catch (error) {
          if (!isRetryableConflict(error)) throw error;
        }
      }
      throw tooManyConflicts();
    },
  };
}
