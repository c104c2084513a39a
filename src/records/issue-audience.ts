/** Issues that are not everybody's who may read the answer. */
import type { Role } from "./actor.ts";
import type { Issue } from "./issue.ts";

/** That a patient objects to the national side is the business of the own clinical team and its guardian (dataset.md decision 36a). */
const TOLD_OF_OBJECTIONS: ReadonlySet<Role> = new Set(["CLINICAL_TEAM", "CALDICOTT_GUARDIAN"]);

/**
 * Whether an issue, or a group of them, is shown to a role. An objection that refuses the record is told to everybody: it is the reason
 * of the refusal. One that lets the record be stored is information about the patient.
 */
export const isShownTo = ({ code, severity }: Pick<Issue, "code" | "severity">, role: Role): boolean =>
  code !== "OBJECTION_RECORDED" || severity === "ERROR" || TOLD_OF_OBJECTIONS.has(role);
