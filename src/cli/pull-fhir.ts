/**
 * `nacr pull-fhir URL`: reads a FHIR server from the caller's own machine and submits what it finds, patient by patient. The gateway
 * never hears of the server: its address is the caller's business, and so is the right to read it.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { JWK } from "jose";
import { z } from "zod";
import type { GatewayClient } from "../client/gateway-client.ts";
import { type SubmissionFieldsFragment, type SubmissionOptions, SubmitFhirDocument } from "../generated/graphql/operations.ts";
import { resolveHost } from "../notifications/resolve-host.ts";
import { DEFAULT_TYPES, type SourceAuth, type SourceSettings } from "../pull/fhir-source.ts";
import { choosesExport, planSearch } from "../pull/plan-pull.ts";
import type { FhirServer, Resource } from "../pull/pull-ports.ts";
import { ServerFailure } from "../pull/server-failure.ts";
import { createFhirServers } from "../sources/fhir-server/fhir-server.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";
import { readExport } from "./read-export.ts";

export interface PullOptions {
  /** File with a token for the FHIR server. */
  readonly fhirToken: string | undefined;
  /** File with the caller's own key for it: JSON with clientId, kid, alg, privateKey; tokenUrl and scope where they are not the usual. */
  readonly fhirKey: string | undefined;
  /** ISO instant or date. */
  readonly since: string | undefined;
  readonly group: string | undefined;
  readonly cohort: readonly string[];
  readonly bulk: boolean;
  readonly profile: string | undefined;
  readonly json: boolean;
}

export interface PullGateway {
  readonly client: GatewayClient;
  readonly options: SubmissionOptions;
}

const keyFile = z.object({
  clientId: z.string().min(1),
  kid: z.string().min(1),
  alg: z.enum(["RS384", "ES384"]),
  privateKey: z.looseObject({ kty: z.string() }),
  tokenUrl: z.url().nullable().default(null),
  scope: z.string().min(1).default("system/*.read"),
});

/** Of one request: far below what the gateway takes, so that each is answered soon. */
const BATCH_BYTES = 2 * 1024 * 1024;
const BATCH_PATIENTS = 50;

/** @param report told of each step, for the person at the terminal */
export async function pullFhir(
  url: string,
  options: PullOptions,
  gateway: PullGateway,
  report: (text: string) => void,
): Promise<CommandResult> {
  const settings = toSettings(options);
  const { auth, secret } = readKey(options.fhirKey);
  const bearer = options.fhirToken === undefined ? null : readText(options.fhirToken).trim();
  const servers = createFhirServers({ judge: null, resolve: resolveHost, bearer });
  try {
    const signal = new AbortController().signal;
    const server = await servers.open({ baseUrl: url, auth, secret, fileOrigins: [], isOnTrial: false, signal });
    try {
      return await submitAll(server, settings, { url, options, gateway, report });
    } finally {
      await server.close();
    }
  } catch (error) {
    if (!(error instanceof ServerFailure)) throw error;
    throw new CliError(
      `The FHIR server could not be read: ${error.reason}.`,
      error.isTransient ? EXIT.unreachable : EXIT.refused,
    );
  }
}

interface Sending {
  readonly url: string;
  readonly options: PullOptions;
  readonly gateway: PullGateway;
  readonly report: (text: string) => void;
}

async function submitAll(server: FhirServer, settings: SourceSettings, sending: Sending): Promise<CommandResult> {
  const { options, report } = sending;
  const since = options.since === undefined ? null : new Date(options.since).toISOString();
  const submissions: SubmissionFieldsFragment[] = [];
  let batch = new Batch();
  for await (const resources of readPatients(server, settings, since, report)) {
    if (batch.isFullFor(resources)) {
      submissions.push(await send(batch, sending));
      batch = new Batch();
    }
    batch.add(resources);
  }
  if (!batch.isEmpty) submissions.push(await send(batch, sending));
  const isWhole = submissions.every(({ outcome }) => outcome !== "REJECTED" && outcome !== "ACCEPTED_WITH_REJECTIONS");
  return { output: print(submissions, options.json), exitCode: isWhole ? EXIT.done : EXIT.rejected };
}

