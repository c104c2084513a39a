/** The population against the figures it is calibrated to (dataset.md, section 7). */
import { describe, expect, it } from "vitest";
import { CALIBRATION, type Calibration } from "../../../src/population/calibration.ts";
import { generateCutJourneys } from "../../../src/population/generate-population.ts";
import type { CutJourney } from "../../../src/statistics/cut-journey.ts";

const SAMPLE = 20_000;
const sampleOf = (calibration: Calibration, journeys = SAMPLE): readonly CutJourney[] => [
  ...generateCutJourneys({ seed: 20_260_101, journeys, calibration }),
];

type Sample = readonly CutJourney[];
type Target = readonly [name: string, expected: number, tolerance: number, measure: (all: Sample, starters: Sample) => number];

const share = (some: Sample, is: (journey: CutJourney) => boolean): number => some.filter(is).length / some.length;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: readonly (number | null)[]): number => {
  const sorted = values.flatMap((value) => value ?? []).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
const deviation = (values: readonly number[]): number => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
const waits = (some: Sample): number => median(some.map(({ row }) => row.startWaitDays));
const ages = (all: Sample): readonly number[] => all.flatMap(({ row }) => row.age ?? []);
const startedIn = (quintile: number, all: Sample): number =>
  share(
    all.filter(({ row }) => row.imdQuintile === quintile),
    ({ row }) => row.stage !== "REFERRED_ONLY",
  );

const TARGETS: readonly Target[] = [
  ["mean age", 67, 0.5, (all) => mean(ages(all))],
  ["deviation of age", 12, 0.6, (all) => deviation(ages(all))],
  ["men", 0.7, 0.01, (all) => share(all, ({ row }) => row.gender === "MALE")],
  ["starters", 0.61, 0.015, (all, starters) => starters.length / all.length],
  ["most deprived against least, of starters", 40 / 54, 0.05, (all) => startedIn(1, all) / startedIn(5, all)],
  ["completed", 0.76, 0.01, (_, starters) => share(starters, ({ row }) => row.stage === "COMPLETED")],
  ["first assessment", 0.8, 0.01, (_, starters) => share(starters, ({ assessments }) => assessments.length > 0)],
  ["second assessment", 0.57, 0.012, (_, starters) => share(starters, ({ assessments }) => assessments.length > 1)],
  ["group", 0.82, 0.01, (_, starters) => share(starters, ({ row }) => row.deliveryMode === "GROUP_SUPERVISED")],
  ["home", 0.1, 0.01, (_, starters) => share(starters, ({ row }) => row.deliveryMode === "HOME_BASED")],
  ["wait", 33, 1.5, (_, starters) => waits(starters)],
  ["wait after CABG", 46, 2.5, (_, starters) => waits(starters.filter(({ row }) => row.treatmentGroups.includes("CABG")))],
  [
    "wait after an infarction managed medically",
    40,
    3,
    (_, starters) =>
      waits(
        starters.filter(({ row }) => row.eventGroup === "MI" && row.treatmentGroups.every((group) => group === "NONE_OR_OTHER")),
      ),
  ],
  ["duration", 56, 1.5, (_, starters) => median(starters.map(({ row }) => row.durationDays))],
  ["gain in the shuttle walk", 95, 15, (_, starters) => mean(starters.flatMap(gainOf))],
  ["programmes", 230, 0, (all) => new Set(all.map(({ row }) => row.programme)).size],
  ["regions and nations without regions", 9, 0, (all) => new Set(all.map(({ row }) => row.region ?? row.nation)).size],
];

function gainOf({ assessments }: CutJourney): readonly number[] {
  const [before, after] = assessments.map(({ iswtMetres }) => iswtMetres);
  return typeof before === "number" && typeof after === "number" ? [after - before] : [];
}

/** Names of the targets that a sample misses. */
function missedBy(sample: Sample): readonly string[] {
  const starters = sample.filter(({ row }) => row.stage !== "REFERRED_ONLY");
  return TARGETS.filter(([, expected, tolerance, measure]) => !(Math.abs(measure(sample, starters) - expected) <= tolerance)).map(
    ([name]) => name,
  );
}

describe("the calibrated population", () => {
  it("meets each published figure within its tolerance", () => {
    expect(missedBy(sampleOf(CALIBRATION))).toEqual([]);
  });

  it("is told from one whose waits and sexes are not those of the audit", () => {
    const wrong = { ...CALIBRATION, maleShare: 0.6, startWait: { ...CALIBRATION.startWait, CABG: 60 } };
    expect(missedBy(sampleOf(wrong))).toEqual(["men", "wait after CABG"]);
  });
});
