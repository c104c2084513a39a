import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { databaseKind } from "../../support/database.ts";
import { requestDemoToken } from "../../support/gateway.ts";

/** The bar of `assurance.md` F8, on a machine other tests use too. */
const EXIT_WITHIN_MS = 5_000;
const IN_FLIGHT = 40;

let child: ChildProcess | null = null;
let folder: string | null = null;
afterEach(async () => {
  child?.kill("SIGKILL");
  if (folder !== null) await rm(folder, { recursive: true, force: true });
  folder = null;
});

interface Started {
  readonly url: string;
  readonly process: ChildProcess;
  readonly output: () => string;
}

/** The program itself, in demo mode on the test's folder. */
async function start(): Promise<Started> {
  folder ??= await mkdtemp(join(tmpdir(), "nacr-shutdown-"));
  const started = spawn(process.execPath, ["--import", "tsx", "src/main.ts"], {
    env: { PATH: process.env.PATH, PORT: "0", NACR_DATA_DIR: folder, NACR_DEMO_JOURNEYS: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child = started;
  let output = "";
  for (const stream of [started.stdout, started.stderr])
    stream.on("data", (chunk) => {
      output += String(chunk);
    });
  while (!/GraphQL {3}(http\S+)\/graphql/.test(output)) {
    if (started.exitCode !== null) throw new Error(`the gateway did not start: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url: /GraphQL {3}(http\S+)\/graphql/.exec(output)?.[1] ?? "", process: started, output: () => output };
}

describe("the program", () => {
  it(`answers ${IN_FLIGHT} requests in hand after a SIGTERM, resets none, and ends within ${EXIT_WITHIN_MS / 1000} s`, async () => {
    const { url, process: gateway, output } = await start();
    const tokens = await Promise.all(
      (["submitter", "submitter2", "vendor", "team"] as const).map((as) => requestDemoToken(url, as)),
    );
    const ask = (index: number) =>
      fetch(`${url}/graphql`, {
        method: "POST",
        headers: { authorization: `Bearer ${tokens[index % tokens.length]}`, "content-type": "application/json" },
        body: JSON.stringify({ query: "{ submissions { totalCount } }" }),
      });
    // Connections are open and the database is warm before the signal.
    await Promise.all(Array.from({ length: IN_FLIGHT }, async (_, index) => (await ask(index)).text()));
    const asked = Array.from({ length: IN_FLIGHT }, async (_, index) => {
      const answer = await ask(index);
      return { status: answer.status, text: await answer.text() };
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    const signalled = performance.now();
    gateway.kill("SIGTERM");
    const ended = once(gateway, "exit");
    const answers = await Promise.allSettled(asked);
    const [code] = await ended;
    const exitMs = performance.now() - signalled;

    expect(answers.filter(({ status }) => status === "rejected")).toEqual([]);
    expect(new Set(answers.map((answer) => (answer.status === "fulfilled" ? answer.value.text : "")))).toEqual(
      new Set(['{"data":{"submissions":{"totalCount":0}},"extensions":{"cost":3}}\n']),
    );
    expect([code, exitMs < EXIT_WITHIN_MS], `${exitMs} ms\n${output()}`).toEqual([0, true]);
    expect(output()).toContain('"event":"stopping"');
    expect(output()).not.toContain('"event":"fault"');
  });

  it.runIf(databaseKind === "embedded")("starts again on the same folder after it, because nothing was left locked", async () => {
    const { process: first } = await start();
    first.kill("SIGTERM");
    await once(first, "exit");
    const again = await start();
    expect(again.output()).toContain('"event":"started"');
    again.process.kill("SIGTERM");
    await once(again.process, "exit");
  });
});
