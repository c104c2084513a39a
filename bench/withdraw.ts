/** Takes a submission back, and says how long that took. */
import { expectEqual } from "./answer-check.ts";
import { type GraphqlClient, toBody } from "./graphql-client.ts";

const WITHDRAW = `mutation ($id: ID!, $reason: String!) { withdrawSubmission(id: $id, reason: $reason) { status } }`;

/** @returns seconds */
export async function withdraw(client: GraphqlClient, id: string): Promise<number> {
  const asked = performance.now();
  const answer: unknown = JSON.parse(await client.post(toBody(WITHDRAW, { id, reason: "A measurement." })));
  expectEqual("withdrawal", answer, { data: { withdrawSubmission: { status: "WITHDRAWN" } } });
  return (performance.now() - asked) / 1000;
}
