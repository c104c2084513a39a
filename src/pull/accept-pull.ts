/** `pullFromFhirServer`: a submission is accepted, and its source is read afterwards; its job begins when everything is read. */
import { GatewayError } from "../errors/gateway-error.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import { requireProgramme } from "../submission/check-options.ts";
import { NOT_BEGUN } from "../submission/job-header.ts";
import type { AcceptJob } from "../submission/job-ports.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import type { StatusStore } from "../submission/status-ports.ts";
import type { FhirSource } from "./fhir-source.ts";
import type { PullStore, SourceStore } from "./pull-ports.ts";

export interface AcceptPullDependencies {
  readonly sources: Pick<SourceStore, "find">;
  readonly pulls: Pick<PullStore, "openPullOf">;
  readonly status: Pick<StatusStore, "submission">;
  readonly acceptJob: AcceptJob;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly datasetVersion: string;
}

export interface AcceptedPull {
  readonly header: SubmissionHeader;
  /** The source was being read already: this is that submission. */
  readonly replayed: boolean;
}

/**
 * @param since ISO instant; null: since the last pull, of which the first reads everything
 * @throws GatewayError NOT_FOUND, FORBIDDEN, CONFLICT for a source that is not confirmed, UPSTREAM_UNAVAILABLE while it is left in peace
 */
export type AcceptPull = (actor: OrganisationActor, sourceId: string, since: string | null) => Promise<AcceptedPull>;

export function createAcceptPull(dependencies: AcceptPullDependencies): AcceptPull {
  return async (actor, sourceId, since) => {
    const source = await dependencies.sources.find(actor, sourceId);
    if (source === null || source.state === "REMOVED")
      throw new GatewayError("NOT_FOUND", "The organisation has no such source.", { details: { path: "sourceId" } });
    requireProgramme(actor, source.programmeCode);
    refuseUnready(source, dependencies.clock);
    const open = await findOpen(actor, sourceId, dependencies);
    if (open !== null) return { header: open, replayed: true };
    const header = toHeader(actor, source, dependencies);
    try {
      return await dependencies.acceptJob(actor, {
        header,
        claim: null,
        role: actor.role,
        programmes: actor.programmes,
        source: { kind: "PULL", sourceId, since },
        profile: source.profile,
        bytesTotal: null,
        keepUntil: null,
        receipt: canonicalJson({ channel: "FHIR_PULL", sourceId, since, submissionId: header.id }),
      });
    } catch (error) {
      // Somebody else was faster by a moment: the source is read once.
      const winner = isConflict(error) ? await findOpen(actor, sourceId, dependencies) : null;
      if (winner === null) throw error;
      return { header: winner, replayed: true };
    }
  };
}

const isConflict = (error: unknown): boolean => error instanceof GatewayError && error.code === "CONFLICT";

function refuseUnready({ state, openUntil }: FhirSource, clock: Clock): void {
  if (state === "PROPOSED")
    throw new GatewayError("CONFLICT", "The source is not confirmed yet: the Caldicott Guardian does that.");
  const now = clock.now();
  if (openUntil === null || openUntil <= now) return;
  throw new GatewayError("UPSTREAM_UNAVAILABLE", "The server could not be read several times; it is left in peace for a while.", {
    retryable: true,
    retryAfterSeconds: Math.ceil((Date.parse(openUntil) - Date.parse(now)) / 1_000),
  });
}

async function findOpen(
  actor: OrganisationActor,
  sourceId: string,
  { pulls, status }: AcceptPullDependencies,
): Promise<SubmissionHeader | null> {
  const id = await pulls.openPullOf(actor, sourceId);
  return id === null ? null : await status.submission(actor, id);
}

function toHeader(
  { ods, clientId }: OrganisationActor,
  { programmeCode, sourceSystem }: FhirSource,
  { newId, clock, datasetVersion }: AcceptPullDependencies,
): SubmissionHeader {
  return {
    ...NOT_BEGUN,
    id: newId(),
    ods,
    programmeCode,
    clientId,
    channel: "FHIR_PULL",
    mode: "COMMIT",
    errorPolicy: "REJECT_FAILED",
    sourceSystem,
    datasetVersion,
    receivedAt: clock.now(),
    replayOf: null,
  };
}
