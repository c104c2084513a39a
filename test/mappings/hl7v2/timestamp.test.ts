import { describe, expect, it } from "vitest";
import { toCalendarDate, toInstant, toWholeDate } from "../../../mappings/support/hl7v2-timestamp.ts";

const LONDON = "Europe/London";

describe("an HL7 timestamp as a calendar date", () => {
  it.each([
    ["19650131", "1965-01-31"],
    ["196501311515", "1965-01-31"],
    ["19890118000000", "1989-01-18"],
    ["19760121+", "1976-01-21"],
    ["20240229", "2024-02-29"],
    ["20260601233000.1234", "2026-06-01"],
    ["196501", "1965-01"],
    ["1965", "1965"],
  ])("reads %s as %s", (text, date) => {
    expect(toCalendarDate(text, LONDON)).toBe(date);
  });

  it.each([
    "20260231",
    "20261301",
    "20260100",
    "00010101",
    "31/12/1965",
    "seven",
    "",
    "19650131T10",
    "202601312460x",
    "20260131250000",
  ])("refuses %s", (text) => {
    expect(toCalendarDate(text, LONDON)).toBeUndefined();
  });

  it("keeps the date that the sender wrote in the sender's own offset", () => {
    expect(toCalendarDate("20060529233131-0500", LONDON)).toBe("2006-05-29");
    expect(toCalendarDate("20060529003131+0200", LONDON)).toBe("2006-05-29");
  });

  it("reads a UTC time in London, where a summer midnight is 23:00 of the day before", () => {
    expect(toCalendarDate("19760720230000+0000", LONDON)).toBe("1976-07-21");
    expect(toCalendarDate("19760720230000Z", LONDON)).toBe("1976-07-21");
    expect(toCalendarDate("19760120230000Z", LONDON)).toBe("1976-01-20");
    // Britain kept summer time through the winters of 1968 to 1971.
    expect(toCalendarDate("19700120230000Z", LONDON)).toBe("1970-01-21");
  });

  it("does not move a date that was written without a time", () => {
    expect(toCalendarDate("19760721+0000", LONDON)).toBe("1976-07-21");
  });

  it("dates a stay or a code by whole days only", () => {
    expect(toWholeDate("196501", LONDON)).toBeNull();
    expect(toWholeDate("19650131", LONDON)).toBe("1965-01-31");
  });
});

describe("an HL7 timestamp as an instant", () => {
  it.each([
    ["20260101120000", "2026-01-01T12:00:00.000Z"],
    ["20260701120000", "2026-07-01T11:00:00.000Z"],
    ["20260701120000+0000", "2026-07-01T12:00:00.000Z"],
    ["20060529090131-0500", "2006-05-29T14:01:31.000Z"],
    ["202607011200", "2026-07-01T11:00:00.000Z"],
    ["20260701", "2026-06-30T23:00:00.000Z"],
    // The clock goes forward at 01:00 on 29 March 2026 and back at 02:00 on 25 October.
    ["20260329003000", "2026-03-29T00:30:00.000Z"],
    ["20260329023000", "2026-03-29T01:30:00.000Z"],
    ["20261025003000", "2026-10-24T23:30:00.000Z"],
    ["20261025023000", "2026-10-25T02:30:00.000Z"],
  ])("reads %s as %s", (text, instant) => {
    expect(toInstant(text, LONDON)).toBe(instant);
  });

  it("has no instant for less than a day", () => {
    expect(toInstant("202607", LONDON)).toBeUndefined();
    expect(toInstant("yesterday", LONDON)).toBeUndefined();
  });
});
