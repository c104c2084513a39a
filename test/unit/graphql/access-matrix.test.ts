/** Z4, the static half: every type, field, argument and input field against the reviewed page, and the rules that no page may break. */
import { type GraphQLSchema, isInputObjectType, isIntrospectionType, isObjectType } from "graphql";
import { describe, expect, it } from "vitest";
import { REFUSING_DEPS } from "../../../scripts/generate/refusing-deps.ts";
import type { Policy } from "../../../src/graphql/access-policy.ts";
import { createRoleSchemas } from "../../../src/graphql/role-schema.ts";
import { buildGatewaySchema } from "../../../src/graphql/schema.ts";
import { AUDIENCES } from "../../../src/graphql/type-audiences.ts";
import { ROLES, type Role } from "../../../src/records/actor.ts";
import { type Cell, compareWithPage, readAccessPage } from "../../support/access-page.ts";

const full = buildGatewaySchema(REFUSING_DEPS);
const schemaOf = createRoleSchemas(full);
const page = readAccessPage();

const wrong = (cells: readonly Cell[]): string[] =>
  cells
    .filter(({ expected, actual }) => expected !== actual)
    .map(({ role, coordinate, actual }) => `${role} ${actual ? "sees" : "does not see"} ${coordinate}`);

/** The design's own list (api.md "Identifying items"), not the dictionary's. */
const IDENTIFYING = /^(nhsNumber|hospitalNumber|surname|forename|address|postcode|telephone|dateOfBirth|dateOfDeath)$/;

/** Fields that an answer may have, and arguments, as `Type.field` and `Type.field(argument:)`. */
function listNames(schema: GraphQLSchema, kind: "fields" | "arguments"): string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !isIntrospectionType(type)
      ? Object.values(type.getFields()).flatMap((field) =>
          kind === "fields"
            ? [`${type.name}.${field.name}`]
            : field.args.map(({ name }) => `${type.name}.${field.name}(${name}:)`),
        )
      : [],
  );
}
const isIdentifying = (coordinate: string): boolean => IDENTIFYING.test(coordinate.split(/[.(]/).at(-1)?.replace(":)", "") ?? "");
const identifying = (role: Role, kind: "fields" | "arguments"): string[] => listNames(schemaOf(role), kind).filter(isIdentifying);

describe("every field and argument for every role", () => {
  it("is there exactly where the page says so", () => {
    const cells = compareWithPage(full, schemaOf, page);
    expect(cells.length).toBeGreaterThan(7_000);
    expect(wrong(cells)).toEqual([]);
  });

  it("is found wrong where a policy is loosened (control)", () => {
    const members = new Map<string, Policy>([
      ...AUDIENCES.members,
      ["Patient.nhsNumber", { CLINICAL_TEAM: true, SUBMITTER: true }],
    ]);
    const loosened = createRoleSchemas(full, { ...AUDIENCES, members });
    expect(wrong(compareWithPage(full, loosened, page))).toEqual(["SUBMITTER sees Patient.nhsNumber"]);
  });

  it("is found wrong where a type is shown to one role more, or to none (controls)", () => {
    const withAudience = (policy: Policy) =>
      wrong(
        compareWithPage(
          full,
          createRoleSchemas(full, { ...AUDIENCES, types: new Map([...AUDIENCES.types, ["RecordLink", policy]]) }),
          page,
        ),
      );
    expect(withAudience({ CLINICAL_TEAM: true, SUBMITTER: true, VENDOR_APP: true })).toContain(
      "VENDOR_APP sees SubmissionRecord.links",
    );
    expect(withAudience({ CLINICAL_TEAM: true })).toContain("SUBMITTER does not see SubmissionRecord.links");
  });

  it("is not taken for covered where the page has no row (control)", () => {
    const operations = new Map([...page.operations].filter(([name]) => name !== "Query.journey"));
    expect(() => compareWithPage(full, schemaOf, { ...page, operations })).toThrow(
      "No row in docs/access-matrix.md: Query.journey",
    );
  });
});

describe("the rules of the design, whatever the page says", () => {
  it("identifying items are answered to the clinical team and to nobody else", () => {
    expect(identifying("CLINICAL_TEAM", "fields").filter((name) => name.startsWith("Patient.")).length).toBe(9);
    for (const role of ROLES) if (role !== "CLINICAL_TEAM") expect([role, identifying(role, "fields")]).toEqual([role, []]);
  });

  it("a patient is looked up by the clinical team and by submitters; a Guardian names one for access logs and objections only", () => {
    const may: Partial<Record<Role, RegExp>> = {
      SUBMITTER: /^Query\.patientRecord\(/,
      CLINICAL_TEAM: /./,
      CALDICOTT_GUARDIAN: /^(Query\.accessLog|Mutation\.(record|withdraw)Objection)\(/,
    };
    for (const role of ROLES) {
      const named = identifying(role, "arguments").filter((coordinate) => !(may[role]?.test(coordinate) ?? false));
      expect([role, named]).toEqual([role, []]);
    }
  });

  it("roles that handle no records have no type of one, neither to read nor to send", () => {
    const patient = Object.keys(full.getTypeMap()).filter((name) => /^Patient(Record)?(Input|Connection)?$/.test(name));
    expect(patient.length).toBeGreaterThan(3);
    for (const role of ["CALDICOTT_GUARDIAN", "ANALYST", "AUDIT_ADMIN", "UNREGISTERED"] as const)
      expect([role, patient.filter((name) => schemaOf(role).getType(name))]).toEqual([role, []]);
  });

  it("a vendor app has no linked rows, journeys, objections, access logs, reports or statistics", () => {
    const FORBIDDEN = /Journey|Link|Objection|AccessLog|statistics|certification|standard/i;
    const names = [...Object.keys(schemaOf("VENDOR_APP").getTypeMap()), ...listNames(schemaOf("VENDOR_APP"), "fields")];
    expect(names.filter((name) => !name.startsWith("Limits.") && FORBIDDEN.test(name))).toEqual([]);
  });

  it("somebody without a role may say who they are and ask for one", () => {
    const fields = listNames(schemaOf("UNREGISTERED"), "fields").filter((name) => /^(Query|Mutation|Subscription)\./.test(name));
    expect(["Query.viewer", "Mutation.requestRegistration"]).toEqual(expect.arrayContaining(fields));
    expect(fields).toContain("Query.viewer");
  });

  it("what an input asks for can be given: no role has an input type with nothing in it", () => {
    for (const role of ROLES)
      for (const type of Object.values(schemaOf(role).getTypeMap()))
        if (isInputObjectType(type)) expect(Object.keys(type.getFields()).length).toBeGreaterThan(0);
  });
});
