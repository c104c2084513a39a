/** Whole reports, page after page, and the sealed input, as the actor may see them. */
import { beforeAll, describe, expect, it } from "vitest";
import { createEnvelopeStore } from "../../../src/persistence/envelope-store.ts";
import { createReportStore } from "../../../src/persistence/report-store.ts";
import { sealReportPages } from "../../../src/persistence/sealed-pages.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { RecordOutcome, RecordResult } from "../../../src/records/submission-record.ts";
import { provideDatabase } from "../../support/database.ts";
import { actorOf, createStores, dictionary, newId, writeSet } from "../stores/store-fixture.ts";
import { resultsUpTo, storeResults } from "./report-fixture.ts";

const own = actorOf("RAA", "P1");
const other = actorOf("RBB", "P2");
const narrow = actorOf("RAA", "P9");
const vendor: OrganisationActor = {
  ...own,
  clientId: "app",
  role: "VENDOR_APP",
  sourceSystem: { vendor: "Other", product: "App" },
};
const RESULTS = resultsUpTo(2_050);

const testDatabase = provideDatabase();
let stores: ReturnType<typeof createStores>;
let reports: ReturnType<typeof createReportStore>;
let envelopes: ReturnType<typeof createEnvelopeStore>;
let id = "";

beforeAll(async () => {
  const { database } = testDatabase();
  stores = createStores(database);
  reports = createReportStore({ database, keys: stores.keys, dictionary });
  envelopes = createEnvelopeStore({ database, keys: stores.keys, dictionary });
  id = await storeResults(stores.submissions, own, RESULTS);
});

async function readAll(actor: OrganisationActor, outcomes: readonly RecordOutcome[] | null = null): Promise<RecordResult[][]> {
  const parts: RecordResult[][] = [];
  for await (const results of reports.results(actor, id, outcomes)) parts.push([...results]);
  return parts;
}

describe("a whole report", () => {
  it("comes in input order, page after page", async () => {
    const parts = await readAll(own);
    expect(parts.flat()).toEqual(RESULTS);
    expect(parts.every((part) => part.length <= 100)).toBe(true);
  });

  it("comes without the pages in which no record has one of the outcomes", async () => {
    const parts = await readAll(own, ["REJECTED"]);
    expect(parts.map(([first]) => first?.index)).toEqual([900, 1_900]);
  });

  it("is nobody else's: not another organisation's, programme's or vendor's", async () => {
    for (const actor of [other, narrow, vendor]) expect(await readAll(actor)).toEqual([]);
    expect((await readAll({ ...vendor, clientId: own.clientId })).length).toBeGreaterThan(0);
  });

  it("goes on with pages that came while it was read, also where a page was not full", async () => {
    const growing = await storeResults(stores.submissions, own, RESULTS.slice(0, 1_550));
    const keys = await stores.keys.organisation(own.ods);
    const [late] = await sealReportPages(RESULTS.slice(1_550, 1_570), growing, keys, 16);
    const read: number[] = [];
    for await (const results of reports.results(own, growing, null)) {
      if (read.length === 0)
        await testDatabase().query(
          "insert into submission_report (ods, submission_id, page, programme_code, first_idx, outcomes, sealed) values ($1, $2::uuid, $3::integer, 'P1', $4::integer, $5::jsonb, $6::bytea)",
          [own.ods, growing, late?.page, late?.firstIndex, JSON.stringify(late?.outcomes), late?.sealed],
        );
      read.push(...results.map(({ index }) => index));
    }
    expect(read).toEqual(RESULTS.slice(0, 1_570).map(({ index }) => index));
  });
});

describe("the sealed input", () => {
  it("is read as it was sent, by those who may see the submission", async () => {
    expect(await envelopes.readEnvelope(own, id)).toBe('{"surname":"CanaryText"}');
    expect(await envelopes.readEnvelope(own, id.toUpperCase())).toBe('{"surname":"CanaryText"}');
    for (const actor of [other, narrow, vendor]) expect(await envelopes.readEnvelope(actor, id)).toBeNull();
  });

  it("of a dry run, of an unknown id, and of what was removed is not there", async () => {
    const dryRun = writeSet(own, { mode: "VALIDATE_ONLY", receivedAt: new Date().toISOString() });
    await stores.submissions.transaction(own, (unit) => unit.write(dryRun));
    for (const unknown of [dryRun.submission.header.id, newId(), "no id"])
      expect(await envelopes.readEnvelope(own, unknown)).toBeNull();
    const removed = await storeResults(stores.submissions, own, []);
    await testDatabase().query("delete from submission_envelope where submission_id = $1::uuid", [removed]);
    expect(await envelopes.readEnvelope(own, removed)).toBeNull();
  });

  it("does not open as another submission's", async () => {
    const second = await storeResults(stores.submissions, own, []);
    await testDatabase().query("update submission_envelope set submission_id = $1::uuid where submission_id = $2::uuid", [
      newId(),
      second,
    ]);
    await testDatabase().query(
      "insert into submission_envelope (ods, submission_id, chunk, programme_code, sealed) select ods, $1::uuid, chunk, programme_code, sealed from submission_envelope where submission_id = $2::uuid",
      [second, id],
    );
    await expect(envelopes.readEnvelope(own, second)).rejects.toThrow();
  });
});

describe("the file of a submission", () => {
  it("is known by its upload and format, to those who may see the submission", async () => {
    const uploadId = newId();
    await testDatabase().query(
      `insert into submission_job (ods, submission_id, programme_code, role, programmes, upload_id, format, phase, attempt,
         entries_done, bytes_done, next_index, next_page, cancel_requested, updated_at)
       values ($1, $2::uuid, 'P1', 'SUBMITTER', '{P1}', $3::uuid, 'IMPORTER_ZIP', 'DONE', 1, 0, 0, 0, 0, false, now())`,
      [own.ods, id, uploadId],
    );
    expect(await reports.submittedFile(own, id)).toEqual({ uploadId, format: "IMPORTER_ZIP" });
    expect(await reports.submittedFile(other, id)).toBeNull();
    expect(await reports.submittedFile(own, newId())).toBeNull();
  });
});
