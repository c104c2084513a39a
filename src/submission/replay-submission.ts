/**
 * `replaySubmission`: what failed is judged again with today's mappings and rules, under the dataset version it was sent under, as a new
 * submission that a job works on.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import { findControlled } from "./find-controlled.ts";
import { NOT_BEGUN } from "./job-header.ts";
import type { AcceptJob, JobToAccept } from "./job-ports.ts";
import type { Clock, NewId } from "./ports.ts";
import type { ReplayStore } from "./replay-ports.ts";
import { findRoot, mappingOf, profileOf, type Root, type RootDependencies } from "./replay-root.ts";

export interface ReplayDependencies extends RootDependencies {
  readonly store: ReplayStore;
  readonly acceptJob: AcceptJob;
  readonly clock: Clock;
  readonly newId: NewId;
}

export type ReplaySubmission = (actor: OrganisationActor, id: string) => Promise<SubmissionHeader>;

/** @throws GatewayError BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT, OVERLOADED, DATABASE_UNAVAILABLE */
export function createReplaySubmission(dependencies: ReplayDependencies): ReplaySubmission {
  return async (actor, id) => {
    const { store, acceptJob } = dependencies;
    const header = await findControlled(dependencies.status, actor, id);
    refuseUnreplayable(header);
    const failed = header.counts.rejected + header.counts.held;
    if (failed <= (await store.correctedSince(actor, header.id)).length) throw nothingFailed();
    const earlier = await store.replaysOf(actor, header.id);
    const unfinished = earlier.find((replay) => replay.unfinished);
    if (unfinished) throw inWork(unfinished.id);
    const job = toJob(actor, header, await findRoot(actor, header, dependencies), earlier.length, dependencies);
    const accepted = await acceptJob(actor, job);
    // Somebody else was first, a moment ago.
    if (accepted.replayed) throw inWork(accepted.header.id);
    return accepted.header;
  };
}

function refuseUnreplayable({ status, counts }: SubmissionHeader): void {
  if (status === "RECEIVED" || status === "PROCESSING")
    throw new GatewayError("CONFLICT", "The submission is not finished: its failed records are not known yet.");
  if (status === "FAILED")
    throw new GatewayError("CONFLICT", "The submission was ended by a fault of the gateway: use redriveSubmission.");
  if (status === "WITHDRAWN") throw new GatewayError("CONFLICT", "The submission was withdrawn.");
  if (counts.rejected + counts.held === 0) throw nothingFailed();
}

const nothingFailed = (): GatewayError =>
  new GatewayError("BAD_USER_INPUT", "No record of the submission failed, or all that did were corrected since.", {
    details: { path: "id" },
  });

const inWork = (submissionId: string): GatewayError =>
  new GatewayError("CONFLICT", "A replay of the submission is not finished yet.", { details: { submissions: [submissionId] } });

const inputGone = (): GatewayError =>
  new GatewayError("CONFLICT", "The input of the submission is kept no more: send the corrected records.");

function toJob(
  actor: OrganisationActor,
  header: SubmissionHeader,
  root: Root,
  earlierReplays: number,
  dependencies: ReplayDependencies,
): JobToAccept {
  if (root.input === null) throw inputGone();
  const payload = canonicalJson({ replayOf: header.id });
  return {
    header: toHeader(actor, header, dependencies),
    // One replay at a time: two that are asked for at once count the same earlier ones.
    claim:
      header.mode === "VALIDATE_ONLY"
        ? null
        : { clientId: actor.clientId, key: `replay/${header.id}/${earlierReplays}`, payload },
    role: actor.role,
    programmes: actor.programmes,
    source: { kind: "REPLAY" },
    profile: profileOf(root.header, mappingOf(root.input)),
    bytesTotal: null,
    keepUntil: null,
    receipt: payload,
  };
}

function toHeader(actor: OrganisationActor, original: SubmissionHeader, { newId, clock }: ReplayDependencies): SubmissionHeader {
  return {
    ...original,
    ...NOT_BEGUN,
    id: newId(),
    clientId: actor.clientId,
    receivedAt: clock.now(),
    replayOf: original.id,
  };
}
