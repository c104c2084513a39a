/** A load generator's client: prepared bodies, kept connections, and nothing done to an answer but reading it. */
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import type { Readable } from "node:stream";
import { WrongAnswer } from "./answer-check.ts";

const OK = 200;
const CREATED = 201;
/** Tokens live five minutes. */
const RENEW_MS = 4 * 60_000;

export class GraphqlClient {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #renewal: NodeJS.Timeout;
  #token: string;

  private constructor(url: string, token: string, requestToken: () => Promise<string>) {
    this.#url = url;
    this.#token = token;
    this.#renewal = setInterval(() => {
      requestToken().then(
        (renewed) => {
          this.#token = renewed;
        },
        // The next request is refused, which ends the run with its reason.
        () => undefined,
      );
    }, RENEW_MS).unref();
  }

  static async connect(url: string, requestToken: () => Promise<string>): Promise<GraphqlClient> {
    return new GraphqlClient(url, await requestToken(), requestToken);
  }

  /** @returns the upload's id. @throws WrongAnswer */
  async upload(content: Readable): Promise<string> {
    const { status, text } = await this.#send("/uploads", { "content-type": "application/x-ndjson" }, content);
    if (status !== CREATED) throw new WrongAnswer(`HTTP status ${status}: ${text.slice(0, 500)}`);
    const { uploadId }: { uploadId: string } = JSON.parse(text);
    return uploadId;
  }

  /** @returns the answer's text. @throws WrongAnswer for another status than 200 */
  async post(body: Buffer): Promise<string> {
    const headers = {
      "content-type": "application/json",
      accept: "application/graphql-response+json",
      "content-length": body.length,
    };
    const { status, text } = await this.#send("/graphql", headers, body);
    if (status !== OK) throw new WrongAnswer(`HTTP status ${status}: ${text.slice(0, 500)}`);
    return text;
  }

  close(): void {
    clearInterval(this.#renewal);
    this.#agent.destroy();
  }

  #send(
    path: string,
    headers: OutgoingHttpHeaders,
    body: Buffer | Readable,
  ): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const authorization = `Bearer ${this.#token}`;
      const options = { method: "POST", agent: this.#agent, headers: { ...headers, authorization } };
      const sent = request(`${this.#url}${path}`, options, (response) => {
        readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
      });
      sent.once("error", reject);
      if (Buffer.isBuffer(body)) sent.end(body);
      else body.pipe(sent);
    });
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

export function clientInTurn(clients: readonly GraphqlClient[], number: number): GraphqlClient {
  const client = clients[number % clients.length];
  if (client === undefined) throw new Error("there is no gateway to send to");
  return client;
}

/**
 * Sends the bodies with `inFlight` of them on their way at any time, to the clients' gateways in turn.
 * @returns the answers, in the order of the bodies
 */
export async function sendAll(
  clients: readonly GraphqlClient[],
  bodies: readonly Buffer[],
  inFlight: number,
): Promise<readonly string[]> {
  const answers = new Array<string>(bodies.length);
  let next = 0;
  const worker = async (client: GraphqlClient): Promise<void> => {
    for (let position = next++; position < bodies.length; position = next++) {
      const body = bodies[position];
      if (body !== undefined) answers[position] = await client.post(body);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, number) => worker(clientInTurn(clients, number))));
  return answers;
}

export const toBody = (query: string, variables: object = {}): Buffer => Buffer.from(JSON.stringify({ query, variables }));
