/** The rows one submission wrote, read back from the tables, and copies of them under new keys: what the COPY baseline loads. */
import { randomBytes, randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { createUuid7 } from "../src/lib/uuid7.ts";
import { sum } from "./statistics.ts";

/** Every table a submission may write, parents before children, with the condition that finds its rows by the submission's id. */
const OF_PATIENT = "(select id from public.patient where created_submission_id = $ID)";
const TABLES: readonly (readonly [table: string, condition: string])[] = [
  ["public.submission", "id = $ID"],
  ...["patient", "initiating_event", "treatment", "previous_event", "comorbidity", "rehabilitation", "assessment"].map(
    (name) => [`public.${name}`, "submission_id = $ID"] as const,
  ),
  ["public.drug", "submission_id = $ID"],
  ["public.acute_event", "submission_id = $ID"],
  ["identity.patient_identity", `patient_id in ${OF_PATIENT}`],
  ["identity.source_id", `record_id in ${OF_PATIENT}`],
  ["public.record_change", "submission_id = $ID"],
  ["public.submission_record", "submission_id = $ID"],
  ["public.submission_report", "submission_id = $ID"],
  ["public.submission_envelope", "submission_id = $ID"],
];

export interface TableRows {
  readonly table: string;
  readonly count: number;
  /** In COPY's text format. */
  readonly text: string;
}

export const countRows = (tables: readonly TableRows[]): number => sum(tables.map(({ count }) => count));

async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** In the order they were written, so that the baseline writes them in the same one. */
export async function readWrittenRows(client: pg.Client, submissionId: string): Promise<readonly TableRows[]> {
  const tables: TableRows[] = [];
  for (const [table, condition] of TABLES) {
    const where = condition.replaceAll("$ID", `'${submissionId}'`);
    const text = await readAll(client.query(copyTo(`copy (select * from ${table} where ${where} order by ctid) to stdout`)));
    const count = text.split("\n").length - 1;
    if (count > 0) tables.push({ table, count, text });
  }
  return tables;
}

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;
/** An HMAC-SHA-256 as COPY writes it, a whole field; sealed boxes are longer. */
const DIGEST = /\\\\x[0-9a-f]{64}(?=[\t\n])/g;
const DIGEST_BYTES = 32;
/** As an idempotency key is stored (src/persistence/stored-idempotency-key.ts). */
const STORED_KEY = /hmac:[0-9a-f]{64}/g;

/** The same rows with new ids, digests and idempotency key, equal ones staying equal: as if another submission had written them. */
export function withNewKeys(tables: readonly TableRows[]): readonly TableRows[] {
  const newId = createUuid7();
  const replaced = new Map<string, string>();
  const replace = (old: string, make: () => string): string => {
    const known = replaced.get(old) ?? make();
    replaced.set(old, known);
    return known;
  };
  const isVersion7 = (id: string): boolean => id[14] === "7";
  return tables.map(({ table, count, text }) => ({
    table,
    count,
    text: text
      .replace(UUID, (id) => replace(id, isVersion7(id) ? newId : randomUUID))
      .replace(DIGEST, (digest) => replace(digest, () => `\\\\x${randomBytes(DIGEST_BYTES).toString("hex")}`))
      .replace(STORED_KEY, (key) => replace(key, () => `hmac:${randomBytes(DIGEST_BYTES).toString("hex")}`)),
  }));
}
