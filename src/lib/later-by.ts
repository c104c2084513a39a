export const DAY_MS = 86_400_000;

/** The instant so many milliseconds after an ISO instant, as one. */
export const laterBy = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();
