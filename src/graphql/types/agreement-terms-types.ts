/** What an agreement says: the same members as they are written and as they are read. */
import "reflect-metadata";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { QUESTIONS } from "../../agreements/standards.ts";
import {
  ARTICLE_6_BASES,
  ARTICLE_9_BASES,
  EMPLOYMENTS,
  EXTRACT_FREQUENCIES,
  LOCATION_USES,
  PARTY_ROLES,
  PRODUCT_CLASSES,
  SECURITY_ASSURANCES,
} from "../../agreements/terms.ts";
import { DateScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";

export const ProductClassEnum = registerNames(
  "ProductClass",
  "What may be handed out. There is no class for identifiable data.",
  PRODUCT_CLASSES,
  {
    AGGREGATED_SUPPRESSED: "Figures of the published cube.",
    AGGREGATED_SMALL_NUMBERS: "Exact figures, as an extract.",
    PSEUDONYMISED_RECORD_LEVEL: "Records under the agreement's own pseudonyms, as an extract.",
  },
);
const ExtractFrequencyEnum = registerNames("ExtractFrequency", "How often an extract may be made.", EXTRACT_FREQUENCIES);
const PartyRoleEnum = registerNames("AgreementPartyRole", "In the words of the UK GDPR.", PARTY_ROLES);
const SecurityEnum = registerNames("SecurityAssurance", "Evidence that a party keeps data safely.", SECURITY_ASSURANCES, {
  DSPT_APPROACHING: "With an approved improvement plan and a special condition only.",
});
const Article6Enum = registerNames("Article6Basis", "UK GDPR, Article 6(1).", ARTICLE_6_BASES);
const Article9Enum = registerNames("Article9Basis", "UK GDPR, Article 9(2).", ARTICLE_9_BASES);
const LocationUseEnum = registerNames("LocationUse", "Storing is processing; back-ups are storing.", LOCATION_USES);
const EmploymentEnum = registerNames("AgreementEmployment", "How a person works for its party.", EMPLOYMENTS);
export const QuestionEnum = registerNames(
  "AgreementQuestion",
  "A question of one of the twenty standards; `agreementStandards` has the words.",
  Object.keys(QUESTIONS),
);

@InputType("AgreementPartyInput")
@ObjectType("AgreementParty", { simpleResolvers: true, description: "An organisation that signs." })
export class AgreementParty {
  @Field(() => String, { description: "What the agreement calls it by: `UNIVERSITY`." }) code!: string;
  @Field(() => String) name!: string;
  @Field(() => PartyRoleEnum) role!: string;
  @Field(() => ID, { nullable: true, description: "`DSFC-…`; a controller has one." }) frameworkContract?: string | null;
  @Field(() => SecurityEnum, { nullable: true }) security?: string | null;
  @Field(() => String, { nullable: true }) securityReference?: string | null;
  @Field(() => DateScalar, { nullable: true }) securityEndsOn?: string | null;
  @Field(() => Boolean, { description: "It covers the places of back-ups and disaster recovery." })
  securityCoversBackups!: boolean;
  @Field(() => String, { nullable: true, description: "In the register of fee payers of the Commissioner: `Z1234567`." })
  icoRegistration?: string | null;
  @Field(() => DateScalar, { nullable: true }) icoEndsOn?: string | null;
  @Field(() => Article6Enum, { nullable: true }) article6?: string | null;
  @Field(() => Article9Enum, { nullable: true }) article9?: string | null;
  @Field(() => String, { nullable: true, description: "Of a processor: the document with its instructions." })
  instructions?: string | null;
  @Field(() => ID, { nullable: true, description: "The person who signs for it." }) signatory?: string | null;
}

@InputType("AgreementLocationInput")
@ObjectType("AgreementLocation", { simpleResolvers: true, description: "A place of processing or storage." })
export class AgreementLocation {
  @Field(() => String) code!: string;
  @Field(() => String, { description: "Code of the party whose place it is." }) party!: string;
  @Field(() => [LocationUseEnum]) uses!: string[];
  @Field(() => String, { description: "Where it is: `1 Demo Street, York`." }) site!: string;
  @Field(() => String, { description: "`GB-ENG`, `GB-WLS`, `GB-SCT`, `GB-NIR`, or ISO 3166 of another country." })
  country!: string;
}

@InputType("AgreementPersonInput")
@ObjectType("AgreementPerson", { simpleResolvers: true, description: "Somebody who may use what the agreement permits." })
export class AgreementPerson {
  @Field(() => ID, { description: "As `viewer` names the person." }) clientId!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { description: "Code of the party the person works for." }) party!: string;
  @Field(() => EmploymentEnum) employment!: string;
}

@InputType("AgreementPurposeInput")
@ObjectType("AgreementPurpose", { simpleResolvers: true, description: "A purpose that is not declared is not permitted." })
export class AgreementPurpose {
  @Field(() => String, { description: "What a use states, letter by letter: `SERVICE_EVALUATION`." }) code!: string;
  @Field(() => String) description!: string;
}

@InputType("AgreementAnswerInput")
@ObjectType("AgreementAnswer", { simpleResolvers: true, description: "To one question of a standard." })
export class AgreementAnswer {
  @Field(() => QuestionEnum) question!: string;
  @Field(() => String, { description: "YES or NO, a day, a choice, an address or a text, as the question's kind says." })
  answer!: string;
}

@InputType("AgreementTermsInput")
@ObjectType("AgreementTerms", {
  simpleResolvers: true,
  description: "What an agreement permits, and its answers to the standards.",
})
export class AgreementTerms {
  @Field(() => String) title!: string;
  @Field(() => DateScalar, { nullable: true, description: "The first day, from 00:00 in London." }) startsOn?: string | null;
  @Field(() => DateScalar, { nullable: true, description: "The last day, to 24:00 in London." }) endsOn?: string | null;
  @Field(() => ProductClassEnum, { nullable: true }) productClass?: string | null;
  @Field(() => String, { nullable: true }) disclosureProfile?: string | null;
  @Field(() => String, {
    nullable: true,
    description: "A disclosure profile of its own, as JSON; `disclosureProfile` says its id.",
  })
  ownProfile?: string | null;
  @Field(() => ExtractFrequencyEnum) extractFrequency!: string;
  @Field(() => [AgreementParty]) parties!: AgreementParty[];
  @Field(() => [AgreementLocation]) locations!: AgreementLocation[];
  @Field(() => [AgreementPerson]) people!: AgreementPerson[];
  @Field(() => [AgreementPurpose]) purposes!: AgreementPurpose[];
  @Field(() => [String], { description: "Measures that may be asked for." }) measures!: string[];
  @Field(() => [String], { description: "Dimensions that may be asked for." }) dimensions!: string[];
  @Field(() => [String], { description: "Columns of an extract: `journey.age`." }) fields!: string[];
  @Field(() => [Int], { description: "Audit years by the year they begin in: 2024 is April 2024 to March 2025." })
  years!: number[];
  @Field(() => [String]) nations!: string[];
  @Field(() => [String]) eventGroups!: string[];
  @Field(() => [AgreementAnswer]) answers!: AgreementAnswer[];
}
