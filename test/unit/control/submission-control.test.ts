/** The four mutations at the edge: who may call them, what they are handed, what they answer; and the reason, which not everybody reads. */
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import type { GraphqlDeps } from "../../../src/graphql/graphql-deps.ts";
import type { Role } from "../../../src/records/actor.ts";
import type { SubmissionStatus } from "../../../src/records/submission-record.ts";
import { actorOf, ask, createFakeGateway, headerOf, SUBMISSION_ID } from "../graphql/fake-deps.ts";

const CALLS = {
  cancel: "mutation ($id: ID!) { cancelSubmission(id: $id) { id status } }",
  redrive: "mutation ($id: ID!) { redriveSubmission(id: $id) { id status } }",
  replay: "mutation ($id: ID!) { replaySubmission(id: $id) { id status replayOf } }",
  withdraw: 'mutation ($id: ID!) { withdrawSubmission(id: $id, reason: "Wrong ward") { id status withdrawal { at } } }',
} as const;
type Call = keyof typeof CALLS;
const NAMES: readonly Call[] = ["cancel", "redrive", "replay", "withdraw"];

const AT = "2026-03-03T09:00:00.000Z";

function createControl() {
  const handed: (readonly string[])[] = [];
  const answer = async (status: SubmissionStatus, ...hand: readonly string[]) => {
    handed.push(hand);
    return headerOf({ status, withdrawnAt: status === "WITHDRAWN" ? AT : null });
  };
  const control: Partial<GraphqlDeps["control"]> = {
    cancel: ({ clientId }, id) => answer("CANCELLED", clientId, id),
    redrive: ({ clientId }, id) => answer("PROCESSING", clientId, id),
    replay: ({ clientId }, id) => answer("RECEIVED", clientId, id),
    withdraw: ({ clientId }, id, reason) => answer("WITHDRAWN", clientId, id, reason),
    withdrawals: async (_actor, ids) => ids.map((submissionId) => ({ submissionId, reason: "Wrong ward" })),
  };
  return { handed, gateway: createFakeGateway({ control }) };
}

describe("the mutations that control a submission", () => {
  it.each(NAMES)("%s hands on actor and id, and answers with the submission", async (name) => {
    const { handed, gateway } = createControl();
    const { data } = await ask(gateway, { query: CALLS[name], variables: { id: SUBMISSION_ID.toUpperCase() } });
    expect(data).toMatchObject({ [`${name}Submission`]: { id: SUBMISSION_ID } });
    expect(handed).toEqual([name === "withdraw" ? ["client-1", SUBMISSION_ID, "Wrong ward"] : ["client-1", SUBMISSION_ID]]);
  });

  it.each(NAMES)("%s is for submitters, the clinical team, and vendor apps that may write", async (name) => {
    const { gateway } = createControl();
    const codeOf = async (role: Role, scopes: readonly string[] = []): Promise<unknown> => {
      const actor = actorOf(role, { scopes });
      const { error } = await ask(gateway, { query: CALLS[name], variables: { id: SUBMISSION_ID }, role, facts: { actor } });
      return error?.extensions.code;
    };
    expect(await codeOf("SUBMITTER")).toBeUndefined();
    expect(await codeOf("CLINICAL_TEAM")).toBeUndefined();
    expect(await codeOf("VENDOR_APP", ["submissions:write"])).toBeUndefined();
    expect(await codeOf("VENDOR_APP", ["submissions:read"])).toBe("FORBIDDEN");
    for (const role of ["CALDICOTT_GUARDIAN", "ANALYST", "AUDIT_ADMIN"] as const)
      expect(await codeOf(role)).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it.each(NAMES)("%s finds nothing by a text that is no id, and asks nobody", async (name) => {
    const { handed, gateway } = createControl();
    const { error } = await ask(gateway, { query: CALLS[name], variables: { id: "1' or true" } });
    expect(error.extensions.code).toBe("NOT_FOUND");
    expect(handed).toEqual([]);
  });

  it("names what stands in the way in the error", async () => {
    const details = { submissions: [SUBMISSION_ID], submissionsInTheWay: 3 };
    const withdraw = () => Promise.reject(new GatewayError("CONFLICT", "Later submissions build on this one.", { details }));
    const { status, error } = await ask(createFakeGateway({ control: { withdraw } }), {
      query: CALLS.withdraw,
      variables: { id: SUBMISSION_ID },
    });
    expect(status).toBe(409);
    expect(error.extensions).toMatchObject({ code: "CONFLICT", retryable: false, ...details });
  });
});

describe("the reason of a withdrawal", () => {
  const QUERY = `{ submission(id: "${SUBMISSION_ID}") { withdrawal { at reason } faultId } }`;
  const gateway = createFakeGateway({
    status: { submission: async () => headerOf({ status: "WITHDRAWN", withdrawnAt: AT }) },
    control: { withdrawals: async (_actor, ids) => ids.map((submissionId) => ({ submissionId, reason: "Wrong ward" })) },
  });

  it.each([
    ["SUBMITTER", "Wrong ward"],
    ["CLINICAL_TEAM", "Wrong ward"],
  ] as const)("as a %s reads it: %s", async (role, reason) => {
    const { data } = await ask(gateway, { query: QUERY, role });
    expect(data).toEqual({ submission: { withdrawal: { at: AT, reason }, faultId: null } });
  });

  it("is not in a vendor app's schema, which reads the rest of a withdrawal", async () => {
    const role = "VENDOR_APP";
    expect((await ask(gateway, { query: QUERY, role })).error.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    const { data } = await ask(gateway, { query: QUERY.replace("reason", ""), role });
    expect(data).toEqual({ submission: { withdrawal: { at: AT }, faultId: null } });
  });

  it("is not asked for where nothing was withdrawn", async () => {
    const { data } = await ask(createFakeGateway({ control: { withdrawals: () => Promise.reject(new Error("asked")) } }), {
      query: QUERY,
    });
    expect(data).toEqual({ submission: { withdrawal: null, faultId: null } });
  });
});
