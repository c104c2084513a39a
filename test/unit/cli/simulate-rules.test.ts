/** `nacr simulate-rules`: pages are added up, and printed for people or machines. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { simulateRules } from "../../../src/cli/simulate-rules.ts";
import type { GatewayClient } from "../../../src/client/gateway-client.ts";
import type { SimulateRulesQuery } from "../../../src/generated/graphql/operations.ts";

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "simulate-"));
  file = path.join(folder, "proposal.json");
  writeFileSync(file, '{"datasetVersion":"gw-1.1"}');
});
afterAll(() => rmSync(folder, { recursive: true }));

const SYSTEM = { vendor: "Example", product: "PAS", version: "3" };
const pageOf = (endCursor: string | null): SimulateRulesQuery["simulateRules"] => ({
  sources: [
    {
      sourceSystem: SYSTEM,
      ...{ submissions: 1, notReadable: 0, records: 100, rejectedByBoth: 2, newlyRejected: 3, noLongerRejected: 0 },
      ...{ newWarnings: 0, goneWarnings: 0, unmatched: 0 },
      findings: [
        {
          ...{
            change: "NEWLY_REJECTED",
            code: "CONDITION_NOT_MET",
            rule: "P-1",
            recordType: "TREATMENT",
            field: "date",
            records: 3,
          },
          examples: [{ submissionId: "s-1", recordIndex: 7 }],
        },
      ],
    },
  ],
  persons: 4,
  links: [
    {
      ...{ before: "LINKED", after: "APART", ruleBefore: "SAME_TYPE_SAME_DATE", ruleAfter: null, pairs: 1 },
      sourceSystems: [SYSTEM],
      examples: [{ a: "e-1", b: "e-2" }],
    },
  ],
  pageInfo: { hasNextPage: endCursor !== null, endCursor },
});

/** Two pages. */
function clientOf(asked: unknown[]): Pick<GatewayClient, "request"> {
  const pages = [pageOf("next"), pageOf(null)];
  return {
    request: async (_document, variables) => {
      asked.push(variables);
      return { simulateRules: pages[asked.length - 1] } as never;
    },
  };
}

const options = { from: "2026-01-01", to: undefined, json: false };

it("goes through the pages, reports each, and prints one sum", async () => {
  const [asked, told]: [unknown[], string[]] = [[], []];
  const { output, exitCode } = await simulateRules(file, options, clientOf(asked), (text) => told.push(text));
  const input = { proposal: { datasetVersion: "gw-1.1" }, receivedFrom: "2026-01-01T00:00:00.000Z", receivedTo: null };
  expect(asked).toEqual([
    { input, after: null },
    { input, after: "next" },
  ]);
  expect(told).toEqual(["1 submissions, 100 records, 4 persons", "2 submissions, 200 records, 8 persons"]);
  expect(exitCode).toBe(0);
  expect(output).toContain("Example PAS 3 (3.0 % newly rejected)");
  expect(output).toContain("NEWLY_REJECTED CONDITION_NOT_MET P-1  TREATMENT.date  ×6\n      s-1 #7, s-1 #7");
  expect(output).toContain("8 persons with several events, 2 pairs of events would stand differently");
  expect(output).toContain("LINKED -> APART  SAME_TYPE_SAME_DATE -> no rule  ×2  Example PAS 3");
});

it("writes the sum as JSON for machines", async () => {
  const { output } = await simulateRules(file, { ...options, json: true }, clientOf([]), () => undefined);
  expect(JSON.parse(output)).toMatchObject({ persons: 8, sources: [{ records: 200, findings: [{ records: 6 }] }] });
});

it("refuses what is no time and no JSON before it asks", async () => {
  const asked: unknown[] = [];
  await expect(simulateRules(file, { ...options, from: "May" }, clientOf(asked), () => undefined)).rejects.toThrow("--from");
  writeFileSync(path.join(folder, "odd.json"), "{");
  await expect(simulateRules(path.join(folder, "odd.json"), options, clientOf(asked), () => undefined)).rejects.toThrow("JSON");
  expect(asked).toEqual([]);
});
