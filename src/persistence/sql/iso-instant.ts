/** ISO instant in UTC with milliseconds, whatever the session's time zone and date style. @param expression of type `timestamptz` */
export const isoInstant = (expression: string): string =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
