/** The samples of docs/webhooks.md, run as they stand there against what the gateway sends. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import type { ProgrammeEvent } from "../../../src/records/programme-event.ts";
import { buildPost } from "../../../src/webhooks/build-post.ts";
import { createWebhookSecret } from "../../../src/webhooks/sign-event.ts";

const page = readFileSync(new URL("../../../docs/webhooks.md", import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "nacr-webhook-sample-"));
afterAll(() => rmSync(folder, { recursive: true }));

function writeSample(language: string, file: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page) ?? [];
  if (code === undefined) throw new Error(`docs/webhooks.md has no sample in ${language}`);
  expect(code.trim().split("\n").length).toBeLessThanOrEqual(12);
  const path = join(folder, file);
  writeFileSync(path, code);
  return path;
}

const EVENT: ProgrammeEvent = {
  id: "0a4f6c1e-8a55-4f0c-9a53-0d6c7f0f5b11",
  ods: "RAA",
  programmeCode: "CR-VÄLLEY",
  sequence: 1042,
  type: "SUBMISSION_COMPLETED",
  occurredAt: "2026-03-02T09:34:58.120Z",
  submissionId: "019cadd3-1f5a-7c11-8a3e-5b8a3f0c1d22",
  status: "COMPLETED",
  outcome: "ACCEPTED",
  counts: { received: 1, created: 1, updated: 0, unchanged: 0, withdrawn: 0, rejected: 0, held: 0, withheld: 0, warnings: 0 },
};
const SENT_AT = "2026-03-02T09:35:00.900Z";
const NOW = Date.parse(SENT_AT) / 1000;

interface Message {
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly now: number;
}

const [fresh, old] = [createWebhookSecret(), createWebhookSecret()];
const sent = buildPost({ url: "https://a.example/", secrets: [fresh, old] }, EVENT, SENT_AT, false);
const message = (more: Partial<Message> = {}): Message => ({
  secret: fresh,
  headers: sent.headers,
  body: sent.body,
  now: NOW,
  ...more,
});
const withHeader = (name: string, value: string) => message({ headers: { ...sent.headers, [name]: value } });

const CASES: readonly (readonly [string, boolean, Message])[] = [
  ["the newest secret", true, message()],
  ["the secret that is to be retired", true, message({ secret: old })],
  ["a clock that is four minutes off", true, message({ now: NOW + 240 })],
  ["another secret", false, message({ secret: createWebhookSecret() })],
  ["a body that was changed", false, message({ body: sent.body.replace("ACCEPTED", "REJECTED") })],
  ["the id of another event", false, withHeader("nacr-event-id", "0a4f6c1e-8a55-4f0c-9a53-0d6c7f0f5b12")],
  ["a message of ten minutes ago", false, message({ now: NOW + 600 })],
  [
    "a time that was changed",
    false,
    withHeader("nacr-signature", `${sent.headers["nacr-signature"]}`.replace(/t=\d+/, `t=${NOW | 0}9`)),
  ],
  ["a signature that was cut off", false, withHeader("nacr-signature", `t=${Math.floor(NOW)}`)],
  ["no signature", false, message({ headers: { "nacr-event-id": EVENT.id } })],
];

describe("the sample in JavaScript", () => {
  const path = writeSample("js", "sample.mjs");
  it.each(CASES)("with %s says %s", async (_what, expected, { secret, headers, body, now }) => {
    const sample = await import(pathToFileURL(path).href);
    expect(sample.isFromGateway(secret, headers, Buffer.from(body), now)).toBe(expected);
  });
});

const PYTHON = "python3";
const hasPython = spawnSync(PYTHON, ["--version"]).status === 0;
if (!hasPython) console.log(`The sample in Python is not run: there is no ${PYTHON} here.`);

describe.skipIf(!hasPython)("the sample in Python", () => {
  writeSample("python", "sample.py");
  const RUN = `import json, sys
from sample import is_from_gateway
for m in json.load(sys.stdin): print(is_from_gateway(m["secret"], m["headers"], m["body"].encode(), m["now"]))`;

  it("says the same of the same messages", () => {
    const input = JSON.stringify(CASES.map(([, , one]) => one));
    const run = spawnSync(PYTHON, ["-B", "-c", RUN], { cwd: folder, input, encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.stdout.trim().split("\n")).toEqual(CASES.map(([, expected]) => (expected ? "True" : "False")));
  });
});
