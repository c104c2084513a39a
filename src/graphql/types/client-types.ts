/** Systems that send and read by themselves, and what organisations let them do. docs/clients.md is for those who register one. */
import "reflect-metadata";
import { Field, ID, InputType, ObjectType } from "type-graphql";
import { CLIENT_ROLES, CLIENT_STATES, type ClientRole } from "../../access/client.ts";
import { REGISTRATION_STATES } from "../../access/registration.ts";
import { DateScalar, DateTimeScalar, JsonScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";

const ClientRoleEnum = registerNames("ClientRole", "What a system is.", CLIENT_ROLES, {
  SUBMITTER: "A system of the organisation's own.",
  VENDOR_APP: "A vendor's product, which other organisations may let act for them too.",
});
const ClientStateEnum = registerNames("ClientState", "Whether a client gets tokens.", CLIENT_STATES, {
  REQUESTED: "Not before the Caldicott Guardian approves its registration.",
  REVOKED: "Never again.",
});
const DelegationStateEnum = registerNames("DelegationState", "Whether a delegation holds.", REGISTRATION_STATES, {
  REQUESTED: "The Caldicott Guardian decides.",
  ACTIVE: "Between its first and its last day.",
});

const PROGRAMMES = "Programme codes; absent or null: every programme of the organisation.";
const SCOPES = "submissions:read, submissions:write, records:read.";
const EVIDENCE = "What the Caldicott Guardian decides upon: contract, assessment, reference. One line, nothing of patients.";

@InputType()
export class RegisterClientInput {
  @Field(() => String) name!: string;
  @Field(() => String, { description: "Of the source system whose submissions a vendor app sees." }) vendor!: string;
  @Field(() => String) product!: string;
  @Field(() => ClientRoleEnum, { defaultValue: "SUBMITTER" }) role!: ClientRole;
  @Field(() => [String], { nullable: true, description: PROGRAMMES }) programmes?: string[] | null;
  @Field(() => [String], {
    nullable: true,
    description: `${SCOPES} Absent: all of them for SUBMITTER, submissions:read for VENDOR_APP.`,
  })
  scopes?: string[] | null;
  @Field(() => JsonScalar, { nullable: true, description: "A JWK Set of one or two public keys; else `jwksUrl`." })
  jwks?: unknown;
  @Field(() => String, { nullable: true, description: "Where the client publishes its JWK Set: https, on port 443 or 8443." })
  jwksUrl?: string | null;
  @Field(() => DateScalar, { nullable: true, description: "Absent: from its approval on." }) startsOn?: string | null;
  @Field(() => DateScalar) endsOn!: string;
  @Field(() => [String], {
    nullable: true,
    description: "The client comes only with a certificate that has one of these as its common or DNS name.",
  })
  certificateNames?: string[] | null;
  @Field(() => [String], {
    nullable: true,
    description: "The client comes only with one of these certificates: SHA-256 in base64url (x5t#S256).",
  })
  certificateThumbprints?: string[] | null;
  @Field(() => String, { description: EVIDENCE }) evidence!: string;
}

@InputType()
export class GrantDelegationInput {
  @Field(() => ID) clientId!: string;
  @Field(() => [String], { defaultValue: ["submissions:read"], description: SCOPES }) scopes!: string[];
  @Field(() => [String], { nullable: true, description: PROGRAMMES }) programmes?: string[] | null;
  @Field(() => DateScalar, { nullable: true }) startsOn?: string | null;
  @Field(() => DateScalar) endsOn!: string;
  @Field(() => String, { description: EVIDENCE }) evidence!: string;
}

@ObjectType({ simpleResolvers: true, description: "A public key a client signs its assertions with." })
export class ClientKey {
  @Field(() => ID) kid!: string;
  @Field(() => DateTimeScalar) addedAt!: string;
}

@ObjectType({ simpleResolvers: true, description: "What a client may do for the organisation. Both days count." })
export class ClientLeave {
  @Field(() => [String], { nullable: true, description: "Null: every programme of the organisation." })
  programmes!: readonly string[] | null;
  @Field(() => [String]) scopes!: readonly string[];
  @Field(() => DateScalar, { nullable: true }) startsOn!: string | null;
  @Field(() => DateScalar, { nullable: true }) endsOn!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "A system that the organisation registered." })
export class Client {
  @Field(() => ID, { description: "Its client_id: `iss` and `sub` of its assertions." }) id!: string;
  @Field(() => String) name!: string;
  @Field(() => ClientRoleEnum) role!: string;
  @Field(() => String, { nullable: true }) vendor!: string | null;
  @Field(() => String, { nullable: true }) product!: string | null;
  @Field(() => ClientStateEnum) state!: string;
  @Field(() => ID, { nullable: true, description: "The registration that the Caldicott Guardian decides upon." })
  registrationId!: string | null;
  @Field(() => String, { nullable: true }) jwksUrl!: string | null;
  @Field(() => [ClientKey], { description: "Live ones; none where they are published at jwksUrl." }) keys!: readonly ClientKey[];
  @Field(() => [String]) certificateNames!: readonly string[];
  @Field(() => [String]) certificateThumbprints!: readonly string[];
  @Field(() => ClientLeave, { nullable: true, description: "In force or asked for; null where it ended." })
  leave!: ClientLeave | null;
  @Field(() => DateTimeScalar) registeredAt!: string;
  @Field(() => DateTimeScalar, { nullable: true }) revokedAt!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "That the organisation lets a client act for it, or was asked to." })
export class Delegation extends ClientLeave {
  @Field(() => ID, { description: "Of its registration." }) id!: string;
  @Field(() => ID) clientId!: string;
  @Field(() => String) clientName!: string;
  @Field(() => String, { nullable: true }) vendor!: string | null;
  @Field(() => String, { nullable: true }) product!: string | null;
  @Field(() => DelegationStateEnum) state!: string;
  @Field(() => DateTimeScalar) requestedAt!: string;
  @Field(() => DateTimeScalar, { nullable: true }) decidedAt!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) endedAt!: string | null;
}
