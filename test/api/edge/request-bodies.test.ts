import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/lib/limits.ts";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { headOf, openRaw, sendRaw } from "./raw-request.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

type Body = NonNullable<RequestInit["body"]>;
const ACCEPT = "application/graphql-response+json";

async function post(as: DemoIdentity, body: Body, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await gateway.token(as)}`,
      "content-type": "application/json",
      accept: ACCEPT,
      ...headers,
    },
    body,
    // Needed for a stream, meaningless otherwise.
    duplex: "half",
  });
  const text = await answer.text();
  const parsed: { errors?: readonly { extensions: Readonly<Record<string, unknown>> }[] } = JSON.parse(text);
  return { status: answer.status, text, extensions: parsed.errors?.[0]?.extensions };
}

const over = (limit: keyof typeof LIMITS) => ({ limit, value: LIMITS[limit], code: "LIMIT_EXCEEDED", retryable: false });
/** A body that GraphQL would answer, filled up to a size with white space. */
const bodyOf = (bytes: number): string => '{"query":"{viewer{role}}"}'.padEnd(bytes, " ");
const options = { programmeCode: "CR-VALLEY", sourceSystem: { vendor: "V", product: "P", version: "1" } };
const SUBMIT_FHIR = "mutation($i:SubmitFhirInput!){submitFhir(input:$i){id outcome}}";
const fhir = (resources: unknown): string =>
  JSON.stringify({ query: SUBMIT_FHIR, variables: { i: { options: { ...options, idempotencyKey: randomUUID() }, resources } } });

const inPieces = (text: string): ReadableStream<Uint8Array> => {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + 65_536));
      at += 65_536;
    },
  });
};

describe("the size of a body", () => {
  it("is 12 MiB for a bearer that may submit: one byte more is refused by the limit's name, announced or not", async () => {
    expect(await post("submitter", bodyOf(LIMITS.submitBodyBytes))).toMatchObject({ status: 200 });
    for (const body of [bodyOf(LIMITS.submitBodyBytes + 1), inPieces(bodyOf(LIMITS.submitBodyBytes + 1))]) {
      expect(await post("submitter", body)).toMatchObject({ status: 413, extensions: over("submitBodyBytes") });
    }
  });

  it.each(["analyst", "guardian", "admin"] as const)("is 256 KiB for %s, who may not submit", async (as) => {
    expect(await post(as, bodyOf(LIMITS.queryBodyBytes))).toMatchObject({ status: 200 });
    for (const body of [bodyOf(LIMITS.queryBodyBytes + 1), inPieces(bodyOf(LIMITS.queryBodyBytes + 1))]) {
      expect(await post(as, body)).toMatchObject({ status: 413, extensions: over("queryBodyBytes") });
    }
  });

  it("of a bundle of 11 MB is over the bundle's own limit", async () => {
    const answer = await post(
      "submitter",
      fhir({ resourceType: "Bundle", type: "collection", entry: [{ note: "x".repeat(11_000_000) }] }),
    );
    expect(answer).toMatchObject({ status: 413, extensions: over("bundleBytes") });
  });

  it("is refused with a whole answer, and the connection is closed in good order", async () => {
    const length = LIMITS.queryBodyBytes + 1;
    const head = headOf("POST", "/graphql", [
      ["Authorization", `Bearer ${await gateway.token("analyst")}`],
      ["Content-Type", "application/json"],
      ["Content-Length", String(length)],
    ]);
    const { status, text } = await sendRaw(gateway.url, head + bodyOf(length));
    expect(status).toBe(413);
    expect(text).toMatch(/connection: close/i);
    expect(text).toContain('"limit":"queryBodyBytes"');
  });
});

describe("a body that is not what it says", () => {
  const JSON_BODY = '{"query":"{viewer{role}}"}';
  it.each<readonly [string, Body, Readonly<Record<string, string>>, number]>([
    ["malformed JSON", '{"query":', {}, 400],
    ["nothing", "", {}, 400],
    ["a JSON string", '"{viewer{role}}"', {}, 400],
    ["null", "null", {}, 400],
    ["JSON with a byte order mark", `\uFEFF${JSON_BODY}`, {}, 400],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), {}, 400],
    ["UTF-7", JSON_BODY, { "content-type": "application/json; charset=utf-7" }, 415],
    ["UTF-16", Buffer.from(JSON_BODY, "utf16le"), { "content-type": 'application/json; charset="utf-16le"' }, 415],
    ["two character sets", JSON_BODY, { "content-type": "application/json; charset=utf-8; charset=utf-7" }, 415],
    ["gzip", gzipSync(JSON_BODY), { "content-encoding": "gzip" }, 415],
    ["gzip of ten MiB of nothing", gzipSync(Buffer.alloc(10 * 2 ** 20)), { "content-encoding": "gzip" }, 415],
    ["deflate that is not", JSON_BODY, { "content-encoding": "deflate" }, 415],
    ["text", JSON_BODY, { "content-type": "text/plain" }, 415],
    ["XML", "<query/>", { "content-type": "application/xml" }, 415],
  ])("%s is refused", async (_name, body, headers, status) => {
    expect((await post("submitter", body, headers)).status).toBe(status);
  });

  it.each([
    "application/json",
    "application/json; charset=utf-8",
    'application/json;charset="UTF-8"',
    "application/graphql-response+json",
  ])("%s is read (control)", async (type) => {
    expect((await post("submitter", JSON_BODY, { "content-type": type })).status).toBe(200);
  });

  it("cannot reach a prototype", async () => {
    const hidden = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
    const bodies = [
      `{"query":"{viewer{role}}",${hidden}}`,
      `{"query":"query($i:SubmitFhirInput!){viewer{role}}","variables":{${hidden}}}`,
      `{"query":"${SUBMIT_FHIR}","variables":{"i":{"options":${JSON.stringify(options)},"resources":{"resourceType":"Patient",${hidden}}}}}`,
      `{"query":"${SUBMIT_FHIR}","variables":{"i":{"options":{${hidden}},"resources":{}}}}`,
    ];
    for (const body of bodies) expect((await post("submitter", body)).status, body).toBeLessThan(500);
    expect("polluted" in {}).toBe(false);
  });

  it("of 1 MiB of nesting is refused by the limit of depth, at the top and wherever JSON may stand", async () => {
    const deep = (open: string, close: string) => open.repeat(2 ** 19 / open.length) + close.repeat(2 ** 19 / open.length);
    const lists = deep("[", "]");
    const objects = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    const records = "mutation($i:SubmitRecordsInput!){submitRecords(input:$i){id outcome}}";
    const bodies = [
      lists,
      objects,
      `{"query":"{viewer{role}}","variables":${objects}}`,
      `{"query":"{viewer{role}}","extensions":${objects}}`,
    ];
    for (const nested of [lists, objects]) {
      const given = JSON.stringify(options);
      bodies.push(`{"query":"${SUBMIT_FHIR}","variables":{"i":{"options":${given},"resources":${nested}}}}`);
      bodies.push(
        `{"query":"${SUBMIT_FHIR}","variables":{"i":{"options":${given},"resources":{"resourceType":"Patient","name":${nested}}}}}`,
      );
      bodies.push(
        `{"query":"${records}","variables":{"i":{"options":${given},"records":[{"sourceRecordId":"a","patient":{"surname":${nested}}}]}}}`,
      );
      bodies.push(`{"query":"${records}","variables":{"i":{"options":${nested},"records":[]}}}`);
    }
    for (const body of bodies)
      expect(await post("submitter", body), body.slice(0, 140)).toMatchObject({ status: 413, extensions: over("bodyDepth") });
  });
});

describe("a resource as text", () => {
  it("of 1 MiB of nesting is judged, without a fault", async () => {
    const nested = `{"resourceType":"Patient","name":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`;
    const answer = await post("submitter", fhir(nested));
    expect(answer).toMatchObject({ status: 200, extensions: undefined });
    expect(answer.text).toContain('"outcome":"REJECTED"');
  });
});

describe("bytes that are no proper request", () => {
  const bearerLine = async (): Promise<readonly [string, string]> => [
    "Authorization",
    `Bearer ${await gateway.token("submitter")}`,
  ];

  it("of two lengths, or a length and chunks, are refused and the connection closed", async () => {
    const json: readonly [string, string] = ["Content-Type", "application/json"];
    const bearer = await bearerLine();
    for (const framing of [
      [
        ["Content-Length", "26"],
        ["Content-Length", "5"],
      ],
      [
        ["Content-Length", "5"],
        ["Transfer-Encoding", "chunked"],
      ],
      [["Content-Length", "-1"]],
      [["Content-Length", "1e3"]],
      [["Transfer-Encoding", "chunked, gzip"]],
    ] as const) {
      const answer = await sendRaw(gateway.url, `${headOf("POST", "/graphql", [bearer, json, ...framing])}0\r\n\r\n`);
      expect(answer.status, framing.join()).toBe(400);
      expect(answer.text).toMatch(/x-correlation-id: /i);
      expect(answer.text).toMatch(/connection: close/i);
    }
  });

  it("longer than announced are cut there, and the rest is not taken for part of the body", async () => {
    const head = headOf("POST", "/graphql", [await bearerLine(), ["Content-Type", "application/json"], ["Content-Length", "26"]]);
    const answer = await sendRaw(gateway.url, `${head}{"query":"{viewer{role}}"}, GET /smuggled HTTP/1.1\r\n\r\n`);
    expect(answer.text.match(/HTTP\/1\.1 \d{3}/g)?.at(-1)).toBe("HTTP/1.1 400");
    expect(answer.text).toMatch(/connection: close/i);
  });

  it("of too many or too large headers are refused", async () => {
    const many = Array.from({ length: 100_000 }, (_, index) => [`X-${index}`, "1"] as const);
    expect((await sendRaw(gateway.url, headOf("GET", "/healthz", many))).status).toBe(431);
    expect((await sendRaw(gateway.url, headOf("GET", "/healthz", [["X-Large", "x".repeat(100_000)]]))).status).toBe(431);
  });

  it("that break off half way are not logged as a fault of ours", async () => {
    const from = gateway.logs.length;
    const socket = openRaw(gateway.url);
    const head = headOf("POST", "/graphql", [
      await bearerLine(),
      ["Content-Type", "application/json"],
      ["Content-Length", "1000"],
    ]);
    await new Promise((resolve) => socket.write(`${head}{"query":`, resolve));
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(gateway.logs.slice(from).filter((line) => line.includes('"fault"'))).toEqual([]);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });

  it("in an address that cannot be read are not quoted", async () => {
    const answer = await sendRaw(gateway.url, headOf("GET", "/%zz-Canary?name=Canary", []));
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/x-correlation-id: /i);
    expect(answer.text).not.toContain("Canary");
  });
});
