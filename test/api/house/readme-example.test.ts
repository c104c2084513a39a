/** The README shows one request whole with its real answer; this keeps the answer real. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";

const [request = "", answer = ""] = [...readFileSync("README.md", "utf8").matchAll(/```json\n([\s\S]*?)```/g)].map(
  (block) => block[1] ?? "",
);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

describe("the request of the README", () => {
  it("gets the answer of the README", async () => {
    const { query, variables } = JSON.parse(request);
    const { data } = await gateway.gql("submitter", query, variables);
    expect({ data }).toEqual(JSON.parse(answer));
  });
});
