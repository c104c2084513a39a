/** Failed records run again: which ones, from what, with what of their parents, and when not. */
import { describe, expect, it } from "vitest";
import { MAPPINGS } from "../../../mappings/index.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createEnvelopeStore } from "../../../src/persistence/envelope-store.ts";
import { createJobStore } from "../../../src/persistence/job-store.ts";
import { createReplayStore } from "../../../src/persistence/replay-store.ts";
import { createReportStore } from "../../../src/persistence/report-store.ts";
import { createSubmissionStore } from "../../../src/persistence/submission-store.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import type { RecordResult, SubmissionHeader } from "../../../src/records/submission-record.ts";
import { createAcceptJob } from "../../../src/submission/accept-job.ts";
import type { MappingRegistry } from "../../../src/submission/commands.ts";
import type { OpenFileInput } from "../../../src/submission/file-input.ts";
import type { JobReference, SubmissionJob } from "../../../src/submission/job-ports.ts";
import { createMergeDrafts } from "../../../src/submission/merge-drafts.ts";
import { createProcessJob } from "../../../src/submission/process-job.ts";
import { createOpenReplay } from "../../../src/submission/replay-input.ts";
import { createReplaySubmission } from "../../../src/submission/replay-submission.ts";
import type { Upload } from "../../../src/submission/upload-ports.ts";
import { event, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { type Bench, city, hill, provideBench } from "../submission/submission-bench.ts";

const bench = provideBench();
const newId = createUuid7();
let seed = 0;
const next = (): number => ++seed;

/** A mapping that has learnt since what the sender calls a weight. */
const LEARNT: MappingRegistry = {
  map: (mapping, payload, profile, dictionary, placeOf) => {
    const learnt: unknown = JSON.parse(JSON.stringify(payload).replaceAll('"heavy"', "82"));
    return MAPPINGS[mapping](learnt, { profile, dictionary, detectTestData: false, placeOf });
  },
};
const AS_BEFORE: MappingRegistry = {
  map: (mapping, payload, profile, dictionary, placeOf) =>
    MAPPINGS[mapping](payload, { profile, dictionary, detectTestData: false, placeOf }),
};

const uploadOf = (actor: OrganisationActor, id: string): Upload => ({
  id,
  ods: actor.ods,
  clientId: actor.clientId,
  recordType: null,
  declaredBytes: null,
  receivedBytes: 1,
  sha256: "00",
  createdAt: bench().now,
  completedAt: bench().now,
  expiresAt: bench().now,
});
const noFile: OpenFileInput = () => Promise.reject(new Error("This test reads no file."));

interface Replays {
  replay(id: string, actor?: OrganisationActor): Promise<SubmissionHeader>;
  refusal(id: string, actor?: OrganisationActor): Promise<unknown>;
  /** Works on a replay to its end. */
  run(
    header: SubmissionHeader,
    mappings?: MappingRegistry,
  ): Promise<{ header: SubmissionHeader; results: readonly RecordResult[] }>;
}

function createReplays({ stores, status }: Bench, openFile: OpenFileInput = noFile, chunkSize = 500): Replays {
  const queued = { ...stores, enqueue: async (_run: unknown, _job: JobReference) => undefined };
  const clock = { now: () => bench().now, today: () => bench().now.slice(0, 10) };
  const jobs = createJobStore(queued, clock.now);
  const root = {
    status,
    store: createReplayStore(stores),
    reports: createReportStore(stores),
    envelopes: createEnvelopeStore(stores),
    uploads: { find: async (actor: OrganisationActor, id: string) => uploadOf(actor, id) },
  };
  const replay = createReplaySubmission({
    ...root,
    acceptJob: createAcceptJob(createSubmissionStore(queued)),
    clock,
    newId,
  });
  const openInput = (mappings: MappingRegistry) => (job: SubmissionJob) => {
    const dictionary = dictionaryOf(job.header.datasetVersion);
    if (dictionary === null) throw new Error("the dictionary is in service");
    return createOpenReplay({ ...root, mappings, openFile })(job, dictionary);
  };
  return {
    replay: (id, actor = city) => replay(actor, id),
    refusal: (id, actor = city) =>
      replay(actor, id).then(
        () => "no refusal",
        (error: unknown) => error,
      ),
    async run({ id, ods, programmeCode }, mappings = LEARNT) {
      const work = createProcessJob({
        newId,
        store: jobs,
        openInput: openInput(mappings),
        merge: createMergeDrafts(newId),
        dictionaryOf,
        findRegistered: async () => [],
        clock,
        chunkSize,
      });
      await work(
        { submissionId: id, ods, programmeCode },
        { signal: new AbortController().signal, isLast: false, progressed: async () => undefined },
      );
      status.forget(ods, id);
      const header = await status.submission(city, id);
      if (header === null) throw new Error("no such submission");
      const [page] = await status.results(city, [{ submissionId: id, outcomes: null, page: { first: 100, after: null } }]);
      return { header, results: (page?.nodes ?? []).map(({ node }) => node) };
    },
  };
}

/** A rehabilitation whose only assessment cannot be read. */
const heavy = (n: number) =>
  recordOf(n, {
    initiatingEvents: [
      event({ rehabilitations: [rehabilitation({ assessments: [{ number: 1, date: "2026-01-28", weightKg: "heavy" }] })] }),
    ],
  });
const corrected = (n: number) =>
  recordOf(n, {
    patient: named(n),
    initiatingEvents: [
      event({ rehabilitations: [rehabilitation({ assessments: [{ number: 1, date: "2026-01-28", weightKg: 90 }] })] }),
    ],
  });

/** As if the submission had been made from an uploaded file. */
async function asFile(id: string): Promise<void> {
  await bench().test.query("update submission set channel = 'FILE' where id = $1::uuid returning ods", [id]);
  await bench().test.query(
    `insert into submission_job (ods, submission_id, programme_code, role, programmes, upload_id, format, phase, attempt, entries_done,
       bytes_done, next_index, next_page, cancel_requested, updated_at)
     select ods, id, programme_code, 'SUBMITTER', array[programme_code], gen_random_uuid(), 'NACR_NDJSON', 'DONE', 1, 5, 5, 5, 1, false, now()
     from submission where id = $1::uuid returning ods`,
    [id],
  );
}

describe("a replay", () => {
  it("judges what failed with today's mapping, and changes nothing of the parents that were accepted", async () => {
    const replays = createReplays(bench());
    const n = next();
    const original = await bench().send(city, [heavy(n), recordOf(next())], { datasetVersion: "gw-1.1" });
    expect(original.header.counts).toMatchObject({ received: 5, created: 4, rejected: 1 });
    bench().now = "2026-07-02T09:00:00.000Z";
    await bench().send(city, [
      recordOf(n, { patient: named(n, { gender: "FEMALE" }), initiatingEvents: [event({ riskLevel: "HIGH" })] }),
    ]);
    const accepted = await replays.replay(original.header.id);
    expect(accepted).toMatchObject({ status: "RECEIVED", replayOf: original.header.id, channel: "RECORDS", mode: "COMMIT" });
    expect(accepted.datasetVersion).toBe("gw-1.1");
    const { header, results } = await replays.run(accepted);
    expect(header).toMatchObject({
      status: "COMPLETED",
      outcome: "ACCEPTED",
      counts: { received: 1, created: 1, updated: 0, unchanged: 0 },
    });
    expect(results).toMatchObject([
      {
        index: 0,
        recordType: "ASSESSMENT",
        outcome: "CREATED",
        parentIndex: null,
        expression: original.only("ASSESSMENT").expression,
        sourceRecordId: original.only("ASSESSMENT").sourceRecordId,
      },
    ]);
    const [row] = await bench().test.query("select gender, version from patient where id = $1::uuid", [
      original.only("PATIENT").recordId,
    ]);
    expect(row).toEqual({ gender: "FEMALE", version: 2 });
    const [stored] = await bench().test.query(
      "select weight_kg, to_char(source_time at time zone 'UTC', 'YYYY-MM-DD') as day from assessment where id = $1::uuid",
      [results[0]?.recordId],
    );
    expect(stored).toEqual({ weight_kg: 82, day: original.header.receivedAt.slice(0, 10) });
  });

  it("can be asked for again once it is finished, until nothing fails any more", async () => {
    const replays = createReplays(bench());
    const { header } = await bench().send(city, [heavy(next())]);
    const first = await replays.replay(header.id);
    expect(await replays.refusal(header.id)).toMatchObject({ code: "CONFLICT", details: { submissions: [first.id] } });
    expect(await replays.refusal(first.id)).toMatchObject({ code: "CONFLICT" });
    expect((await replays.run(first, AS_BEFORE)).header.counts).toMatchObject({ received: 1, rejected: 1 });
    const second = await replays.replay(header.id);
    expect((await replays.run(second)).header.counts).toMatchObject({ received: 1, created: 1 });
    expect(await replays.refusal(header.id)).toMatchObject({ code: "BAD_USER_INPUT" });
    expect(await replays.refusal(second.id)).toMatchObject({ code: "BAD_USER_INPUT" });
  });

  it("of a replay reads what the first submission was made from", async () => {
    const replays = createReplays(bench());
    const { header } = await bench().send(city, [heavy(next())]);
    const first = await replays.run(await replays.replay(header.id), AS_BEFORE);
    const again = await replays.run(await replays.replay(first.header.id));
    expect(again.header).toMatchObject({ replayOf: first.header.id, counts: { received: 1, created: 1 } });
  });

  it("asked for twice at once is accepted once", async () => {
    const replays = createReplays(bench());
    const { header } = await bench().send(city, [heavy(next())]);
    const answers = await Promise.all([replays.refusal(header.id), replays.refusal(header.id)]);
    expect(answers.filter((answer) => answer === "no refusal")).toHaveLength(1);
    expect(answers.find((answer) => answer !== "no refusal")).toMatchObject({ code: "CONFLICT" });
  });

  it("leaves out what a later submission corrected: its old state does not come back", async () => {
    const replays = createReplays(bench());
    const n = next();
    const { header } = await bench().send(city, [heavy(n), heavy(next())]);
    bench().now = "2026-07-03T09:00:00.000Z";
    const later = await bench().send(city, [corrected(n)]);
    const { header: done } = await replays.run(await replays.replay(header.id));
    expect(done.counts).toMatchObject({ received: 1, created: 1 });
    const [row] = await bench().test.query("select weight_kg from assessment where id = $1::uuid", [
      later.only("ASSESSMENT").recordId,
    ]);
    expect(row).toEqual({ weight_kg: 90 });
  });

  it("of records that fell with their patient takes them with it", async () => {
    const replays = createReplays(bench());
    const n = next();
    const { header } = await bench().send(city, [
      recordOf(n, { patient: person(n, { gender: "heavy" }), comorbidities: [{ type: "DIABETES" }] }),
    ]);
    expect(header.counts).toMatchObject({ received: 2, rejected: 2 });
    const learnt: MappingRegistry = {
      map: (mapping, payload, ...rest) =>
        AS_BEFORE.map(mapping, JSON.parse(JSON.stringify(payload).replace('"heavy"', '"MALE"')), ...rest),
    };
    const { results } = await replays.run(await replays.replay(header.id), learnt);
    expect(results.map(({ recordType, outcome, parentIndex }) => [recordType, outcome, parentIndex])).toEqual([
      ["PATIENT", "CREATED", null],
      ["COMORBIDITY", "CREATED", 0],
    ]);
  });

  it("of resources is read under the profile of then", async () => {
    const profiles: (string | null)[] = [];
    const patient = { resourceType: "Patient", id: "x", name: [{ family: "Lark" }] };
    const { header } = await bench().sendAs("FHIR", city, [patient]);
    expect(header.counts.rejected).toBeGreaterThan(0);
    const replays = createReplays(bench());
    const { header: done } = await replays.run(await replays.replay(header.id), {
      map: (mapping, payload, profile, ...rest) => {
        profiles.push(profile);
        return AS_BEFORE.map(mapping, payload, profile, ...rest);
      },
    });
    expect(profiles).toEqual(["uk-core"]);
    expect(done).toMatchObject({ mappingVersion: header.mappingVersion, counts: { received: header.counts.rejected } });
  });

  it("of a file goes through it again, chunk by chunk", async () => {
    const records = [heavy(next()), recordOf(next()), heavy(next()), recordOf(next()), heavy(next())];
    const { header: original } = await bench().send(city, records);
    await asFile(original.id);
    const openFile: OpenFileInput = async ({ source, profile }, dictionary) => {
      expect([source, profile]).toEqual([{ kind: "UPLOAD", uploadId: expect.any(String), format: "NACR_NDJSON" }, null]);
      return {
        issues: [],
        kind: "STATED",
        bytesTotal: records.length,
        async *chunks(from, size) {
          for (let start = from.entries; start < records.length; start += size) {
            const entries = records.slice(start, start + size);
            const place = (index: number): string => `records[${start + index}]`;
            const source = LEARNT.map("RECORDS", entries, null, dictionary, place);
            if (source === null) throw new Error("records need no profile");
            yield { source, next: { entries: start + entries.length, bytes: start + entries.length } };
          }
        },
        close: async () => undefined,
      };
    };
    const replays = createReplays(bench(), openFile, 2);
    const { header, results } = await replays.run(await replays.replay(original.id));
    expect(header).toMatchObject({ channel: "FILE", status: "COMPLETED", counts: { received: 3, created: 3 } });
    expect(results.map(({ index, expression }) => [index, expression.split(".")[0]])).toEqual([
      [0, "records[0]"],
      [1, "records[2]"],
      [2, "records[4]"],
    ]);
  });
});

describe("a replay is refused", () => {
  it("where nothing failed", async () => {
    const { header } = await bench().send(city, [recordOf(next())]);
    expect(await createReplays(bench()).refusal(header.id)).toMatchObject({ code: "BAD_USER_INPUT", details: { path: "id" } });
  });

  it("where the input is kept no more", async () => {
    const { header } = await bench().send(city, [heavy(next())]);
    await bench().test.query("delete from submission_envelope where submission_id = $1::uuid returning ods", [header.id]);
    expect(await createReplays(bench()).refusal(header.id)).toMatchObject({
      code: "CONFLICT",
      publicMessage: expect.stringContaining("kept no more"),
    });
  });

  it.each(["RECEIVED", "PROCESSING", "FAILED", "WITHDRAWN"])("of a submission that is %s", async (status) => {
    const { header } = await bench().send(city, [heavy(next())]);
    await bench().test.query("update submission set status = $2 where id = $1::uuid returning ods", [header.id, status]);
    expect(await createReplays(bench()).refusal(header.id)).toMatchObject({ code: "CONFLICT" });
  });

  it("to other programmes and other clients", async () => {
    const { header } = await bench().send(city, [heavy(next())]);
    const replays = createReplays(bench());
    expect(await replays.refusal(header.id, hill)).toMatchObject({ code: "NOT_FOUND" });
    expect(await replays.refusal(header.id, { ...city, clientId: "other" })).toMatchObject({ code: "FORBIDDEN" });
  });
});
