/**
 * A turn of a pull: finds out what is to be read, reads it, and hands it over to the submission's job. What stands between two turns is
 * in the store, so a turn may be another process's.
 */
import { DAY_MS, laterBy } from "../lib/later-by.ts";
import type { Issue } from "../records/issue.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import { ended, withIssues } from "../submission/job-header.ts";
import type { Clock } from "../submission/ports.ts";
import { waitAfter } from "../webhooks/back-off.ts";
import { choosesExport, planSearch, type SearchPlan } from "./plan-pull.ts";
import {
  type FhirServer,
  type FhirServers,
  type HeldPull,
  type OpenPull,
  PullLost,
  type PullPlan,
  type PullStore,
} from "./pull-ports.ts";
import { BEGINNING, type ReadDependencies, type ReadResult, SourceReader } from "./read-source.ts";
import { type FailureReason, ServerFailure } from "./server-failure.ts";

export interface PullReport {
  readonly ods: string;
  readonly submissionId: string;
  /** `DONE`: read and handed over. `LATER`: an export is being prepared. */
  readonly outcome: "DONE" | "LATER" | "POSTPONED" | "FAILED";
  readonly reason: FailureReason | null;
  readonly resources: number;
}

export interface RunDependencies extends ReadDependencies {
  readonly store: PullStore;
  readonly servers: FhirServers;
  readonly clock: Clock;
  /** At least 0 and less than 1. */
  readonly random: () => number;
  /** Days for which a submission's input is kept. */
  readonly envelopeDays: number;
  readonly report: (report: PullReport) => void;
  /** A fault of ours; the pull is tried again as if the server had failed. */
  readonly reportFault: (error: unknown, held: HeldPull) => void;
}

/** Turns of one pull that may fail. */
const MOST_FAILED_TURNS = 5;
const COOL_OFF = { firstMs: 60_000, mostMs: 3_600_000, attempts: Number.POSITIVE_INFINITY } as const;
/** An export that is not ready by then never will be. */
const LONGEST_EXPORT_MS = 3 * DAY_MS;

/** @throws the signal's reason, and what the store throws */
export async function runPull(dependencies: RunDependencies, held: HeldPull, signal: AbortSignal): Promise<void> {
  const pull = await dependencies.store.open(held);
  if (pull === null) return;
  if (pull.source.state !== "CONFIRMED") return await endTurn(dependencies, pull, new ServerFailure("REFUSED"));
  try {
    await new PullTurn(dependencies, pull, signal).run();
  } catch (error) {
    if (error instanceof PullLost) return;
    signal.throwIfAborted();
    const failure = error instanceof ServerFailure ? error : new ServerFailure("FAULT");
    if (!(error instanceof ServerFailure)) dependencies.reportFault(error, held);
    await endTurn(dependencies, pull, failure);
  }
}

async function endTurn(dependencies: RunDependencies, pull: OpenPull, failure: ServerFailure): Promise<void> {
  const { store, random, clock, report } = dependencies;
  const { held, header, place } = pull;
  const told = { ods: held.ods, submissionId: held.submissionId, reason: failure.reason, resources: place.resources };
  const again = failure.isTransient ? coolOff(pull.sourceFailures + 1, random()) : null;
  const waitMs = again === null ? null : Math.max(again, failure.retryAfterMs ?? 0);
  if (waitMs !== null && pull.failures + 1 < MOST_FAILED_TURNS) {
    await store.postpone(held, waitMs);
    report({ ...told, outcome: "POSTPONED" });
    return;
  }
  const issue = sourceIssue("ERROR", "SOURCE_UNAVAILABLE", failure.reason);
  await store.fail(held, ended(withIssues(header, [issue]), "COMPLETED", clock.now()), failure.reason, waitMs);
  report({ ...told, outcome: "FAILED" });
}

/** At least half of the doubled time, so that a server that is down is not met by all at once, nor at once again. */
const coolOff = (failures: number, random: number): number => waitAfter(COOL_OFF, failures, 0.5 + random / 2) ?? COOL_OFF.mostMs;

/** `expression`: the source with the reason, or with the type that was not given. */
const sourceIssue = (severity: Issue["severity"], code: string, place: string): Issue => ({
  severity,
  code,
  field: null,
  expression: `fhirSource.${place}`,
});

class PullTurn {
  readonly #dependencies: RunDependencies;
  readonly #pull: OpenPull;
  readonly #signal: AbortSignal;

