import "reflect-metadata";
import { Field, ID, ObjectType } from "type-graphql";
import { ROLES } from "../../records/actor.ts";
import type { OrganisationSummary } from "../graphql-deps.ts";
import { registerNames } from "./register-names.ts";

export const RoleEnum = registerNames("Role", "What the bearer of a token may do.", ROLES);

@ObjectType({ simpleResolvers: true, description: "A cardiac-rehabilitation programme." })
export class Programme {
  @Field(() => String) code!: string;
  @Field(() => String) name!: string;
}

@ObjectType({ simpleResolvers: true })
export class Organisation {
  @Field(() => String) odsCode!: string;
  @Field(() => String) name!: string;
  @Field(() => [Programme]) programmes!: OrganisationSummary["programmes"];
}

@ObjectType({ simpleResolvers: true, description: "Who the bearer of the token is." })
export class Viewer {
  @Field(() => ID, { description: "By which agreements and logs name the bearer." }) id!: string;
  @Field(() => RoleEnum) role!: string;
  @Field(() => [String], { description: "Scopes of the token." }) scopes!: readonly string[];
  @Field(() => [Organisation], { description: "The acting organisation first, then those the bearer may switch to." })
  organisations!: readonly OrganisationSummary[];
}
