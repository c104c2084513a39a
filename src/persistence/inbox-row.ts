/** Cells of `mllp_message` as the inbox speaks of them. */
import { z } from "zod";
import { ANSWERS, type KnownMessage, MESSAGE_STATES, type Verdict } from "../inbox/inbox-ports.ts";
import { optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

const findingList = z.array(
  z.object({
    code: z.string(),
    field: z.string().nullable(),
    expression: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  }),
);

/** The place a message's content is sealed to. */
export const contentPlace = (id: string): string => `mllp_message|content|${id}`;

export function readVerdict(row: SqlRow): Verdict {
  const findings = findingList.parse(JSON.parse(textOf(row, "findings")));
  return {
    answer: wordOf(row, "answer", ANSWERS),
    findings: findings.map(({ params, ...finding }) => (params === undefined ? finding : { ...finding, params })),
  };
}

export const readKnownMessage = (row: SqlRow): KnownMessage => ({
  id: textOf(row, "id"),
  programmeCode: textOf(row, "programme_code"),
  listener: textOf(row, "listener"),
  messageType: optionalTextOf(row, "message_type"),
  state: wordOf(row, "state", MESSAGE_STATES),
  ...readVerdict(row),
  reason: optionalTextOf(row, "reason"),
  receivedAt: textOf(row, "received_at"),
  settledAt: optionalTextOf(row, "settled_at"),
  submissionId: optionalTextOf(row, "submission_id"),
});
