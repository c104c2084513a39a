/** A client of every role that keeps all it was told, with what of it the teller may have said. */
import { randomUUID } from "node:crypto";
import { type DemoIdentity, requestDemoToken } from "../../support/gateway.ts";
import type { CanaryItem } from "./canary-patients.ts";

export interface Told {
  /** Who was told, and what about. */
  readonly place: string;
  readonly text: string;
  /** Items that the answer gives back to whoever sent them or may read them. */
  readonly allows: readonly CanaryItem[];
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Headers = Readonly<Record<string, string>>;
interface Sending {
  readonly place: string;
  readonly as?: DemoIdentity;
  readonly allows?: readonly CanaryItem[];
  readonly headers?: Headers;
}

/** A token lives for 300 s. */
const TOKEN_MS = 200_000;
const PATIENCE_MS = 120_000;
const NOTHING: readonly CanaryItem[] = [];
/** In a report's table the sender's own ids stand in a column; those of HL7 v2 are made of hospital numbers. */
export const OWN_IDS: readonly CanaryItem[] = ["sourceRecordId", "hospitalNumber"];
export const EVERYTHING: readonly CanaryItem[] = [
  "nhsNumber",
  "hospitalNumber",
  "surname",
  "forename",
  "address",
  "postcode",
  "telephone",
  "dateOfBirth",
  "sourceRecordId",
  "words",
  "fileName",
];
/** The sender's own id of a record is how an answer tells which of its records is meant: there it may stand, and nowhere else. */
const withoutOwnIds = (text: string): string => text.replaceAll(/"sourceRecordId":"(?:[^"\\]|\\.)*"/g, "");

export class CanaryClient {
  readonly told: Told[] = [];
  readonly #url: string;
  readonly #tokens = new Map<DemoIdentity, { readonly token: string; readonly at: number }>();

  constructor(url: string) {
    this.#url = url;
  }

  async ask(query: string, variables: unknown, sending: Sending): Promise<Answer> {
    const headers = { "content-type": "application/json", ...sending.headers };
    return this.call("POST", "/graphql", JSON.stringify({ query, variables }), { ...sending, headers });
  }

  /** Any request; status, headers and body of the answer are kept. */
  async call(method: string, path: string, body: string | Uint8Array<ArrayBuffer> | null, sending: Sending): Promise<Answer> {
    const { place, as = "submitter", allows = NOTHING, headers = {} } = sending;
    const authorization = `Bearer ${await this.#token(as)}`;
    const answer = await fetch(`${this.#url}${path}`, { method, headers: { authorization, ...headers }, body });
    const text = await answer.text();
    this.tell({
      place: `${place}, as ${as}`,
      text: `${answer.status} ${JSON.stringify([...answer.headers])} ${withoutOwnIds(text)}`,
      allows,
    });
    return { status: answer.status, text, data: dataOf(text) };
  }

  tell(told: Told): void {
    this.told.push(told);
  }

  /** @returns the id of the upload */
  async upload(content: string, sending: Sending & { readonly fileName?: string }): Promise<string> {
    const { fileName } = sending;
    const disposition: Headers = fileName === undefined ? {} : { "content-disposition": `attachment; filename="${fileName}"` };
    const headers = { "content-type": "application/octet-stream", ...disposition };
    const { text } = await this.call("POST", "/uploads", content, { ...sending, headers });
    return String(/"uploadId":"([^"]+)"/.exec(text)?.[1]);
  }

  /** Waits until a submission has ended. @throws Error where it does not */
  async ended(id: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { data } = await this.ask("query($id:ID!){submission(id:$id){status}}", { id }, { place: "status" });
      if (!/RECEIVED|PROCESSING/.test(JSON.stringify(data))) return;
      if (Date.now() > deadline) throw new Error("a submission did not end");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #token(as: DemoIdentity): Promise<string> {
    const known = this.#tokens.get(as);
    if (known !== undefined && Date.now() - known.at < TOKEN_MS) return known.token;
    const token = await requestDemoToken(this.#url, as);
    this.#tokens.set(as, { token, at: Date.now() });
    return token;
  }
}

function dataOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const { data }: { data?: Readonly<Record<string, unknown>> | null } = JSON.parse(text);
    return data ?? {};
  } catch {
    return {};
  }
}

export const optionsOf = (more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  idempotencyKey: randomUUID(),
  programmeCode: "CR-VALLEY",
  sourceSystem: { vendor: "Canary", product: "Cage", version: "1" },
  ...more,
});

/** Everything an answer to a submission can say. */
const SUBMISSION = `id status outcome counts{received created rejected} issues{code expression message suggestion}
  issueGroups{code message suggestion field records{expression}} mappingSummary{lines{sourceField field reason}}
  records(first:100){nodes{sourceRecordId recordType outcome expression matchedBy issues{code field expression message suggestion}
    changes{field before after} mappingReport{sourceField field reason}}}`;
export const submitting = (channel: "Records" | "Fhir" | "Hl7v2"): string =>
  `mutation($input:Submit${channel}Input!){submit${channel}(input:$input){${SUBMISSION}}}`;
export const SUBMIT_FILE = "mutation($input:SubmitFileInput!){submitFile(input:$input){id status}}";
export const READ_SUBMISSION = `query($id:ID!){submission(id:$id){${SUBMISSION}}}`;

/** The id in an answer of one operation. */
export function idIn({ data }: Answer): string {
  const [operation] = Object.values(data);
  return typeof operation === "object" && operation !== null && "id" in operation ? String(operation.id) : "";
}
