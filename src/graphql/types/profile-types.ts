/** Mapping profiles: which one reads what a sender sends. docs/profiles.md is for those who write column profiles. */
import "reflect-metadata";
import { Field, Float, InputType, Int, ObjectType } from "type-graphql";
import { PROFILE_FORMATS, type ProfileFormat } from "../../submission/sender-ports.ts";
import { DateScalar, DateTimeScalar, JsonScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";
import { RecordTypeEnum } from "./submission-enums.ts";

const ProfileFormatEnum = registerNames("ProfileFormat", "What a mapping profile reads.", PROFILE_FORMATS, {
  FHIR: "Resources and Bundles, in requests and files.",
  HL7V2: "Messages, in requests, files and over MLLP.",
  TABLES: "CSV, zip, Excel and Access files whose columns are the sender's own.",
});

export const PROFILE_ORIGINS = ["SHIPPED", "EXAMPLE", "SAVED"] as const;
export type ProfileOrigin = (typeof PROFILE_ORIGINS)[number];

const ProfileOriginEnum = registerNames("ProfileOrigin", "Where a mapping profile comes from.", PROFILE_ORIGINS, {
  SHIPPED: "A sender profile of the gateway's own.",
  EXAMPLE: "A column profile to be edited: the layout of the product is not public, so none of it is confirmed.",
  SAVED: "Saved by the organisation.",
});

@InputType()
export class SaveProfileInput {
  @Field(() => String, { description: "2 to 63 characters: a to z, 0 to 9, hyphens. A name that exists gets its next version." })
  name!: string;
  @Field(() => String, { description: "As the source system of submissions names it." }) vendor!: string;
  @Field(() => String) product!: string;
  @Field(() => ProfileFormatEnum) format!: ProfileFormat;
  @Field(() => String, { nullable: true, description: "A sender profile the gateway ships, for this vendor and product." })
  senderProfile?: string | null;
  @Field(() => JsonScalar, { nullable: true, description: "A column profile, for TABLES. Its name and version are set here." })
  columns?: unknown;
  @Field(() => Boolean, {
    defaultValue: true,
    description: "Applied to what the product sends without naming a profile; one of them for each vendor, product and format.",
  })
  automatic!: boolean;
  @Field(() => DateScalar, { nullable: true, description: "Absent: today." }) effectiveFrom?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "How what a sender sends is read." })
export class MappingProfile {
  @Field(() => String) name!: string;
  @Field(() => Int, { description: "Named in `mappingVersion`. Each saving is a new one." }) version!: number;
  @Field(() => ProfileOriginEnum) origin!: ProfileOrigin;
  @Field(() => ProfileFormatEnum) format!: ProfileFormat;
  @Field(() => String) description!: string;
  @Field(() => String, { nullable: true }) vendor!: string | null;
  @Field(() => String, { nullable: true }) product!: string | null;
  @Field(() => Boolean) automatic!: boolean;
  @Field(() => String, { nullable: true, description: "The shipped sender profile that is applied." }) senderProfile!:
    | string
    | null;
  @Field(() => JsonScalar, { nullable: true, description: "The column profile." }) columns!: unknown;
  @Field(() => DateScalar, { nullable: true }) effectiveFrom!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) savedAt!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) retiredAt!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class ProfileCandidate {
  @Field(() => RecordTypeEnum) recordType!: string;
  @Field(() => String) item!: string;
  @Field(() => Int, { nullable: true, description: "Which assessment the column belongs to." }) assessment!: number | null;
  @Field(() => String, { nullable: true, description: "The option the column stands for, as a tick box." }) option!:
    | string
    | null;
  @Field(() => Float, { description: "0 to 1." }) confidence!: number;
}

@ObjectType("ProposedColumn", {
  simpleResolvers: true,
  description: "What a column was taken for, and why. Values are never shown.",
})
export class ProposedColumnType {
  @Field(() => String, { description: "The sheet or table; empty for a CSV." }) table!: string;
  @Field(() => String) column!: string;
  @Field(() => ProfileCandidate, { nullable: true, description: "Null: it is for you to decide." })
  target!: ProfileCandidate | null;
  @Field(() => Float, { description: "0 where it was not decided." }) confidence!: number;
  @Field(() => [String], { description: "Why." }) reasons!: readonly string[];
  @Field(() => Int, { description: "Different values of a coded column without a translation yet." }) untranslated!: number;
  @Field(() => [ProfileCandidate]) alternatives!: readonly ProfileCandidate[];
}

@ObjectType("ProfileProposal", {
  simpleResolvers: true,
  description: "Nothing of it is kept: correct it, try it with `previewMapping`, save it.",
})
export class ProfileProposalType {
  @Field(() => [ProposedColumnType]) columns!: readonly ProposedColumnType[];
  @Field(() => JsonScalar, { description: "A column profile, as `saveProfile` takes it." }) profile!: unknown;
}
