import { afterEach, describe, expect, it } from "vitest";
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

describe("the worker's thread", () => {
  it("is ready from its start on, and answers with its counts", async () => {
    const { worker } = startable("answering");
    expect(() => worker.checkReadiness()).toThrow("not at work");
    await expect(worker.metrics()).rejects.toThrow("not at work");
    await worker.start();
    expect(() => worker.checkReadiness()).not.toThrow();
    expect(await Promise.all([worker.metrics(), worker.metrics()])).toEqual([[{ name: "asked_1" }], [{ name: "asked_2" }]]);
  });

  it("is started again when it ends unasked, which is logged without its message, and whoever asked it is told", async () => {
    const { worker, logged } = startable("failing");
    await worker.start();
    await expect(worker.metrics()).rejects.toThrow("thread ended");
    expect(() => worker.checkReadiness()).toThrow();
    await expect.poll(() => worker.checkReadiness(), { timeout: 5_000 }).toBeUndefined();
    expect(logged.map(([event, fields]) => [event, fields?.errorName])).toEqual([["worker-lost", "RangeError"]]);
    expect(JSON.stringify(logged)).not.toContain('"ended"');
  });

  it("that cannot start fails the gateway's start with its reason", async () => {
    await expect(startable("refusing").worker.start()).rejects.toThrow("refused");
  });

  it("stays ended once it was stopped", async () => {
    const { worker, logged } = startable("answering");
    await worker.start();
    await worker.stop();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(() => worker.checkReadiness()).toThrow();
    expect(logged).toEqual([]);
  });
});
