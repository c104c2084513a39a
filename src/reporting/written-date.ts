/** Dates as people read them, on pages: 1 April 2025. Files for programs keep ISO dates. */

const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const INSTANT = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "Europe/London" });

/** @param date `YYYY-MM-DD` */
export const writeDay = (date: string): string => DAY.format(new Date(`${date}T00:00:00Z`));

/** In London's time. @param instant ISO */
export const writeInstant = (instant: string): string => INSTANT.format(new Date(instant));
