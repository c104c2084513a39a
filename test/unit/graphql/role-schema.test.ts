import {
  buildSchema,
  type GraphQLSchema,
  graphqlSync,
  lexicographicSortSchema,
  parse,
  printSchema,
  specifiedRules,
  validate,
} from "graphql";
import { describe, expect, it } from "vitest";
import { REFUSING_DEPS } from "../../../scripts/generate/refusing-deps.ts";
import type { Policy } from "../../../src/graphql/access-policy.ts";
import { KnownRootRule } from "../../../src/graphql/known-root-rule.ts";
import { createRoleSchemas } from "../../../src/graphql/role-schema.ts";
import { buildGatewaySchema } from "../../../src/graphql/schema.ts";
import { AUDIENCES, type Audiences, audienceOf, requireAudiences } from "../../../src/graphql/type-audiences.ts";
import { ROLES } from "../../../src/records/actor.ts";

const SDL = `
  type Query { hello: String, ward(name: String, secret: String): Ward, search(input: SearchInput!): [Found!]!, audit: Audit }
  type Mutation { close(reason: Reason): Boolean }
  interface Named { name: String }
  type Ward implements Named { name: String, beds(kind: Kind): Int, audit: Audit, shift: Shift }
  type Shift { next: Shift, audit: Audit }
  type Audit { line: String }
  union Found = Ward | Audit
  input SearchInput { text: String, kind: Kind, secret: SecretInput }
  input SecretInput { key: String }
  enum Kind { OPEN CLOSED SECRET }
  enum Reason { EMPTY }
`;
const sorted = (schema: GraphQLSchema): string => printSchema(lexicographicSortSchema(schema));
const EVERYBODY: Policy = Object.fromEntries(ROLES.map((role) => [role, true]));
const BOTH: Policy = { SUBMITTER: true, AUDIT_ADMIN: true };
const ADMIN: Policy = { AUDIT_ADMIN: true };

const WARDS: Audiences = {
  types: new Map<string, Policy>([
    ...["Ward", "Named", "Found", "SearchInput"].map((name) => [name, BOTH] as const),
    ...["Audit", "SecretInput", "Shift"].map((name) => [name, ADMIN] as const),
  ]),
  members: new Map([
    ["Query.ward(secret:)", ADMIN],
    ["Kind.SECRET", ADMIN],
  ]),
};

function wards(
  policies: Readonly<Record<string, Policy>> = { hello: EVERYBODY, ward: BOTH, search: BOTH, audit: ADMIN, close: ADMIN },
) {
  const schema: GraphQLSchema = buildSchema(SDL);
  for (const root of [schema.getQueryType(), schema.getMutationType()])
    for (const field of Object.values(root?.getFields() ?? {})) field.extensions = { policy: policies[field.name] };
  return schema;
}

describe("the schema of a role", () => {
  const schemaOf = createRoleSchemas(wards(), WARDS);

  it("holds everything for a role that sees everything", () => {
    expect(sorted(schemaOf("AUDIT_ADMIN"))).toBe(sorted(wards()));
  });

  it("leaves out operations, fields, arguments, input fields, members of unions and words that the role does not see", () => {
    expect(sorted(schemaOf("SUBMITTER"))).toBe(
      sorted(
        buildSchema(`
          type Query { hello: String, ward(name: String): Ward, search(input: SearchInput!): [Found!]! }
          interface Named { name: String }
          type Ward implements Named { name: String, beds(kind: Kind): Int }
          union Found = Ward
          input SearchInput { text: String, kind: Kind }
          enum Kind { OPEN CLOSED }
        `),
      ),
    );
  });

  it("leaves out a type of which nothing is left, and the fields that have it", () => {
    const types = new Map([...WARDS.types, ["Shift", BOTH] as const]);
    const members = new Map([...WARDS.members, ["Shift.next", ADMIN] as const]);
    const schema = createRoleSchemas(wards(), { types, members })("SUBMITTER");
    expect(schema.getType("Shift")).toBeUndefined();
    expect(sorted(schema)).not.toContain("shift");
  });

  it("shares the resolvers of the full schema", () => {
    const schema = wards();
    const hello = schema.getQueryType()?.getFields().hello;
    if (hello) hello.resolve = () => "from the full one";
    const answer = graphqlSync({ schema: createRoleSchemas(schema, WARDS)("ANALYST"), source: "{ hello }" });
    expect(answer.data).toEqual({ hello: "from the full one" });
  });

  it("has no mutations where the role sees none, and an operation of that kind is invalid, not a fault", () => {
    const [analyst, admin] = [schemaOf("ANALYST"), schemaOf("AUDIT_ADMIN")];
    const document = parse("mutation { close }");
    expect(analyst.getMutationType()).toBeNull();
    expect(validate(analyst, document, specifiedRules)).toEqual([]);
    expect(validate(analyst, document, [...specifiedRules, KnownRootRule])).toHaveLength(1);
    expect(validate(admin, document, [...specifiedRules, KnownRootRule])).toEqual([]);
  });
});

describe("the build fails, by name, for", () => {
  it("a type without an audience", () => {
    const types = new Map([...WARDS.types].filter(([name]) => name !== "Audit" && name !== "SecretInput"));
    expect(() => requireAudiences(wards(), { ...WARDS, types })).toThrow(
      "Types without an audience (src/graphql/type-audiences.ts): Audit, SecretInput.",
    );
    expect(() => requireAudiences(wards(), WARDS)).not.toThrow();
  });

  it("an operation whose answer a role that is allowed it does not see", () => {
    const policies = { hello: EVERYBODY, ward: BOTH, search: BOTH, audit: BOTH, close: ADMIN };
    expect(() => createRoleSchemas(wards(policies), WARDS)).toThrow(
      "Roles are allowed what they cannot use: SUBMITTER: Query.audit.",
    );
  });

  it("a required argument that a role cannot give", () => {
    const types = new Map([...WARDS.types, ["SearchInput", ADMIN] as const]);
    expect(() => createRoleSchemas(wards(), { ...WARDS, types })).toThrow("SUBMITTER: Query.search(input:)");
  });
});

describe("the table of audiences", () => {
  const full = buildGatewaySchema(REFUSING_DEPS);

  it("names no type and no member that is not there", () => {
    const coordinates = Object.values(full.getTypeMap()).flatMap((type) => {
      if (!("getFields" in type)) return [];
      return Object.values(type.getFields()).flatMap((field) => [
        `${type.name}.${field.name}`,
        ...("args" in field
          ? field.args.map(({ name }: { readonly name: string }) => `${type.name}.${field.name}(${name}:)`)
          : []),
      ]);
    });
    expect([...AUDIENCES.types.keys()].filter((name) => full.getType(name) === undefined)).toEqual([]);
    expect([...AUDIENCES.members.keys()].filter((name) => !coordinates.includes(name))).toEqual([]);
  });

  it("gives a page of a list the audience of what is listed, and a stranger none", () => {
    expect(audienceOf(AUDIENCES, "LinkConnection")).toBe(audienceOf(AUDIENCES, "Link"));
    expect(audienceOf(AUDIENCES, "SubmissionEdge")).toBe(audienceOf(AUDIENCES, "Submission"));
    expect(audienceOf(AUDIENCES, "Stranger")).toBeUndefined();
  });
});
