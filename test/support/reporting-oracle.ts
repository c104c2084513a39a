/**
 * Invented programmes, and what the certification standards come to, worked out from the records as they are sent: naively, from the texts of
 * the certification programme and not from the gateway's code.
 */
import { createSeededRandom, type SeededRandom } from "../../src/lib/seeded-random.ts";
import { event, type Input, recordOf } from "./journey-records.ts";

/** One patient with one rehabilitation, as the oracle looks at it. */
export interface SentJourney {
  readonly seed: number;
  readonly eventType: string;
  readonly treatment: string | null;
  readonly eventReferral: string | null;
  readonly referral: string | null;
  readonly start: string | null;
  readonly end: string | null;
  /** Dates by number. */
  readonly assessments: Readonly<Partial<Record<1 | 2 | 3, string>>>;
  readonly hads: Readonly<Partial<Record<1 | 2 | 3, number>>>;
}

const EVENTS = ["MI_STEMI", "MI_NSTEMI", "UNSTABLE_ANGINA", "HEART_FAILURE", "MI_WITH_HEART_FAILURE"];
const TREATMENTS = [null, "PCI", "PRIMARY_PCI", "BYPASS_SURGERY"];

const dayAfter = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
const chance = (random: SeededRandom, percent: number): boolean => random.integer(1, 100) <= percent;

function drawJourney(seed: number, random: SeededRandom): SentJourney {
  const eventDate = dayAfter("2024-12-15", random.integer(0, 200));
  const referral = chance(random, 80) ? dayAfter(eventDate, random.integer(1, 10)) : null;
  const eventReferral = referral === null || chance(random, 50) ? dayAfter(eventDate, random.integer(1, 10)) : null;
  const from = referral ?? eventReferral ?? eventDate;
  const start = referral === null || chance(random, 85) ? dayAfter(from, random.integer(5, 90)) : null;
  const end = start !== null && chance(random, 70) ? dayAfter(start, random.integer(20, 110)) : null;
  const first = start !== null && chance(random, 80) ? dayAfter(start, -random.integer(0, 4)) : null;
  const second = first !== null && chance(random, 65) ? dayAfter(first, random.integer(50, 170)) : null;
  const score = (): number => random.integer(0, 21);
  return {
    seed,
    eventType: random.pick(EVENTS),
    treatment: random.pick(TREATMENTS),
    eventReferral,
    referral,
    start,
    end,
    assessments: { ...(first === null ? {} : { 1: first }), ...(second === null ? {} : { 2: second }) },
    hads: { ...(first === null ? {} : { 1: score() }), ...(second === null ? {} : { 2: score() }) },
  };
}

export function drawJourneys(count: number, seed: number): readonly SentJourney[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, (_, index) => drawJourney(seed * 1_000 + index, random));
}

/** As `submitRecords` takes it. */
export const toRecord = (sent: SentJourney): Input => {
  const eventDate = dayAfter(sent.eventReferral ?? sent.referral ?? "2025-01-10", -10);
  const numbers = [1, 2, 3] as const;
  const assessments = numbers.flatMap((number) => {
    const date = sent.assessments[number];
    return date === undefined ? [] : [{ number, date, hadsAnxiety: sent.hads[number], weightKg: 80 + number }];
  });
  return recordOf(sent.seed, {
    initiatingEvents: [
      event({
        eventType: sent.eventType,
        eventDate,
        referralDate: sent.eventReferral,
        treatments: sent.treatment === null ? [] : [{ type: sent.treatment, date: eventDate }],
        rehabilitations: [{ referralDate: sent.referral, coreStartDate: sent.start, coreEndDate: sent.end, assessments }],
      }),
    ],
  });
};

const days = (from: string | null, to: string | null): number[] => {
  if (from === null || to === null) return [];
  const count = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
  return count < 0 || count > 365 ? [] : [count];
};

export const naiveMedian = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((one, other) => one - other);
  if (sorted.length === 0) return null;
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] ?? null) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
};

const groupOf = ({ eventType, treatment }: SentJourney): string => {
  if (eventType.includes("HEART_FAILURE")) return "HF";
  if (treatment === "BYPASS_SURGERY") return "CABG";
  if (treatment === "PCI" || treatment === "PRIMARY_PCI" || eventType.startsWith("MI_")) return "MI/PCI";
  return "OTHER";
};

export interface NaiveFigures {
  readonly started: number;
  readonly first: number;
  readonly second: number;
  readonly duration: number | null;
  readonly cabgWait: number | null;
  readonly miWait: number | null;
  readonly cabgCount: number;
}

/** Of core starts from April of the year to March of the next. */
export function naiveFigures(sent: readonly SentJourney[], auditYear: number): NaiveFigures {
  const own = sent.filter(({ start }) => start !== null && start >= `${auditYear}-04-01` && start < `${auditYear + 1}-04-01`);
  const waits = (group: string) =>
    own
      .filter((each) => groupOf(each) === group)
      .flatMap(({ referral, eventReferral, start }) => days(referral ?? eventReferral, start));
  const hasSecond = ({ assessments }: SentJourney): boolean => {
    const [gap] = days(assessments[1] ?? null, assessments[2] ?? null);
    return assessments[2] !== undefined && (gap === undefined || gap <= 140);
  };
  return {
    started: own.length,
    first: own.filter(({ assessments }) => assessments[1] !== undefined).length,
    second: own.filter(hasSecond).length,
    duration: naiveMedian(own.flatMap(({ start, end }) => days(start, end))),
    cabgWait: naiveMedian(waits("CABG")),
    miWait: naiveMedian(waits("MI/PCI")),
    cabgCount: waits("CABG").length,
  };
}
