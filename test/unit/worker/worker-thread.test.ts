import { afterEach, describe, expect, it } from "vitest";
import { StartRefused } from "../../../src/errors/start-refused.ts";
import type { LogFields, Logger } from "../../../src/observability/logger.ts";
import { createWorkerThread, type WorkerThread } from "../../../src/worker/worker-thread.ts";

const programOf = (name: string): URL => new URL(`./${name}-program.ts`, import.meta.url);

let thread: WorkerThread | undefined;
afterEach(() => thread?.stop());

function startable(name: string): { readonly worker: WorkerThread; readonly logged: [string, LogFields | undefined][] } {
  const logged: [string, LogFields | undefined][] = [];
  const logger: Logger = { log: (_level, event, fields) => logged.push([event, fields]), flush: () => undefined };
  const worker = createWorkerThread(logger, { program: programOf(name), restartMs: 50 });
  thread = worker;
  return { worker, logged };
}

const isReady = (worker: WorkerThread): Promise<boolean> =>
  worker.checkReadiness().then(
    () => true,
    () => false,
  );

describe("the worker's thread", () => {
  it("is ready from its start on, and answers with its counts", async () => {
    const { worker } = startable("answering");
    await expect(worker.checkReadiness()).rejects.toThrow("not at work");
    await expect(worker.metrics()).rejects.toThrow("not at work");
    await worker.start();
    await worker.checkReadiness();
    expect(await Promise.all([worker.metrics(), worker.metrics()])).toEqual([[{ name: "asked_2" }], [{ name: "asked_3" }]]);
  });

  it("is started again when it ends unasked, which is logged without its message, and whoever asked it is told", async () => {
    const { worker, logged } = startable("failing");
    await worker.start();
    await expect(worker.metrics()).rejects.toThrow("thread ended");
    await expect(worker.checkReadiness()).rejects.toThrow("not at work");
    await expect.poll(() => isReady(worker), { timeout: 5_000 }).toBe(true);
    expect(logged.map(([event, fields]) => [event, fields?.errorName])).toEqual([["worker-lost", "RangeError"]]);
    expect(JSON.stringify(logged)).not.toContain('"ended"');
  });

  it("that cannot start fails the gateway's start with its reason", async () => {
    await expect(startable("failing-at-start").worker.start()).rejects.toThrow("no start");
  });

  it("that refuses to start says why in the operator's words", async () => {
    const refusal = startable("refusing").worker.start();
    await expect(refusal).rejects.toThrow(StartRefused);
    await expect(refusal).rejects.toThrow("The folder has no key.");
  });

  it("is not ready while it cannot reach its database", async () => {
    const { worker } = startable("unready");
    await worker.start();
    await expect(worker.checkReadiness()).rejects.toThrow("cannot reach its database");
  });

  it("stays ended once it was stopped", async () => {
    const { worker, logged } = startable("answering");
    await worker.start();
    await worker.stop();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await expect(worker.checkReadiness()).rejects.toThrow("not at work");
    expect(logged).toEqual([]);
  });
});
