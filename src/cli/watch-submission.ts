/** `nacr watch`: what becomes of a submission, as it becomes. */
import type { GatewayClient } from "../client/gateway-client.ts";
import { SubmissionProgressDocument, type SubmissionProgressSubscription } from "../generated/graphql/operations.ts";

type Watched = SubmissionProgressSubscription["submissionProgress"];

/** Where progress is shown while it goes on: a line that is written over on a terminal, lines elsewhere. */
export interface ProgressScreen {
  readonly isTerminal: boolean;
  write(text: string): void;
}

const BAR = 24;
const ERASE_LINE = "\r\u001b[2K";

/** Returns when the submission has ended. With `json` each state is a line of JSON. @throws GatewayClientError */
export async function watchSubmission(
  id: string,
  client: Pick<GatewayClient, "follow">,
  screen: ProgressScreen,
  json: boolean,
): Promise<void> {
  let last = "";
  for await (const { submissionProgress } of client.follow(SubmissionProgressDocument, { id })) {
    const line = json ? JSON.stringify(submissionProgress) : describeProgress(submissionProgress);
    if (line === last) continue;
    last = line;
    screen.write(screen.isTerminal && !json ? `${ERASE_LINE}${line}` : `${line}\n`);
  }
  if (screen.isTerminal && !json) screen.write("\n");
}

/** One line: a bar where it is known how much there is. */
export const describeProgress = ({ status, outcome, progress }: Watched): string =>
  [status, outcome, describeCount(progress)].filter((part) => part !== null).join("  ");

function describeCount({ phase, processed, total, estimated, estimatedCompletionAt }: Watched["progress"]): string {
  const count = processed.toLocaleString("en-GB");
  if (total === 0) return `${phase}  ${count}`;
  const share = Math.min(1, processed / total);
  const done = Math.round(share * BAR);
  const bar = `[${"#".repeat(done)}${"-".repeat(BAR - done)}]`;
  const about = estimated ? "about " : "";
  const until = estimatedCompletionAt === null ? "" : `, done about ${estimatedCompletionAt.slice(11, 19)} UTC`;
  return `${phase}  ${bar} ${Math.floor(share * 100)} %  ${count} of ${about}${total.toLocaleString("en-GB")}${until}`;
}
