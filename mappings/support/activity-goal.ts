/** Whether minutes of moderate to vigorous activity reach the goal of the audit. */

/** Minutes a week. */
const GOAL = 150;

/** The scoring of the exercise vital sign: all minutes it asks for are at least moderate ones. */
export const reachesActivityGoal = (minutesPerWeek: number): "YES" | "NO" => (minutesPerWeek >= GOAL ? "YES" : "NO");
