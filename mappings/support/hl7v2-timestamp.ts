/**
 * HL7 v2 timestamps, `YYYY[MM[DD[HHMM[SS[.S]]]]][+-ZZZZ]`, as calendar dates and instants. A calendar date is the date the sender
 * wrote, in the sender's own offset; only a time written in UTC is moved to the sender's time zone (interop 1.7, point 12), because
 * interface engines turn a local midnight into 23:00 of the day before. No clock is read.
 */

/** A lone `+` after the digits is a habit of one Welsh patient administration system. */
const TIMESTAMP = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.\d{1,4})?)?)?)?)?)?(?:(Z)|([+-])(\d\d)(\d\d)|\+)?$/;
const MINUTE_MS = 60_000;
const ISO_DATE_LENGTH = "YYYY-MM-DD".length;

interface Timestamp {
  readonly year: number;
  readonly month: number | undefined;
  readonly day: number | undefined;
  /** Absent where only a date was written. */
  readonly timeMs: number | undefined;
  /** Minutes east of UTC; undefined where the sender wrote none. */
  readonly offsetMinutes: number | undefined;
}

/** ISO date, or `YYYY-MM` or `YYYY` where the sender wrote no more. Undefined: not a timestamp, or not a day of the calendar. */
export function toCalendarDate(text: string, timeZone: string): string | undefined {
  const timestamp = readTimestamp(text);
  if (timestamp === undefined) return undefined;
  const { year, month, day, timeMs, offsetMinutes } = timestamp;
  if (month === undefined) return pad(year, 4);
  if (day === undefined) return `${pad(year, 4)}-${pad(month, 2)}`;
  if (offsetMinutes !== 0 || timeMs === undefined) return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  const utcMs = Date.UTC(year, month - 1, day) + timeMs;
  return new Date(utcMs + offsetAt(utcMs, timeZone)).toISOString().slice(0, ISO_DATE_LENGTH);
}

/** As `toCalendarDate`, or null for a month or a year: they date no stay, diagnosis or procedure. */
export function toWholeDate(text: string, timeZone: string): string | null {
  const date = toCalendarDate(text, timeZone);
  return date?.length === ISO_DATE_LENGTH ? date : null;
}

/** ISO instant of a timestamp; one without an offset is local time of the sender. Undefined unless at least a day was written. */
export function toInstant(text: string, timeZone: string): string | undefined {
  const timestamp = readTimestamp(text);
  if (timestamp?.month === undefined || timestamp.day === undefined) return undefined;
  const localMs = Date.UTC(timestamp.year, timestamp.month - 1, timestamp.day) + (timestamp.timeMs ?? 0);
  if (timestamp.offsetMinutes !== undefined) return new Date(localMs - timestamp.offsetMinutes * MINUTE_MS).toISOString();
  // The offset at the local time taken as UTC is wrong only within hours of a clock change; asking again there settles it.
  const guessMs = localMs - offsetAt(localMs, timeZone);
  return new Date(localMs - offsetAt(guessMs, timeZone)).toISOString();
}

function readTimestamp(text: string): Timestamp | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, zulu, sign, offsetHours, offsetMinutes] = match;
  const timestamp = {
    year: Number(year),
    month: month === undefined ? undefined : Number(month),
    day: day === undefined ? undefined : Number(day),
    timeMs: hour === undefined ? undefined : ((Number(hour) * 60 + Number(minute ?? 0)) * 60 + Number(second ?? 0)) * 1_000,
    offsetMinutes: zulu ? 0 : sign ? Number(`${sign}1`) * (Number(offsetHours) * 60 + Number(offsetMinutes)) : undefined,
  };
  return isOnCalendar(timestamp) ? { ...timestamp, offsetMinutes: timestamp.offsetMinutes } : undefined;
}

/** Years before 1000 are placeholders such as `00010101`, and JavaScript reads years below 100 as 19xx. */
function isOnCalendar({ year, month, day, timeMs }: Timestamp): boolean {
  if (year < 1000 || (month !== undefined && (month < 1 || month > 12))) return false;
  if (month !== undefined && day !== undefined && new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) return false;
  return timeMs === undefined || timeMs < 24 * 60 * MINUTE_MS;
}

interface Clock {
  readonly formatter: Intl.DateTimeFormat;
  /** Offset of each UTC day (days since 1970) on which the clock does not change; null where it does. */
  readonly days: Map<number, number | null>;
}

/** By time zone. What they hold follows from the time zone alone, so a mapping stays a pure function of its message. */
const clocks = new Map<string, Clock>();
const DAY_MS = 24 * 60 * MINUTE_MS;
const MOST_DAYS = 10_000;

/**
 * How far a time zone's clock is ahead of UTC at an instant, in milliseconds. Asking Intl costs about 5 microseconds, a twentieth of
 * what a message may cost, and messages come in order of time: so a day's answer is kept.
 */
function offsetAt(instantMs: number, timeZone: string): number {
  const clock = clocks.get(timeZone) ?? createClock(timeZone);
  const day = Math.floor(instantMs / DAY_MS);
  let offset = clock.days.get(day);
  if (offset === undefined) {
    const atStart = askOffset(clock, day * DAY_MS);
    offset = atStart === askOffset(clock, (day + 1) * DAY_MS) ? atStart : null;
    if (clock.days.size >= MOST_DAYS) clock.days.clear();
    clock.days.set(day, offset);
  }
  return offset ?? askOffset(clock, instantMs);
}

function createClock(timeZone: string): Clock {
  const number = "numeric";
  const formatter = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: number,
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
  });
  const clock = { formatter, days: new Map<number, number | null>() };
  clocks.set(timeZone, clock);
  return clock;
}

function askOffset({ formatter }: Clock, instantMs: number): number {
  const parts = new Map(formatter.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const localMs = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return localMs - instantMs;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
