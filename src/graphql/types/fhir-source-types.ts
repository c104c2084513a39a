/** Hospital FHIR servers that the gateway reads by itself. docs/pull.md is for those who register one. */
import "reflect-metadata";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { KEY_ALGORITHMS, PULL_MODES, SOURCE_ORIGINS, SOURCE_STATES } from "../../pull/fhir-source.ts";
import { FAILURE_REASONS } from "../../pull/server-failure.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";
import { SourceSystemInput } from "./submit-inputs.ts";

const FhirSourceStateEnum = registerNames("FhirSourceState", "Whether a source is read.", SOURCE_STATES, {
  PROPOSED: "Nothing is read until the Caldicott Guardian confirms it.",
});
const FhirSourceOriginEnum = registerNames("FhirSourceOrigin", "Who named the source.", SOURCE_ORIGINS, {
  CONFIGURED: "The operator of the gateway, in its configuration.",
});
const FhirPullModeEnum = registerNames("FhirPullMode", "How a server is read.", PULL_MODES, {
  AUTO: "A bulk export for the first reading where the server has one, searches for what changed since.",
});
const KeyAlgorithmEnum = registerNames("KeyAlgorithm", "How the gateway signs its assertions.", KEY_ALGORITHMS);
const FhirPullFailureEnum = registerNames(
  "FhirPullFailure",
  "Why a server could not be read. What it answered is not kept.",
  FAILURE_REASONS,
  {
    REFUSED_ADDRESS: "The host has an address that the gateway does not call.",
    LINK_ELSEWHERE: "A link of the server leads to another server; it was not followed.",
    REFUSED: "The server does not do what was asked of it, or the source is no longer registered.",
    INCOMPLETE: "The server has more than it gave, and no link to the rest.",
    FAULT: "A fault of the gateway, which was reported.",
  },
);

@InputType({ description: "SMART Backend Services." })
export class FhirSourceAuthInput {
  @Field(() => String, { description: "The gateway's id at the server." }) clientId!: string;
  @Field(() => String, { nullable: true, description: "Absent: what the server's SMART configuration names, on its own origin." })
  tokenUrl?: string | null;
  @Field(() => String, { defaultValue: "system/*.read" }) scope!: string;
  @Field(() => KeyAlgorithmEnum, { defaultValue: "ES384" }) algorithm!: (typeof KEY_ALGORITHMS)[number];
}

@InputType()
export class RegisterFhirSourceInput {
  @Field(() => String) name!: string;
  @Field(() => String, { description: "The server's base address: https, on port 443 or 8443." }) baseUrl!: string;
  @Field(() => String, { description: "The programme whose submissions the pulls are." }) programmeCode!: string;
  @Field(() => SourceSystemInput) sourceSystem!: SourceSystemInput;
  @Field(() => String, { nullable: true, description: "A mapping profile; absent: the default of FHIR." }) profile?:
    | string
    | null;
  @Field(() => FhirPullModeEnum, { defaultValue: "AUTO" }) mode!: (typeof PULL_MODES)[number];
  @Field(() => [String], { nullable: true, description: "Resource types to read; absent: every type the mapping reads." })
  types?: string[] | null;
  @Field(() => [String], {
    nullable: true,
    description: "Searches whose patients are meant, as Encounter?service-type=533; absent: every patient the server shows.",
  })
  cohort?: string[] | null;
  @Field(() => String, { nullable: true, description: "A FHIR Group whose members are meant." }) groupId?: string | null;
  @Field(() => [String], { nullable: true, description: "Other origins on which the files of an export may lie." })
  fileOrigins?: string[] | null;
  @Field(() => Int, { nullable: true, description: "Absent: read only when asked." }) intervalMinutes?: number | null;
  @Field(() => FhirSourceAuthInput, { nullable: true }) auth?: FhirSourceAuthInput | null;
}

@ObjectType({ simpleResolvers: true, description: "What a server said it can do when it was last read." })
export class FhirServerCapability {
  @Field(() => String, { nullable: true }) fhirVersion!: string | null;
  @Field(() => String, { nullable: true }) software!: string | null;
  @Field(() => Boolean, { description: "Patient/$everything." }) everything!: boolean;
  @Field(() => Boolean, { description: "Bulk export." }) export!: boolean;
  @Field(() => [String], { nullable: true, description: "Null: it did not say." }) searchTypes!: readonly string[] | null;
  @Field(() => DateTimeScalar) checkedAt!: string;
}

@ObjectType({ simpleResolvers: true, description: "How a source was read for one submission." })
export class FhirPull {
  @Field(() => ID) submissionId!: string;
  @Field(() => Int) resources!: number;
  @Field(() => Int) patients!: number;
  @Field(() => Int, { description: "Patients of whom the server has the same versions as before; left out." }) unchanged!: number;
  @Field(() => Int, {
    description: "Resources the server says it deleted. What was stored from them stays until it is withdrawn.",
  })
  deleted!: number;
  @Field(() => DateTimeScalar) startedAt!: string;
  @Field(() => DateTimeScalar, { nullable: true }) finishedAt!: string | null;
  @Field(() => FhirPullFailureEnum, { nullable: true }) failure!: string | null;
}

@ObjectType({ description: "A FHIR server that the gateway reads by itself." })
export class FhirSource {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String) baseUrl!: string;
  @Field(() => String) programmeCode!: string;
  @Field(() => FhirSourceStateEnum) state!: string;
  @Field(() => FhirSourceOriginEnum) origin!: string;
  @Field(() => Int, { nullable: true }) intervalMinutes!: number | null;
  @Field(() => String, {
    nullable: true,
    description:
      "The gateway's public key as a JWK Set (JSON), to be registered at the server; null where there is none to register.",
  })
  publicJwks!: string | null;
  @Field(() => DateTimeScalar) createdAt!: string;
  @Field(() => DateTimeScalar, { nullable: true }) confirmedAt!: string | null;
  @Field(() => FhirServerCapability, { nullable: true }) capability!: FhirServerCapability | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Everything the server changed before was read and accepted." })
  readUntil!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "The server could not be read; until then it is left in peace." })
  circuitOpenUntil!: string | null;
  @Field(() => FhirPull, { nullable: true }) lastPull!: FhirPull | null;
}
