/**
 * The schema as one role sees it: made once from the full one, with the same resolvers, by leaving out what the role does not see. So
 * introspection, validation and suggestions know the same (ADR 0030).
 */
import {
  GraphQLEnumType,
  type GraphQLFieldConfigMap,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  GraphQLUnionType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from "graphql";
import { ROLES, type Role } from "../records/actor.ts";
import { createRoleSight, type RoleSight } from "./role-sight.ts";
import { AUDIENCES, type Audiences } from "./type-audiences.ts";

/** The schema of a role, `UNREGISTERED` included. */
export type RoleSchemas = (role: Role) => GraphQLSchema;

/**
 * Derives all of them; once per process.
 * @throws Error that names what a role is allowed and could not use: an operation without its answer, something required it cannot give
 */
export function createRoleSchemas(full: GraphQLSchema, audiences: Audiences = AUDIENCES): RoleSchemas {
  const schemas = new Map<Role, GraphQLSchema>();
  const faults: string[] = [];
  for (const role of ROLES) {
    const sight = createRoleSight(full, role, audiences);
    faults.push(...findContradictions(full, sight).map((what) => `${role}: ${what}`));
    schemas.set(role, new RoleSchema(full, sight).build());
  }
  if (faults.length > 0) throw new Error(`Roles are allowed what they cannot use: ${faults.join(", ")}.`);
  return (role) => {
    const schema = schemas.get(role);
    if (schema === undefined) throw new Error(`There is no schema of ${role}.`);
    return schema;
  };
}

/** Operations allowed by name that are not seen, and required arguments and members that cannot be given. */
function findContradictions(full: GraphQLSchema, sight: RoleSight): string[] {
  const roots = [full.getQueryType(), full.getMutationType(), full.getSubscriptionType()].flatMap((root) => root ?? []);
  const unseen = roots.flatMap((root) =>
    Object.values(root.getFields())
      .filter((field) => sight.isAllowed(field) && !sight.field(root, field))
      .map((field) => `${root.name}.${field.name}`),
  );
  const types = Object.values(full.getTypeMap()).filter((type) => sight.type(type));
  const ungiven = types.flatMap((type) => {
    if (isInputObjectType(type))
      return Object.values(type.getFields())
        .filter((field) => isRequiredInputField(field) && !sight.field(type, field))
        .map((field) => `${type.name}.${field.name}`);
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields())
      .filter((field) => sight.field(type, field))
      .flatMap((field) =>
        field.args
          .filter((argument) => isRequiredArgument(argument) && !sight.argument(type, field, argument))
          .map((argument) => `${type.name}.${field.name}(${argument.name}:)`),
      );
  });
  return [...unseen, ...ungiven];
}

/** Each type is made once, its fields when all types are there: types refer to each other in circles. */
function remember<T extends GraphQLNamedType>(make: (type: T) => T): (type: T) => T {
  const made = new Map<string, T>();
  return (type) => {
    const known = made.get(type.name) ?? make(type);
    made.set(type.name, known);
    return known;
  };
}

/** The parts of the full schema that are seen, as parts of a schema of its own. Scalars, enums shown whole and resolvers are shared. */
class RoleSchema {
  readonly #full: GraphQLSchema;
  readonly #sight: RoleSight;

  constructor(full: GraphQLSchema, sight: RoleSight) {
    this.#full = full;
    this.#sight = sight;
  }

  build(): GraphQLSchema {
    const root = (type: GraphQLObjectType | null | undefined) => (type && this.#sight.type(type) ? this.#object(type) : null);
    return new GraphQLSchema({
      ...this.#full.toConfig(),
      query: root(this.#full.getQueryType()),
      mutation: root(this.#full.getMutationType()),
      subscription: root(this.#full.getSubscriptionType()),
      // What only an interface leads to is found nowhere else.
      types: Object.values(this.#full.getTypeMap())
        .filter(isObjectType)
        .filter((type) => type.getInterfaces().length > 0 && this.#sight.type(type))
        .map(this.#object),
      assumeValid: false,
    });
  }

  readonly #object = remember<GraphQLObjectType>(
    (type) =>
      new GraphQLObjectType({
        ...type.toConfig(),
        interfaces: () => this.#interfaces(type.getInterfaces()),
        fields: () => this.#fields(type),
      }),
  );

  readonly #interface = remember<GraphQLInterfaceType>(
    (type) =>
      new GraphQLInterfaceType({
        ...type.toConfig(),
        interfaces: () => this.#interfaces(type.getInterfaces()),
        fields: () => this.#fields(type),
      }),
  );

  readonly #union = remember<GraphQLUnionType>(
    (type) =>
      new GraphQLUnionType({
        ...type.toConfig(),
        types: () =>
          type
            .getTypes()
            .filter((member) => this.#sight.type(member))
            .map(this.#object),
      }),
  );

  readonly #inputObject = remember<GraphQLInputObjectType>(
    (type) => new GraphQLInputObjectType({ ...type.toConfig(), fields: () => this.#inputFields(type) }),
  );

  readonly #enum = remember<GraphQLEnumType>((type) => {
    const config = type.toConfig();
    const values = Object.entries(config.values).filter(([name]) => this.#sight.value(type, name));
    return values.length === type.getValues().length
      ? type
      : new GraphQLEnumType({ ...config, values: Object.fromEntries(values) });
  });

  #interfaces(types: readonly GraphQLInterfaceType[]): GraphQLInterfaceType[] {
    return types.filter((type) => this.#sight.type(type)).map(this.#interface);
  }

  #fields(owner: GraphQLObjectType | GraphQLInterfaceType): GraphQLFieldConfigMap<unknown, unknown> {
    const config = owner.toConfig().fields;
    const seen = Object.values(owner.getFields()).filter((field) => this.#sight.field(owner, field));
    return Object.fromEntries(
      seen.map((field) => {
        const args = field.args.filter((argument) => this.#sight.argument(owner, field, argument));
        const argumentConfigs = args.map(({ name, type }) => [
          name,
          { ...config[field.name]?.args?.[name], type: this.#input(type) },
        ]);
        return [field.name, { ...config[field.name], type: this.#output(field.type), args: Object.fromEntries(argumentConfigs) }];
      }),
    );
  }

  #inputFields(owner: GraphQLInputObjectType): GraphQLInputFieldConfigMap {
    const config = owner.toConfig().fields;
    const seen = Object.values(owner.getFields()).filter((field) => this.#sight.field(owner, field));
    return Object.fromEntries(seen.map(({ name, type }) => [name, { ...config[name], type: this.#input(type) }]));
  }

  #output(type: GraphQLOutputType): GraphQLOutputType {
    if (isNonNullType(type)) return required(this.#output(type.ofType));
    if (isListType(type)) return new GraphQLList(this.#output(type.ofType));
    if (isObjectType(type)) return this.#object(type);
    if (isInterfaceType(type)) return this.#interface(type);
    if (isUnionType(type)) return this.#union(type);
    return isEnumType(type) ? this.#enum(type) : type;
  }

  #input(type: GraphQLInputType): GraphQLInputType {
    if (isNonNullType(type)) return required(this.#input(type.ofType));
    if (isListType(type)) return new GraphQLList(this.#input(type.ofType));
    if (isInputObjectType(type)) return this.#inputObject(type);
    return isEnumType(type) ? this.#enum(type) : type;
  }
}

const required = <T extends GraphQLOutputType | GraphQLInputType>(type: T) =>
  isNonNullType(type) ? type : new GraphQLNonNull(type);
