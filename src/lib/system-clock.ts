/** The clock of a running gateway; use cases get it as a port, so that a test can hold time still. */
import { toLondonDate } from "./calendar-date.ts";

export const systemClock = {
  now: (): string => new Date().toISOString(),
  today: (): string => toLondonDate(new Date()),
};
