import { describe, expect, it } from "vitest";
import { placeInTerm, statusOf, versionAt } from "../../../src/agreements/standing.ts";
import { addDays } from "../../../src/lib/calendar-date.ts";
import { createSeededRandom } from "../../../src/lib/seeded-random.ts";
import { signedAgreement, soundTerms } from "../../support/agreements.ts";

const HOUR = 3_600_000;

/** British Summer Time by its law, without any library: from the last Sunday of March, 01:00 UTC, to the last of October, 01:00 UTC. */
function midnightInLondon(day: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`);
  const year = new Date(utc).getUTCFullYear();
  const lastSunday = (month: number): number => {
    const last = new Date(Date.UTC(year, month + 1, 0));
    return Date.UTC(year, month, last.getUTCDate() - last.getUTCDay(), 1);
  };
  const isSummer = (instant: number): boolean => instant >= lastSunday(2) && instant < lastSunday(9);
  return isSummer(utc - HOUR) ? utc - HOUR : utc;
}

/** From 00:00 of the first day to 00:00 of the day after the last one. */
const expected = (startsOn: string, endsOn: string, at: number): string =>
  at < midnightInLondon(startsOn) ? "BEFORE" : at < midnightInLondon(addDays(endsOn, 1)) ? "WITHIN" : "AFTER";

const place = (startsOn: string, endsOn: string, at: number): string =>
  placeInTerm({ startsOn, endsOn }, new Date(at).toISOString());

describe("the term of an agreement", () => {
  it.each([
    ["winter", "2026-01-10", "2026-01-10T00:00:00.000Z"],
    ["summer", "2026-07-10", "2026-07-09T23:00:00.000Z"],
    ["the day the clocks go forward", "2026-03-29", "2026-03-29T00:00:00.000Z"],
    ["the day after it", "2026-03-30", "2026-03-29T23:00:00.000Z"],
    ["the day the clocks go back", "2026-10-25", "2026-10-24T23:00:00.000Z"],
    ["the day after that", "2026-10-26", "2026-10-26T00:00:00.000Z"],
    ["the leap day", "2028-02-29", "2028-02-29T00:00:00.000Z"],
  ])("begins at 00:00 in London, to the second: %s", (_, startsOn, first) => {
    const at = Date.parse(first);
    const around = [-1000, -1, 0, 1000].map((ms) => place(startsOn, "2030-12-31", at + ms));
    expect(around).toEqual(["BEFORE", "BEFORE", "WITHIN", "WITHIN"]);
  });

  it.each([
    ["winter", "2026-01-10", "2026-01-11T00:00:00.000Z"],
    ["summer", "2026-07-10", "2026-07-10T23:00:00.000Z"],
    ["the day the clocks go forward", "2026-03-29", "2026-03-29T23:00:00.000Z"],
    ["the day the clocks go back", "2026-10-25", "2026-10-26T00:00:00.000Z"],
    ["the leap day", "2028-02-29", "2028-03-01T00:00:00.000Z"],
    ["28 February of a leap year", "2028-02-28", "2028-02-29T00:00:00.000Z"],
    ["28 February of another year", "2027-02-28", "2027-03-01T00:00:00.000Z"],
  ])("ends at 24:00 in London, to the second: %s", (_, endsOn, over) => {
    const at = Date.parse(over);
    const around = [-1000, -1, 0, 1000].map((ms) => place("2020-01-01", endsOn, at + ms));
    expect(around).toEqual(["WITHIN", "WITHIN", "AFTER", "AFTER"]);
  });

  it("is what the law on summer time makes of it, on 4,000 random terms and at their edges", () => {
    const { next: random } = createSeededRandom(7);
    for (let run = 0; run < 4_000; run += 1) {
      const startsOn = addDays("2019-01-01", Math.floor(random() * 7_000));
      const endsOn = addDays(startsOn, Math.floor(random() * 1_200));
      const edge = random() < 0.5 ? midnightInLondon(startsOn) : midnightInLondon(addDays(endsOn, 1));
      const at = edge + Math.round((random() - 0.5) * (random() < 0.5 ? 4_000 : 400 * 24 * HOUR));
      expect(place(startsOn, endsOn, at), `${startsOn} ${endsOn} ${new Date(at).toISOString()}`).toBe(
        expected(startsOn, endsOn, at),
      );
    }
  });

  it("finds a term that is counted in days of UTC (control)", () => {
    const inUtc = (startsOn: string, at: number): boolean => at >= Date.parse(`${startsOn}T00:00:00Z`);
    const at = Date.parse("2026-07-09T23:30:00Z");
    expect([inUtc("2026-07-10", at), place("2026-07-10", "2026-12-31", at)]).toEqual([false, "WITHIN"]);
  });
});

describe("an agreement's status", () => {
  const signed = signedAgreement(soundTerms({ startsOn: "2026-04-01", endsOn: "2027-03-31" }), "2026-03-02T09:00:00.000Z");

  it.each([
    ["2026-03-31T22:59:59.000Z", "SIGNED", null],
    ["2026-03-31T23:00:00.000Z", "IN_FORCE", 1],
    ["2027-03-31T22:59:59.000Z", "IN_FORCE", 1],
    ["2027-03-31T23:00:00.000Z", "EXPIRED", 1],
  ])("at %s is %s", (at, status, version) => {
    expect([statusOf(signed, at), versionAt(signed, at)?.number ?? null]).toEqual([status, version]);
  });

  it("does not begin before the last party has signed, though its first day has come", () => {
    const late = signedAgreement(soundTerms({ startsOn: "2026-03-02" }), "2026-03-05T10:00:00.000Z");
    expect(statusOf(late, "2026-03-05T09:59:59.999Z")).not.toBe("IN_FORCE");
    expect(statusOf(late, "2026-03-05T10:00:00.000Z")).toBe("IN_FORCE");
  });
});
