/** What the submitting mutations take. */
import "reflect-metadata";
import { Field, InputType } from "type-graphql";
import { DEFAULT_DATASET_VERSION } from "../../records/dictionaries.ts";
import type { ErrorPolicy, SubmissionMode } from "../../records/submission-record.ts";
import { Hoist } from "../operation-marks.ts";
import { JsonScalar } from "../scalars/strict-scalars.ts";
import { PatientRecordInput } from "./record-types.ts";
import { ErrorPolicyEnum, SubmissionModeEnum } from "./submission-enums.ts";

export const PROFILE = "Name of a sender profile; absent: the one saved for the sending system, else the default of the format.";

@InputType({ description: "The system the data come from." })
export class SourceSystemInput {
  @Field(() => String) vendor!: string;
  @Field(() => String) product!: string;
  @Field(() => String) version!: string;
}

@InputType()
export class SubmissionOptions {
  @Field(() => String, {
    nullable: true,
    description:
      "A key of the sender's own, new for each input and the same for each repetition. This or the header Idempotency-Key is needed.",
  })
  idempotencyKey?: string | null;
  @Field(() => String, { description: "The cardiac-rehabilitation programme that sends; one of the acting organisation." })
  programmeCode!: string;
  @Field(() => SourceSystemInput) sourceSystem!: SourceSystemInput;
  @Field(() => String, { nullable: true, defaultValue: DEFAULT_DATASET_VERSION }) datasetVersion?: string | null;
  @Field(() => SubmissionModeEnum, { nullable: true, defaultValue: "COMMIT" }) mode?: SubmissionMode | null;
  @Field(() => ErrorPolicyEnum, { nullable: true, defaultValue: "REJECT_FAILED" }) errorPolicy?: ErrorPolicy | null;
}

@InputType()
export class SubmitRecordsInput {
  @Field(() => SubmissionOptions) options!: SubmissionOptions;
  @Hoist("records", "patientsPerRequest") @Field(() => [PatientRecordInput]) records!: readonly object[];
}

@InputType()
export class SubmitFhirInput {
  @Field(() => SubmissionOptions) options!: SubmissionOptions;
  @Hoist("resources")
  @Field(() => JsonScalar, {
    description: "A FHIR R4 Bundle, a list of resources, or a string that holds one FHIR JSON or XML document.",
  })
  resources!: unknown;
  @Field(() => String, { nullable: true, description: PROFILE }) profile?: string | null;
}

@InputType()
export class SubmitHl7v2Input {
  @Field(() => SubmissionOptions) options!: SubmissionOptions;
  @Hoist("messages", "messagesPerRequest")
  @Field(() => [String], { description: "HL7 v2 messages in ER7 (CR, LF or CRLF between segments) or v2.xml." })
  messages!: readonly string[];
  @Field(() => String, { nullable: true, description: PROFILE }) profile?: string | null;
}
