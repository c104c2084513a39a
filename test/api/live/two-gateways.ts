/** Two processes' worth of gateway on one database, as `submitting.ts` has one. */
import { afterAll, beforeAll } from "vitest";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { type Submitter, submitterOf } from "../submission/submitting.ts";

export interface TwoGateways {
  readonly database: TestDatabase;
  readonly first: Submitter;
  readonly second: TestGateway;
  /** As of a worker: the submission is in work, this far. `bytes` of 1,000 are read, `records` judged. */
  putInWork(submissionId: string, bytes: number, records: number): Promise<void>;
  /** Announces a change as a transaction of another process does. */
  announce(submissionId: string): Promise<void>;
}

export function provideTwoGateways(): () => TwoGateways {
  let two: TwoGateways | null = null;
  beforeAll(async () => {
    const database = await openTestDatabase();
    const keyManagement = createForgettingKeyManagement();
    const start = (): Promise<TestGateway> => startTestGateway({ database, keyManagement });
    two = { database, first: submitterOf(await start()), second: await start(), ...workerOn(database) };
  });
  afterAll(async () => {
    await two?.first.gateway.close();
    await two?.second.close();
    await two?.database.close();
  });
  return () => {
    if (two === null) throw new Error("the gateways run only while tests do");
    return two;
  };
}

function workerOn({ query }: TestDatabase): Pick<TwoGateways, "putInWork" | "announce"> {
  const announce = async (id: string): Promise<void> => {
    await query(
      "select (pg_notify('nacr_change', s.ods || '/' || s.id))::text as told from public.submission s where s.id = $1::uuid",
      [id],
    );
  };
  return {
    announce,
    putInWork: async (id, bytes, records) => {
      await query(
        `update public.submission set status = 'PROCESSING', outcome = null, completed_at = null where id = $1::uuid returning id::text`,
        [id],
      );
      await query(
        `insert into public.submission_job (ods, submission_id, programme_code, role, programmes, phase, attempt, entries_done, bytes_done,
           bytes_total, next_index, next_page, cancel_requested, started_at, updated_at)
         select s.ods, s.id, s.programme_code, 'SUBMITTER', array[s.programme_code], 'IMPORTING', 1, 1, $2::bigint,
           1000, $3::integer, 1, false, now() - interval '10 seconds', now()
         from public.submission s where s.id = $1::uuid
         on conflict (ods, submission_id) do update set bytes_done = excluded.bytes_done, next_index = excluded.next_index
         returning submission_id::text`,
        [id, bytes, records],
      );
      await announce(id);
    },
  };
}
