import { it } from "vitest";
import { startTestGateway } from "../../support/gateway.ts";
import { headOf, sendRaw } from "./raw-request.ts";
import { checkDocument } from "../../../src/lib/document-gate.ts";
import { LIMITS } from "../../../src/lib/limits.ts";
it("x", async () => {
  const gateway = await startTestGateway();
  const first = "x".repeat(LIMITS.queryBodyBytes + 1);
  const b = await gateway.token("analyst");
  const r = await sendRaw(gateway.url, headOf("POST", "/graphql", [["Authorization", `Bearer ${b}`], ["Content-Type", "application/json"], ["Content-Length", String(first.length)]]) + first);
  console.log(r.text);
  const n = (k: number) => `{viewer{role ${Array.from({ length: k }, (_, i) => `@made${i}`).join(" ")}}}`;
  for (const k of [100,300,300,300,1000]) { const t = performance.now(); const x = checkDocument(n(k), LIMITS); console.log(k, x, performance.now() - t); }
  const options = { idempotencyKey: "k", programmeCode: "CR-VALLEY", sourceSystem: { vendor: "V", product: "P", version: "1" } };
  for (const d of [100, 1000, 2000, 5000, 20000, 100000]) for (const asText of [false, true]) {
    const nested = `${'{"a":'.repeat(d)}1${"}".repeat(d)}`;
    const resources = `{"resourceType":"Patient","name":${nested}}`;
    const body = `{"query":"mutation($i:SubmitFhirInput!){submitFhir(input:$i){id outcome}}","variables":{"i":{"options":${JSON.stringify({...options, idempotencyKey: "k"+d+asText})},"resources":${asText ? JSON.stringify(resources) : resources}}}}`;
    const t = performance.now();
    const a = await fetch(`${gateway.url}/graphql`, { method: "POST", headers: { authorization: `Bearer ${await gateway.token("submitter")}`, "content-type": "application/json" }, body });
    console.log(d, asText, a.status, (await a.text()).slice(0, 200), performance.now() - t);
    console.log(gateway.logs.filter((l) => l.includes("fault")).at(-1)?.slice(0, 700));
  }
  await gateway.close();
});
