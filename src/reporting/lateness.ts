/** How often a programme has agreed to send, and whether it is late (dataset page 8.1: daily, weekly or monthly, at least monthly). */

export const FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY"] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** What holds as long as nothing else is agreed. */
export const DEFAULT_FREQUENCY: Frequency = "MONTHLY";

/** Days after which a programme is late: the longest its interval can be. */
const LATE_AFTER_DAYS: Readonly<Record<Frequency, number>> = { DAILY: 1, WEEKLY: 7, MONTHLY: 31 };

export interface Lateness {
  readonly frequency: Frequency;
  /** When something of a submission was last stored, as an ISO instant; null: never. */
  readonly lastSubmittedAt: string | null;
  /** Whole days since; null: never. */
  readonly daysSince: number | null;
  /** Days beyond what was agreed; 0: not late. Null: late, since nothing was ever sent. */
  readonly daysLate: number | null;
  readonly isLate: boolean;
}

const DAY_MS = 86_400_000;

/** @param now ISO instant */
export function latenessOf(frequency: Frequency, lastSubmittedAt: string | null, now: string): Lateness {
  if (lastSubmittedAt === null) return { frequency, lastSubmittedAt, daysSince: null, daysLate: null, isLate: true };
  const daysSince = Math.max(0, Math.floor((Date.parse(now) - Date.parse(lastSubmittedAt)) / DAY_MS));
  const daysLate = Math.max(0, daysSince - LATE_AFTER_DAYS[frequency]);
  return { frequency, lastSubmittedAt, daysSince, daysLate, isLate: daysLate > 0 };
}
