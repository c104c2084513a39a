/**
 * A FHIR server on loopback with the manners and the misdeeds of real ones: pages, searches by POST or not, `$everything`, `$export` with
 * its states, SMART tokens; and whatever a test wants to answer instead. All of its patients are made up.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";

export type Resource = Readonly<Record<string, unknown>> & { readonly resourceType: string; readonly id: string };

export interface Asked {
  readonly method: string;
  /** Below the base, with its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** True: the request is answered. */
export type Instead = (asked: Asked, response: ServerResponse) => boolean;

export interface FixtureOptions {
  readonly everything?: boolean;
  readonly export?: boolean;
  readonly metadata?: boolean;
  readonly pageSize?: number;
  readonly postSearch?: boolean;
  /** Public keys of the client; then every call needs a token. */
  readonly jwks?: () => JSONWebKeySet;
  readonly tokenSeconds?: number;
  /** Polls that are answered 202 before the manifest. */
  readonly polls?: number;
  readonly retryAfter?: string;
  readonly deleted?: number;
  readonly errors?: number;
}

export interface FixtureServer {
  readonly base: string;
  readonly origin: string;
  readonly asked: readonly Asked[];
  readonly resources: Resource[];
  /** What the next requests meet first. */
  instead: Instead | null;
  readonly tokens: readonly string[];
  count(path: RegExp, method?: string): number;
  close(): Promise<void>;
}

const idOf = (reference: unknown): string =>
  typeof reference === "object" && reference !== null && "reference" in reference ? String(reference.reference) : "";
const lastUpdated = ({ meta }: Resource): string =>
  typeof meta === "object" && meta !== null && "lastUpdated" in meta ? String(meta.lastUpdated) : "";
const subjectOf = (resource: Resource): string => idOf(resource.subject ?? resource.patient);

