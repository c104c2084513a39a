/** What a receiver gets: the event without a record or a person, and the headers that prove where it comes from. */
import type { ProgrammeEvent } from "../records/programme-event.ts";
import { signEvent } from "./sign-event.ts";
import type { SignedPost, Turn } from "./webhook-ports.ts";

/** The same text at every attempt. */
function buildBody(event: ProgrammeEvent): string {
  const { id, sequence, type, occurredAt, programmeCode, submissionId, status, outcome, counts } = event;
  return JSON.stringify({
    id,
    sequence,
    type,
    time: occurredAt,
    programme: programmeCode,
    submissionId,
    status,
    outcome,
    counts,
  });
}

/** @param at ISO instant of the attempt; @param redelivery sent by hand, so outside the order */
export function buildPost(
  { url, secrets }: Pick<Turn, "url" | "secrets">,
  event: ProgrammeEvent,
  at: string,
  redelivery: boolean,
): SignedPost {
  const body = buildBody(event);
  const seconds = Math.floor(Date.parse(at) / 1000);
  return {
    url,
    body,
    headers: {
      "content-type": "application/json",
      "user-agent": "nacr-gateway",
      "nacr-event-id": event.id,
      "nacr-timestamp": String(seconds),
      "nacr-signature": signEvent(secrets, seconds, event.id, body),
      ...(redelivery ? { "nacr-redelivery": "true" } : {}),
    },
  };
}
