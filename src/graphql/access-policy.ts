/**
 * Who may call an operation. Deny by default: a root field without a policy makes the build of the schema fail, and the check
 * stands in front of the resolver itself, so no resolver can forget it.
 */
import { defaultFieldResolver, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import { Extensions } from "type-graphql";
import { GatewayError } from "../errors/gateway-error.ts";
import { type Actor, type OrganisationActor, ROLES, type Role } from "../records/actor.ts";
import type { GraphqlContext } from "./graphql-context.ts";

/** Scopes of a delegation, by which an organisation limits what a vendor app may do for it. */
export type Scope = "submissions:read" | "submissions:write" | "records:read";
/** The roles that may call an operation: always, or with a scope. */
export type Policy = Readonly<Partial<Record<Role, true | Scope>>>;

/** Everybody who was given a role. */
export const EVERY_ROLE: Policy = Object.fromEntries(ROLES.filter((role) => role !== "UNREGISTERED").map((role) => [role, true]));
/** And who has none yet. */
export const ANYBODY: Policy = { ...EVERY_ROLE, UNREGISTERED: true };

/** What became of submissions. */
export const MAY_READ_STATUS: Policy = { SUBMITTER: true, VENDOR_APP: true, CLINICAL_TEAM: true };

/** What is stored of patients. */
export const MAY_READ_RECORDS: Policy = { SUBMITTER: true, CLINICAL_TEAM: true, VENDOR_APP: "records:read" };

/** Identifying items leave the gateway only for the clinical team, for rows of its own organisation. */
export const MAY_SEE_IDENTITY: Policy = { CLINICAL_TEAM: true };
/** Looking a patient up by NHS number or hospital number. A vendor app may not even name one. */
export const MAY_NAME_PATIENTS: Policy = { SUBMITTER: true, CLINICAL_TEAM: true };
/** Reasons are free text of the hospital's own people. */
export const MAY_READ_REASONS: Policy = { SUBMITTER: true, CLINICAL_TEAM: true };

/** Marks an operation with its policy. */
export const Allow = (policy: Policy): MethodDecorator => Extensions({ policy });

const isPolicy = (value: unknown): value is Policy =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).length > 0 &&
  Object.keys(value).every((key) => key in ANYBODY);

/** Undefined where an operation has none, or none that can be read. */
export const policyOf = ({ extensions: { policy } }: Pick<GraphQLField<unknown, unknown>, "extensions">): Policy | undefined =>
  isPolicy(policy) ? policy : undefined;

export function mayCall(policy: Policy, actor: Actor): boolean {
  const condition = policy[actor.role];
  return condition === true || (condition !== undefined && actor.scopes.includes(condition));
}

/**
 * Puts the policy of every operation in front of its resolver.
 * @throws Error that names the operations without a policy: a mistake in the code, found when the process starts
 */
export function enforcePolicies(schema: GraphQLSchema): GraphQLSchema {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const operations = roots.flatMap((root) => (root ? listOperations(root) : []));
  const changing = new Set(Object.values(schema.getMutationType()?.getFields() ?? {}));
  const open = operations.filter(({ field }) => policyOf(field) === undefined);
  if (open.length > 0) throw new Error(`Operations without a policy: ${open.map(({ name }) => name).join(", ")}.`);
  for (const { field } of operations) guard(field, policyOf(field) ?? {}, changing.has(field));
  return schema;
}

const listOperations = (root: GraphQLObjectType<unknown, GraphqlContext>) =>
  Object.values(root.getFields()).map((field) => ({ name: `${root.name}.${field.name}`, field }));

function guard(field: GraphQLField<unknown, GraphqlContext>, policy: Policy, changes: boolean): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (root, args, context, info) => {
    requirePolicy(policy, context.actor);
    if (changes && context.actor.breakGlass !== undefined)
      throw new GatewayError("FORBIDDEN", "Whoever broke the glass may read, and change nothing.");
    return resolve(root, args, context, info);
  };
  const { subscribe } = field;
  // The resolver of a subscription runs with the first payload; nobody may wait for one unasked.
  if (subscribe !== undefined)
    field.subscribe = (root, args, context, info) => {
      requirePolicy(policy, context.actor);
      return subscribe(root, args, context, info);
    };
}

/** @throws GatewayError FORBIDDEN */
function requirePolicy(policy: Policy, actor: Actor): void {
  if (!mayCall(policy, actor)) throw new GatewayError("FORBIDDEN", "Your role or scope does not include this operation.");
}

/** @throws GatewayError FORBIDDEN for an actor that acts for no organisation */
export function requireOrganisation(actor: Actor): OrganisationActor {
  if (actor.ods === null) throw new GatewayError("FORBIDDEN", "The token names no organisation to act for.");
  return { ...actor, ods: actor.ods };
}

/** Decides what is unsealed; that nobody else can ask for it is the schema's doing (`type-audiences.ts`). */
export const maySeeIdentity = (actor: Actor): boolean => mayCall(MAY_SEE_IDENTITY, actor);
export const mayReadReasons = (actor: Actor): boolean => mayCall(MAY_READ_REASONS, actor);
