/**
 * The seven standards of the National Certification Programme for Cardiac Rehabilitation (BACPR and NACR, dataset page 6), as data: what
 * each is measured by. The values a programme must reach change by audit year and nation and are rows of their own; they do not decide
 * what a record contributes, so they are not here.
 */
import type { RecordTypeName, StatusMark } from "../dataset/define.ts";
import type { StandardName } from "../records/standard-movement.ts";

/** In their order of precedence: a rehabilitation belongs to the first group that its event fits (dataset Decision 27). */
export const PRIORITY_GROUPS = ["HEART_FAILURE", "CABG", "MI_PCI", "PCI", "MI"] as const;
export type PriorityGroup = (typeof PRIORITY_GROUPS)[number];

/**
 * `SURVEY`: answered by the programme once a year; no patient record moves it.
 * `SHARE`: of the rehabilitations whose core started in the year, those that have the assessment.
 * `MEDIAN_DAYS`: the median of the days from one date to another; null groups: of all patients.
 */
export type Measure =
  | { readonly by: "SURVEY" }
  | { readonly by: "SHARE"; readonly assessment: 1 | 2 }
  | {
      readonly by: "MEDIAN_DAYS";
      readonly from: "REFERRAL" | "CORE_START";
      readonly to: "CORE_START" | "CORE_END";
      readonly groups: readonly PriorityGroup[] | null;
    };

interface Standard {
  readonly name: StandardName;
  /** Its number in the programme's publications. */
  readonly kpi: number;
  readonly kind: "MINIMUM" | "AVERAGE";
  readonly label: string;
  readonly measure: Measure;
  readonly status: StatusMark;
  readonly source: string;
}

export const STANDARDS = [
  {
    name: "MULTIDISCIPLINARY_TEAM",
    kpi: 1,
    kind: "MINIMUM",
    label: "At least three health professions in the team",
    measure: { by: "SURVEY" },
    status: "S",
    source: "[NCP1-3]",
  },
  {
    name: "PRIORITY_GROUPS",
    kpi: 2,
    kind: "MINIMUM",
    label: "Offered to all five priority groups",
    measure: { by: "SURVEY" },
    status: "S",
    source: "[NCP1-3]",
  },
  {
    name: "DURATION",
    kpi: 3,
    kind: "MINIMUM",
    label: "Duration of the core programme",
    measure: { by: "MEDIAN_DAYS", from: "CORE_START", to: "CORE_END", groups: null },
    status: "S~",
    source: "[NCP1]",
  },
  {
    name: "ASSESSMENT_1",
    kpi: 4,
    kind: "AVERAGE",
    label: "Patients with a recorded assessment 1",
    measure: { by: "SHARE", assessment: 1 },
    status: "S",
    source: "[NCP1-3]; of the core starts of the year: our decision",
  },
  {
    name: "CABG_WAIT",
    kpi: 5,
    kind: "AVERAGE",
    label: "Wait from referral to core start after bypass surgery",
    measure: { by: "MEDIAN_DAYS", from: "REFERRAL", to: "CORE_START", groups: ["CABG"] },
    status: "S",
    source: "[NCP1]",
  },
  {
    name: "MI_PCI_WAIT",
    kpi: 6,
    kind: "AVERAGE",
    label: "Wait from referral to core start after infarction or PCI",
    measure: { by: "MEDIAN_DAYS", from: "REFERRAL", to: "CORE_START", groups: ["MI", "MI_PCI", "PCI"] },
    status: "S",
    source: "[NCP1]",
  },
  {
    name: "ASSESSMENT_2",
    kpi: 7,
    kind: "AVERAGE",
    label: "Patients with a recorded assessment 2",
    measure: { by: "SHARE", assessment: 2 },
    status: "R",
    source: "[NCP1-3]; of the core starts of the year: our decision",
  },
] as const satisfies readonly Standard[];

/** What an event or a treatment says of the priority group (dataset page 5.2). Keys of `EventType` and `TreatmentType`. */
export const GROUP_SIGNS = {
  heartFailureEvents: new Set(["HEART_FAILURE", "MI_WITH_HEART_FAILURE"]),
  infarctionEvents: new Set(["MI_STEMI", "MI_NSTEMI", "MI_UNKNOWN"]),
  bypassTreatments: new Set(["BYPASS_SURGERY"]),
  pciTreatments: new Set(["PCI", "PRIMARY_PCI", "STAGED_PCI"]),
} as const satisfies Readonly<Record<string, ReadonlySet<string>>>;

/** Waits and durations outside of this are left out (dataset Decision 54). */
export const COUNTED_DAYS = { from: 0, to: 365 } as const;

/** An assessment 2 later than this after assessment 1 does not count (dataset Decision 23: 20 weeks). */
export const ASSESSMENT_2_DAYS = 140;

/** The items a standard is worked out from. A submission that touches none of them moves none, and reads nothing to find that out. */
export const STANDARD_ITEMS: Readonly<Partial<Record<RecordTypeName, readonly string[]>>> = {
  INITIATING_EVENT: ["eventType", "referralDate"],
  TREATMENT: ["type"],
  REHABILITATION: ["referralDate", "coreStartDate", "coreEndDate"],
  ASSESSMENT: ["number", "date"],
};
