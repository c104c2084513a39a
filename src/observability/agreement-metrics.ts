/** What is watched of data-sharing agreements: breaches that nobody has settled yet. */
import { Gauge, type Registry } from "prom-client";

export interface OpenBreaches {
  /** Reported, and not yet acknowledged by an administrator. */
  readonly unacknowledged: number;
  /** Acknowledged, without an outcome. */
  readonly acknowledged: number;
}

export interface AgreementMetrics {
  /** Asks `count` at each reading; where that fails, the reading goes without it. */
  watchBreaches(count: () => Promise<OpenBreaches>): void;
}

export const createAgreementMetrics = (registry: Registry): AgreementMetrics => ({
  watchBreaches: (count) => {
    new Gauge({
      name: "nacr_agreement_breaches_open",
      help: "Reported breaches of agreements without an outcome, by whether an administrator has acknowledged them",
      labelNames: ["acknowledged"],
      registers: [registry],
      // Every thread would count the same.
      aggregator: "first",
      async collect() {
        this.reset();
        const open = await count().catch(() => null);
        if (open === null) return;
        this.set({ acknowledged: "no" }, open.unacknowledged);
        this.set({ acknowledged: "yes" }, open.acknowledged);
      },
    });
  },
});
