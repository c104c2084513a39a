/** Site codes: what an organisation says of its own codes, and its review. */
import "reflect-metadata";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import type { RecordTypeName } from "../../dataset/define.ts";
import { SITE_CODE_STATES, type SiteCodeState } from "../../profiles/profile.ts";
import { DateScalar, DateTimeScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";
import { RecordTypeEnum } from "./submission-enums.ts";

export const SiteCodeStateEnum = registerNames("SiteCodeState", "How far a site code is.", SITE_CODE_STATES, {
  PROPOSED: "It waits for another person to look at it; no mapping uses it.",
  APPROVED: "In force within its dates.",
  REJECTED: "Looked at, and not taken.",
  RETIRED: "Not used any more; what it translated stays as it is.",
});

const CONCEPT_SYSTEMS = ["ICD10", "OPCS4", "SNOMED"] as const;
export type ConceptSystem = (typeof CONCEPT_SYSTEMS)[number];
const ConceptSystemEnum = registerNames("ConceptSystem", "A code system the gateway's own tables know.", CONCEPT_SYSTEMS, {});

@InputType({
  description:
    "What the code means: an option (`recordType`, `item`, `key`), an item (without `key`), or a concept (`system`, `code`).",
})
export class SiteCodeTargetInput {
  @Field(() => RecordTypeEnum, { nullable: true }) recordType?: RecordTypeName | null;
  @Field(() => String, { nullable: true }) item?: string | null;
  @Field(() => String, { nullable: true, description: "Key, code or label of the option." }) key?: string | null;
  @Field(() => ConceptSystemEnum, { nullable: true }) system?: ConceptSystem | null;
  @Field(() => String, { nullable: true }) code?: string | null;
}

@InputType()
export class ProposeSiteCodeInput {
  @Field(() => String, { description: "As the source system of submissions names it." }) vendor!: string;
  @Field(() => String) product!: string;
  @Field(() => String, {
    description: "A code system's URI (FHIR), a coding system or table of HL7 v2, or a code map or column of a column profile.",
  })
  system!: string;
  @Field(() => String) code!: string;
  @Field(() => SiteCodeTargetInput) target!: SiteCodeTargetInput;
  @Field(() => Boolean, { defaultValue: false, description: "Comes before the gateway's own tables, if the review allows it." })
  override!: boolean;
  @Field(() => String, { nullable: true, description: "For whoever reviews it." }) comment?: string | null;
  @Field(() => DateScalar, { nullable: true, description: "Absent: today." }) effectiveFrom?: string | null;
  @Field(() => DateScalar, { nullable: true, description: "The last day; absent: until it is retired." }) effectiveTo?:
    | string
    | null;
}

@ObjectType("SiteCodeTarget", { simpleResolvers: true })
export class SiteCodeTargetType {
  @Field(() => RecordTypeEnum, { nullable: true }) recordType!: string | null;
  @Field(() => String, { nullable: true }) item!: string | null;
  @Field(() => String, { nullable: true }) key!: string | null;
  @Field(() => ConceptSystemEnum, { nullable: true }) system!: ConceptSystem | null;
  @Field(() => String, { nullable: true }) code!: string | null;
}

@ObjectType("SiteCode", { simpleResolvers: true, description: "What an organisation says of one of its own codes." })
export class SiteCodeType {
  @Field(() => ID) id!: string;
  @Field(() => String) vendor!: string;
  @Field(() => String) product!: string;
  @Field(() => String) system!: string;
  @Field(() => String) code!: string;
  @Field(() => Int, { description: "Named in mapping reports: `SITE_CODE_MAP/2`." }) version!: number;
  @Field(() => SiteCodeTargetType) target!: SiteCodeTargetType;
  @Field(() => Boolean) override!: boolean;
  @Field(() => String, { nullable: true }) comment!: string | null;
  @Field(() => DateScalar) effectiveFrom!: string;
  @Field(() => DateScalar, { nullable: true }) effectiveTo!: string | null;
  @Field(() => SiteCodeStateEnum) state!: SiteCodeState;
  @Field(() => DateTimeScalar) proposedAt!: string;
  @Field(() => DateTimeScalar, { nullable: true }) reviewedAt!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) retiredAt!: string | null;
}
