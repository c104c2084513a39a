/** Withdrawals over the real stores, and what the tables hold: everything but versions and times of writing. */
import { beforeAll } from "vitest";
import { RECORD_TYPE_NAMES, type Value } from "../../../src/dataset/define.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { PatientIdentities } from "../../../src/persistence/patient-identities.ts";
import { createUnitRunner } from "../../../src/persistence/unit-runner.ts";
import { createWithdrawalStore } from "../../../src/persistence/withdrawal-store.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { SubmissionHeader } from "../../../src/records/submission-record.ts";
import type { WithdrawalStore } from "../../../src/submission/withdraw-ports.ts";
import { createWithdrawRecord } from "../../../src/submission/withdraw-record.ts";
import { createWithdrawSubmission } from "../../../src/submission/withdraw-submission.ts";
import { type Bench, NORTH, provideBench } from "../submission/submission-bench.ts";

const TABLES = [
  ...["patient", "initiating_event", "treatment", "previous_event", "comorbidity"],
  ...["rehabilitation", "assessment", "drug", "acute_event"],
] as const;

type Row = Readonly<Record<string, unknown>>;
/** Rows by table and id; identities in clear, with their digests; the senders' ids. */
export type Snapshot = ReadonlyMap<string, Row>;

export interface ControlBench {
  readonly bench: Bench;
  readonly store: WithdrawalStore;
  withdraw(actor: OrganisationActor, id: string, reason?: string): Promise<SubmissionHeader>;
  /** The refusal; throws where there is none. */
  refusal(actor: OrganisationActor, id: string, reason?: string): Promise<Refusal>;
  /** Withdraws one of the stored records of the first organisation, whichever the number comes to; null where there is none. */
  withdrawRecord(actor: OrganisationActor, place: number): Promise<SubmissionHeader | null>;
  snapshot(): Promise<Snapshot>;
  /** What is wrong with the history of the first organisation: gaps, values that do not follow from those before, ends elsewhere. */
  historyFaults(): Promise<readonly string[]>;
}

export interface Refusal {
  readonly code: string;
  readonly publicMessage: string;
  readonly details: Readonly<Record<string, unknown>>;
}

