/** Certificates of destroyed patients. docs/destruction.md is for those who check one. */
import "reflect-metadata";
import { Field, ID, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";

@ObjectType({ simpleResolvers: true, description: "How many of one kind were destroyed." })
export class DestructionCount {
  @Field(() => String) kind!: string;
  @Field(() => Int) count!: number;
}

@ObjectType({ simpleResolvers: true, description: "Attests that what was stored of a patient was destroyed. Names no patient." })
export class DestructionCertificate {
  @Field(() => ID) id!: string;
  @Field(() => String) odsCode!: string;
  @Field(() => DateTimeScalar, { description: "When the rows were deleted." }) erasedAt!: string;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the secrets were destroyed that opened older copies. Null: this is being done.",
  })
  certifiedAt!: string | null;
  @Field(() => String) authorisedBy!: string;
  @Field(() => [DestructionCount]) counts!: readonly DestructionCount[];
  @Field(() => String, {
    nullable: true,
    description: "The signed certificate: what `nacr verify-certificate` reads, as a file. Null while it is being made.",
  })
  file!: string | null;
  @Field(() => String, { nullable: true, description: "As the Guardian gave it. Not part of the certificate." })
  reason!: string | null;
}
