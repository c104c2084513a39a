/** A submission, or a programme, told as it goes on. */
import { setTimeout as sleep } from "node:timers/promises";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { Actor } from "../../records/actor.ts";
import type { ProgrammeEvent } from "../../records/programme-event.ts";
import { requireOrganisation } from "../access-policy.ts";
import type { Follow } from "../graphql-context.ts";
import type { GraphqlDeps } from "../graphql-deps.ts";
import { isFinished } from "../is-finished.ts";
import { readRecordId } from "../read-record-id.ts";
import type { EventFeed, SubmissionFeed, SubmissionState } from "./live-hub.ts";
import { type Source, toSource } from "./source.ts";

/** Five times a second is as often as somebody can look. */
const SHORTEST_PAUSE_MS = 200;

type FollowDeps = Pick<GraphqlDeps, "status" | "live">;

export const createFollow = (deps: FollowDeps, actor: Actor): Follow => ({
  submission: (id) => followSubmission(deps, actor, id),
  programme: (code, since) => followProgramme(deps, actor, code, since),
});

async function followSubmission({ live, status }: FollowDeps, actor: Actor, id: string): Promise<Source<SubmissionState>> {
  const known = readRecordId(id);
  const own = requireOrganisation(actor);
  // Under the caller's own rights; what it is looked at with afterwards is shared.
  const header = known === null ? null : await status.submission(own, known);
  if (header === null) throw new GatewayError("NOT_FOUND", "The submission does not exist.");
  const feed = live.submission(own, header.id);
  return toSource(
    (ended) => followStates(feed, ended),
    () => feed.release(),
  );
}

async function* followStates(
  { topic, read }: SubmissionFeed,
  ended: AbortSignal,
): AsyncGenerator<SubmissionState, void, undefined> {
  while (!ended.aborted) {
    const seen = topic.version;
    const state = await read();
    // A dry run's time has passed.
    if (state === null) return;
    yield state;
    if (isFinished(state.header.status)) return;
    await sleep(SHORTEST_PAUSE_MS, null, { signal: ended }).catch(() => undefined);
    await topic.changed(seen, ended);
  }
}

async function followProgramme(
  { live, status }: FollowDeps,
  actor: Actor,
  programmeCode: string,
  since: number | null,
): Promise<Source<ProgrammeEvent>> {
  const own = requireOrganisation(actor);
  if (!own.programmes.includes(programmeCode))
    throw new GatewayError("FORBIDDEN", "The token does not include this programme.", { details: { path: "programmeCode" } });
  // Known before the stream is open, so that nothing is missed after it.
  const begin = since ?? (await status.lastSequence(own, programmeCode));
  const feed = live.programme(own, programmeCode);
  return toSource(
    (ended) => followEvents(feed, begin, ended),
    () => feed.release(),
  );
}

async function* followEvents(
  { topic, after }: EventFeed,
  begin: number,
  ended: AbortSignal,
): AsyncGenerator<ProgrammeEvent, void, undefined> {
  for (let last = begin; !ended.aborted; ) {
    const seen = topic.version;
    const page = await after(last);
    for (const event of page.events) {
      if (ended.aborted) return;
      yield event;
    }
    last = page.last;
    if (!page.hasMore) await topic.changed(seen, ended);
  }
}
