/** How a submission moves the certification standards of its programme: the words of the answer. */

/** The seven standards of the National Certification Programme for Cardiac Rehabilitation, in their published order. */
export const STANDARD_NAMES = [
  "MULTIDISCIPLINARY_TEAM",
  "PRIORITY_GROUPS",
  "DURATION",
  "ASSESSMENT_1",
  "CABG_WAIT",
  "MI_PCI_WAIT",
  "ASSESSMENT_2",
] as const;
export type StandardName = (typeof STANDARD_NAMES)[number];

/** Of one standard in one audit year: numbers of rehabilitations, each with one value at most. */
export interface StandardMovement {
  readonly standard: StandardName;
  /** The year in which the audit year began: 2025 is April 2025 to March 2026. */
  readonly auditYear: number;
  /** Counted now and not before, and the other way round. */
  readonly entered: number;
  readonly left: number;
  /** Shares: fulfil it now and did not before, and the other way round; those that enter or leave included. */
  readonly met: number;
  readonly unmet: number;
  /** Medians: counted before and now, with another value. */
  readonly changed: number;
}
