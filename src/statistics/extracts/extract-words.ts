/** What is asked of an agreement for an extract, and what the agreement's answer leaves of it. */
import type { AgreementUse, Permission, UseRefusal } from "../../agreements/judge-use.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { Cut } from "../cuts/cut.ts";
import type { PublishedCuts } from "../cuts/cut-ports.ts";
import { dimensionsOf, requirePublished } from "../questions/ask-statistics.ts";
import type { AskedTable, ExtractRequest } from "./extract.ts";
import { type ExtractPeriod, isOver, readPeriod } from "./extract-period.ts";

/** Beside those of the agreement itself (`judge-use.ts`). */
export type ExtractRefusal = UseRefusal | "FREQUENCY_NOT_PERMITTED" | "PERIOD_NOT_OVER";

export const extractRefused = (refusals: readonly ExtractRefusal[]): GatewayError =>
  new GatewayError("FORBIDDEN", "The agreement does not permit this.", { details: { refusals } });

/** @throws GatewayError BAD_USER_INPUT */
export function requirePeriod(name: string): ExtractPeriod {
  const period = readPeriod(name);
  if (period === null)
    throw new GatewayError(
      "BAD_USER_INPUT",
      "A period is a month (2024-07), an audit year to the end of a quarter (2024-Q2), or an audit year (2024).",
      {
        details: { path: "input.period" },
      },
    );
  return period;
}

/** @throws GatewayError FORBIDDEN with the reasons */
export function requireDue(period: ExtractPeriod, { extractFrequency }: Permission, cut: Pick<Cut, "asOf">): void {
  const refusals: ExtractRefusal[] = [];
  if (period.frequency !== extractFrequency) refusals.push("FREQUENCY_NOT_PERMITTED");
  if (!isOver(period, cut.asOf)) refusals.push("PERIOD_NOT_OVER");
  if (refusals.length > 0) throw extractRefused(refusals);
}

/** What the gate is asked: for the request, when the extract is made, and for each download. */
export function toUse(
  asked: Pick<ExtractRequest, "product" | "purpose" | "location" | "fields" | "tables">,
  period: ExtractPeriod,
): Omit<AgreementUse, "person" | "at"> {
  const questions = asked.tables.map(readTable);
  return {
    purpose: asked.purpose,
    product: asked.product,
    measures: [...new Set(questions.map(({ measure }) => measure))],
    dimensions: [...new Set(questions.flatMap(dimensionsOf))],
    fields: asked.fields,
    years: [period.auditYear],
    nations: [],
    eventGroups: [],
    location: asked.location,
  };
}

/** @throws GatewayError NOT_PUBLISHED with the nearest tables of the declaration */
export const readTable = ({ measure, dimensions }: AskedTable) => requirePublished({ measure, dimensions, where: [] });

/** In the same words for what is not there and for what the actor may not know of. */
export const noSuchExtract = (): GatewayError =>
  new GatewayError("NOT_FOUND", "There is no such extract, or it is not yours to know of.");

/** @throws GatewayError NOT_FOUND, CUT_WITHDRAWN */
export async function requireCut(cuts: Pick<PublishedCuts, "find">, id: string): Promise<Cut> {
  const cut = await cuts.find(id);
  if (cut === null) throw new GatewayError("NOT_FOUND", "There is no such cut.");
  if (cut.state === "WITHDRAWN") throw new GatewayError("CUT_WITHDRAWN", "The cut was withdrawn.");
  return cut;
}
