/** A programme's answers to the yearly survey, which standards 1 and 2 are judged by; no patient record says them. */
import { GatewayError } from "../errors/gateway-error.ts";
import { foldText } from "../lib/fold-text.ts";
import type { PriorityGroup } from "../standards/standards-data.ts";

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

export interface RecordedSurvey extends Survey {
  readonly id: string;
  readonly auditYear: number;
  readonly recordedAt: string;
}

const MOST_STAFF = 100;
const LONGEST_PROFESSION = 60;
const LARGEST_WTE = 1_000;

/** Different professions that formally and regularly support the team; two spellings by case and spaces are one. */
export const regularProfessions = ({ staff }: Survey): number =>
  new Set(staff.filter(({ regular }) => regular).map(({ profession }) => foldText(profession))).size;

/** @throws GatewayError BAD_USER_INPUT */
export function readSurvey({ staff, groupsOffered }: Survey): Survey {
  if (staff.length > MOST_STAFF) throw refuse(`A survey has at most ${MOST_STAFF} lines of staff.`, "staff");
  const lines = staff.map((line, index) => readStaff(line, `staff.${index}`));
  return { staff: lines, groupsOffered: [...new Set(groupsOffered)] };
}

function readStaff({ profession, wte, regular }: SurveyStaff, path: string): SurveyStaff {
  const text = profession.trim();
  if (foldText(text) === "" || text.length > LONGEST_PROFESSION || !text.isWellFormed())
    throw refuse(`A profession is a word of 1 to ${LONGEST_PROFESSION} characters.`, `${path}.profession`);
  if (!Number.isFinite(wte) || wte < 0 || wte > LARGEST_WTE)
    throw refuse(`Whole-time equivalents are a number from 0 to ${LARGEST_WTE}.`, `${path}.wte`);
  return { profession: text, wte, regular };
}

const refuse = (message: string, path: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });
