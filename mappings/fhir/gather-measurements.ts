/** All values of one person, ready to be chosen from; and, when the records are made, what became of each. */
import { MEASUREMENT_PARTS } from "../concept-maps/measurement-items.ts";
import { reachesActivityGoal } from "../support/activity-goal.ts";
import { leaveOut, type Measurement } from "./measured-value.ts";
import type { PatientFile } from "./patient-file.ts";

const NEEDS_BOTH = "NEEDS_DAYS_AND_MINUTES";

/** Oldest first; of one time in the order sent. Values computed from several are among them. */
export function gatherMeasurements(file: PatientFile): readonly Measurement[] {
  combineActivity(file);
  return file.measurements.toSorted(byDate);
}

/** Settles every value no record took: by its own reason, else by where its day lies. */
export function settleMeasurements(file: PatientFile, reason: string): void {
  for (const measurement of file.measurements) {
    if (file.fates.isUsed(measurement)) continue;
    const own = file.fates.reasonOf(measurement) ?? reason;
    for (const { use, path } of [measurement, ...measurement.parts]) leaveOut(use, path, own, measurement.target);
  }
}

const byDate = (one: Measurement, other: Measurement): number =>
  one.date.value < other.date.value ? -1 : one.date.value > other.date.value ? 1 : 0;

/**
 * Days a week and minutes a day of one reading or, where nothing ties them, of one day decide whether the goal is reached. Several of
 * either leave it open which belong together.
 */
function combineActivity(file: PatientFile): void {
  if (file.activityParts.length === 0) return;
  const readings = Map.groupBy(file.activityParts, ({ reading, date }) => `${reading} ${date.value}`);
  for (const parts of readings.values()) {
    const [days, ...otherDays] = parts.filter(({ target }) => target.item === MEASUREMENT_PARTS.days);
    const [minutes, ...otherMinutes] = parts.filter(({ target }) => target.item === MEASUREMENT_PARTS.minutes);
    if (days === undefined || minutes === undefined || otherDays.length + otherMinutes.length > 0) {
      for (const { use, path } of parts) leaveOut(use, path, NEEDS_BOTH, null);
      continue;
    }
    const value = reachesActivityGoal(Number(days.value) * Number(minutes.value));
    file.measurements.push({
      ...minutes,
      target: { recordType: "ASSESSMENT", item: "activity150" },
      value,
      note: "DAYS_TIMES_MINUTES",
      parts: [{ use: days.use, path: days.path }],
    });
  }
}