  constructor(dependencies: RunDependencies, pull: OpenPull, signal: AbortSignal) {
    this.#dependencies = dependencies;
    this.#pull = pull;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    const { source, secret, sourceFailures } = this.#pull;
    const { baseUrl, settings } = source;
    const { auth, fileOrigins } = settings;
    const access = { baseUrl, auth, secret, fileOrigins, isOnTrial: sourceFailures > 0, signal: this.#signal };
    const server = await this.#dependencies.servers.open(access);
    try {
      const plan = this.#pull.plan ?? (await this.#begin(server));
      if (plan.kind === "SEARCH") await this.#readSearch(server, plan);
      else await this.#readExport(server, plan);
    } finally {
      await server.close();
    }
  }

  /** Decides what is to be read, and keeps it: a turn that takes over reads the same. */
  async #begin(server: FhirServer): Promise<PullPlan> {
    const { held, source, since } = this.#pull;
    const { settings } = source;
    const { store } = this.#dependencies;
    const capability = await server.readCapability();
    await store.saveCapability(held, capability);
    const plan = choosesExport(settings, capability, since)
      ? { kind: "BULK" as const, statusUrl: await server.startExport(settings, since), manifest: null }
      : await planSearch(server, settings, capability, since);
    await store.savePlan(held, plan);
    return plan;
  }

  async #readSearch(server: FhirServer, plan: SearchPlan): Promise<void> {
    const read = await new SourceReader(this.#pull, this.#dependencies).readSearch(server, plan);
    await this.#handOver(read, plan.until, [
      ...plan.missing.map((type) => sourceIssue("INFORMATION", "SOURCE_INCOMPLETE", type)),
      ...read.refused.map((type) => sourceIssue("WARNING", "SOURCE_INCOMPLETE", type)),
    ]);
  }

  async #readExport(server: FhirServer, plan: Extract<PullPlan, { kind: "BULK" }>): Promise<void> {
    const { store } = this.#dependencies;
    const { held } = this.#pull;
    const manifest = plan.manifest ?? (await this.#awaitExport(server, plan.statusUrl));
    if (manifest === null) return;
    const read = await new SourceReader(this.#pull, this.#dependencies)
      .readExport(server, manifest)
      .catch(async (error: unknown) => {
        // Files live for hours only: a new export brings them back.
        if (error instanceof ServerFailure && error.reason === "NOT_FOUND") {
          await store.savePlan(held, { kind: "BULK", statusUrl: plan.statusUrl, manifest: null });
          throw new ServerFailure("SERVER_ERROR");
        }
        throw error;
      });
    const issues = [
      ...(manifest.errors > 0 ? [sourceIssue("WARNING", "SOURCE_INCOMPLETE", "export.error")] : []),
      ...(read.place.deleted > 0 ? [sourceIssue("WARNING", "SOURCE_DELETED", "export.deleted")] : []),
    ];
    await this.#handOver(read, manifest.transactionTime, issues);
    await server.endExport(plan.statusUrl);
  }

  /** Null: it is not ready, and another turn will ask again. */
  async #awaitExport(server: FhirServer, statusUrl: string) {
    const { store, report, clock } = this.#dependencies;
    const { held, source, since, place, header } = this.#pull;
    const state = await server.pollExport(statusUrl);
    if (state.state === "DONE") {
      await store.savePlan(held, { kind: "BULK", statusUrl, manifest: state.manifest });
      return state.manifest;
    }
    if (state.state === "GONE") {
      const started = await server.startExport(source.settings, since);
      await store.savePlan(held, { kind: "BULK", statusUrl: started, manifest: null });
      await store.savePlace(held, BEGINNING);
      // Counted: a server that forgets every export is given up.
      throw new ServerFailure("EXPORT_FAILED");
    }
    if (Date.parse(clock.now()) - Date.parse(header.receivedAt) > LONGEST_EXPORT_MS) throw new ServerFailure("EXPORT_FAILED");
    await store.release(held, state.retryAfterMs);
    report({ ods: held.ods, submissionId: held.submissionId, outcome: "LATER", reason: null, resources: place.resources });
    return null;
  }

  async #handOver({ place, sink, patients }: ReadResult, readUntil: string, issues: readonly Issue[]): Promise<void> {
    const { store, clock, envelopeDays, report } = this.#dependencies;
    const { held } = this.#pull;
    const header = withIssues(this.#pull.header, issues);
    const upload =
      sink === null
        ? null
        : { id: sink.uploadId, bytes: await sink.complete(), keepUntil: laterBy(header.receivedAt, envelopeDays * DAY_MS) };
    const left: SubmissionHeader = upload === null ? ended(header, "COMPLETED", clock.now()) : header;
    await store.finish(held, { header: left, place, upload, readUntil, patients });
    report({ ods: held.ods, submissionId: held.submissionId, outcome: "DONE", reason: null, resources: place.resources });
  }
}
