import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());
afterEach(() => vi.restoreAllMocks());

/** In every body and query text, so that a parser that saw one can be found. */
const MARK = "marked3f9c";
const QUERY = `{ viewer { role } } # ${MARK}`;
const JSON_BODY = JSON.stringify({ query: QUERY });

/** How often JSON.parse, which both the edge and Apollo use, saw the mark. */
function watchParser(): () => number {
  const parse = vi.spyOn(JSON, "parse");
  return () => parse.mock.calls.filter(([text]) => String(text).includes(MARK)).length;
}

const METHODS = ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const BODIES: readonly (readonly [string, string | undefined, string | undefined])[] = [
  ["no body", undefined, undefined],
  ["a query", "application/json", JSON_BODY],
  ["a batch", "application/json", `[${JSON_BODY}]`],
  ["malformed JSON", "application/json", `{"query": "${MARK}`],
  ["a form", "application/x-www-form-urlencoded", `query=${encodeURIComponent(QUERY)}`],
  ["a GraphQL document", "application/graphql", QUERY],
  ["one MiB", "application/json", JSON.stringify({ query: QUERY, more: "x".repeat(1024 * 1024) })],
];
const BEARERS: readonly (readonly [string, string | undefined])[] = [
  ["no bearer", undefined],
  ["an empty bearer", "Bearer "],
  ["a made-up bearer", "Bearer eyJhbGciOiJub25lIn0.e30."],
  ["another scheme", "Basic YTpi"],
];

const CASES = METHODS.flatMap((method) =>
  BODIES.filter(([, , body]) => body === undefined || (method !== "GET" && method !== "HEAD")).flatMap((body) =>
    BEARERS.map((bearer) => ({ method, body, bearer })),
  ),
);

const call = (method: string, headers: Record<string, string | undefined>, body?: string, search = "") =>
  fetch(`${gateway.url}/graphql${search}`, {
    method,
    headers: Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    ...(body === undefined ? {} : { body }),
  });

describe("a stranger", () => {
  it(`gets 401 and the same bytes for every method, body and would-be bearer (${CASES.length} requests), and nothing is parsed`, async () => {
    const parsed = watchParser();
    const answers = new Set<string>();
    for (const { method, body, bearer } of CASES) {
      const search = method === "GET" ? `?query=${encodeURIComponent(QUERY)}` : "";
      const answer = await call(method, { "content-type": body[1], authorization: bearer[1] }, body[2], search);
      expect([answer.status, answer.headers.get("www-authenticate")], `${method}, ${body[0]}, ${bearer[0]}`).toEqual([
        401,
        "Bearer",
      ]);
      answers.add(await answer.text());
    }
    expect(parsed()).toBe(0);
    answers.delete("");
    expect(answers.size).toBe(1);
    expect([...answers][0]).toContain('"code":"UNAUTHENTICATED"');
  });

  it("would be seen at the parser with a bearer (control)", async () => {
    const authorization = `Bearer ${await gateway.token("submitter")}`;
    const parsed = watchParser();
    expect((await call("POST", { "content-type": "application/json", authorization }, JSON_BODY)).status).toBe(200);
    expect(parsed()).toBeGreaterThan(0);
  });

  it("finds nothing at other addresses, and no body is parsed there either", async () => {
    const parsed = watchParser();
    for (const path of ["/graphql/", "/GraphQL", "/graphql/stream/", "/api", "/.env", "/demo", "/oauth2"]) {
      const answer = await fetch(`${gateway.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON_BODY,
      });
      expect(answer.status, path).toBe(404);
    }
    expect(parsed()).toBe(0);
  });

  it("with a bearer, other methods than GET and POST are refused with 405 and the ones allowed", async () => {
    const authorization = `Bearer ${await gateway.token("submitter")}`;
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      const answer = await call(method, { authorization, "content-type": "application/json" }, JSON_BODY);
      expect([answer.status, answer.headers.get("allow")], method).toEqual([405, "GET, POST"]);
    }
  });
});

const MUTATION = `mutation { submitRecords(input: {options: {idempotencyKey: "x", programmeCode: "CR-VALLEY", sourceSystem: {vendor: "V", product: "P", version: "1"}}, records: []}) { id } }`;
const asForm = (query: string) => new URLSearchParams({ query }).toString();
const multipart = `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: "{ viewer { role } }" })}\r\n--x--\r\n`;

interface Forged {
  readonly method: "GET" | "POST";
  readonly type?: string;
  readonly body?: string;
  readonly search?: string;
}

/** What a page of another site can make a browser send without asking first. */
const FORGED: Readonly<Record<string, Forged>> = {
  "a form": { method: "POST", type: "application/x-www-form-urlencoded", body: asForm("{ viewer { role } }") },
  "a form with a mutation": { method: "POST", type: "application/x-www-form-urlencoded", body: asForm(MUTATION) },
  "text/plain": { method: "POST", type: "text/plain", body: JSON_BODY },
  "multipart/form-data": { method: "POST", type: "multipart/form-data; boundary=x", body: multipart },
  "message/http": { method: "POST", type: "message/http", body: JSON_BODY },
  "no content type": { method: "POST", body: JSON_BODY },
  "a content type that names JSON further on": { method: "POST", type: "text/plain; application/json", body: JSON_BODY },
  "GET with a query": { method: "GET", search: `?query=${encodeURIComponent("{ viewer { role } }")}` },
  "GET with a mutation": { method: "GET", search: `?query=${encodeURIComponent(MUTATION)}` },
  "GET with an odd content type": {
    method: "GET",
    type: "text/plain",
    search: `?query=${encodeURIComponent("{ viewer { role } }")}`,
  },
  "GET with a content type of a message": {
    method: "GET",
    type: "message/rfc822",
    search: `?query=${encodeURIComponent("{ viewer { role } }")}`,
  },
};

describe("a forged cross-site request with a valid bearer", () => {
  it.each(Object.entries(FORGED))("as %s executes nothing", async (_name, { method, type, body, search }) => {
    const authorization = `Bearer ${await gateway.token("submitter")}`;
    const from = gateway.logs.length;
    // A text given as bytes carries no content type of its own.
    const answer = await fetch(`${gateway.url}/graphql${search ?? ""}`, {
      method,
      headers: { authorization, ...(type === undefined ? {} : { "content-type": type }) },
      ...(body === undefined ? {} : { body: new TextEncoder().encode(body) }),
    });
    const text = await answer.text();
    expect(answer.status, text).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(text).not.toContain('"data"');
    expect(gateway.logs.slice(from).join("")).not.toContain('"operation"');
  });

  it("would be executed as what only our own clients can send (control)", async () => {
    const from = gateway.logs.length;
    expect((await gateway.gql("submitter", "{ viewer { role } }")).data).toEqual({ viewer: { role: "SUBMITTER" } });
    expect(gateway.logs.slice(from).join("")).toContain('"operation":"viewer"');
  });
});
