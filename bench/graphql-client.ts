/** A load generator's client: prepared bodies, kept connections, and nothing done to an answer but reading it. */
import { Agent, type IncomingMessage, request } from "node:http";
import { WrongAnswer } from "./answer-check.ts";

const OK = 200;

export class GraphqlClient {
  readonly #url: string;
  readonly #token: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string, token: string) {
    this.#url = `${url}/graphql`;
    this.#token = token;
  }

  /** @returns the answer's text. @throws WrongAnswer for another status than 200 */
  async post(body: Buffer): Promise<string> {
    const { status, text } = await this.#send(body);
    if (status !== OK) throw new WrongAnswer(`HTTP status ${status}: ${text.slice(0, 500)}`);
    return text;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(body: Buffer): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.#token}`,
        "content-type": "application/json",
        accept: "application/graphql-response+json",
        "content-length": body.length,
      };
      const sent = request(this.#url, { method: "POST", agent: this.#agent, headers }, (response) => {
        readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
      });
      sent.once("error", reject);
      sent.end(body);
    });
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Sends the bodies with `inFlight` of them on their way at any time. @returns the answers, in the order of the bodies */
export async function sendAll(client: GraphqlClient, bodies: readonly Buffer[], inFlight: number): Promise<readonly string[]> {
  const answers = new Array<string>(bodies.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let position = next++; position < bodies.length; position = next++) {
      const body = bodies[position];
      if (body !== undefined) answers[position] = await client.post(body);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return answers;
}

export const toBody = (query: string, variables: object = {}): Buffer => Buffer.from(JSON.stringify({ query, variables }));
