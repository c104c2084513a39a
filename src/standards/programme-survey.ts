/** A programme's answers to the yearly staffing survey, which standards 1 and 2 are judged by. It speaks of professions, of no person. */
import type { PriorityGroup } from "./standards-data.ts";

export interface SurveyStaff {
  /** The field's own word for it: Nurse, Physiotherapist, Dietitian. Never a person's name. */
  readonly profession: string;
  /** Whole-time equivalents. */
  readonly wte: number;
  /** Formally and regularly in the team. */
  readonly regular: boolean;
}

export interface Survey {
  readonly staff: readonly SurveyStaff[];
  readonly groupsOffered: readonly PriorityGroup[];
}

/** Lines of staff, characters of a profession, whole-time equivalents of a line. */
export const SURVEY_LIMITS = { staff: 100, profession: 60, wte: 1_000 } as const;
