/** What a sender of files does: uploads one, submits it, waits for its end. */
import { randomUUID } from "node:crypto";
import type { DemoIdentity, TestGateway } from "../../support/gateway.ts";

export const SUBMIT_FILE = "mutation ($input: SubmitFileInput!) { submitFile(input: $input) { id status replayed channel } }";
const WATCH = `query ($id: ID!) { submission(id: $id) { id status outcome mappingVersion faultId
  counts { received created updated unchanged rejected held warnings }
  progress { processed total phase } issues { code severity expression } issueGroups { code count }
  records(first: 100) { totalCount nodes { index recordType outcome expression sourceRecordId issues { code field expression causedBy } } } } }`;

export interface WatchedSubmission {
  readonly id: string;
  readonly status: string;
  readonly outcome: string | null;
  readonly mappingVersion: string;
  readonly faultId: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly progress: { readonly processed: number; readonly total: number; readonly phase: string };
  readonly issues: readonly { readonly code: string; readonly severity: string; readonly expression: string }[];
  readonly issueGroups: readonly { readonly code: string; readonly count: number }[];
  readonly records: {
    readonly totalCount: number;
    readonly nodes: readonly {
      readonly index: number;
      readonly recordType: string;
      readonly outcome: string;
      readonly expression: string;
      readonly sourceRecordId: string | null;
      readonly issues: readonly { readonly code: string; readonly field: string | null; readonly causedBy: number | null }[];
    }[];
  };
}

const PROGRAMMES: Readonly<Partial<Record<DemoIdentity, string>>> = { submitter2: "CR-COAST" };
const PATIENCE_MS = 45_000;
const POLL_MS = 50;

export async function upload(
  gateway: TestGateway,
  content: string | Buffer,
  options: { readonly as?: DemoIdentity; readonly fileName?: string } = {},
): Promise<string> {
  const answer = await fetch(`${gateway.url}/uploads`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await gateway.token(options.as ?? "submitter")}`,
      "content-type": "application/octet-stream",
      ...(options.fileName === undefined ? {} : { "content-disposition": `attachment; filename="${options.fileName}"` }),
    },
    body: typeof content === "string" ? content : new Uint8Array(content),
  });
  const { uploadId }: { uploadId?: string } = JSON.parse(await answer.text());
  if (uploadId === undefined) throw new Error(`the upload was refused: ${answer.status}`);
  return uploadId;
}

export const fileInput = (uploadId: string, more: object = {}, as: DemoIdentity = "submitter") => {
  const { format, profile, ...options } = { format: undefined, profile: undefined, ...more };
  return {
    input: {
      uploadId,
      format,
      profile,
      options: {
        idempotencyKey: randomUUID(),
        programmeCode: PROGRAMMES[as] ?? "CR-VALLEY",
        sourceSystem: { vendor: "Example", product: "Files", version: "1" },
        ...options,
      },
    },
  };
};

export async function watch(gateway: TestGateway, id: string, as: DemoIdentity = "submitter"): Promise<WatchedSubmission> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { data, errors } = await gateway.gql<{ submission: WatchedSubmission | null }>(as, WATCH, { id });
    // It will not end by waiting.
    if (errors.some(({ extensions }) => extensions.code === "INTERNAL_SERVER_ERROR"))
      throw new Error(`the submission cannot be read: ${JSON.stringify(errors)}`);
    const submission = data?.submission;
    if (submission && !["RECEIVED", "PROCESSING"].includes(submission.status)) return submission;
    if (Date.now() > deadline) throw new Error(`the submission did not end: ${submission?.status}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Uploads, submits and waits for the end. */
export async function sendFile(
  gateway: TestGateway,
  content: string | Buffer,
  more: object = {},
  fileName?: string,
): Promise<WatchedSubmission> {
  const uploadId = await upload(gateway, content, fileName === undefined ? {} : { fileName });
  const { data, errors } = await gateway.gql<{ submitFile: { id: string } }>("submitter", SUBMIT_FILE, fileInput(uploadId, more));
  if (data === null) throw new Error(`the file was refused: ${errors[0]?.extensions.code}`);
  return await watch(gateway, data.submitFile.id);
}

export async function download(gateway: TestGateway, id: string, name: string): Promise<Response> {
  return await fetch(`${gateway.url}/submissions/${id}/${name}`, {
    headers: { authorization: `Bearer ${await gateway.token("submitter")}` },
  });
}
