/** `nacr publish-cut`: asks the gateway for a cut and waits for what becomes of it. */
import type { GatewayClient } from "../client/gateway-client.ts";
import { CutPublicationDocument, type CutPublicationQuery, PublishCutDocument } from "../generated/graphql/operations.ts";
import { EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";

type Publication = CutPublicationQuery["cutPublication"];

const ASK_AGAIN_MS = 1_000;
const ENDS: readonly string[] = ["PUBLISHED", "REFUSED", "FAILED"];

export interface PublishCutOptions {
  readonly json: boolean;
  /** Between two questions, in milliseconds. Default 1,000. */
  readonly askAgainMs?: number;
}

/** Stopped, the publication goes on: `cutPublications` has what becomes of it. @param report told of each step, for the person at the terminal */
export async function publishCut(
  { json, askAgainMs = ASK_AGAIN_MS }: PublishCutOptions,
  client: GatewayClient,
  report: (text: string) => void,
): Promise<CommandResult> {
  const { id } = (await client.request(PublishCutDocument, {})).publishCut;
  let told = "";
  for (;;) {
    const { cutPublication } = await client.request(CutPublicationDocument, { id });
    if (ENDS.includes(cutPublication.state)) {
      const exitCode = cutPublication.state === "PUBLISHED" ? EXIT.done : EXIT.rejected;
      return { output: json ? JSON.stringify(cutPublication, null, 2) : print(cutPublication), exitCode };
    }
    const progress = printProgress(cutPublication);
    if (progress !== told) report(progress);
    told = progress;
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
  }
}

const printProgress = ({ state, step, years }: Publication): string =>
  [step ?? state, ...years.map(({ auditYear }) => `${auditYear} counted`)].join(", ").toLowerCase();

function print({ state, refusal, cutId, years }: Publication): string {
  const outcome = state === "PUBLISHED" ? `Published: cut ${cutId}.` : `No cut: ${refusal ?? state}.`;
  return [outcome, ...years.map(printYear)].join("\n");
}

const printYear = ({ auditYear, isPublished, cells, published, repaired, rounds }: Publication["years"][number]): string =>
  `  ${auditYear}/${String(auditYear + 1).slice(2)}: ${isPublished ? "" : "NOT PUBLISHED, "}${published} of ${cells} cells, ${repaired} withheld by the repair in ${rounds} rounds`;
