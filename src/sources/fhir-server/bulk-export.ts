/** FHIR Bulk Data: an export that the server prepares by itself and the gateway fetches file by file. https://hl7.org/fhir/uv/bulkdata */
import { z } from "zod";
import { LIMITS } from "../../lib/limits.ts";
import { SHARED_TYPES, type SourceSettings } from "../../pull/fhir-source.ts";
import type { ExportFile, ExportManifest, ExportState } from "../../pull/pull-ports.ts";
import { ServerFailure } from "../../pull/server-failure.ts";
import { readRetryAfter } from "./call-failure.ts";
import type { Answer, FhirCalls } from "./fhir-calls.ts";
import type { ServerAddress } from "./server-address.ts";
import { splitLines } from "./split-lines.ts";

/** Between two questions where the server names no time, and the bounds of what it may name. */
const POLL_MS = 10_000;
const SHORTEST_POLL_MS = 1_000;
const LONGEST_POLL_MS = 3_600_000;
const MOST_FILES = 10_000;

const files = z
  .array(z.object({ type: z.string().max(80).default(""), url: z.string().max(8_192), count: z.number().optional() }).loose())
  .max(MOST_FILES)
  .default([]);
const manifestForm = z.object({ transactionTime: z.string(), output: files, deleted: files, error: files }).loose();

export class BulkExport {
  readonly #calls: FhirCalls;
  readonly #address: ServerAddress;
  readonly #fileOrigins: ReadonlySet<string>;

  constructor(calls: FhirCalls, address: ServerAddress, fileOrigins: readonly string[]) {
    this.#calls = calls;
    this.#address = address;
    this.#fileOrigins = new Set(fileOrigins);
  }

  async start({ groupId, types }: SourceSettings, since: string | null): Promise<string> {
    const query = new URLSearchParams({ _type: [...new Set([...types, ...SHARED_TYPES])].join(",") });
    if (since !== null) query.set("_since", since);
    const scope = groupId === null ? "Patient" : `Group/${encodeURIComponent(groupId)}`;
    const headers = { accept: "application/fhir+json", prefer: "respond-async" };
    const answer = await this.#kickOff(`${scope}/$export?${query}`, groupId === null ? `$export?${query}` : null, headers);
    const status = answer.headers.get("content-location");
    if (answer.status !== 202 || status === null) throw new ServerFailure("BAD_ANSWER");
    return this.#address.sameOrigin(status);
  }

  /** All patients, or the whole server where there is no export of all patients. */
  async #kickOff(url: string, other: string | null, headers: Readonly<Record<string, string>>): Promise<Answer> {
    try {
      return await this.#calls.request(url, { headers });
    } catch (error) {
      const isMissing = error instanceof ServerFailure && ["NOT_FOUND", "REFUSED"].includes(error.reason);
      if (!isMissing || other === null) throw error;
      return await this.#calls.request(other, { headers });
    }
  }

  async poll(statusUrl: string): Promise<ExportState> {
    try {
      const answer = await this.#calls.request(this.#address.sameOrigin(statusUrl), { headers: { accept: "application/json" } });
      if (answer.status !== 202) return { state: "DONE", manifest: this.#readManifest(answer) };
      const asked = readRetryAfter(answer.headers.get("retry-after"), Date.now()) ?? POLL_MS;
      return { state: "RUNNING", retryAfterMs: Math.min(LONGEST_POLL_MS, Math.max(SHORTEST_POLL_MS, asked)) };
    } catch (error) {
      if (error instanceof ServerFailure && error.reason === "NOT_FOUND") return { state: "GONE" };
      throw error;
    }
  }

  #readManifest({ body }: Answer): ExportManifest {
    const parsed = manifestForm.safeParse(body);
    const time = parsed.success ? Date.parse(parsed.data.transactionTime) : Number.NaN;
    if (!parsed.success || Number.isNaN(time)) throw new ServerFailure("BAD_ANSWER");
    const { output, deleted, error } = parsed.data;
    const toFiles = (listed: typeof output): readonly ExportFile[] =>
      listed.map(({ type, url }) => ({ type, url: this.#fileAddress(url) }));
    return {
      transactionTime: new Date(time).toISOString(),
      output: toFiles(output),
      deleted: toFiles(deleted),
      errors: error.reduce((sum, { count }) => sum + (count ?? 1), 0),
    };
  }

  /** On the server's own origin, or on one the source names. */
  #fileAddress(url: string): string {
    const target = URL.parse(url, `${this.#address.base}/`);
    return target !== null && this.#fileOrigins.has(target.origin) ? target.href : this.#address.sameOrigin(url);
  }

  async *readFile({ url }: ExportFile): AsyncGenerator<Buffer> {
    yield* splitLines(await this.#calls.stream(url), LIMITS.uploadBytes, LIMITS.bundleBytes);
  }

  /** Says that the files may go. That a server does not know how changes nothing. */
  async end(statusUrl: string): Promise<void> {
    await this.#calls.request(this.#address.sameOrigin(statusUrl), { method: "DELETE" }).catch(() => undefined);
  }
}
