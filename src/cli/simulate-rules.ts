/** `nacr simulate-rules FILE`: a proposal over everything the organisation has sent, page by page, with one sum at the end. */
import type { GatewayClient } from "../client/gateway-client.ts";
import { SimulateRulesDocument, type SimulateRulesQuery } from "../generated/graphql/operations.ts";
import type { LinkFinding, RecordFinding, Simulated, SimulatedSource } from "../simulation/simulation.ts";
import { SimulationTally } from "../simulation/simulation-tally.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";
import { readJson } from "./read-input.ts";

export interface SimulateOptions {
  /** ISO dates or instants. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly json: boolean;
}

/** @param report told after each page, for the person at the terminal */
export async function simulateRules(
  file: string,
  options: SimulateOptions,
  client: Pick<GatewayClient, "request">,
  report: (text: string) => void,
): Promise<CommandResult> {
  const input = {
    proposal: readJson(file),
    receivedFrom: readInstant(options.from, "--from"),
    receivedTo: readInstant(options.to, "--to"),
  };
  const tally = new SimulationTally();
  for (let after: string | null = null; ; ) {
    const { simulateRules: page }: SimulateRulesQuery = await client.request(SimulateRulesDocument, { input, after });
    tally.add(page);
    report(printProgress(tally.result()));
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  const result = tally.result();
  return { output: options.json ? JSON.stringify(result, null, 2) : printSimulation(result), exitCode: EXIT.done };
}

function readInstant(text: string | undefined, option: string): string | null {
  if (text === undefined) return null;
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()))
    throw new CliError(`${option} takes a date or an instant: 2026-03-01 or 2026-03-01T09:00:00Z.`, EXIT.usage);
  return instant.toISOString();
}

const sum = (sources: readonly SimulatedSource[], countOf: (source: SimulatedSource) => number): number =>
  sources.reduce((total, source) => total + countOf(source), 0);

const printProgress = ({ sources, persons }: Simulated): string =>
  `${sum(sources, ({ submissions }) => submissions)} submissions, ${sum(sources, ({ records }) => records)} records, ${persons} persons`;

/** As a person reads it: product by product, then what would be linked differently. */
function printSimulation({ sources, persons, links }: Simulated): string {
  const pairs = links.reduce((total, finding) => total + finding.pairs, 0);
  const summary = `${persons} persons with several events, ${pairs} pairs of events would stand differently`;
  return [...sources.map(printSource), ...(persons === 0 ? [] : [[summary, ...links.map(printLink)].join("\n")])].join("\n\n");
}

function printSource({ sourceSystem: { vendor, product, version }, findings, ...counts }: SimulatedSource): string {
  const shown = Object.entries(counts).filter(([, count]) => count > 0);
  const share = counts.records === 0 ? "" : ` (${((100 * counts.newlyRejected) / counts.records).toFixed(1)} % newly rejected)`;
  return [
    `${vendor} ${product} ${version}${share}`,
    shown.map(([name, count]) => `${name} ${count}`).join("  "),
    ...findings.map(printFinding),
  ].join("\n");
}

function printFinding({ change, code, rule, recordType, field, records, examples }: RecordFinding): string {
  const where = [recordType, field].filter(Boolean).join(".");
  const places = examples.map(({ submissionId, recordIndex }) => `${submissionId} #${recordIndex}`).join(", ");
  return `  ${change} ${[code, rule].filter(Boolean).join(" ")}  ${where}  ×${records}\n      ${places}`;
}

function printLink({ before, after, ruleBefore, ruleAfter, sourceSystems, pairs, examples }: LinkFinding): string {
  const rules = `${ruleBefore ?? "no rule"} -> ${ruleAfter ?? "no rule"}`;
  const systems = sourceSystems.map(({ vendor, product, version }) => `${vendor} ${product} ${version}`).join(" and ");
  const places = examples.map(({ a, b }) => `${a} and ${b}`).join(", ");
  return `  ${before} -> ${after}  ${rules}  ×${pairs}${systems === "" ? "" : `  ${systems}`}\n      ${places}`;
}
