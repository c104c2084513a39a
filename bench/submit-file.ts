/** Uploads a file, submits it, and waits until its job has ended. */
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { FileFormat } from "../src/records/file-format.ts";
import { type GraphqlClient, toBody } from "./graphql-client.ts";
import { PROGRAMME_CODE, SOURCE_SYSTEM } from "./sample-submissions.ts";

const POLL_MS = 100;

const SUBMIT_FILE = `mutation ($input: SubmitFileInput!) { submitFile(input: $input) { id status } }`;
const STATUS = `query ($id: ID!) { submission(id: $id) { status outcome
  counts { received created unchanged rejected } issueGroups { code count } progress { processed total } } }`;

export interface FileStatus {
  readonly status: string;
  readonly counts: {
    readonly received: number;
    readonly created: number;
    readonly unchanged: number;
    readonly rejected: number;
  };
  readonly issueGroups: readonly { readonly code: string; readonly count: number }[];
}

export interface FileSubmission {
  readonly id: string;
  readonly uploadSeconds: number;
  /** When the job was accepted, as `performance.now()`. */
  readonly acceptedAt: number;
  /** Asks ten times a second until the job has ended. @returns the last answer */
  readonly wait: (look: (status: FileStatus, milliseconds: number) => Promise<void>) => Promise<FileStatus>;
}

export async function submitFile(client: GraphqlClient, content: Readable, format: FileFormat): Promise<FileSubmission> {
  const uploading = performance.now();
  const uploadId = await client.upload(content);
  const acceptedAt = performance.now();
  const options = { idempotencyKey: randomUUID(), programmeCode: PROGRAMME_CODE, sourceSystem: SOURCE_SYSTEM };
  const answer: { data: { submitFile: { id: string } } } = JSON.parse(
    await client.post(toBody(SUBMIT_FILE, { input: { options, uploadId, format } })),
  );
  const { id } = answer.data.submitFile;
  const status = toBody(STATUS, { id });
  return {
    id,
    uploadSeconds: (acceptedAt - uploading) / 1000,
    acceptedAt,
    wait: async (look) => {
      for (;;) {
        const asked = performance.now();
        const { data }: { data: { submission: FileStatus } } = JSON.parse(await client.post(status));
        await look(data.submission, performance.now() - asked);
        if (["COMPLETED", "FAILED"].includes(data.submission.status)) return data.submission;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
  };
}
