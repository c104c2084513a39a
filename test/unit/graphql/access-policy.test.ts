import { createSourceEventStream, GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { EVERY_ROLE, enforcePolicies, mayCall, type Policy } from "../../../src/graphql/access-policy.ts";
import { ROLES, type Role } from "../../../src/records/actor.ts";
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

  describe("of subscriptions", () => {
    /** Counts how often somebody was subscribed. */
    const subscriptionWith = (extensions: Record<string, unknown>, subscribed: string[] = []) =>
      new GraphQLSchema({
        query: new GraphQLObjectType({
          name: "Query",
          fields: { known: { type: GraphQLString, extensions: { policy: EVERY_ROLE } } },
        }),
        subscription: new GraphQLObjectType({
          name: "Subscription",
          fields: {
            ticks: {
              type: GraphQLString,
              extensions,
              subscribe: async function* () {
                subscribed.push("subscribed");
                yield { ticks: "tick" };
              },
            },
          },
        }),
      });

    it("one without a policy fails the build, by name; with one it builds (control)", () => {
      expect(() => enforcePolicies(subscriptionWith({}))).toThrow("Operations without a policy: Subscription.ticks.");
      expect(() => enforcePolicies(subscriptionWith({ policy: { SUBMITTER: true } }))).not.toThrow();
    });

    it("nobody is subscribed who may not call it, and whoever may is", async () => {
      const subscribed: string[] = [];
      const schema = enforcePolicies(subscriptionWith({ policy: { SUBMITTER: true } }, subscribed));
      const start = (role: Role) =>
        createSourceEventStream({ schema, document: parse("subscription { ticks }"), contextValue: { actor: actorOf(role) } });
      const refused = await start("ANALYST");
      expect("errors" in refused && refused.errors?.[0]?.originalError).toMatchObject({ code: "FORBIDDEN" });
      const stream = await start("SUBMITTER");
      if (!(Symbol.asyncIterator in stream)) throw new Error("not subscribed");
      for await (const payload of stream) expect(payload).toEqual({ ticks: "tick" });
      expect(subscribed).toEqual(["subscribed"]);
    });
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
    [`{history(recordId:${ID}){totalCount}}`, ["SUBMITTER", "CLINICAL_TEAM"]],
    [`{patientRecords{totalCount}}`, ["SUBMITTER", "CLINICAL_TEAM"]],
    [`{dataset{version}}`, ["SUBMITTER", "VENDOR_APP", "CLINICAL_TEAM", "CALDICOTT_GUARDIAN", "ANALYST", "AUDIT_ADMIN"]],
    [`{limits{pageSize}}`, ["SUBMITTER", "VENDOR_APP", "CLINICAL_TEAM", "CALDICOTT_GUARDIAN", "ANALYST", "AUDIT_ADMIN"]],
    [`{viewer{role}}`, ROLES],
  ] as const)("%s is answered to exactly the roles that may ask it", async (query, allowed) => {
    const gateway = createFakeGateway();
    const answered: string[] = [];
    for (const role of ROLES) {
      const { error } = await ask(gateway, { query, role });
      if (error === undefined) answered.push(role);
      // The vendor app's schema has them all: what it lacks is the scope of a delegation.
      else expect(error.extensions.code).toBe(role === "VENDOR_APP" ? "FORBIDDEN" : "GRAPHQL_VALIDATION_FAILED");
    }
    expect(answered).toEqual(allowed);
  });
});
