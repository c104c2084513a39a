/** Surveys that were recorded, and those that come in over GraphQL. */
import { GatewayError } from "../errors/gateway-error.ts";
import { foldText } from "../lib/fold-text.ts";
import { SURVEY_LIMITS, type Survey, type SurveyStaff } from "../standards/programme-survey.ts";

export interface RecordedSurvey extends Survey {
  readonly id: string;
  readonly auditYear: number;
  readonly recordedAt: string;
}

/** Different professions that formally and regularly support the team; two spellings by case and spaces are one. */
export const regularProfessions = ({ staff }: Survey): number =>
  new Set(staff.filter(({ regular }) => regular).map(({ profession }) => foldText(profession))).size;

/** @throws GatewayError BAD_USER_INPUT */
export function readSurvey({ staff, groupsOffered }: Survey): Survey {
  if (staff.length > SURVEY_LIMITS.staff) throw refuse(`A survey has at most ${SURVEY_LIMITS.staff} lines of staff.`, "staff");
  const lines = staff.map((line, index) => readStaff(line, `staff.${index}`));
  return { staff: lines, groupsOffered: [...new Set(groupsOffered)] };
}

function readStaff({ profession, wte, regular }: SurveyStaff, path: string): SurveyStaff {
  const text = profession.trim();
  if (foldText(text) === "" || text.length > SURVEY_LIMITS.profession || !text.isWellFormed())
    throw refuse(`A profession is a word of 1 to ${SURVEY_LIMITS.profession} characters.`, `${path}.profession`);
  if (!Number.isFinite(wte) || wte < 0 || wte > SURVEY_LIMITS.wte)
    throw refuse(`Whole-time equivalents are a number from 0 to ${SURVEY_LIMITS.wte}.`, `${path}.wte`);
  return { profession: text, wte, regular };
}

const refuse = (message: string, path: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });
