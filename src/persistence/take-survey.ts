/** A programme's survey that came in a file: recorded in the transaction of its chunk, with its own entry in the audit trail. */
import { isDeepStrictEqual } from "node:util";
import type { OrganisationActor } from "../records/actor.ts";
import { entryOf } from "../records/audit-entry.ts";
import type { Survey } from "../standards/programme-survey.ts";
import type { StatedSurvey, SurveyPlace } from "../submission/survey-ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Transaction } from "./database/unit.ts";
import { toSurvey } from "./reporting-rows.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { INSERT_SURVEY, SURVEYS } from "./sql/reporting-queries.ts";
import type { SqlRow } from "./sql-row.ts";

export async function takeSurvey(
  tx: Transaction,
  actor: OrganisationActor,
  survey: StatedSurvey,
  { programmeCode, submissionId, ids }: SurveyPlace,
): Promise<"RECORDED" | "UNCHANGED"> {
  const { auditYear, staff, groupsOffered } = survey;
  const [known] = await tx.$queryRaw<SqlRow[]>(SURVEYS([actor.ods, programmeCode, auditYear, 1]));
  if (known !== undefined && isDeepStrictEqual(toComparable(toSurvey(known)), toComparable(survey))) return "UNCHANGED";
  if (ids === null) return "RECORDED";
  const row = [ids.survey, actor.ods, programmeCode, auditYear, JSON.stringify(staff), toArrayLiteral(groupsOffered)];
  await tx.$queryRaw<SqlRow[]>(INSERT_SURVEY([...row, actor.clientId, submissionId]));
  const entity = { kind: "PROGRAMME", id: programmeCode } as const;
  const details = { auditYear, staff: staff.length, groups: groupsOffered.length, submissionId };
  const entry = entryOf(actor, { action: "CREATE", type: "RECORD_SURVEY", programmeCode, entity, details });
  await writeAuditEntry(tx, entry, () => ids.entry);
  return "RECORDED";
}

/** In whatever order its lines stand. */
const toComparable = ({ staff, groupsOffered }: Survey) => ({
  staff: staff.map(({ profession, wte, regular }) => JSON.stringify([profession, wte, regular])).sort(),
  groupsOffered: [...groupsOffered].sort(),
});
