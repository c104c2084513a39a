/** Pulls, of every organisation: taken as the worker, worked on as the organisation they belong to. */
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import {
  type DueSource,
  type HeldPull,
  type OpenPull,
  PullLost,
  type PullPlace,
  type PullStore,
  type ReadPull,
} from "../pull/pull-ports.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import type { EnqueueJob } from "../submission/job-ports.ts";
import type { BoundSql } from "./database/constant-sql.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { openSourceSecret, readSource } from "./fhir-source-store.ts";
import { updateHeader } from "./job-progress.ts";
import { keepUpload } from "./keep-upload.ts";
import { announceChange, appendEvent } from "./programme-events.ts";
import { runSqlIn } from "./run-sql.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import {
  ADVANCE_SOURCE,
  CLOSE_PULL,
  COUNT_SOURCE_FAILURE,
  DUE_SOURCES,
  END_FETCHING,
  HAND_OVER_JOB,
  HOLD_PULL,
  KNOWS_PATIENT,
  OPEN_PULL,
  OPEN_PULL_OF,
  RELEASE_PULL,
  REMEMBER_PATIENTS,
  SAVE_CAPABILITY,
  SAVE_PLACE,
  SAVE_PLAN,
  SHOW_PROGRESS,
  TAKE_PULLS,
} from "./sql/pull-queries.ts";
import { HEADERS_BY_ID } from "./sql/status-queries.ts";
import { booleanOf, numberOf, optionalBytesOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";
import { readHeader } from "./submission-header.ts";

export interface PullStoreDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly enqueue: EnqueueJob;
  /** How long a pull is held without being held anew, in milliseconds. */
  readonly leaseMs: number;
}

/** Many digests of a large pull travel at once, so the statement may take longer than others. */
const FINISH_TIMEOUT_MS = 20_000;

export function createPullStore(dependencies: PullStoreDependencies): PullStore {
  return new DatabasePulls(dependencies);
}

export const planPlace = ({ submissionId }: Pick<HeldPull, "submissionId">): string => `fhir_pull|plan|${submissionId}`;
const keyOf = ({ ods, submissionId, attempt }: HeldPull): readonly [string, string, number] => [ods, submissionId, attempt];

class DatabasePulls implements PullStore {
  readonly #dependencies: PullStoreDependencies;

  constructor(dependencies: PullStoreDependencies) {
    this.#dependencies = dependencies;
  }

  take: PullStore["take"] = async (most) => {
    const rows = await this.#asWorker(TAKE_PULLS([most, this.#dependencies.leaseMs]));
    return rows.map((row) => ({
      ods: textOf(row, "ods"),
      programmeCode: textOf(row, "programme_code"),
      submissionId: textOf(row, "submission_id"),
      sourceId: textOf(row, "source_id"),
      attempt: numberOf(row, "attempt"),
    }));
  };

