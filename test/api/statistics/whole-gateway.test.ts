/** An analyst's way through a whole gateway: a published cut, a question, its file, a kept question, and what the agreement's log says of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_AGREEMENT_ID } from "../../../src/agreements/demo-agreement.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { CUT_ID, putSampleCut, sampleCube } from "../../support/sample-cuts.ts";
import { inputOf, QUERY, TABLE } from "./statistics-server.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
  await putSampleCut(gateway.database, sampleCube(2024));
});
afterAll(() => gateway.close());

const input = inputOf({ agreement: DEMO_AGREEMENT_ID, measure: "JOURNEYS", dimensions: ["SEX", "AGE"] });
interface Shown {
  readonly rows: readonly { readonly value: { readonly number: number | null } }[];
  readonly suppressedCells: number;
  readonly agreement: { readonly id: string; readonly status: string };
  readonly exports: readonly { readonly format: string; readonly path: string }[];
}

describe("statistics of a whole gateway", () => {
  it("answers an analyst from the cut in force, and gives the same figures as a file", async () => {
    const { data, errors } = await gateway.gql<{ statistics: Shown }>(
      "analyst",
      QUERY.replace(TABLE, `${TABLE} agreement { id status }`),
      { input },
    );
    expect(errors).toEqual([]);
    const figures = data?.statistics.rows.map(({ value }) => value.number) ?? [];
    expect(figures).toHaveLength(12);
    expect(figures.some((figure) => figure === null)).toBe(true);
    expect(figures.filter((figure) => figure !== null)).toHaveLength(12 - (data?.statistics.suppressedCells ?? 0));
    expect(data?.statistics.agreement).toEqual({ id: DEMO_AGREEMENT_ID, status: "IN_FORCE" });
    const path = data?.statistics.exports.find(({ format }) => format === "JSON")?.path ?? "";
    const file = await fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${await gateway.token("analyst")}` } });
    const { rows }: { rows: readonly { value: number | null }[] } = JSON.parse(await file.text());
    expect(rows.map(({ value }) => value)).toEqual(figures);
  });

  it("refuses a file of a question with the character NUL, which no statement takes, before those asked beside it are read", async () => {
    const headers = { authorization: `Bearer ${await gateway.token("analyst")}` };
    const file = await fetch(`${gateway.url}/exports/statistics.json?agreement=%00&purpose=P&measure=JOURNEYS`, { headers });
    expect([file.status, await file.json()]).toMatchObject([400, { errors: [{ extensions: { code: "BAD_USER_INPUT" } }] }]);
  });

  it("keeps a question, and answers it with the bytes of the question itself", async () => {
    const { measure, dimensions } = input;
    const { data: saved, errors } = await gateway.gql<{ saveQuestion: { id: string; versions: readonly object[] } }>(
      "analyst",
      'mutation ($agreement: ID!, $question: QuestionInput!) { saveQuestion(agreement: $agreement, name: "Sex by age", question: $question) { id versions { number measure dimensions where { category } } } }',
      { agreement: DEMO_AGREEMENT_ID, question: { measure, dimensions } },
    );
    expect(errors).toEqual([]);
    expect(saved?.saveQuestion.versions).toEqual([{ number: 1, measure, dimensions, where: [] }]);
    const asked = await gateway.gql("analyst", QUERY, { input });
    const again = await gateway.gql(
      "analyst",
      `query ($id: ID!) { savedStatistics(id: $id, purpose: "SERVICE_EVALUATION") { ${TABLE} } }`,
      { id: saved?.saveQuestion.id },
    );
    expect(JSON.stringify(again.data?.savedStatistics)).toBe(JSON.stringify(asked.data?.statistics));
  });

  it("writes every look-up into the agreement's log, with the cut and the figures that were shown, and a refused one with why", async () => {
    await gateway.gql("analyst", QUERY, { input: { ...input, purpose: "OTHER" } });
    const { data } = await gateway.gql<{ auditPack: { files: readonly { name: string; content: string }[] } }>(
      "admin",
      `{ auditPack(agreement: "${DEMO_AGREEMENT_ID}") { files { name content } } }`,
    );
    const uses =
      data?.auditPack.files
        .find(({ name }) => name === "uses.csv")
        ?.content.trimEnd()
        .split("\r\n") ?? [];
    expect(uses[0]).toContain("cutId");
    expect(uses.filter((line) => line.includes(",PERMITTED,")).length).toBe(4);
    expect(uses.filter((line) => line.includes(CUT_ID)).length).toBe(4);
    expect(uses.at(-1)).toContain("PURPOSE_NOT_DECLARED");
  });
});
