/** A receiver of webhooks on loopback that keeps what it got and answers as the test says. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: { readonly id: string; readonly sequence: number; readonly programme: string };
}

/** A status, or whatever else the test wants to do with the answer. */
type Answer = number | ((response: ServerResponse) => void);

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Waits until it has got so many. @throws Error after twenty seconds */
  until(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

/** Far more than anything here takes, for a machine that is busy with other tests. */
const PATIENCE_MS = 20_000;

/** Repeats `check` until it holds. @throws Error after twenty seconds */
export async function eventually(check: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`it did not come to pass: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** `answer` is asked with each request and how many came before it; without it everything is 204. */
export async function startReceiver(answer: (received: Received, before: number) => Answer = () => 204): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const one: Received = { path: request.url ?? "", headers: request.headers, body, event: JSON.parse(body) };
    const said = answer(one, received.length);
    received.push(one);
    if (typeof said === "number") response.writeHead(said).end();
    else said(response);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    until: async (count) => {
      await eventually(() => received.length >= count, `${count} requests, ${received.length} came`);
      return received;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  return address.port;
}
