/** What a standard asks of a programme in a year and a nation: a row of data (dataset Decision 51). */
import type { Nation } from "../access/registration-ports.ts";
import type { StandardName } from "../records/standard-movement.ts";

export const THRESHOLD_OPERATORS = ["AT_LEAST", "AT_MOST"] as const;
/** `COMPUTED`: the national average of a year, worked out from a frozen cut. */
export const THRESHOLD_BASES = ["PUBLISHED", "COMPUTED"] as const;
export const THRESHOLD_STATUSES = ["CONFIRMED", "UNCONFIRMED"] as const;

export interface Threshold {
  /** The year in which the audit year began. */
  readonly auditYear: number;
  readonly nation: Nation;
  readonly standard: StandardName;
  readonly operator: (typeof THRESHOLD_OPERATORS)[number];
  /** Professions, groups, days or per cent, as the standard counts. */
  readonly value: number;
  readonly basis: (typeof THRESHOLD_BASES)[number];
  readonly status: (typeof THRESHOLD_STATUSES)[number];
  readonly source: string;
}

/** Whether a figure, in the threshold's own unit, is what it asks for. */
export const isReached = ({ operator, value }: Pick<Threshold, "operator" | "value">, reached: number): boolean =>
  operator === "AT_LEAST" ? reached >= value : reached <= value;