export async function startFhirServer(options: FixtureOptions = {}): Promise<FixtureServer> {
  const state = new FixtureState(options);
  const server = createServer((request, response) => void state.answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  state.origin = `http://127.0.0.1:${port}`;
  return Object.assign(state, {
    base: `${state.origin}/fhir`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

class FixtureState {
  readonly #options: FixtureOptions;
  origin = "";
  readonly asked: Asked[] = [];
  readonly resources: Resource[] = [];
  readonly tokens: string[] = [];
  instead: Instead | null = null;
  #polls = 0;

  constructor(options: FixtureOptions) {
    this.#options = options;
  }

  count(path: RegExp, method?: string): number {
    return this.asked.filter((asked) => path.test(asked.path) && (method === undefined || asked.method === method)).length;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = (request.url ?? "").replace(/^\/fhir/, "");
    const asked: Asked = { method: request.method ?? "", path, headers: request.headers, body };
    this.asked.push(asked);
    if (this.instead?.(asked, response) === true) return;
    if (path === "/token") return await this.#token(asked, response);
    if (path === "/.well-known/smart-configuration") return send(response, 200, { token_endpoint: `${this.origin}/fhir/token` });
    if (
      this.#options.jwks !== undefined &&
      !this.tokens.slice(-1).some((token) => request.headers.authorization === `Bearer ${token}`)
    )
      return send(response, 401, {});
    if (/^\/(?:Patient\/|Group\/[^/]+\/)?\$export\?/.test(path)) return this.#export(response);
    if (path.startsWith("/status/")) return this.#status(asked, response);
    if (path.startsWith("/file/")) return this.#file(path, response);
    this.#read(asked, response);
  }

  #read({ method, path, body }: Asked, response: ServerResponse): void {
    const url = new URL(path, "http://fixture");
    const [, type = "", id, operation] = url.pathname.split("/");
    if (type === "metadata") return this.#metadata(response);
    if (type === "page") return this.#page(url.searchParams, response);
    if (id === "_search" && this.#options.postSearch === false) return send(response, 405, {});
    const query = method === "POST" ? new URLSearchParams(body) : url.searchParams;
    if (operation === "$everything")
      return this.#bundle(response, (one) => `Patient/${id}` === subjectOf(one) || isPatient(one, id));
    if (id === undefined || id === "_search") return this.#search(type, query, response);
    const found = this.resources.find((one) => one.resourceType === type && one.id === id);
    send(response, found === undefined ? 404 : 200, found ?? {});
  }

  #search(type: string, query: URLSearchParams, response: ServerResponse): void {
    const since = query.get("_lastUpdated")?.replace(/^ge/, "") ?? "";
    const patient = query.get("patient");
    this.#bundle(
      response,
      (one) =>
        one.resourceType === type && lastUpdated(one) >= since && (patient === null || subjectOf(one) === `Patient/${patient}`),
    );
  }

  /** Pages are kept by the server, as HAPI does. */
  #bundle(response: ServerResponse, matches: (one: Resource) => boolean): void {
    this.#found.push(this.resources.filter(matches));
    this.#page(new URLSearchParams({ of: String(this.#found.length - 1), from: "0" }), response);
  }

  readonly #found: (readonly Resource[])[] = [];

  #page(query: URLSearchParams, response: ServerResponse): void {
    const [of, from, size] = [Number(query.get("of")), Number(query.get("from")), this.#options.pageSize ?? 1_000];
    const all = this.#found[of] ?? [];
    const next = `${this.origin}/fhir/page?of=${of}&from=${from + size}`;
    send(response, 200, {
      resourceType: "Bundle",
      type: "searchset",
      total: all.length,
      link: from + size < all.length ? [{ relation: "next", url: next }] : [],
      entry: all.slice(from, from + size).map((resource) => ({ resource, search: { mode: "match" } })),
    });
  }

  #metadata(response: ServerResponse): void {
    if (this.#options.metadata === false) return send(response, 404, {});
    const types = ["Patient", "Encounter", "Condition", "Procedure", "Observation"];
    const operation = (is: boolean | undefined, name: string) => (is === true ? [{ name, definition: `urn:${name}` }] : []);
    send(response, 200, {
      resourceType: "CapabilityStatement",
      fhirVersion: "4.0.1",
      software: { name: "Fixture" },
      rest: [
        {
          mode: "server",
          operation: operation(this.#options.export, "export"),
          resource: types.map((type) => ({
            type,
            interaction: [{ code: "read" }, { code: "search-type" }],
            operation: type === "Patient" ? operation(this.#options.everything, "everything") : [],
          })),
        },
      ],
    });
  }

  async #token({ body }: Asked, response: ServerResponse): Promise<void> {
    const assertion = new URLSearchParams(body).get("client_assertion") ?? "";
    const keys = this.#options.jwks?.() ?? { keys: [] };
    try {
      await jwtVerify(assertion, createLocalJWKSet(keys), {
        audience: `${this.origin}/fhir/token`,
        algorithms: ["ES384", "RS384"],
      });
    } catch {
      return send(response, 400, { error: "invalid_client" });
    }
    this.tokens.push(`token-${this.tokens.length + 1}`);
    send(response, 200, {
      access_token: this.tokens.at(-1),
      token_type: "bearer",
      expires_in: this.#options.tokenSeconds ?? 300,
    });
  }

  #export(response: ServerResponse): void {
    this.#polls = 0;
    response.writeHead(202, { "content-location": `${this.origin}/fhir/status/1` }).end();
  }

  #status({ method }: Asked, response: ServerResponse): void {
    if (method === "DELETE") return void response.writeHead(202).end();
    this.#polls += 1;
    if (this.#polls <= (this.#options.polls ?? 0))
      return void response.writeHead(202, { "retry-after": this.#options.retryAfter ?? "1", "x-progress": "half" }).end();
    const file = (type: string) => ({ type, url: `${this.origin}/fhir/file/${type}` });
    send(response, 200, {
      transactionTime: "2026-03-02T09:00:00Z",
      request: "x",
      requiresAccessToken: true,
      output: [...new Set(this.resources.map(({ resourceType }) => resourceType))].map(file),
      deleted: (this.#options.deleted ?? 0) > 0 ? [file("deleted")] : [],
      error: (this.#options.errors ?? 0) > 0 ? [{ ...file("errors"), count: this.#options.errors }] : [],
    });
  }

  #file(path: string, response: ServerResponse): void {
    const type = path.replace("/file/", "");
    const gone = Array.from({ length: this.#options.deleted ?? 0 }, (_, n) => ({
      request: { method: "DELETE", url: `Patient/gone-${n}` },
    }));
    const lines =
      type === "deleted" ? [{ resourceType: "Bundle", entry: gone }] : this.resources.filter((one) => one.resourceType === type);
    response.writeHead(200, { "content-type": "application/fhir+ndjson" });
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }
}

const isPatient = (one: Resource, id: string | undefined): boolean => one.resourceType === "Patient" && one.id === id;

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/fhir+json", ...headers }).end(JSON.stringify(body));
}

const NHS_NUMBERS = ["9990000018", "9990000026", "9990000034", "9990000042", "9990000050", "9990000069", "9990000077"];

/** A patient who had a heart attack, as three resources of one version. */
export function madeUpPatient(number: number, version = "1", at = "2026-01-15T10:00:00Z"): readonly Resource[] {
  const id = `p${number}`;
  const meta = { versionId: version, lastUpdated: at };
  const subject = { reference: `Patient/${id}` };
  return [
    {
      resourceType: "Patient",
      id,
      meta,
      identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: NHS_NUMBERS[number - 1] ?? "9990000018" }],
      name: [{ family: `Fixture${number}`, given: ["Ada"] }],
      gender: "female",
      birthDate: "1951-04-02",
    },
    {
      resourceType: "Encounter",
      id: `e${number}`,
      meta,
      status: "finished",
      class: { code: "IMP" },
      subject,
      period: { start: "2026-01-10T08:00:00Z", end: "2026-01-14T12:00:00Z" },
    },
    {
      resourceType: "Condition",
      id: `c${number}`,
      meta,
      clinicalStatus: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/condition-clinical", code: "active" }] },
      verificationStatus: {
        coding: [{ system: "http://terminology.hl7.org/CodeSystem/condition-ver-status", code: "confirmed" }],
      },
      code: { coding: [{ system: "http://hl7.org/fhir/sid/icd-10", code: "I21.0" }] },
      subject,
      encounter: { reference: `Encounter/e${number}` },
      onsetDateTime: "2026-01-10",
    },
  ];
}
