/** What patients decided, requests to the opt-out check, and the reference the national side is fed under. */
import "reflect-metadata";
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import type { Objection as StoredObjection } from "../../consent/objection-ports.ts";
import type { OptOutRequest as StoredRequest } from "../../consent/opt-out-ports.ts";
import type { Section251Reference as StoredReference } from "../../consent/section-251.ts";
import { DateScalar, DateTimeScalar } from "../scalars/strict-scalars.ts";

const ObjectionScopeEnum = { NATIONAL: "NATIONAL", ALL: "ALL" } as const;
registerEnumType(ObjectionScopeEnum, {
  name: "ObjectionScope",
  description: "What a patient does not want.",
  valuesConfig: {
    NATIONAL: {
      description:
        "That the data leave the organisation: no cut, extract or statistic has them. Own rows and local reports go on.",
    },
    ALL: { description: "That anything is kept: own rows are withdrawn, their keys destroyed, and later records refused." },
  },
});
const ObjectionOriginEnum = { STATED: "STATED", SUBMITTED: "SUBMITTED" } as const;
registerEnumType(ObjectionOriginEnum, {
  name: "ObjectionOrigin",
  description: "Recorded by a person, or stated as `auditObjection` of a record that was submitted.",
});
const OptOutStateEnum = { SENT: "SENT", ANSWERED: "ANSWERED", REFUSED: "REFUSED", LAPSED: "LAPSED" } as const;
registerEnumType(OptOutStateEnum, {
  name: "OptOutState",
  description: "REFUSED: an answer came that counts for nothing. LAPSED: none came in time. The patients are asked about again.",
});

@InputType({ description: "The patient is named by exactly one of `patientRecordId`, `nhsNumber` and `hospitalNumber`." })
export class RecordObjectionInput {
  @Field(() => ID, { nullable: true }) patientRecordId?: string | null;
  @Field(() => String, { nullable: true, description: "Of a patient who need not be stored." }) nhsNumber?: string | null;
  @Field(() => String, { nullable: true, description: "The own organisation's; of a patient who need not be stored." })
  hospitalNumber?: string | null;
  @Field(() => ObjectionScopeEnum, { defaultValue: "NATIONAL" }) scope!: StoredObjection["scope"];
  @Field(() => String, { nullable: true, description: "In your own words; kept sealed." }) reason?: string | null;
  @Field(() => String, { nullable: true, description: "`YYYY-MM-DD`: when the patient said so." }) statedOn?: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "An objection as the acting organisation recorded it. No item of the patient is shown.",
})
export class Objection {
  @Field(() => ID) id!: string;
  @Field(() => ID, { nullable: true, description: "Null where the organisation had no record of the patient." })
  patientRecordId!: string | null;
  @Field(() => ObjectionScopeEnum) scope!: string;
  @Field(() => ObjectionOriginEnum) origin!: string;
  @Field(() => DateScalar, { nullable: true }) statedOn!: string | null;
  @Field(() => DateTimeScalar) recordedAt!: string;
  @Field(() => String, { description: "The client or person." }) recordedBy!: string;
  @Field(() => String, { nullable: true }) reason!: string | null;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Scope ALL: when nothing was left of the own rows and what opens them.",
  })
  carriedOutAt!: string | null;
  @Field(() => ID, { nullable: true, description: "Of the destruction." }) certificateId!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) withdrawnAt!: string | null;
  @Field(() => String, { nullable: true }) withdrawnBy!: string | null;
  @Field(() => String, { nullable: true }) withdrawalReason!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "A published cut that holds journeys of whoever objects. What is published stays so; no later cut holds any.",
})
export class CutOfObjection {
  @Field(() => ID) id!: string;
  @Field(() => Int, { description: "Names the cut in citations." }) number!: number;
  @Field(() => DateTimeScalar) publishedAt!: string;
  @Field(() => Boolean, { description: "Nothing is answered from it any more." }) isWithdrawn!: boolean;
}

export const toObjection = ({ patientId, ...objection }: StoredObjection): Objection => ({
  ...objection,
  patientRecordId: patientId,
});

@InputType({ description: "An answer of the opt-out check that came another way than by the exchange." })
export class ImportOptOutResultInput {
  @Field(() => ID) requestId!: string;
  @Field(() => ID, {
    description: "A complete upload of the caller: one number and a comma in each line. It is removed afterwards.",
  })
  uploadId!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: "A question to the National Data Opt-out check. Whom it withholds is told nowhere.",
})
export class OptOutRequest {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: "Names the question and its answer in the exchange." }) reference!: string;
  @Field(() => OptOutStateEnum) state!: string;
  @Field(() => DateTimeScalar) requestedAt!: string;
  @Field(() => DateTimeScalar, { nullable: true }) settledAt!: string | null;
  @Field(() => Int, { description: "Patients that were asked about." }) asked!: number;
}

export const toOptOutRequest = (request: StoredRequest): OptOutRequest => ({ ...request });

@InputType({ description: "Support under section 251 of the NHS Act 2006." })
export class RecordSection251Input {
  @Field(() => String, { description: "As the Confidentiality Advisory Group numbers it." }) reference!: string;
  @Field(() => String, { description: "`YYYY-MM-DD`, the first day." }) validFrom!: string;
  @Field(() => String, { description: "`YYYY-MM-DD`, the last day. After it nothing of England and Wales flows." })
  validTo!: string;
  @Field(() => String, { description: "Which document says so." }) evidence!: string;
}

@ObjectType({ simpleResolvers: true, description: "A reference under which the national side is fed without consent." })
export class Section251Reference {
  @Field(() => ID) id!: string;
  @Field(() => String) reference!: string;
  @Field(() => DateScalar) validFrom!: string;
  @Field(() => DateScalar) validTo!: string;
  @Field(() => String) evidence!: string;
  @Field(() => DateTimeScalar) recordedAt!: string;
}

export const toSection251Reference = (reference: StoredReference): Section251Reference => ({ ...reference });
