/** A job's work: chunk by chunk, resumable at any point, with the same answers as one submission of everything. */
import { beforeAll, describe, expect, it } from "vitest";
import { journey, person, recordOf } from "../../support/journey-records.ts";
import { createJobBench, idle, type JobBench } from "./job-bench.ts";
import { city, coast, hill, provideBench } from "./submission-bench.ts";

const bench = provideBench();
let jobs: JobBench;
beforeAll(() => {
  jobs = createJobBench(bench());
});

let seed = 1_000;
const records = (count: number) => Array.from({ length: count }, () => journey(++seed));
/** A patient without an event date: refused, and what hangs below the event with it. */
const bad = () => recordOf(++seed, { initiatingEvents: [{ eventType: "MI_STEMI", rehabilitations: [{}] }] });

const outline = (results: readonly { readonly recordType: string; readonly outcome: string }[]) =>
  results.map(({ recordType, outcome }) => `${recordType} ${outcome}`);

describe("a job", () => {
  it("answers for every record as one submission of all of them would", async () => {
    const sent = [...records(4), bad(), ...records(3)];
    const atOnce = await bench().send(coast, sent);
    const reference = await jobs.accept(city, sent);
    expect(jobs.enqueued).toContainEqual(reference);
    expect(await jobs.header(city, reference)).toMatchObject({ status: "RECEIVED", outcome: null });

    await jobs.worker()(reference, idle);

    const header = await jobs.header(city, reference);
    expect(header).toMatchObject({ status: "COMPLETED", outcome: atOnce.header.outcome, counts: atOnce.header.counts });
    expect(header.issueGroups).toEqual(atOnce.header.issueGroups);
    const results = await jobs.results(city, reference);
    expect(outline(results)).toEqual(outline(atOnce.results));
    expect(results.map(({ index }) => index)).toEqual(results.map((_, position) => position));
    expect(results.map(({ parentIndex }) => parentIndex)).toEqual(atOnce.results.map(({ parentIndex }) => parentIndex));
    expect(results.flatMap(({ issues }) => issues.map(({ causedBy }) => causedBy))).toEqual(
      atOnce.results.flatMap(({ issues }) => issues.map(({ causedBy }) => causedBy)),
    );
    expect(results[0]?.expression).toBe("line 1.patient");
  });

  it("goes on where the last commit left it when its worker is gone, with nothing lost and nothing twice", async () => {
    const sent = records(10);
    const reference = await jobs.accept(city, sent);
    for (const last of [0, 1, 2]) {
      const dying = jobs.worker({
        beforeChunk: (chunk) => {
          if (chunk > last) throw new Error("gone");
        },
      });
      await expect(dying(reference, idle)).rejects.toThrow("gone");
      expect(await jobs.header(city, reference)).toMatchObject({ status: "PROCESSING" });
    }
    await jobs.worker()(reference, idle);
    expect(await jobs.header(city, reference)).toMatchObject({ status: "COMPLETED", counts: { received: 50, created: 50 } });
    const results = await jobs.results(city, reference);
    expect(results.map(({ index }) => index)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(new Set(results.map(({ recordId }) => recordId)).size).toBe(50);
  });

  it("is written by one worker only: whoever was taken for dead writes no more", async () => {
    const reference = await jobs.accept(city, records(9));
    let overtaken = false;
    const slow = jobs.worker({
      beforeChunk: (chunk) => {
        if (chunk === 2 && !overtaken) {
          overtaken = true;
          taken = jobs.jobs.begin(reference);
        }
      },
    });
    let taken: ReturnType<typeof jobs.jobs.begin> = Promise.resolve(null);
    await slow(reference, idle);
    expect(await taken).toMatchObject({ attempt: 2 });
    expect(await jobs.header(city, reference)).toMatchObject({ status: "PROCESSING" });
    await jobs.worker()(reference, idle);
    expect(await jobs.header(city, reference)).toMatchObject({ status: "COMPLETED", counts: { received: 45, created: 45 } });
  });

  it("stops between two chunks when its process stops, and is taken up by the next", async () => {
    const stopping = new AbortController();
    const reference = await jobs.accept(city, records(9));
    const worker = jobs.worker({ beforeChunk: (chunk) => chunk === 1 && stopping.abort(new Error("stopping")) });
    await expect(worker(reference, stopping.signal)).rejects.toThrow("stopping");
    await jobs.worker()(reference, idle);
    expect(await jobs.header(city, reference)).toMatchObject({ status: "COMPLETED", counts: { received: 45, created: 45 } });
  });

  it("ends refused, with nothing read, where its source is refused as a whole", async () => {
    const reference = await jobs.accept(city, records(2));
    const issue = { severity: "ERROR", code: "FORMAT_UNRECOGNISED", field: null, expression: "file" } as const;
    await jobs.worker({ issues: [issue] })(reference, idle);
    expect(await jobs.header(city, reference)).toMatchObject({
      status: "COMPLETED",
      outcome: "REJECTED",
      issues: [issue],
      counts: { received: 0 },
      issueGroups: [{ code: "FORMAT_UNRECOGNISED", count: 1 }],
    });
  });
});

describe("a job under ALL_OR_NOTHING", () => {
  it("stores nothing where one record in its last chunk is refused, and holds the others", async () => {
    const before = await bench().count("public.patient");
    const reference = await jobs.accept(city, [...records(5), bad()], { errorPolicy: "ALL_OR_NOTHING" });
    await jobs.worker()(reference, idle);
    const header = await jobs.header(city, reference);
    expect(header).toMatchObject({ status: "COMPLETED", outcome: "REJECTED", counts: { created: 0, held: 26 } });
    expect(await bench().count("public.patient")).toBe(before);
  });

  it("stores everything where nothing is refused", async () => {
    const reference = await jobs.accept(city, records(5), { errorPolicy: "ALL_OR_NOTHING" });
    await jobs.worker()(reference, idle);
    expect(await jobs.header(city, reference)).toMatchObject({
      outcome: "ACCEPTED_WITH_WARNINGS",
      counts: { created: 25, held: 0 },
    });
  });
});

describe("a dry run as a job", () => {
  it("reports what would be created and keeps nothing but the report", async () => {
    const before = await bench().count("public.patient");
    // Its report is kept for some days of the database's own clock.
    bench().now = new Date().toISOString();
    const reference = await jobs.accept(city, records(4), { mode: "VALIDATE_ONLY" });
    await jobs.worker()(reference, idle);
    expect(await jobs.header(city, reference)).toMatchObject({ status: "COMPLETED", counts: { created: 20 } });
    expect(await jobs.results(city, reference)).toHaveLength(20);
    expect(await bench().count("public.patient")).toBe(before);
  });
});

describe("cancelling", () => {
  it("ends at once what waits", async () => {
    const reference = await jobs.accept(city, records(3));
    expect(await jobs.jobs.cancel(city, reference.submissionId)).toMatchObject({
      header: { status: "CANCELLED" },
      tooLate: false,
    });
    await jobs.worker()(reference, idle);
    expect(await jobs.header(city, reference)).toMatchObject({ status: "CANCELLED", outcome: null, counts: { received: 0 } });
  });

  it("lets the chunk in hand end, keeps what is stored and answers for it", async () => {
    const reference = await jobs.accept(city, records(9));
    let asked: Promise<unknown> = Promise.resolve();
    await jobs.worker({
      beforeChunk: (chunk) => {
        if (chunk === 2) asked = jobs.jobs.cancel(city, reference.submissionId);
      },
    })(reference, idle);
    await asked;
    const header = await jobs.header(city, reference);
    expect(header.status).toBe("CANCELLED");
    expect(header.counts.created).toBeGreaterThan(0);
    expect(header.counts.created).toBeLessThan(45);
    expect(await jobs.results(city, reference)).toHaveLength(header.counts.received);
  });

  it("comes too late for what has ended, and finds nothing of others", async () => {
    const reference = await jobs.accept(city, records(1));
    await jobs.worker()(reference, idle);
    expect(await jobs.jobs.cancel(city, reference.submissionId)).toMatchObject({ tooLate: true });
    expect(await jobs.jobs.cancel(coast, reference.submissionId)).toBeNull();
    expect(await jobs.jobs.cancel(hill, reference.submissionId)).toBeNull();
  });
});

describe("a fault", () => {
  it("after the last attempt ends the submission FAILED with its id, and a redrive goes on where it was", async () => {
    const reference = await jobs.accept(city, records(6));
    const dying = jobs.worker({
      beforeChunk: (chunk) => {
        if (chunk === 1) throw new Error("gone");
      },
    });
    await expect(dying(reference, idle)).rejects.toThrow("gone");
    await jobs.jobs.fail(reference, "fault-1");
    expect(await jobs.header(city, reference)).toMatchObject({ status: "FAILED", faultId: "fault-1", outcome: null });
    await jobs.worker()(reference, idle);
    expect(await jobs.header(city, reference)).toMatchObject({ status: "FAILED" });

    expect(await jobs.jobs.redrive(coast, reference.submissionId)).toBe(false);
    expect(await jobs.jobs.redrive(city, reference.submissionId)).toBe(true);
    expect(jobs.enqueued.filter(({ submissionId }) => submissionId === reference.submissionId)).toHaveLength(2);
    bench().status.forget(reference.ods, reference.submissionId);
    await jobs.worker()(reference, idle);
    expect(await jobs.header(city, reference)).toMatchObject({ status: "COMPLETED", counts: { created: 30 }, faultId: null });
    expect(await jobs.jobs.redrive(city, reference.submissionId)).toBe(false);
  });
});

describe("accepting", () => {
  it("answers a repetition with the stored submission, and queues it once", async () => {
    const sent = records(2);
    const first = await jobs.accept(city, sent, { idempotencyKey: "file-1" });
    const again = await jobs.accept(city, sent, { idempotencyKey: "file-1" });
    expect(again.submissionId).toBe(first.submissionId);
    expect(jobs.enqueued.filter(({ submissionId }) => submissionId === first.submissionId)).toHaveLength(1);
    await expect(jobs.accept(city, records(1), { idempotencyKey: "file-1" })).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
  });
});

describe("a record that we stumble over", () => {
  const poison = "Stumble";
  const records9 = () => [...records(4), journey(++seed, { patient: person(seed, { surname: poison }) }), ...records(4)];

  it("fails the attempt as long as another one follows", async () => {
    const reference = await jobs.accept(city, records9());
    await expect(jobs.worker({ stumbleOver: poison })(reference, idle)).rejects.toThrow("stumbled");
    expect(await jobs.header(city, reference)).toMatchObject({ status: "PROCESSING" });
  });

  it("is left out, with its own answer, in the last attempt; all others are stored", async () => {
    const reference = await jobs.accept(city, records9());
    await jobs.worker({ stumbleOver: poison, isLast: true })(reference, idle);
    const header = await jobs.header(city, reference);
    expect(header).toMatchObject({ status: "COMPLETED", counts: { received: 45, created: 40, rejected: 5 } });
    expect(header.issueGroups.filter(({ code }) => code === "NOT_PROCESSED")).toHaveLength(5);
    const refused = (await jobs.results(city, reference)).filter(({ outcome }) => outcome !== "CREATED");
    expect(refused.map(({ expression }) => expression)).toEqual([
      "line 5.patient",
      "line 5.initiatingEvents[0]",
      "line 5.initiatingEvents[0].treatments[0]",
      "line 5.initiatingEvents[0].rehabilitations[0]",
      "line 5.initiatingEvents[0].rehabilitations[0].assessments[0]",
    ]);
  });
});
