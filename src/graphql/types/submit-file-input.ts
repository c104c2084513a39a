/** What `submitFile` takes. */
import "reflect-metadata";
import { Field, ID, InputType } from "type-graphql";
import type { FileFormat } from "../../records/file-format.ts";
import { FileFormatEnum } from "./submission-enums.ts";
import { PROFILE, SubmissionOptions } from "./submit-inputs.ts";

@InputType()
export class SubmitFileInput {
  @Field(() => SubmissionOptions) options!: SubmissionOptions;
  @Field(() => ID, { description: "What /uploads answered." }) uploadId!: string;
  @Field(() => FileFormatEnum, { nullable: true, description: "Absent: told from the content." }) format?: FileFormat | null;
  @Field(() => String, { nullable: true, description: PROFILE }) profile?: string | null;
}
