/** How a submission moves the certification standards of its programme. */
import "reflect-metadata";
import { Field, Int, ObjectType } from "type-graphql";
import { type StandardMovement as Movement, STANDARD_NAMES, type StandardName } from "../../records/standard-movement.ts";
import { STANDARDS } from "../../standards/standards-data.ts";
import { registerNames } from "./register-names.ts";

const descriptionOf = (name: StandardName): string => {
  const standard = STANDARDS.find((candidate) => candidate.name === name);
  return standard === undefined ? name : `${standard.kpi}: ${standard.label}.`;
};

export const CertificationStandardEnum = registerNames(
  "CertificationStandard",
  "The seven standards of the National Certification Programme for Cardiac Rehabilitation.",
  STANDARD_NAMES,
  Object.fromEntries(STANDARD_NAMES.map((name) => [name, descriptionOf(name)])),
);

@ObjectType({
  simpleResolvers: true,
  description:
    "What a submission does to one standard of its programme in one audit year, in numbers of rehabilitations. Standards and years that stay as they are, are not listed.",
})
export class StandardMovement {
  @Field(() => CertificationStandardEnum) standard!: string;
  @Field(() => Int, { description: "The year in which the audit year began: 2025 is April 2025 to March 2026, by core start." })
  auditYear!: number;
  @Field(() => Int, { description: "Counted now and not before." }) entered!: number;
  @Field(() => Int, { description: "Counted before and not now." }) left!: number;
  @Field(() => Int, {
    nullable: true,
    description: "Have the assessment now and were not counted with it before. Null: the standard is a median of days.",
  })
  met!: number | null;
  @Field(() => Int, { nullable: true, description: "Were counted with the assessment before and are not now." })
  unmet!: number | null;
  @Field(() => Int, {
    nullable: true,
    description: "Counted before and now, with another number of days. Null: the standard is a share.",
  })
  changed!: number | null;
}

/** A share has no days that change; a median nothing that is met. */
export function toStandardMovement(movement: Movement): StandardMovement {
  const isShare = STANDARDS.some(({ name, measure }) => name === movement.standard && measure.by === "SHARE");
  return isShare ? { ...movement, changed: null } : { ...movement, met: null, unmet: null };
}
