import { afterAll, beforeAll, expect, it } from "vitest";
import { LIMITS } from "../../../src/lib/limits.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

it("a whole gateway takes a file of a demo identity and keeps of its name what record type it says", async () => {
  const authorization = `Bearer ${await gateway.token("submitter")}`;
  const sent = await fetch(`${gateway.url}/uploads?filename=assessment_2026.csv`, {
    method: "POST",
    headers: { authorization, "content-type": "text/csv" },
    body: "a,b\n1,2\n",
  });
  expect(sent.status).toBe(201);
  const { uploadId }: { uploadId?: string } = JSON.parse(await sent.text());
  const rows = await gateway.database.query("select record_type, client_id, ods from public.upload where id = $1::uuid", [
    uploadId,
  ]);
  expect(rows).toEqual([{ record_type: "ASSESSMENT", client_id: "demo-submitter", ods: "ZDM01" }]);
  const refused = await fetch(`${gateway.url}/uploads/${uploadId}`, {
    headers: { authorization: `Bearer ${await gateway.token("submitter2")}` },
  });
  expect(refused.status).toBe(404);
  expect(gateway.logs.join()).not.toContain("assessment_2026");
});

it("the limits of uploads are published", async () => {
  const { uploadBytes, concurrentUploads, incompleteUploadHours, unusedUploadDays, uploadParts } = LIMITS;
  const answer = await gateway.gql(
    "submitter",
    "{ limits { uploadBytes uploadParts concurrentUploads incompleteUploadHours unusedUploadDays } }",
  );
  expect(answer.data).toEqual({
    limits: { uploadBytes, uploadParts, concurrentUploads, incompleteUploadHours, unusedUploadDays },
  });
});