/** The resources of one patient after the other, with the shared ones they refer to. */
async function* readPatients(
  server: FhirServer,
  settings: SourceSettings,
  since: string | null,
  report: (text: string) => void,
): AsyncGenerator<readonly Resource[]> {
  const capability = await server.readCapability();
  if (choosesExport(settings, capability, since)) {
    yield* await readExport(server, settings, since, report);
    return;
  }
  const plan = await planSearch(server, settings, capability, since);
  report(`${plan.patients.length} patients to read`);
  const refused = new Set([...plan.missing, ...plan.refused]);
  for (const id of plan.patients) {
    const patient = await server.readPatient(id, plan.types, plan.everything);
    for (const type of patient?.refused ?? []) refused.add(type);
    if (patient !== null) yield [...patient.own, ...patient.shared];
  }
  if (refused.size > 0) report(`Not given by the server: ${[...refused].join(", ")}`);
}

/** Patients that travel in one request. */
class Batch {
  readonly #resources = new Map<string, string>();
  #patients = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#patients === 0;
  }

  isFullFor(resources: readonly Resource[]): boolean {
    if (this.isEmpty) return false;
    return this.#patients >= BATCH_PATIENTS || this.#bytes + JSON.stringify(resources).length > BATCH_BYTES;
  }

  add(resources: readonly Resource[]): void {
    this.#patients += 1;
    for (const resource of resources) {
      const text = JSON.stringify(resource);
      const name = `${String(resource.resourceType)}/${String(resource.id)}`;
      if (!this.#resources.has(name)) this.#bytes += text.length;
      this.#resources.set(name, text);
    }
  }

  /** The same for the same content, so that a repeated command stores nothing twice. */
  get key(): string {
    return `pull-fhir-${createHash("sha256")
      .update([...this.#resources.values()].join("\n"))
      .digest("hex")}`;
  }

  get payload(): readonly unknown[] {
    return [...this.#resources.values()].map((text): unknown => JSON.parse(text));
  }
}

async function send(batch: Batch, { url, options, gateway, report }: Sending): Promise<SubmissionFieldsFragment> {
  // Ids of resources are the server's: two servers must not be taken for one.
  const sourceSystem = { vendor: "FHIR server", product: new URL(url).host, version: "R4" };
  const input = {
    options: { ...gateway.options, sourceSystem },
    resources: batch.payload,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  };
  const { submitFhir } = await gateway.client.request(SubmitFhirDocument, { input }, { idempotencyKey: batch.key });
  report(`${submitFhir.id}  ${submitFhir.outcome ?? submitFhir.status}`);
  return submitFhir;
}

function print(submissions: readonly SubmissionFieldsFragment[], json: boolean): string {
  if (json) return JSON.stringify(submissions, null, 2);
  const totals = new Map<string, number>();
  for (const { counts } of submissions)
    for (const [name, count] of Object.entries(counts))
      if (typeof count === "number") totals.set(name, (totals.get(name) ?? 0) + count);
  const lines = [...totals].map(([name, count]) => `${name} ${count}`).join("  ");
  return [`${submissions.length} submissions`, lines].filter(Boolean).join("\n");
}

function toSettings({ bulk, cohort, group, since }: PullOptions): SourceSettings {
  if (since !== undefined && Number.isNaN(Date.parse(since)))
    throw new CliError("--since takes a date or an instant: 2026-03-01 or 2026-03-01T09:00:00Z.", EXIT.usage);
  return {
    mode: bulk ? "BULK" : "AUTO",
    types: DEFAULT_TYPES,
    cohort,
    groupId: group ?? null,
    fileOrigins: [],
    auth: null,
  };
}

function readKey(file: string | undefined): { readonly auth: SourceAuth | null; readonly secret: JWK | null } {
  if (file === undefined) return { auth: null, secret: null };
  const parsed = keyFile.safeParse(parseJson(readText(file)));
  if (!parsed.success)
    throw new CliError(`${file} is not a key file: JSON with clientId, kid, alg and privateKey (a JWK).`, EXIT.usage);
  const { clientId, kid, alg, privateKey, tokenUrl, scope } = parsed.data;
  return { auth: { clientId, tokenUrl, scope, algorithm: alg }, secret: { ...privateKey, kid } };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new CliError(`${file} cannot be read.`, EXIT.usage);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
