import { GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { describe, expect, it } from "vitest";
import { EVERY_ROLE, enforcePolicies, mayCall, type Policy } from "../../../src/graphql/access-policy.ts";
import { actorOf, ask, createFakeGateway, SUBMISSION_ID } from "./fake-deps.ts";

const schemaWith = (extensions: Record<string, unknown>): GraphQLSchema =>
  new GraphQLSchema({
    query: new GraphQLObjectType({
      name: "Query",
      fields: { open: { type: GraphQLString, extensions }, known: { type: GraphQLString, extensions: { policy: EVERY_ROLE } } },
    }),
  });

describe("policies of operations", () => {
  it.each([
    ["no policy", {}],
    ["an empty policy", { policy: {} }],
    ["a policy of a role that does not exist", { policy: { NURSE: true } }],
  ])("an operation with %s fails the build, by name", (_title, extensions) => {
    expect(() => enforcePolicies(schemaWith(extensions))).toThrow("Operations without a policy: Query.open.");
  });

  it("a schema with a policy everywhere builds (control)", () => {
    expect(() => enforcePolicies(schemaWith({ policy: { SUBMITTER: true } }))).not.toThrow();
  });

  it("a role is allowed always, or with a scope it holds, and otherwise not", () => {
    const policy: Policy = { SUBMITTER: true, VENDOR_APP: "submissions:write" };
    expect(mayCall(policy, actorOf("SUBMITTER"))).toBe(true);
    expect(mayCall(policy, actorOf("VENDOR_APP"))).toBe(false);
    expect(mayCall(policy, actorOf("VENDOR_APP", { scopes: ["submissions:write"] }))).toBe(true);
    expect(mayCall(policy, actorOf("ANALYST", { scopes: ["submissions:write"] }))).toBe(false);
  });

  const ID = JSON.stringify(SUBMISSION_ID);
  it.each([
    [`{submission(id:${ID}){id}}`, ["SUBMITTER", "VENDOR_APP", "CLINICAL_TEAM"]],
    [`{submissions{totalCount}}`, ["SUBMITTER", "VENDOR_APP", "CLINICAL_TEAM"]],
    [`{recordStatus(sourceRecordId:"a"){index}}`, ["SUBMITTER", "VENDOR_APP", "CLINICAL_TEAM"]],
    [`{patientRecord(id:${ID}){id}}`, ["SUBMITTER", "CLINICAL_TEAM"]],
    [`{patientRecords{totalCount}}`, ["SUBMITTER", "CLINICAL_TEAM"]],
    [`{dataset{version}}`, ["SUBMITTER", "VENDOR_APP", "CLINICAL_TEAM", "CALDICOTT_GUARDIAN", "ANALYST", "AUDIT_ADMIN"]],
    [`{limits{pageSize}}`, ["SUBMITTER", "VENDOR_APP", "CLINICAL_TEAM", "CALDICOTT_GUARDIAN", "ANALYST", "AUDIT_ADMIN"]],
    [`{viewer{role}}`, ["SUBMITTER", "VENDOR_APP", "CLINICAL_TEAM", "CALDICOTT_GUARDIAN", "ANALYST", "AUDIT_ADMIN"]],
  ] as const)("%s is answered to exactly the roles that may ask it", async (query, allowed) => {
    const gateway = createFakeGateway();
    const answered: string[] = [];
    for (const role of ["SUBMITTER", "VENDOR_APP", "CLINICAL_TEAM", "CALDICOTT_GUARDIAN", "ANALYST", "AUDIT_ADMIN"] as const) {
      const { error } = await ask(gateway, { query, role });
      if (error === undefined) answered.push(role);
      else expect(error.extensions.code).toBe("FORBIDDEN");
    }
    expect(answered).toEqual(allowed);
  });
});
