/** Agreements, what became of them, and what stands against one. */
import "reflect-metadata";
import { Field, ID, Int, ObjectType } from "type-graphql";
import { STEPS, type Agreement as StoredAgreement, type AgreementVersion as StoredVersion } from "../../agreements/agreement.ts";
import type { TermsFinding } from "../../agreements/judge-terms.ts";
import { STANDARDS } from "../../agreements/standards.ts";
import {
  AGREEMENT_STATUSES,
  isSuspended,
  statusOf,
  VERSION_STATUSES,
  versionAt,
  versionStatusOf,
} from "../../agreements/standing.ts";
import { DateScalar, DateTimeScalar } from "../scalars/strict-scalars.ts";
import { AgreementBreach, toBreach } from "./agreement-breach-types.ts";
import { AgreementDestruction } from "./agreement-destruction-types.ts";
import { AgreementTerms, ProductClassEnum } from "./agreement-terms-types.ts";
import { registerNames } from "./register-names.ts";

const AgreementStatusEnum = registerNames(
  "AgreementStatus",
  "What an agreement is worth at this moment, but for a breach (`suspended`).",
  AGREEMENT_STATUSES,
);
const VersionStatusEnum = registerNames("AgreementVersionStatus", "Of one version.", VERSION_STATUSES, {
  AMENDED: "A later version took its place.",
});
const StepEnum = registerNames("AgreementStepName", "What happened.", STEPS);
const StandardEnum = registerNames(
  "AgreementStandard",
  "The twenty standards of the Data Access Request Service.",
  Object.keys(STANDARDS),
);

@ObjectType({ simpleResolvers: true, description: "Something that stands against terms." })
export class AgreementFinding {
  @Field(() => String, { description: "A word of a closed list: `TERM_TOO_LONG`." }) code!: string;
  @Field(() => StandardEnum, { nullable: true }) standard!: string | null;
  @Field(() => String, { description: "Where: `parties[0].security`, `answers.OBJECTIVE`." }) field!: string;
  @Field(() => String) message!: string;
}

@ObjectType({ simpleResolvers: true, description: "Somebody signed for a party." })
export class AgreementSignature {
  @Field(() => String) party!: string;
  @Field(() => ID) signedBy!: string;
  @Field(() => DateTimeScalar) signedAt!: string;
  @Field(() => String, { description: "Of the terms that were signed." }) digest!: string;
}

@ObjectType({ simpleResolvers: true, description: "What happened to an agreement, for whoever tracks it." })
export class AgreementStep {
  @Field(() => DateTimeScalar) at!: string;
  @Field(() => StepEnum) step!: string;
  @Field(() => Int, { nullable: true }) version!: number | null;
  @Field(() => ID, { nullable: true, description: "Null: the gateway." }) by!: string | null;
  @Field(() => String, { nullable: true }) reason!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "An agreement in one form of words. Never changed once it is submitted." })
export class AgreementVersion {
  @Field(() => Int) number!: number;
  @Field(() => VersionStatusEnum) status!: string;
  @Field(() => AgreementTerms) terms!: object;
  @Field(() => String, { description: "SHA-256 of the terms as canonical JSON: what is signed." }) digest!: string;
  @Field(() => ID) draftedBy!: string;
  @Field(() => DateTimeScalar) draftedAt!: string;
  @Field(() => DateTimeScalar, { nullable: true }) submittedAt!: string | null;
  @Field(() => ID, { nullable: true }) approvedBy!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) approvedAt!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "When the last party had signed." }) signedAt!: string | null;
  @Field(() => [AgreementSignature]) signatures!: readonly AgreementSignature[];
}

@ObjectType({
  simpleResolvers: true,
  description: "A data-sharing agreement under a framework contract. It executes: what it does not permit is refused.",
})
export class Agreement {
  @Field(() => ID) id!: string;
  @Field(() => AgreementStatusEnum) status!: string;
  @Field(() => Boolean, { description: "A breach stopped it; its outcome is not that work goes on." }) suspended!: boolean;
  @Field(() => Int, { nullable: true, description: "The version that counts now; null: none." }) versionInForce!: number | null;
  @Field(() => ID) draftedBy!: string;
  @Field(() => DateTimeScalar) draftedAt!: string;
  @Field(() => DateTimeScalar, { nullable: true }) terminatedAt!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) destroyedAt!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "When the key of its pseudonyms was destroyed." })
  keyDestroyedAt!: string | null;
  @Field(() => [AgreementVersion], { description: "By their numbers." }) versions!: readonly AgreementVersion[];
  @Field(() => [AgreementStep], { description: "The first first." }) steps!: readonly AgreementStep[];
  @Field(() => [AgreementBreach]) breaches!: readonly AgreementBreach[];
  @Field(() => AgreementDestruction, { nullable: true }) destruction!: AgreementDestruction | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "An agreement, and everything that stands against its newest version. Where there is anything, nothing was decided.",
})
export class JudgedAgreement {
  @Field(() => Agreement) agreement!: Agreement;
  @Field(() => [AgreementFinding]) findings!: readonly TermsFinding[];
}

@ObjectType({ simpleResolvers: true, description: "What the public may know of an agreement." })
export class AgreementRegisterEntry {
  @Field(() => ID) id!: string;
  @Field(() => String) title!: string;
  @Field(() => AgreementStatusEnum) status!: string;
  @Field(() => [String], { description: "The controllers." }) organisations!: readonly string[];
  @Field(() => [String], { description: "Articles 6 and 9 of the UK GDPR, and how the duty of confidentiality is met." })
  legalBasis!: readonly string[];
  @Field(() => Boolean) optOutsApplied!: boolean;
  @Field(() => ProductClassEnum, { nullable: true }) productClass!: string | null;
  @Field(() => [String]) purposes!: readonly string[];
  @Field(() => DateScalar, { nullable: true }) startsOn!: string | null;
  @Field(() => DateScalar, { nullable: true }) endsOn!: string | null;
}

/** @param at ISO instant */
export function toAgreement(agreement: StoredAgreement, at: string): Agreement {
  return {
    ...agreement,
    status: statusOf(agreement, at),
    suspended: isSuspended(agreement),
    versionInForce: versionAt(agreement, at)?.number ?? null,
    versions: agreement.versions.map((version) => toVersion(agreement, version, at)),
    breaches: agreement.breaches.map((breach) => toBreach(agreement, breach, at)),
    destruction: AgreementDestruction.of(agreement, at),
  };
}

const toVersion = (agreement: StoredAgreement, version: StoredVersion, at: string): AgreementVersion => ({
  ...version,
  status: versionStatusOf(agreement, version, at),
});
