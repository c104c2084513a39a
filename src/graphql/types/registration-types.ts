/** Who may act for whom: requests, decisions and reviews, as the people concerned see them. docs/registration.md is for them. */
import "reflect-metadata";
import { Field, ID, InputType, ObjectType } from "type-graphql";
import { REGISTRATION_KINDS, REGISTRATION_STATES } from "../../access/registration.ts";
import { NATIONS, type Nation } from "../../access/registration-ports.ts";
import { REGISTRATION_STANDINGS } from "../../access/registration-rules.ts";
import type { RegistrationRequest } from "../../access/registration-service.ts";
import { DateScalar, DateTimeScalar } from "../scalars/strict-scalars.ts";
import { RoleEnum } from "./organisation-types.ts";
import { registerNames } from "./register-names.ts";

const RegistrationKindEnum = registerNames(
  "RegistrationKind",
  "Who or what is registered, and who decides.",
  REGISTRATION_KINDS,
  {
    PERSON: "The Guardian of the organisation decides.",
    CLIENT: "A system; the Guardian decides.",
    DELEGATION: "A vendor's app that may act for the organisation; the Guardian decides.",
    GUARDIAN: "Proposed by one audit administrator, confirmed by another.",
    ADMIN: "An audit administrator; proposed by one, confirmed by another.",
    BREAK_GLASS:
      "An audit administrator reads the organisation's rows for an hour, by another one's confirmation; Guardians are shown it.",
  },
);

export const RegistrationStateEnum = registerNames("RegistrationState", "What was decided.", REGISTRATION_STATES);

const RegistrationStandingEnum = registerNames(
  "RegistrationStanding",
  "What a registration is worth at this moment.",
  REGISTRATION_STANDINGS,
  {
    NOT_YET: "Active, and not in force before `effectiveAt`, or its first day.",
    ATTESTATION_DUE: "In force; its quarterly attestation is due, and two weeks later it is not in force any more.",
    UNATTESTED: "Not in force until it is attested.",
    UNUSED: "Not used for 90 days: not in force until it is attested.",
    EXPIRED: "Its last day is past. A new request begins anew.",
  },
);

const RequestableRoleEnum = registerNames("RequestableRole", "Roles a person may ask an organisation for.", [
  "CLINICAL_TEAM",
  "CALDICOTT_GUARDIAN",
]);

export const NationEnum = registerNames("Nation", "Whose rules an organisation stands under.", NATIONS);

const WHO = "A client's id, `person/` with a person's, or `operator`.";

@ObjectType({ simpleResolvers: true, description: "Leave to act for an organisation, asked for, given, refused or ended." })
export class Registration {
  @Field(() => ID) id!: string;
  @Field(() => RegistrationKindEnum) kind!: string;
  @Field(() => String, { nullable: true, description: "ODS code. Null of an audit administrator." }) odsCode!: string | null;
  @Field(() => RoleEnum) role!: string;
  @Field(() => [String], { nullable: true, description: "Programme codes. Null: all of the organisation." })
  programmes!: readonly string[] | null;
  @Field(() => [String]) scopes!: readonly string[];
  @Field(() => String, { nullable: true, description: "Of a person." }) issuer!: string | null;
  @Field(() => String, { nullable: true, description: "Of a person: who it is, as the issuer says." }) subject!: string | null;
  @Field(() => ID, { nullable: true, description: "Of a system." }) clientId!: string | null;
  @Field(() => String) name!: string;
  @Field(() => String) evidence!: string;
  @Field(() => RegistrationStateEnum) state!: string;
  @Field(() => RegistrationStandingEnum) standing!: string;
  @Field(() => String, { description: WHO }) requestedBy!: string;
  @Field(() => DateTimeScalar) requestedAt!: string;
  @Field(() => String, { nullable: true, description: WHO }) decidedBy!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) decidedAt!: string | null;
  @Field(() => String, { nullable: true }) decisionReason!: string | null;
  @Field(() => DateScalar, { nullable: true }) startsOn!: string | null;
  @Field(() => DateScalar, { nullable: true, description: "The last day." }) endsOn!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Not in force before." }) effectiveAt!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) attestedAt!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "To the hour." }) lastUsedAt!: string | null;
  @Field(() => String, { nullable: true, description: `Who proposed that it ends, for another one to confirm. ${WHO}` })
  endProposedBy!: string | null;
  @Field(() => String, { nullable: true, description: WHO }) endedBy!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) endedAt!: string | null;
  @Field(() => String, { nullable: true }) endReason!: string | null;
}

@InputType()
export class RequestRegistrationInput {
  @Field(() => String, { description: "The organisation to act for." }) odsCode!: string;
  @Field(() => RequestableRoleEnum) role!: RegistrationRequest["role"];
  @Field(() => [String], { nullable: true, description: "Programme codes. Absent: all of the organisation." })
  programmes?: string[] | null;
  @Field(() => String, { description: "Your name, for the Guardian." }) name!: string;
  @Field(() => String, { description: "By what the Guardian can tell that it is you and that you need this." }) evidence!: string;
}

@InputType()
export class ProgrammeInput {
  @Field(() => String, { description: "Unique nationwide." }) code!: string;
  @Field(() => String) name!: string;
}

@InputType()
export class RegisterOrganisationInput {
  @Field(() => String) odsCode!: string;
  @Field(() => String) name!: string;
  @Field(() => NationEnum) nation!: Nation;
  @Field(() => [ProgrammeInput]) programmes!: ProgrammeInput[];
}
