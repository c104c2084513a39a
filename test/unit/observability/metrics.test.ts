import { describe, expect, it } from "vitest";
import { createMetrics } from "../../../src/observability/metrics.ts";

describe("metrics", () => {
  it("count requests by pattern, known method and status", async () => {
    const metrics = createMetrics();
    metrics.requestDone("/graphql", "POST", 200, 0.01);
    metrics.requestDone("/graphql", "BREW", 405, 0.01);
    const { contentType, body } = await metrics.render();
    expect(contentType).toContain("text/plain");
    expect(body).toContain('nacr_http_request_duration_seconds_count{route="/graphql",method="POST",status="200"} 1');
    expect(body).toContain('method="OTHER",status="405"');
    expect(body).not.toContain("BREW");
  });

  it("count submissions, and records by what became of them", async () => {
    const metrics = createMetrics();
    metrics.submissionDone("FHIR", "ACCEPTED", { created: 3, rejected: 0 });
    const { body } = await metrics.render();
    expect(body).toContain('nacr_submissions_total{channel="FHIR",outcome="ACCEPTED"} 1');
    expect(body).toContain('nacr_submission_records_total{channel="FHIR",outcome="created"} 3');
    expect(body).not.toContain('outcome="rejected"');
  });

  it("count batches of links, and how much is due as long as that can be asked", async () => {
    const metrics = createMetrics();
    let asked = 0;
    metrics.links.watchDue(() => (++asked === 1 ? Promise.resolve(7) : Promise.reject(new Error("gone"))));
    metrics.links.batchDone({ taken: 5, changed: 2, tooLarge: 0 }, 0.02);
    const { body } = await metrics.render();
    expect(body).toContain("nacr_links_due 7");
    expect(body).toContain('nacr_link_lines_total{kind="due"} 5');
    expect(body).toContain('nacr_link_lines_total{kind="changed"} 2');
    expect(body).toContain("nacr_link_batch_duration_seconds_count 1");
    expect(body).not.toContain("too_large");
    expect((await metrics.render()).body).not.toMatch(/^nacr_links_due/m);
  });

  it("of two gateways in one process do not mix", async () => {
    const [one, two] = [createMetrics(), createMetrics()];
    one.requestDone("/graphql", "POST", 200, 0.01);
    expect((await two.render()).body).not.toContain('route="/graphql"');
  });
});
