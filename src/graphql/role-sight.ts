/** What of the full schema one role sees, by the policies of operations and the audiences of types. */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isUnionType,
} from "graphql";
import type { Role } from "../records/actor.ts";
import { type Policy, policyOf } from "./access-policy.ts";
import { type Audiences, audienceOf } from "./type-audiences.ts";

type Member = Pick<GraphQLField<unknown, unknown> | GraphQLInputField, "name" | "extensions">;

export interface RoleSight {
  /** Of an operation: its policy names the role, if with a scope. */
  isAllowed(operation: Member): boolean;
  type(type: GraphQLNamedType): boolean;
  field(owner: GraphQLNamedType, field: Member & { readonly type: GraphQLOutputType | GraphQLInputType }): boolean;
  argument(owner: GraphQLNamedType, field: Member, argument: Pick<GraphQLArgument, "name" | "type">): boolean;
  value(owner: GraphQLNamedType, name: string): boolean;
}

/** A type of which nothing is left is not seen either, nor are the fields that have it. */
export function createRoleSight(full: GraphQLSchema, role: Role, audiences: Audiences): RoleSight {
  const roots = [full.getQueryType(), full.getMutationType(), full.getSubscriptionType()];
  const isRoot = (type: GraphQLNamedType) => roots.some((root) => root === type);
  const includes = (policy: Policy | undefined) => policy?.[role] !== undefined;
  const isMeant = (coordinate: string) => {
    const narrower = audiences.members.get(coordinate);
    return narrower === undefined || includes(narrower);
  };
  const seen = new Set<GraphQLNamedType>(
    Object.values(full.getTypeMap()).filter(
      (type) => isScalarType(type) || isEnumType(type) || isRoot(type) || includes(audienceOf(audiences, type.name)),
    ),
  );
  const sight: RoleSight = {
    isAllowed: (operation) => includes(policyOf(operation)),
    type: (type) => seen.has(type),
    field: (owner, field) =>
      seen.has(getNamedType(field.type)) && (!isRoot(owner) || sight.isAllowed(field)) && isMeant(`${owner.name}.${field.name}`),
    argument: (owner, field, { name, type }) => seen.has(getNamedType(type)) && isMeant(`${owner.name}.${field.name}(${name}:)`),
    value: (owner, name) => isMeant(`${owner.name}.${name}`),
  };
  const isEmpty = (type: GraphQLNamedType): boolean => {
    if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))
      return !Object.values(type.getFields()).some((field) => sight.field(type, field));
    return isUnionType(type) && !type.getTypes().some((member) => seen.has(member));
  };
  // One that vanishes may have been all that another one had.
  for (let left = -1; left !== seen.size; ) {
    left = seen.size;
    for (const type of seen) if (isEmpty(type)) seen.delete(type);
  }
  return sight;
}
