/** At least a calendar month between two cuts (assurance.md 4.3.1): days are London's, so that the change of the clock moves none. */
import { daysInMonth, toLondonDate } from "../../lib/calendar-date.ts";

/**
 * The first day on which the next cut may be published: the same day of the following month, or its last one where it has no such day.
 * @param publishedAt ISO instant of the cut before, whether or not it was withdrawn: it was seen
 */
export function nextCutFrom(publishedAt: string): string {
  const [year = 0, month = 0, day = 0] = toLondonDate(new Date(publishedAt)).split("-").map(Number);
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1];
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${nextYear}-${two(nextMonth)}-${two(Math.min(day, daysInMonth(nextYear, nextMonth)))}`;
}
