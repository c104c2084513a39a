/** Rules simulated over HTTP: by whom, over requests and files, and in which words a proposal is refused. */
import { readFile } from "node:fs/promises";
import { print } from "graphql";
import { beforeAll, describe, expect, it } from "vitest";
import { SimulateRulesDocument, type SimulateRulesQuery } from "../../../src/generated/graphql/operations.ts";
import type { DemoIdentity } from "../../support/gateway.ts";
import { event, journey, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { sendFile } from "../files/file-client.ts";
import { provideSubmitter } from "../submission/submitting.ts";

const submitter = provideSubmitter();

const QUERY = print(SimulateRulesDocument);
const ask = (proposal: unknown, as: DemoIdentity = "submitter", after: string | null = null) =>
  submitter().gateway.gql<SimulateRulesQuery>(as, QUERY, { input: { proposal }, after });

async function simulate(proposal: unknown, as: DemoIdentity = "submitter") {
  const answer = await ask(proposal, as);
  expect(answer.errors).toEqual([]);
  if (answer.data === null) throw new Error("an answer without errors has data");
  return answer.data.simulateRules;
}

const weighing = (seed: number, weightKg: number) =>
  journey(seed, {
    initiatingEvents: [
      event({ rehabilitations: [rehabilitation({ assessments: [{ number: 1, date: "2026-01-28", weightKg }] })] }),
    ],
  });
const LIGHT = { changes: { items: [{ recordType: "ASSESSMENT", item: "weightKg", expected: null, hard: [20, 140] }] } };
const HEAVY = new Set([2, 70, 180, 220]);

beforeAll(async () => {
  await submitter().records([weighing(1, 82), weighing(2, 150), weighing(3, 90)]);
  // Three chunks.
  const lines = Array.from({ length: 230 }, (_, line) => JSON.stringify(weighing(1_000 + line, HEAVY.has(line) ? 160 : 80)));
  await sendFile(submitter().gateway, lines.join("\n"));
});

describe("what is simulated", () => {
  it("requests and files alike, each under the product that sent it, with places a submission's answer shows", async () => {
    const { sources, pageInfo, persons } = await simulate(LIGHT);
    expect(pageInfo).toEqual({ hasNextPage: false, endCursor: null });
    expect(persons).toBe(0);
    const [request, file] = ["Bench", "Files"].map((name) => sources.find(({ sourceSystem }) => sourceSystem.product === name));
    expect(request).toMatchObject({ submissions: 1, records: 12, newlyRejected: 1 });
    expect(file).toMatchObject({ submissions: 1, records: 920, newlyRejected: 4, notReadable: 0 });
    const examples = file?.findings[0]?.examples ?? [];
    expect(examples).toHaveLength(4);
    for (const { submissionId, recordIndex } of examples) {
      const after = Buffer.from(String(recordIndex - 1)).toString("base64url");
      const read = await submitter().gateway.gql<{
        submission: { records: { nodes: { recordType: string; expression: string }[] } };
      }>(
        "submitter",
        `query ($id: ID!, $after: String) { submission(id: $id) { records(first: 1, after: $after) { nodes { recordType expression } } } }`,
        { id: submissionId, after },
      );
      const [record] = read.data?.submission.records.nodes ?? [];
      expect(record?.recordType).toBe("ASSESSMENT");
      expect(HEAVY.has(Number(/\d+/.exec(record?.expression ?? "")?.[0]) - 1), record?.expression).toBe(true);
    }
  });

  it("for the team of the organisation, too, whoever sent it; for another organisation nothing of it", async () => {
    expect((await simulate(LIGHT, "team")).sources).toEqual((await simulate(LIGHT)).sources);
    expect((await simulate(LIGHT, "submitter2")).sources).toEqual([]);
  });

  it("the example of the documentation, as it stands there", async () => {
    const page = await readFile(new URL("../../../docs/simulation.md", import.meta.url), "utf8");
    const text = /```json\n(?<example>[^`]+)```/.exec(page)?.groups?.example ?? "";
    await submitter().records([
      recordOf(50, { initiatingEvents: [event({ rehabilitations: [rehabilitation({ coreStartDate: "2026-06-01" })] })] }),
    ]);
    const { sources } = await simulate(JSON.parse(text));
    const findings = sources.flatMap(({ findings: of }) => of.map(({ change, rule }) => `${change} ${rule}`));
    expect(findings).toContain("NEW_WARNING P-CORE-SOON");
  });
});

describe("what is refused", () => {
  it("whoever does not act for an organisation's data as its own", async () => {
    for (const as of ["vendor", "guardian", "analyst", "admin"] as const) {
      const { errors } = await ask(LIGHT, as);
      expect([as, errors[0]?.extensions.code]).toEqual([as, "GRAPHQL_VALIDATION_FAILED"]);
    }
  });

  it("a proposal that cannot be, with a line for each problem", async () => {
    const { errors, status } = await ask({
      changes: { rules: { remove: ["NO-RULE"] }, items: [{ recordType: "PATIENT", item: "none" }] },
    });
    expect(status).toBe(200);
    expect(errors[0]?.extensions).toMatchObject({
      ...{ code: "BAD_USER_INPUT", path: "input.proposal.changes.rules.remove[0]" },
      problems: ["changes.rules.remove[0]: there is no rule NO-RULE", "changes.items[0]: PATIENT has no item none"],
    });
  });

  it("a cursor of another list", async () => {
    const { errors } = await ask(LIGHT, "submitter", "MTA");
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", path: "after" });
  });

  it("a second one while the first is worked on: it may be asked for again", async () => {
    const answers = await Promise.all([ask(LIGHT), ask(LIGHT, "team")]);
    const refused = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions));
    expect(refused).toMatchObject([{ code: "OVERLOADED", retryable: true }]);
    expect((await ask(LIGHT)).errors).toEqual([]);
  });
});
