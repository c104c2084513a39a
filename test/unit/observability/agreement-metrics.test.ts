/** Breaches that nobody has settled, as an operator's monitoring reads them. */
import { describe, expect, it } from "vitest";
import { createMetrics } from "../../../src/observability/metrics.ts";

const NAME = "nacr_agreement_breaches_open";

describe("open breaches", () => {
  it("are counted at each reading, by whether an administrator has acknowledged them", async () => {
    const metrics = createMetrics();
    let unacknowledged = 2;
    metrics.agreements.watchBreaches(async () => ({ unacknowledged, acknowledged: 1 }));
    expect((await metrics.render()).body).toContain(`${NAME}{acknowledged="no"} 2`);
    unacknowledged = 0;
    const { body } = await metrics.render();
    expect(body).toContain(`${NAME}{acknowledged="no"} 0`);
    expect(body).toContain(`${NAME}{acknowledged="yes"} 1`);
  });

  it("are left out where they cannot be counted, rather than told as none", async () => {
    const metrics = createMetrics();
    metrics.agreements.watchBreaches(() => Promise.reject(new Error("no database")));
    expect((await metrics.render()).body).not.toContain(`${NAME}{`);
  });
});
