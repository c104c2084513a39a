/** Sends one file to a gateway in another process, watches it, and looks afterwards whether all of it is there, once. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { requestDemoToken } from "../support/gateway.ts";
import { journey } from "../support/journey-records.ts";

const RECORDS_PER_PATIENT = 5;
const POLL_MS = 200;
/** A token lives five minutes. */
const TOKEN_MS = 4 * 60_000;

export interface FileState {
  readonly status: string;
  readonly counts: { readonly received: number; readonly created: number; readonly rejected: number };
}

export class FileSender {
  readonly #url: string;
  #token: Promise<string> | null = null;
  #tokenUntil = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /** Of the patients from this seed on. @returns the submission's id */
  async send(patients: number, first = 100_000): Promise<string> {
    const lines = Array.from({ length: patients }, (_, number) => JSON.stringify(journey(first + number)));
    const uploaded = await fetch(`${this.#url}/uploads`, {
      method: "POST",
      headers: { authorization: `Bearer ${await this.#freshToken()}`, "content-type": "application/x-ndjson" },
      body: `${lines.join("\n")}\n`,
    });
    const { uploadId }: { uploadId: string } = JSON.parse(await uploaded.text());
    const options = {
      idempotencyKey: randomUUID(),
      programmeCode: "CR-VALLEY",
      sourceSystem: { vendor: "Storm", product: "Storm", version: "1" },
    };
    const { submitFile } = await this.#ask<{ submitFile: { id: string } }>(
      "mutation ($input: SubmitFileInput!) { submitFile(input: $input) { id } }",
      { input: { options, uploadId, format: "NACR_NDJSON" } },
    );
    return submitFile.id;
  }

  async state(id: string): Promise<FileState> {
    const { submission } = await this.#ask<{ submission: FileState }>(
      "query ($id: ID!) { submission(id: $id) { status counts { received created rejected } } }",
      { id },
    );
    return submission;
  }

  /** @throws Error where it does not come to pass in time */
  async waitFor(id: string, wanted: (state: FileState) => boolean, timeoutMs: number): Promise<FileState> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const state = await this.state(id).catch(() => null);
      if (state !== null && wanted(state)) return state;
      if (Date.now() > deadline) throw new Error(`the file did not get on: ${JSON.stringify(state)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #freshToken(): Promise<string> {
    if (this.#token === null || Date.now() > this.#tokenUntil) {
      this.#token = requestDemoToken(this.#url, "submitter");
      this.#tokenUntil = Date.now() + TOKEN_MS;
    }
    return this.#token;
  }

  async #ask<T>(query: string, variables: object): Promise<T> {
    const answer = await fetch(`${this.#url}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${await this.#freshToken()}`, "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    const { data }: { data: T | null } = JSON.parse(await answer.text());
    if (data === null) throw new Error(`refused: ${answer.status}`);
    return data;
  }
}

export interface FileVerdict {
  readonly patients: number;
  readonly answers: number;
  /** Indexes of the report without a gap and without a repetition. */
  readonly gapless: boolean;
}

/** As the database's owner, past row-level security. */
export async function judgeFile(databaseUrl: string, id: string): Promise<FileVerdict> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select (select count(*)::int from public.patient where created_submission_id = $1) as patients,
         count(*)::int as answers, count(distinct idx)::int as indexes, coalesce(max(idx), -1) as last
       from public.submission_record where submission_id = $1`,
      [id],
    );
    const [{ patients, answers, indexes, last }] = rows;
    return { patients, answers, gapless: indexes === answers && last === answers - 1 };
  } finally {
    await client.end();
  }
}

export const wholeFile = (patients: number): FileVerdict => ({
  patients,
  answers: patients * RECORDS_PER_PATIENT,
  gapless: true,
});
