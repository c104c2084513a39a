/**
 * What one client may ask of one process: requests, whatever they are, and points for what they cost. Each client has buckets of its own,
 * so one that floods the gateway takes from nobody but itself. A bucket holds a sixth of a minute's worth: more than that at once is
 * arrested, as NHS England's API platform calls it.
 */
import { createTokenBuckets, type Taken } from "../lib/token-buckets.ts";

export interface BudgetSettings {
  readonly requestsPerMinute: number;
  /** Points: see `costOf`. */
  readonly costPerMinute: number;
}

export type BudgetName = keyof BudgetSettings;

export interface Spent extends Taken {
  readonly budget: BudgetName;
  readonly perMinute: number;
}

export interface ClientBudget {
  /** One request of this client. */
  admit(clientId: string): Spent;
  /** What its operation costs. */
  charge(clientId: string, points: number): Spent;
}

const BURST_SECONDS = 10;

export function createClientBudget(settings: BudgetSettings, now?: () => number): ClientBudget {
  const bucketsOf = (budget: BudgetName) => {
    const perMinute = settings[budget];
    const perSecond = perMinute / 60;
    const buckets = createTokenBuckets({ points: perSecond * BURST_SECONDS, perSecond }, now);
    return (clientId: string, points: number): Spent => ({ ...buckets.take(clientId, points), budget, perMinute });
  };
  const requests = bucketsOf("requestsPerMinute");
  return { admit: (clientId) => requests(clientId, 1), charge: bucketsOf("costPerMinute") };
}

const BYTES_PER_POINT = 4_096;

/** One point for the request, one for each object it may answer with, one for each 4 KiB sent: 500 patients are some 200 points. */
export const costOf = ({ nodes, bodyBytes }: { readonly nodes: number; readonly bodyBytes: number }): number =>
  1 + nodes + Math.ceil(bodyBytes / BYTES_PER_POINT);