  hold: PullStore["hold"] = async (held) =>
    (await this.#asWorker(HOLD_PULL([...keyOf(held), this.#dependencies.leaseMs]))).length > 0;

  open: PullStore["open"] = async (held) => {
    const keys = await this.#dependencies.keys.organisation(held.ods);
    return await this.#as(held, async (tx) => {
      const [row] = await tx.$queryRaw<SqlRow[]>(OPEN_PULL(keyOf(held)));
      const [headerRow] = await tx.$queryRaw<SqlRow[]>(
        HEADERS_BY_ID([held.ods, null, null, null, toArrayLiteral([held.submissionId])]),
      );
      if (row === undefined || headerRow === undefined) return null;
      if (booleanOf(row, "wanted")) return readPull(held, row, readHeader(headerRow), keys);
      // Its submission was cancelled.
      await tx.$executeRaw(CLOSE_PULL([...keyOf(held), null]));
      return null;
    });
  };

  saveCapability: PullStore["saveCapability"] = (held, capability) =>
    this.#write(held, SAVE_CAPABILITY([...keyOf(held), capability && JSON.stringify(capability)]));

  savePlan: PullStore["savePlan"] = async (held, plan) => {
    const keys = await this.#dependencies.keys.organisation(held.ods);
    const box = keys.seal(JSON.stringify(plan), planPlace(held), held.submissionId);
    await this.#write(held, SAVE_PLAN([...keyOf(held), Uint8Array.from(box)]));
  };

  savePlace: PullStore["savePlace"] = (held, place) =>
    this.#as(held, async (tx) => {
      await demandOne(tx, savePlace(held, place));
      await demandOne(tx, SHOW_PROGRESS([held.ods, held.submissionId, place.resources, place.uploadBytes]));
      await announceChange(tx, held.ods, held.submissionId);
    });

  isKnown: PullStore["isKnown"] = async (held, { patient, versions }) => {
    const keys = await this.#dependencies.keys.organisation(held.ods);
    const values = [held.ods, held.sourceId, patientMac(keys, held, patient), versionsMac(keys, versions)];
    const [row] = await this.#as(held, (tx) => tx.$queryRaw<SqlRow[]>(KNOWS_PATIENT(values)));
    return row !== undefined && booleanOf(row, "known");
  };

  release: PullStore["release"] = async (held, afterMs) => {
    await this.#as(held, (tx) => tx.$executeRaw(RELEASE_PULL([...keyOf(held), afterMs, 0])));
  };

  postpone: PullStore["postpone"] = (held, afterMs) =>
    this.#as(held, async (tx) => {
      await demandOne(tx, RELEASE_PULL([...keyOf(held), afterMs, 1]));
      await tx.$executeRaw(COUNT_SOURCE_FAILURE([held.ods, held.sourceId, afterMs]));
    });

  finish: PullStore["finish"] = async (held, read) => {
    const keys = await this.#dependencies.keys.organisation(held.ods);
    await this.#as(held, (tx) => this.#finish(tx, held, read, keys), FINISH_TIMEOUT_MS);
  };

  async #finish(
    tx: Transaction,
    held: HeldPull,
    { header, place, upload, readUntil, patients }: ReadPull,
    keys: OrganisationKeys,
  ) {
    const { ods, programmeCode, submissionId, sourceId } = held;
    await demandOne(tx, savePlace(held, place));
    await demandOne(tx, CLOSE_PULL([...keyOf(held), null]));
    await tx.$executeRaw(ADVANCE_SOURCE([ods, sourceId, readUntil]));
    if (patients.length > 0) {
      const macs = toColumnLiteral(patients, ({ patient }) => patientMac(keys, held, patient));
      const versions = toColumnLiteral(patients, (one) => versionsMac(keys, one.versions));
      await tx.$executeRaw(REMEMBER_PATIENTS([ods, sourceId, programmeCode, macs, versions]));
    }
    if (upload === null) return await this.#end(tx, header);
    await demandOne(tx, HAND_OVER_JOB([ods, submissionId, upload.id, upload.bytes]));
    await keepUpload(tx, ods, upload.id, upload.keepUntil);
    await updateHeader(tx, header);
    await this.#dependencies.enqueue(runSqlIn(tx), { ods, programmeCode, submissionId });
    await announceChange(tx, ods, submissionId);
  }

  fail: PullStore["fail"] = (held, header, failure, openForMs) =>
    this.#as(held, async (tx) => {
      await demandOne(tx, CLOSE_PULL([...keyOf(held), failure]));
      await tx.$executeRaw(COUNT_SOURCE_FAILURE([held.ods, held.sourceId, openForMs]));
      await this.#end(tx, header);
    });

  async #end(tx: Transaction, header: SubmissionHeader): Promise<void> {
    await demandOne(tx, END_FETCHING([header.ods, header.id]));
    await updateHeader(tx, header);
    await appendEvent(tx, header);
  }

  openPullOf: PullStore["openPullOf"] = async ({ ods, programmes }, sourceId) => {
    const settings = { role: "nacr_app", ods, programmes } as const;
    const [row] = await this.#dependencies.database.withRole(settings, (tx) =>
      tx.$queryRaw<SqlRow[]>(OPEN_PULL_OF([ods, sourceId])),
    );
    return row === undefined ? null : textOf(row, "submission_id");
  };

  dueSources: PullStore["dueSources"] = async () =>
    (await this.#asWorker(DUE_SOURCES([]))).map(
      (row): DueSource => ({
        ods: textOf(row, "ods"),
        programmeCode: textOf(row, "programme_code"),
        sourceId: textOf(row, "id"),
      }),
    );

  #asWorker(sql: BoundSql): Promise<SqlRow[]> {
    return this.#dependencies.database.withRole({ role: "nacr_worker" }, (tx) => tx.$queryRaw<SqlRow[]>(sql));
  }

  #as<T>({ ods, programmeCode }: HeldPull, work: (tx: Transaction) => Promise<T>, timeoutMs?: number): Promise<T> {
    const settings = { role: "nacr_app", ods, programmes: [programmeCode] } as const;
    return this.#dependencies.database.withRole(settings, work, timeoutMs === undefined ? {} : { timeoutMs });
  }

  async #write(held: HeldPull, sql: BoundSql): Promise<void> {
    await this.#as(held, (tx) => demandOne(tx, sql));
  }
}

/** @throws PullLost where the row is not this holder's any more */
async function demandOne(tx: Transaction, sql: BoundSql): Promise<void> {
  if ((await tx.$executeRaw(sql)) === 0) throw new PullLost("The pull is another worker's, or was cancelled.");
}

const savePlace = (held: HeldPull, place: PullPlace): BoundSql => {
  const { done, uploadId, uploadBytes, resources, patients, unchanged, deleted } = place;
  return SAVE_PLACE([...keyOf(held), done, uploadId, uploadBytes, resources, patients, unchanged, deleted]);
};

/** Digests are keyed: ids of a hospital's server may be its numbers. */
const patientMac = (keys: OrganisationKeys, { sourceId }: HeldPull, patient: string): string =>
  keys.mac("fhir-patient", `${sourceId}|${patient}`);
const versionsMac = (keys: OrganisationKeys, versions: string): string => keys.mac("fhir-versions", versions);

function readPull(held: HeldPull, row: SqlRow, header: SubmissionHeader, keys: OrganisationKeys): OpenPull {
  const [secret, plan] = [optionalBytesOf(row, "secret"), optionalBytesOf(row, "plan")];
  return {
    held,
    source: readSource(row),
    secret: secret && openSourceSecret(keys, held.sourceId, secret),
    since: optionalTextOf(row, "since"),
    header,
    plan: plan && JSON.parse(keys.open(plan, planPlace(held)).toString("utf8")),
    place: {
      done: numberOf(row, "plan_done"),
      uploadId: optionalTextOf(row, "upload_id"),
      uploadBytes: numberOf(row, "upload_bytes"),
      resources: numberOf(row, "resources"),
      patients: numberOf(row, "patients"),
      unchanged: numberOf(row, "unchanged"),
      deleted: numberOf(row, "deleted"),
    },
    failures: numberOf(row, "failures"),
    sourceFailures: numberOf(row, "source_failures"),
  };
}