const ITEM_COLUMNS = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function createControlBench(bench: Bench): ControlBench {
  const store = createWithdrawalStore(bench.stores);
  const { query } = bench.test;
  const withdrawSubmission = createWithdrawSubmission({
    status: bench.status,
    store,
    clock: { now: () => bench.now, today: () => bench.now.slice(0, 10) },
  });
  const withdraw: ControlBench["withdraw"] = async (actor, id, reason = "Sent in error") => {
    const header = await withdrawSubmission(actor, id, reason);
    // As the event tells every process.
    bench.status.forget(actor.ods, id);
    return header;
  };
  const openIdentities = async (): Promise<ReadonlyMap<string, Row>> => {
    const { keys, dictionary } = bench.stores;
    const [organisation, link] = [await keys.organisation(NORTH), await keys.link()];
    const identities = new PatientIdentities(NORTH, organisation, link, dictionary.recordType("PATIENT"));
    const rows = await query(
      `select patient_id::text as id, encode(nhs_hmac, 'hex') as nhs, encode(hospital_hmac, 'hex') as hospital,
         encode(dob_hmac, 'hex') as dob, encode(name_hmac, 'hex') as name, sealed from identity.patient_identity where ods = $1`,
      [NORTH],
    );
    return new Map(
      rows.map(({ id, nhs, hospital, dob, name, sealed }) => {
        if (!(sealed instanceof Uint8Array)) throw new Error("an identity is bytes");
        return [String(id), { nhs, hospital, dob, name, ...identities.open(String(id), sealed) }];
      }),
    );
  };

  const snapshot = async (): Promise<Snapshot> => {
    const found = new Map<string, Row>();
    for (const table of TABLES)
      for (const { id, row } of await query(
        `select id::text as id, (to_jsonb(t) - 'version' - 'updated_at')::text as row from public.${table} t where ods = $1 order by id`,
        [NORTH],
      ))
        found.set(`${table} ${id}`, JSON.parse(String(row)));
    for (const [id, row] of await openIdentities()) found.set(`identity ${id}`, row);
    // What is remembered of a statement is forgotten when a row of it is written, and says nothing of the records.
    for (const { row } of await query(
      `select (to_jsonb(s) - 'statement' - 'statement_records' - 'statement_epoch')::text as row
       from identity.source_id s where ods = $1 order by 1`,
      [NORTH],
    ))
      found.set(`source ${row}`, {});
    return found;
  };

  const historyFaults = async (): Promise<readonly string[]> => {
    const organisation = await bench.stores.keys.organisation(NORTH);
    const identities = await openIdentities();
    const faults: string[] = [];
    const live = new Map<string, Row>();
    for (const table of TABLES)
      for (const { id, row } of await query(
        `select id::text as id, to_jsonb(t)::text as row from public.${table} t where ods = $1`,
        [NORTH],
      ))
        live.set(String(id), { ...JSON.parse(String(row)), identity: identities.get(String(id)) });
    const changes = Map.groupBy(
      await query(
        `select record_id::text as id, version, changes::text as changes, sealed from record_change where ods = $1 order by record_id, version`,
        [NORTH],
      ),
      ({ id }) => String(id),
    );
    for (const [id, row] of live)
      if (row.version !== (changes.get(id)?.length ?? 0) + 1) faults.push(`${id}: version ${row.version}`);
    for (const [id, versions] of changes) {
      const known = new Map<string, Value | null>();
      for (const [position, { version, changes: text, sealed }] of versions.entries()) {
        if (version !== position + 2) faults.push(`${id}: gap before version ${version}`);
        const box = sealed instanceof Uint8Array ? organisation.open(sealed, `${NORTH}/${id}/${version}`).toString() : "{}";
        const values: Record<string, { before: Value | null; after: Value | null }> = {
          ...JSON.parse(String(text)),
          ...JSON.parse(box),
        };
        for (const [field, { before, after }] of Object.entries(values)) {
          const last = known.get(field);
          if (last !== undefined && JSON.stringify(last) !== JSON.stringify(before))
            faults.push(`${id} v${version} ${field}: ${JSON.stringify(last)} became ${JSON.stringify(before)} unseen`);
          known.set(field, after);
        }
      }
      const row = live.get(id);
      for (const [field, value] of known) {
        const stored = valueIn(row, field);
        if (JSON.stringify(stored) !== JSON.stringify(value))
          faults.push(`${id} ${field}: history ends with ${JSON.stringify(value)}, stored is ${JSON.stringify(stored)}`);
      }
    }
    return faults;
  };

  const withdrawStored = createWithdrawRecord({
    store: { transaction: createUnitRunner(bench.stores) },
    clock: { now: () => bench.now, today: () => bench.now.slice(0, 10) },
    newId: createUuid7(),
    dictionary: bench.stores.dictionary,
  });
  const withdrawRecord: ControlBench["withdrawRecord"] = async (actor, place) => {
    const stored = await query(
      `select * from (${TABLES.map((table) => `select '${table.toUpperCase()}' as type, id::text as id from public.${table} where ods = $1`).join(" union all ")}) r
       order by md5(r.id), r.type`,
      [NORTH],
    );
    const chosen = stored[place % Math.max(1, stored.length)];
    const recordType = RECORD_TYPE_NAMES.find((name) => name === chosen?.type);
    if (chosen === undefined || recordType === undefined) return null;
    const { header } = await withdrawStored({
      actor,
      idempotencyKey: `withdraw ${String(chosen.id)} ${bench.now}`,
      programmeCode: actor.programmes[0] ?? "",
      sourceSystem: null,
      recordType,
      record: { recordId: String(chosen.id) },
      reason: "Sent in error",
      expectedVersion: null,
    });
    return header;
  };

  return {
    bench,
    store,
    withdraw,
    withdrawRecord,
    refusal: (actor, id, reason) =>
      withdraw(actor, id, reason).then(
        () => {
          throw new Error("it was withdrawn");
        },
        (error: unknown) => {
          if (!(error instanceof Error && "code" in error && "publicMessage" in error && "details" in error)) throw error;
          const { code, publicMessage, details } = error;
          return { code: String(code), publicMessage: String(publicMessage), details: { ...Object(details) } };
        },
      ),
    snapshot,
    historyFaults,
  };
}

/** A row that is gone holds nothing. */
function valueIn(row: Row | undefined, field: string): unknown {
  if (row === undefined) return null;
  const column = ITEM_COLUMNS(field);
  const place = column in row ? row : Object(row.identity);
  const value: unknown = column in row ? place[column] : place[field];
  return value ?? null;
}

/** One bench for all tests of a file. */
export function provideControlBench(): () => ControlBench {
  const bench = provideBench();
  let control: ControlBench | null = null;
  beforeAll(() => {
    control = createControlBench(bench());
  });
  return () => {
    if (control === null) throw new Error("the bench is there only while tests run");
    return control;
  };
}
