/** Registering and pulling over HTTP, as a hospital's people do. */
import type { DemoIdentity, GraphqlAnswer, TestGateway } from "../../support/gateway.ts";
import { eventually } from "../../support/webhook-receiver.ts";

export const REGISTER = `mutation ($input: RegisterFhirSourceInput!) {
  registerFhirSource(input: $input) { id state origin baseUrl publicJwks programmeCode intervalMinutes }
}`;
export const SOURCES = `{ fhirSources { id name state origin readUntil circuitOpenUntil publicJwks
  capability { fhirVersion software everything export searchTypes }
  lastPull { submissionId resources patients unchanged deleted startedAt finishedAt failure } } }`;
export const PULL = `mutation ($id: ID!, $since: DateTime) {
  pullFromFhirServer(sourceId: $id, since: $since) { id status replayed channel progress { phase processed } }
}`;
const STATUS = `query ($id: ID!) {
  submission(id: $id) { id status outcome channel counts { received created updated unchanged rejected }
    progress { phase processed } issues { code severity expression } }
}`;

export interface SourceAnswer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly origin: string;
  readonly readUntil: string | null;
  readonly circuitOpenUntil: string | null;
  readonly publicJwks: string | null;
  readonly capability: { readonly everything: boolean; readonly export: boolean } | null;
  readonly lastPull: {
    readonly submissionId: string;
    readonly resources: number;
    readonly patients: number;
    readonly unchanged: number;
    readonly deleted: number;
    readonly finishedAt: string | null;
    readonly failure: string | null;
  } | null;
}

export interface PulledSubmission {
  readonly id: string;
  readonly status: string;
  readonly outcome: string | null;
  readonly channel: string;
  readonly replayed: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly progress: { readonly phase: string; readonly processed: number };
  readonly issues: readonly { readonly code: string; readonly expression: string }[];
}

export const registration = (baseUrl: string, more: Readonly<Record<string, unknown>> = {}) => ({
  name: "Fixture",
  baseUrl,
  programmeCode: "CR-VALLEY",
  sourceSystem: { vendor: "V", product: "Fixture EPR", version: "1" },
  ...more,
});

const dataOf = <T>({ data, text }: GraphqlAnswer<T>): T => {
  if (data === null) throw new Error(text);
  return data;
};

/** A source that is registered, and confirmed unless `confirm` says otherwise. */
export async function addSource(
  gateway: TestGateway,
  input: Readonly<Record<string, unknown>>,
  confirm = true,
): Promise<SourceAnswer> {
  const answer = await gateway.gql<{ registerFhirSource: SourceAnswer }>("team", REGISTER, { input });
  const source = dataOf(answer).registerFhirSource;
  if (confirm)
    dataOf(await gateway.gql("guardian", "mutation ($id: ID!) { confirmFhirSource(id: $id) { id } }", { id: source.id }));
  return source;
}

export async function sourceOf(gateway: TestGateway, id: string): Promise<SourceAnswer> {
  const { fhirSources } = dataOf(await gateway.gql<{ fhirSources: readonly SourceAnswer[] }>("team", SOURCES));
  const source = fhirSources.find((one) => one.id === id);
  if (source === undefined) throw new Error("no such source");
  return source;
}

export async function pull(
  gateway: TestGateway,
  id: string,
  since?: string,
  as: DemoIdentity = "submitter",
): Promise<PulledSubmission> {
  const answer = await gateway.gql<{ pullFromFhirServer: PulledSubmission }>(as, PULL, { id, since });
  return dataOf(answer).pullFromFhirServer;
}

export async function submissionOf(gateway: TestGateway, id: string): Promise<PulledSubmission> {
  return dataOf(await gateway.gql<{ submission: PulledSubmission }>("submitter", STATUS, { id })).submission;
}

/** Pulls and waits for the end. */
export async function pulled(gateway: TestGateway, id: string, since?: string): Promise<PulledSubmission> {
  const begun = await pull(gateway, id, since);
  return await ended(gateway, begun.id);
}

export async function ended(gateway: TestGateway, submissionId: string): Promise<PulledSubmission> {
  let last: PulledSubmission | null = null;
  await eventually(async () => {
    last = await submissionOf(gateway, submissionId);
    return last.status !== "RECEIVED" && last.status !== "PROCESSING";
  }, "the end of a pull");
  if (last === null) throw new Error("no submission");
  return last;
}
