/** Whether an answer costs more where much is stored: `submission(id)` and a record's page with few and with many submission records. */
import { expectEqual } from "./answer-check.ts";
import type { BenchOptions } from "./bench-options.ts";
import type { Figure } from "./figures.ts";
import { type GraphqlClient, toBody } from "./graphql-client.ts";
import type { PostgresSetting } from "./measure-postgres.ts";
import { checkSubmitRecords, PATIENTS_PER_REQUEST, samplePatients, toSubmitRecords } from "./sample-submissions.ts";
import { median } from "./statistics.ts";

/** Patients that no other load of the bench sends. */
const FIRST_PATIENT = 900_000;
const SUBMISSIONS = 20;
const ROUNDS = 5;
const RECORDS_PER_STORED = 1_000;
const RECORDS_AT_ONCE = 1_000_000;

export const STORED_LOAD =
  "one connection; the same submissions asked for in turn, headers from memory after the first round, pages from the database";

const HEADER = "query ($id: ID!) { submission(id: $id) { id status counts { received } issueGroups { code count } } }";
const PAGE = "query ($id: ID!) { submission(id: $id) { records(first: 100) { totalCount nodes { index outcome } } } }";

/** Submissions of others' making, as many records in all as asked for: headers copied, answers narrow as the real ones. */
async function fill({ written }: PostgresSetting, records: number): Promise<void> {
  for (let done = 0; done < records; done += RECORDS_AT_ONCE) {
    const submissions = Math.min(RECORDS_AT_ONCE, records - done) / RECORDS_PER_STORED;
    await written.query(
      `with model as (select * from public.submission where idempotency_key is not null limit 1),
       made as (
         insert into public.submission (ods, id, programme_code, client_id, idempotency_key, payload_digest, channel, mode, error_policy,
           status, outcome, vendor, product, product_version, dataset_version, mapping_version, received_at, completed_at, counts, issues,
           issue_groups, mapping_summary)
         select ods, gen_random_uuid(), programme_code, client_id, gen_random_uuid()::text, payload_digest, channel, mode, error_policy,
           status, outcome, vendor, product, product_version, dataset_version, mapping_version, received_at, completed_at, counts, issues,
           issue_groups, mapping_summary
         from model, generate_series(1, $1::integer)
         returning ods, id, programme_code)
       insert into public.submission_record (ods, submission_id, idx, programme_code, record_type, outcome, record_id, source_hmac)
       select ods, id, n, programme_code, 'ASSESSMENT', 'CREATED', gen_random_uuid(), sha256(convert_to(id::text || n, 'UTF8'))
       from made, generate_series(1, $2::integer) n`,
      [submissions, RECORDS_PER_STORED],
    );
  }
  await written.query("analyze public.submission, public.submission_record");
}

/** Milliseconds of one answer; each submission is asked for the first time, so that it comes from the database. */
async function timeEach(client: GraphqlClient, query: string, ids: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (const id of ids) {
    const began = performance.now();
    const answer = await client.post(toBody(query, { id }));
    times.push(performance.now() - began);
    expectEqual("an answer", answer.includes('"errors"'), false);
  }
  return median(times);
}

async function submitSome(client: GraphqlClient, from: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let number = 0; number < SUBMISSIONS; number++) {
    const body = toSubmitRecords(samplePatients(from + number * PATIENTS_PER_REQUEST));
    ids.push(checkSubmitRecords(await client.post(body), "NEW", 0));
  }
  return ids;
}

export async function measureStored(setting: PostgresSetting, options: BenchOptions): Promise<readonly Figure[]> {
  const client = await setting.gateway.connect();
  const ids = await submitSome(client, FIRST_PATIENT);
  const rounds = async () => {
    const header: number[] = [];
    const page: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      header.push(await timeEach(client, HEADER, ids));
      page.push(await timeEach(client, PAGE, ids));
    }
    return { header, page };
  };
  const few = await rounds();
  await fill(setting, options.storedRecords);
  const many = await rounds();
  client.close();
  const stored = options.storedRecords.toLocaleString("en-GB");
  const ratio = (a: readonly number[], b: readonly number[]): readonly number[] => a.map((value, n) => value / (b[n] ?? value));
  return [
    {
      name: `submission(id) with ${stored} records more ÷ without`,
      unit: "× time",
      rounds: ratio(many.header, few.header),
      ceiling: 1.2,
    },
    {
      name: `a page of records with ${stored} records more ÷ without`,
      unit: "× time",
      rounds: ratio(many.page, few.page),
      ceiling: 1.2,
    },
    { name: "  submission(id), one after the other", unit: "ms", rounds: many.header },
    { name: "  a page of records, one after the other", unit: "ms", rounds: many.page },
  ];
}
