import { afterEach, describe, expect, it } from "vitest";
import { SUBMISSIONS } from "../../../src/jobs/queues.ts";
import { runSqlIn } from "../../../src/persistence/run-sql.ts";
import { provideDatabase } from "../../support/database.ts";
import { createGate, createWorker, jobOf, type OpenedQueue, openTestQueue, waitFor } from "./queue-fixture.ts";

const testDatabase = provideDatabase();
const opened: OpenedQueue[] = [];

async function open(more?: Parameters<typeof openTestQueue>[1]): Promise<OpenedQueue> {
  const queue = await openTestQueue(testDatabase().database, more);
  opened.push(queue);
  return queue;
}

const stored = () =>
  testDatabase().query("select state::text as state, retry_count, retry_limit from pgboss.job where name = $1", [SUBMISSIONS]);
/** What the passing of time would do. */
const endDelays = () =>
  testDatabase().query(
    "with due as (update pgboss.job set start_after = now() returning 1) select pg_notify('nacr_jobs', '')::text from due",
  );

afterEach(async () => {
  for (const { queue } of opened.splice(0)) await queue.stop();
  await testDatabase().query("delete from pgboss.job");
});

describe("enqueueing", () => {
  it("puts names into the queue and nothing else, under the role of requests", async () => {
    const { enqueue } = await open();
    const job = jobOf("CR-A");
    await enqueue(job);
    expect(await testDatabase().query("select data, singleton_key from pgboss.job where name = $1", [SUBMISSIONS])).toEqual([
      { data: { ...job }, singleton_key: "RTEST/CR-A" },
    ]);
  });

  it("leaves nothing of an aborted transaction", async () => {
    const { queue } = await open();
    const aborted = testDatabase().database.withRole({ role: "nacr_app" }, async (tx) => {
      await queue.enqueue(runSqlIn(tx), jobOf("CR-A"));
      throw new Error("the submission was refused");
    });
    await expect(aborted).rejects.toThrow("the submission was refused");
    expect(await stored()).toEqual([]);
  });

  it.each(["data", "state", "singleton_key"])("keeps the jobs' %s from the role of requests", async (column) => {
    await (await open()).enqueue(jobOf("CR-A"));
    const [right] = await testDatabase().query(
      "select has_column_privilege('nacr_app', 'pgboss.job_common', $1, 'select') or has_table_privilege('nacr_app', 'pgboss.job', 'select, update, delete') as may",
      [column],
    );
    expect(right).toEqual({ may: false });
  });

  it("is open in a process that works on nothing", async () => {
    const { queue, enqueue } = await open({ works: false });
    const worker = createWorker();
    await queue.start(worker);
    await enqueue(jobOf("CR-A"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(worker.begun).toEqual([]);
    expect(await queue.countJobs()).toEqual({ waiting: 1, active: 0 });
  });

  it("is ready once opened, by any number of processes at once", async () => {
    const queues = await Promise.all([open(), open(), open()]);
    for (const { queue } of queues) await expect(queue.checkReadiness()).resolves.toBeUndefined();
  });
});

describe("working on jobs", () => {
  it("begins within a second after the transaction has committed", async () => {
    const { queue, enqueue, outcomes } = await open();
    const worker = createWorker();
    await queue.start(worker);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const since = performance.now();
    await enqueue(jobOf("CR-A"));
    await waitFor(() => worker.ended.length === 1);
    expect(performance.now() - since).toBeLessThan(1_000);
    await waitFor(() => outcomes.length === 1);
    expect(outcomes).toEqual(["DONE"]);
    expect(await stored()).toEqual([]);
  });

  it("works on the jobs of one programme one after the other, in their order", async () => {
    const { queue, enqueue } = await open();
    let inHand = 0;
    let most = 0;
    const worker = createWorker(async () => {
      inHand += 1;
      most = Math.max(most, inHand);
      await new Promise((resolve) => setTimeout(resolve, 30));
      inHand -= 1;
    });
    const jobs = Array.from({ length: 6 }, () => jobOf("CR-A"));
    await enqueue(...jobs);
    await queue.start(worker);
    await waitFor(() => worker.ended.length === 6);
    expect(worker.begun).toEqual(jobs.map(({ submissionId }) => submissionId));
    expect(most).toBe(1);
  });

  it("works on two programmes side by side, and on no third", async () => {
    const { queue, enqueue } = await open();
    const gate = createGate();
    const worker = createWorker(() => gate.passed);
    await queue.start(worker);
    await enqueue(jobOf("CR-A"), jobOf("CR-B"), jobOf("CR-C"));
    await waitFor(() => worker.begun.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(worker.begun).toHaveLength(2);
    gate.open();
    await waitFor(() => worker.ended.length === 3);
  });

  it("gives no job to two workers, and no programme to two at once", async () => {
    const [one, other] = [await open(), await open()];
    const inHand = new Set<string>();
    const doubles: string[] = [];
    const run = async ({ programmeCode }: { programmeCode: string }) => {
      if (inHand.has(programmeCode)) doubles.push(programmeCode);
      inHand.add(programmeCode);
      await new Promise((resolve) => setTimeout(resolve, 10));
      inHand.delete(programmeCode);
    };
    const workers = [createWorker(run), createWorker(run)];
    const jobs = Array.from({ length: 24 }, (_, index) => jobOf(`CR-${index % 3}`));
    await Promise.all([one.queue.start(workers[0] ?? createWorker()), other.queue.start(workers[1] ?? createWorker())]);
    await one.enqueue(...jobs);
    const begun = () => workers.flatMap((worker) => worker.begun);
    await waitFor(async () => (await one.queue.countJobs()).waiting + (await one.queue.countJobs()).active === 0, 30_000);
    expect(doubles).toEqual([]);
    expect([...begun()].sort()).toEqual(jobs.map(({ submissionId }) => submissionId).sort());
  });
});

describe("a worker that fails", () => {
  it("is tried five times, gives up in the last, and lets the programme's next job run", async () => {
    const { queue, enqueue, faults, outcomes } = await open();
    const [bad, good] = [jobOf("CR-A"), jobOf("CR-A")];
    const lasts: boolean[] = [];
    const worker = createWorker(async ({ submissionId }, attempt) => {
      if (submissionId !== bad.submissionId) return;
      lasts.push(attempt.isLast);
      throw new Error("no");
    });
    await queue.start(worker);
    await enqueue(bad, good);
    for (let attempt = 1; attempt < 5; attempt += 1) {
      await waitFor(() => outcomes.length === attempt);
      await endDelays();
    }
    await waitFor(() => worker.ended.includes(good.submissionId));
    expect(lasts).toEqual([false, false, false, false, true]);
    expect(worker.begun).toEqual([...Array.from({ length: 5 }, () => bad.submissionId), good.submissionId]);
    expect(worker.givenUp).toEqual([{ submissionId: bad.submissionId, faultId: faults.at(-1)?.faultId }]);
    expect(faults).toHaveLength(5);
    expect(new Set(faults.map(({ faultId }) => faultId)).size).toBe(5);
    await waitFor(() => outcomes.length === 6);
    expect(outcomes).toEqual(["RETRIED", "RETRIED", "RETRIED", "RETRIED", "GIVEN_UP", "DONE"]);
  });

  it("waits 5 s before the second attempt, and keeps the programme's place meanwhile", async () => {
    const { queue, enqueue, outcomes } = await open();
    const job = jobOf("CR-A");
    const worker = createWorker(async () => {
      throw new Error("no");
    });
    await queue.start(worker);
    await enqueue(job, jobOf("CR-A"));
    await waitFor(() => outcomes.length === 1);
    const [delay] = await testDatabase().query(
      "select extract(epoch from start_after - now())::float8 as seconds from pgboss.job where state = 'retry' and name = $1",
      [SUBMISSIONS],
    );
    expect(Number(delay?.seconds)).toBeGreaterThan(4);
    expect(Number(delay?.seconds)).toBeLessThanOrEqual(5);
    expect(worker.begun).toEqual([job.submissionId]);
  });

  it("has five attempts again after one that stored something", async () => {
    const { queue, enqueue, outcomes } = await open();
    await queue.start(
      createWorker(async (_job, attempt) => {
        await attempt.progressed();
        await attempt.progressed();
        throw new Error("no");
      }),
    );
    await enqueue(jobOf("CR-A"));
    for (let attempt = 1; attempt <= 7; attempt += 1) {
      await waitFor(() => outcomes.length === attempt);
      await endDelays();
    }
    await waitFor(() => outcomes.length === 8);
    expect(new Set(outcomes)).toEqual(new Set(["RETRIED"]));
    expect(await stored()).toEqual([{ state: "retry", retry_count: 7, retry_limit: 11 }]);
  });

  it("keeps a job that could not be given up", async () => {
    const { queue, enqueue, outcomes, faults } = await open();
    const worker = createWorker(async () => {
      throw new Error("no");
    });
    await enqueue(jobOf("CR-A"));
    await testDatabase().query("update pgboss.job set retry_count = 3, started_on = now()");
    await queue.start({
      ...worker,
      giveUp: async () => {
        throw new Error("the database is away");
      },
    });
    await waitFor(() => outcomes.length === 1);
    expect(outcomes).toEqual(["RETRIED"]);
    expect(faults).toHaveLength(2);
  });
});

describe("a process that stops", () => {
  it("lets the chunk in hand finish, and hands the job back to another process at once", async () => {
    const [one, other] = [await open(), await open()];
    const steps: string[] = [];
    await one.queue.start(
      createWorker(async (_job, { signal }) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        await new Promise((resolve) => setTimeout(resolve, 50));
        steps.push("chunk finished");
      }),
    );
    await one.enqueue(jobOf("CR-A"), jobOf("CR-A"));
    await waitFor(async () => (await one.queue.countJobs()).active === 1);
    const worker = createWorker(async () => void steps.push("taken up"));
    await other.queue.start(worker);
    const since = performance.now();
    await one.queue.stop();
    await waitFor(() => worker.ended.length === 2);
    expect(performance.now() - since).toBeLessThan(2_000);
    expect(steps).toEqual(["chunk finished", "taken up", "taken up"]);
    expect(one.outcomes).toEqual(["HANDED_BACK"]);
  });

  it("takes no attempt from the job it hands back", async () => {
    const { queue, enqueue } = await open();
    await queue.start(
      createWorker(
        (_job, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      ),
    );
    await enqueue(jobOf("CR-A"));
    await waitFor(async () => (await queue.countJobs()).active === 1);
    await queue.stop();
    expect(await stored()).toEqual([{ state: "retry", retry_count: 0, retry_limit: 4 }]);
    const next = await open();
    const attempts: boolean[] = [];
    await next.queue.start(createWorker(async (_job, attempt) => void attempts.push(attempt.isLast)));
    await waitFor(() => attempts.length === 1);
  });
});

describe("a worker that was taken for dead", () => {
  /** What pg-boss does when the heartbeats are missing. */
  const declareDead = () =>
    testDatabase().query(
      "update pgboss.job set state = 'retry', heartbeat_on = null, start_after = now() where state = 'active'",
    );

  it("is told so, and its end is nobody's", async () => {
    const [late, other] = [await open(), await open()];
    const otherGate = createGate();
    await late.queue.start(
      createWorker(
        (_job, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      ),
    );
    await late.enqueue(jobOf("CR-A"));
    await waitFor(async () => (await late.queue.countJobs()).active === 1);
    await declareDead();
    const worker = createWorker(() => otherGate.passed);
    await other.queue.start(worker);
    await waitFor(() => worker.begun.length === 1);
    await waitFor(() => late.outcomes.length === 1);
    expect(late.outcomes).toEqual(["LOST"]);
    expect(late.faults).toEqual([]);
    expect(await stored()).toEqual([{ state: "active", retry_count: 1, retry_limit: 4 }]);
    otherGate.open();
    await waitFor(() => other.outcomes.length === 1);
    expect(await stored()).toEqual([]);
  });

  it("is given up after five deaths, and the programme's next job runs", async () => {
    const { queue, enqueue, faults } = await open();
    const [dead, next] = [jobOf("CR-A"), jobOf("CR-A")];
    await enqueue(dead, next);
    await testDatabase().query(
      `update pgboss.job set state = 'active', started_on = now(), retry_count = 4, heartbeat_on = now() - interval '31 seconds'
       where data ->> 'submissionId' = $1`,
      [dead.submissionId],
    );
    await testDatabase().query("update pgboss.queue set monitor_claim_on = null");
    const worker = createWorker();
    await queue.start(worker);
    await waitFor(() => worker.ended.length === 1);
    expect(worker.begun).toEqual([next.submissionId]);
    expect(worker.givenUp).toEqual([{ submissionId: dead.submissionId, faultId: faults[0]?.faultId }]);
    expect(faults.map(({ error }) => (error instanceof Error ? error.name : ""))).toEqual(["WorkersDied"]);
    await waitFor(async () => (await testDatabase().query("select id from pgboss.job")).length === 0);
  });
});

describe("maintenance", () => {
  it("is done by one process of several, once in its interval", async () => {
    let runs = 0;
    const run = async () => {
      runs += 1;
    };
    const sweep = { name: "sweep", everyMinutes: 60, run };
    const queues = await Promise.all([1, 2, 3].map(() => open({ maintenance: [sweep] })));
    for (const { queue } of queues) await queue.start(createWorker());
    await waitFor(() => runs > 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(runs).toBe(1);
  });

  it("is tried once more when it fails, and the failure is reported", async () => {
    let runs = 0;
    const run = async () => {
      runs += 1;
      throw new Error("no");
    };
    const { queue, troubles } = await open({ maintenance: [{ name: "sweep", everyMinutes: 60, run }] });
    await queue.start(createWorker());
    await waitFor(() => troubles.length === 1);
    expect(runs).toBe(1);
    expect(await testDatabase().query("select state::text as state from pgboss.job where name = 'maintenance'")).toEqual([
      { state: "retry" },
    ]);
  });
});
