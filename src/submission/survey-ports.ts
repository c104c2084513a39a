/** Surveys of programmes that come as a file. They are no records of the dataset: whoever knows surveys reads their rows. */
import type { Issue } from "../records/issue.ts";
import type { Survey } from "../standards/programme-survey.ts";

/** A row of a `staffing_*.csv`, as an entry of a file. */
export class StaffingRow {
  /** Rows of one number are of one audit year, and so of one survey. They stand side by side. */
  readonly group: number;
  /** What is stated, by the names of the columns; never blank. */
  readonly cells: Readonly<Record<string, string>>;

  constructor(group: number, cells: Readonly<Record<string, string>>) {
    this.group = group;
    this.cells = cells;
  }
}

export interface PlacedStaffingRow {
  readonly row: StaffingRow;
  /** `row 14`, `staffing row 14`. */
  readonly place: string;
}

/** A survey that can be recorded. */
export interface StatedSurvey extends Survey {
  readonly auditYear: number;
  /** Its first row. */
  readonly expression: string;
}

export interface ReadStaffing {
  readonly surveys: readonly StatedSurvey[];
  /** Of rows. One wrong row keeps its whole survey from being recorded: a survey says how many there are. */
  readonly issues: readonly Issue[];
}

export type ReadStaffingRows = (rows: readonly PlacedStaffingRow[], programmeCode: string) => ReadStaffing;

/** Whether the programme's latest survey of the year said anything else; recorded where it did and `id` is given. */
export interface SurveyUnit {
  takeSurvey(survey: StatedSurvey, place: SurveyPlace): Promise<"RECORDED" | "UNCHANGED">;
}

export interface SurveyPlace {
  readonly programmeCode: string;
  readonly submissionId: string;
  /** Of its row and of its entry in the audit trail. Null: a dry run, nothing is written. */
  readonly ids: { readonly survey: string; readonly entry: string } | null;
}
