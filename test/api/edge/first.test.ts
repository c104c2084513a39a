import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
let gateway: TestGateway;
beforeAll(async () => { gateway = await startTestGateway(); });
afterAll(() => gateway.close());
it("answers", async () => {
  const a = await gateway.gql<{ viewer: { role: string } }>("submitter", "{ viewer { role } }");
  console.log(a.status, a.text, gateway.logs);
  expect(a.data?.viewer.role).toBe("SUBMITTER");
});
