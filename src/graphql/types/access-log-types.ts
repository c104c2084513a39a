/** Who saw or changed what, as a Caldicott Guardian reads it. */
import "reflect-metadata";
import { Field, ID, Int, ObjectType } from "type-graphql";
import type { AccessLine as StoredLine } from "../../audit/access-log-ports.ts";
import { AUDIT_ACTIONS } from "../../records/audit-entry.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";

const AuditActionEnum = registerNames("AuditAction", "What was done, as FHIR's AuditEvent says it.", Object.keys(AUDIT_ACTIONS));
const AuditOutcomeEnum = registerNames("AuditOutcome", "How it ended.", ["DONE", "REFUSED"]);

@ObjectType({ simpleResolvers: true, description: "One act, as the audit trail has it. It holds no value of a record." })
export class AccessLine {
  @Field(() => ID) id!: string;
  @Field(() => Int, { nullable: true, description: "Its number in the chain, which it gets within seconds." })
  sequence!: number | null;
  @Field(() => DateTimeScalar) at!: string;
  @Field(() => AuditActionEnum) action!: string;
  @Field(() => String, { description: "`READ_RECORD`, `SUBMIT`, …: docs/audit.md lists them." }) type!: string;
  @Field(() => AuditOutcomeEnum) outcome!: string;
  @Field(() => String, { description: "The client or the person." }) agentId!: string;
  @Field(() => String, { nullable: true, description: "As what it acted." }) agentRole!: string | null;
  @Field(() => String, { nullable: true, description: "ODS code of the organisation it acted for." }) agentOds!: string | null;
  @Field(() => String, { nullable: true, description: "What for." }) purpose!: string | null;
  @Field(() => ID, { nullable: true, description: "The agreement under which it was done." }) agreementId!: string | null;
  @Field(() => String, { nullable: true }) programmeCode!: string | null;
  @Field(() => ID, { nullable: true, description: "The submission that wrote, or whose answers were read." })
  submissionId!: string | null;
  @Field(() => ID, { nullable: true }) recordId!: string | null;
  @Field(() => Boolean, { description: "Identifying items were shown." }) identity!: boolean;
  @Field(() => ID, {
    nullable: true,
    description: "By a broken glass: the registration that holds the reason (`registrations`).",
  })
  breakGlassId!: string | null;
  @Field(() => String, { nullable: true }) correlationId!: string | null;
}

/** The object is the line itself. */
export const toAccessLine = (line: StoredLine): AccessLine => line;
