/** A client that does what the gateway says: it sends again what could not be done at the moment. */
import type { DemoIdentity, GraphqlAnswer, TestGateway } from "../../support/gateway.ts";
import type { Values } from "../../support/operation-generator.ts";

const NOT_NOW: readonly string[] = ["OVERLOADED", "DATABASE_UNAVAILABLE"];
const TURNS = 8;
const WAIT_MS = 250;

/** On a busy machine a connection is not always free in time. What is refused every time is an answer. */
export async function askPatiently<Data = Readonly<Record<string, unknown>>>(
  gateway: TestGateway,
  as: DemoIdentity,
  document: string,
  values: Values,
): Promise<GraphqlAnswer<Data>> {
  for (let turn = 1; ; turn++) {
    const answer = await gateway.gql<Data>(as, document, values);
    if (turn === TURNS || !answer.errors.some(({ extensions }) => NOT_NOW.includes(extensions.code))) return answer;
    await new Promise((resolve) => setTimeout(resolve, turn * WAIT_MS));
  }
}
