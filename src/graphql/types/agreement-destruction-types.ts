/** Destruction of what was handed out, framework contracts, the standards in words, and the audit pack. */
import "reflect-metadata";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { DESTRUCTION_REASONS, type Agreement as StoredAgreement } from "../../agreements/agreement.ts";
import { toLondonDate } from "../../lib/calendar-date.ts";
import { DateScalar, DateTimeScalar } from "../scalars/strict-scalars.ts";
import { QuestionEnum } from "./agreement-terms-types.ts";
import { registerNames } from "./register-names.ts";

const DestructionReasonEnum = registerNames("AgreementDestructionReason", "Why it is to be destroyed.", DESTRUCTION_REASONS);

@ObjectType({ simpleResolvers: true, description: "What was handed out is to be destroyed, and that certified." })
export class AgreementDestruction {
  @Field(() => ID) id!: string;
  @Field(() => DestructionReasonEnum) reason!: string;
  @Field(() => DateTimeScalar) openedAt!: string;
  @Field(() => DateScalar, { description: "The last day to certify it." }) dueOn!: string;
  @Field(() => Boolean) overdue!: boolean;
  @Field(() => DateTimeScalar, { nullable: true }) certifiedAt!: string | null;
  @Field(() => ID, { nullable: true }) certifiedBy!: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      "The signed certificate as a file: `signature` is Ed25519 (base64) over the UTF-8 of `document`. Key: `destructionCertificateKey`.",
  })
  file!: string | null;

  /** @param at ISO instant */
  static of({ destruction }: StoredAgreement, at: string): AgreementDestruction | null {
    if (destruction === null) return null;
    const { document, signature, ...task } = destruction;
    const overdue = task.certifiedAt === null && task.dueOn < toLondonDate(new Date(at));
    return { ...task, overdue, file: document === null ? null : JSON.stringify({ document, signature }, null, 2) };
  }
}

@InputType({ description: "What, how, when, who, and how that was made sure of. Name no patient." })
export class CertifyDestructionInput {
  @Field(() => String, { description: "Extracts, copies, derived files, back-ups." }) what!: string;
  @Field(() => String) how!: string;
  @Field(() => DateScalar) destroyedOn!: string;
  @Field(() => String, { description: "Name of whoever did it." }) destroyedBy!: string;
  @Field(() => String, { description: "How it was made sure of, and by whom." }) verification!: string;
}

@InputType("FrameworkContractInput")
@ObjectType("FrameworkContract", {
  simpleResolvers: true,
  description: "A contract under which an organisation may have agreements.",
})
export class FrameworkContract {
  @Field(() => ID, { description: "`DSFC-…`" }) id!: string;
  @Field(() => String) organisation!: string;
  @Field(() => DateScalar) signedOn!: string;
  @Field(() => DateScalar) endsOn!: string;
}

@ObjectType({ simpleResolvers: true, description: "A question of a standard." })
export class AgreementQuestionDefinition {
  @Field(() => QuestionEnum) question!: string;
  @Field(() => String) text!: string;
  @Field(() => String, { description: "TEXT, CHOICE, YES_NO, DATE, LINK." }) kind!: string;
  @Field(() => [String], { description: "Of a choice." }) choices!: readonly string[];
  @Field(() => Int, { nullable: true }) shortest!: number | null;
  @Field(() => Int, { nullable: true }) longest!: number | null;
  @Field(() => String, { nullable: true, description: "The one answer with which an agreement can be made." }) mustBe!:
    | string
    | null;
  @Field(() => String, {
    nullable: true,
    description: "When it must be answered: `ALWAYS`, `RECORD_LEVEL`, `CONSENT=YES`. Null: never.",
  })
  mandatory!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "One of the twenty standards, with what is asked." })
export class AgreementStandardDefinition {
  @Field(() => String) standard!: string;
  @Field(() => String) label!: string;
  @Field(() => [AgreementQuestionDefinition]) questions!: readonly AgreementQuestionDefinition[];
}

@ObjectType({ simpleResolvers: true })
export class AgreementAuditPackFile {
  @Field(() => String) name!: string;
  @Field(() => String) content!: string;
}

@ObjectType({ simpleResolvers: true, description: "Everything an auditor asks for about one agreement. No patient's data." })
export class AgreementAuditPack {
  @Field(() => ID) agreementId!: string;
  @Field(() => DateTimeScalar) madeAt!: string;
  @Field(() => String, { description: "JSON: each file with its bytes and its SHA-256." }) manifest!: string;
  @Field(() => String, { description: "Ed25519 (base64) over the manifest; key: `destructionCertificateKey`." })
  signature!: string;
  @Field(() => [AgreementAuditPackFile]) files!: readonly AgreementAuditPackFile[];
}
