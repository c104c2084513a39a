import { beforeAll, describe, expect, it } from "vitest";
import { toCursor } from "../../../src/persistence/page-cursor.ts";
import type { CachedStatusStore } from "../../../src/persistence/status-store.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { RECORD_OUTCOMES, type RecordResult } from "../../../src/records/submission-record.ts";
import type { SubmissionStore, WriteSet } from "../../../src/submission/ports.ts";
import type { Page, PageRequest, ResultsRequest } from "../../../src/submission/status-ports.ts";
import { provideDatabase } from "../../support/database.ts";
import {
  actorOf,
  createStores,
  dictionary,
  newId,
  nextVersion,
  patientRow,
  resultOf,
  wholeTree,
  writeSet,
} from "./store-fixture.ts";

const testDatabase = provideDatabase();
const own = actorOf("RAA", "P1", "P2");
const narrow = actorOf("RAA", "P2");
const other = actorOf("RBB", "P1");
let store: SubmissionStore;
let status: CachedStatusStore;

beforeAll(() => {
  const stores = createStores(testDatabase().database);
  store = stores.submissions;
  status = stores.status;
});

const write = (set: WriteSet, actor: OrganisationActor = own) => store.transaction(actor, (unit) => unit.write(set));

/** A fresh store has an empty cache. */
const uncached = () => createStores(testDatabase().database).status;

/** One submission's page. */
async function resultsOf(
  actor: OrganisationActor,
  submissionId: string,
  outcomes: ResultsRequest["outcomes"],
  page: PageRequest,
): Promise<Page<RecordResult>> {
  const [results] = await status.results(actor, [{ submissionId, outcomes, page }]);
  if (results === undefined) throw new Error("the request was not answered");
  return results;
}

async function collect<T>(
  first: number,
  read: (page: PageRequest) => Promise<Page<T>>,
): Promise<{ nodes: T[]; totals: number[] }> {
  const nodes: T[] = [];
  const totals: number[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const page: Page<T> = await read({ first, after });
    nodes.push(...page.nodes.map(({ node }) => node));
    totals.push(page.totalCount);
    after = page.nodes.at(-1)?.cursor ?? null;
    more = page.hasNextPage;
  }
  return { nodes, totals };
}

describe("a stored submission", () => {
  it("is read as it was answered, with its receipt, from the database and from memory", async () => {
    const header = await write(writeSet(own, { created: wholeTree(1, "P1") }));
    expect(await status.submission(own, header.id)).toEqual(header);
    expect(await status.submission(own, header.id)).toEqual(header);
    expect(header.receiptKeyId).toMatch(/^RAA\//);
  });

  it("is nobody else's, cached or not, and unknown ids are not there", async () => {
    const header = await write(writeSet(own, {}));
    await status.submission(own, header.id);
    for (const reader of [status, uncached()]) {
      expect(await reader.submission(other, header.id)).toBeNull();
      expect(await reader.submission(narrow, header.id)).toBeNull();
    }
    expect(await status.submission(own, newId())).toBeNull();
    expect(await status.submission(own, "no id")).toBeNull();
  });

  it("is read again after it was forgotten", async () => {
    const header = await write(writeSet(own, {}));
    await status.submission(own, header.id);
    await testDatabase().query("update submission set status = 'WITHDRAWN' where id = $1::uuid", [header.id]);
    expect((await status.submission(own, header.id))?.status).toBe("COMPLETED");
    status.forget("RAA", header.id);
    expect((await status.submission(own, header.id))?.status).toBe("WITHDRAWN");
  });

  it("keeps the order of the ids it is asked by", async () => {
    const headers = [await write(writeSet(own, {})), await write(writeSet(own, {})), await write(writeSet(own, {}))];
    const ids = [2, 0, 1].map((position) => headers[position]?.id ?? "");
    await status.submission(own, ids[1] ?? "");
    expect((await status.submissionsByIds(own, [...ids, newId()])).map((header) => header.id)).toEqual(ids);
  });
});

describe("a dry run", () => {
  it("is read with its report until it expires, and listed only when asked for", async () => {
    const receivedAt = new Date().toISOString();
    const set = writeSet(own, { created: wholeTree(2, "P1"), mode: "VALIDATE_ONLY", receivedAt });
    const header = await write(set);
    expect(header.receiptDigest).toBeNull();
    const listed = async (mode?: "VALIDATE_ONLY") =>
      (await status.submissions(own, mode ? { mode } : {}, { first: 100, after: null })).nodes.map(({ node }) => node.id);
    const results = () => resultsOf(own, header.id, null, { first: 100, after: null });
    expect(await status.submission(own, header.id)).toEqual(header);
    expect((await results()).nodes.map(({ node }) => node)).toEqual(set.submission.results);
    expect(await listed("VALIDATE_ONLY")).toEqual([header.id]);
    expect(await listed()).not.toContain(header.id);
    expect(await status.recordStatus(own, set.submission.results[0]?.sourceRecordId ?? "", null)).toEqual([]);
    await testDatabase().query("update submission set expires_at = now() - interval '1 second' where id = $1::uuid", [header.id]);
    expect(await status.submission(own, header.id)).toBeNull();
    expect(await results()).toEqual({ nodes: [], hasNextPage: false, totalCount: 0 });
    expect(await listed("VALIDATE_ONLY")).toEqual([]);
  });
});

describe("the list of submissions", () => {
  const lister = actorOf("RCC", "P1", "P2");
  const at = (minute: number) => `2026-04-01T10:0${minute}:00.000Z`;
  const ids: string[] = [];
  beforeAll(async () => {
    // Two share an instant: the id decides between them.
    for (const [minute, programmeCode] of [
      [1, "P1"],
      [2, "P2"],
      [2, "P1"],
      [3, "P1"],
      [4, "P2"],
    ] as const) {
      ids.unshift((await write(writeSet(lister, { receivedAt: at(minute), programmeCode }), lister)).id);
    }
  });

  it("comes latest first, and its pages stay what they are while others arrive", async () => {
    const pages = await collect(2, async (page) => {
      const read = await status.submissions(lister, {}, page);
      if (page.after === null) await write(writeSet(lister, { receivedAt: at(9) }), lister);
      return read;
    });
    expect(pages.nodes.map((header) => header.id)).toEqual(ids);
    expect(pages.totals).toEqual([5, 6, 6]);
    await testDatabase().query("delete from submission where received_at = $1::timestamptz", [at(9)]);
  });

  it("is filtered by programme, state, outcome and time", async () => {
    const idsOf = async (filter: Parameters<typeof status.submissions>[1]) =>
      (await collect(2, (page) => status.submissions(lister, filter, page))).nodes.map((header) => header.id);
    expect(await idsOf({ programmeCode: "P2" })).toEqual([ids[0], ids[3]]);
    expect(await idsOf({ receivedFrom: at(2), receivedTo: at(4) })).toEqual([ids[1], ids[2], ids[3]]);
    expect(await idsOf({ status: ["COMPLETED", "FAILED"], outcome: ["ACCEPTED"] })).toEqual(ids);
    expect(await idsOf({ status: ["FAILED"] })).toEqual([]);
    expect(await idsOf({ outcome: ["REJECTED"] })).toEqual([]);
  });

  it("refuses a cursor it has not given out", async () => {
    const foreign = Buffer.from("2026-99-99T10:00:00.000Z|x").toString("base64url");
    for (const after of ["", "not a cursor", foreign, Buffer.from(newId()).toString("base64url")]) {
      await expect(status.submissions(lister, {}, { first: 2, after })).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    }
  });
});

describe("the results of a submission", () => {
  const outcomeOf = (index: number): RecordResult["outcome"] =>
    index < 150 ? "CREATED" : (RECORD_OUTCOMES[(index * 5) % RECORD_OUTCOMES.length] ?? "CREATED");
  let id = "";
  let results: readonly RecordResult[] = [];
  beforeAll(async () => {
    const row = patientRow(3, "P1");
    results = Array.from({ length: 430 }, (_, index) => resultOf({ ...row, id: newId() }, index, outcomeOf(index)));
    id = (await write(writeSet(own, { results }))).id;
  });

  it("come in input order, page by page", async () => {
    const pages = await collect(70, (page) => resultsOf(own, id, null, page));
    expect(pages.nodes).toEqual(results);
    expect(new Set(pages.totals)).toEqual(new Set([430]));
  });

  it("can be read by outcome, with the total of those", async () => {
    for (const outcomes of [["REJECTED"], ["HELD", "UNCHANGED"], ["CREATED"]] as const) {
      const expected = results.filter((result) => outcomes.some((outcome) => outcome === result.outcome));
      const pages = await collect(17, (page) => resultsOf(own, id, outcomes, page));
      expect(pages.nodes).toEqual(expected);
      expect(new Set(pages.totals)).toEqual(new Set([expected.length]));
    }
  });

  it("are read by index, and those that do not exist are not there", async () => {
    const places = [429, 3, 205, 430, -1].map((index) => ({ submissionId: id, index }));
    const read = await status.resultsAt(own, [...places, { submissionId: "no id", index: 0 }]);
    expect(read).toEqual([results[429], results[3], results[205], null, null, null]);
  });

  it("of several submissions are read together, each page as if it were asked for alone", async () => {
    const short = [resultOf(patientRow(4, "P1"), 0, "HELD"), resultOf(patientRow(5, "P1"), 1, "REJECTED")];
    const second = (await write(writeSet(own, { results: short }))).id;
    const foreign = (await write(writeSet(other, {}), other)).id;
    const from = (after: string | null, first = 70) => ({ first, after });
    const requests: readonly ResultsRequest[] = [
      { submissionId: id, outcomes: null, page: from(null) },
      { submissionId: second, outcomes: null, page: from(null, 1) },
      { submissionId: foreign, outcomes: null, page: from(null) },
      { submissionId: id, outcomes: ["REJECTED"], page: from(toCursor(180), 3) },
      { submissionId: "no id", outcomes: null, page: from(null) },
      { submissionId: id, outcomes: null, page: from(toCursor(399)) },
      { submissionId: second, outcomes: ["REJECTED"], page: from(null) },
    ];
    const together = await status.results(own, requests);
    expect(together).toEqual(
      await Promise.all(requests.map(({ submissionId, outcomes, page }) => resultsOf(own, submissionId, outcomes, page))),
    );
    expect(together.map(({ nodes, hasNextPage }) => [nodes.length, hasNextPage])).toEqual([
      [70, true],
      [1, true],
      [0, false],
      [3, true],
      [0, false],
      [30, false],
      [1, false],
    ]);
    const places = [second, foreign, id, second].map((submissionId, index) => ({ submissionId, index: index % 3 }));
    expect(await status.resultsAt(own, places)).toEqual([short[0], null, results[2], short[0]]);
    expect(await status.results(own, [])).toEqual([]);
    expect(await status.resultsAt(own, [])).toEqual([]);
  });

  it("are nobody else's", async () => {
    const page = { first: 10, after: null };
    expect((await resultsOf(other, id, null, page)).totalCount).toBe(0);
    expect((await resultsOf(narrow, id, null, page)).nodes).toEqual([]);
    expect(await status.resultsAt(other, [{ submissionId: id, index: 1 }])).toEqual([null]);
  });

  it("refuse a cursor they have not given out", async () => {
    const after = Buffer.from("1.5").toString("base64url");
    await expect(resultsOf(own, id, null, { first: 1, after })).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  });

  it("do not open in another place", async () => {
    const [source] = await testDatabase().query(
      "select sealed from submission_report where submission_id = $1::uuid and page = 1",
      [id],
    );
    expect(source?.sealed).toBeDefined();
    const copy = (await write(writeSet(own, { results }))).id;
    const move = `update submission_report t set sealed = s.sealed from submission_report s
      where t.submission_id = $1::uuid and s.submission_id = $2::uuid and t.page = 0 and s.page = 0`;
    await testDatabase().query(move, [copy, id]);
    await expect(status.resultsAt(own, [{ submissionId: copy, index: 0 }])).rejects.toThrow("does not open");
  });
});

describe("the status of a sender's own record", () => {
  it("comes latest first over all submissions of the organisation", async () => {
    const row = patientRow(80, "P1");
    const result = resultOf(row, 0, "UNCHANGED");
    const early = await write(writeSet(own, { results: [result], receivedAt: "2026-05-01T10:00:00.000Z" }));
    const late = await write(
      writeSet(own, {
        results: [resultOf(patientRow(81, "P1"), 0), { ...result, index: 1 }],
        receivedAt: "2026-05-02T10:00:00.000Z",
      }),
    );
    const second = await write(writeSet(own, { results: [result], programmeCode: "P2", receivedAt: "2026-05-01T12:00:00.000Z" }));
    const find = async (actor: OrganisationActor, programme: string | null) =>
      (await status.recordStatus(actor, result.sourceRecordId ?? "", programme)).map((found) => [
        found.submissionId,
        found.result.index,
      ]);
    expect(await find(own, null)).toEqual([
      [late.id, 1],
      [second.id, 0],
      [early.id, 0],
    ]);
    expect(await find(own, "P2")).toEqual([[second.id, 0]]);
    expect(await find(narrow, null)).toEqual([[second.id, 0]]);
    expect(await find(other, null)).toEqual([]);
  });
});

describe("a patient record", () => {
  const reader = actorOf("RDD", "P1");
  const tree = wholeTree(90, "P1");
  const patient = tree[0] ?? patientRow(90, "P1");
  const items = dictionary.recordType("PATIENT");
  const identityOf = (name: string) => String(patient.values[items.byName.get(name)?.index ?? -1]);
  beforeAll(() => write(writeSet(reader, { created: tree }), reader).then(() => undefined));

  it("is found by id, NHS number and hospital number, with its identity only where that is asked for", async () => {
    const lookups = [
      { id: patient.id },
      { nhsNumber: identityOf("nhsNumber") },
      { hospitalNumber: identityOf("hospitalNumber") },
    ];
    for (const lookup of lookups) {
      const whole = await status.patient(reader, lookup, true);
      expect(whole).toMatchObject({ id: patient.id, yearOfBirth: 1931, version: 1 });
      expect(items.items.map((item) => whole?.values[item.name])).toEqual(patient.values);
      const plain = await status.patient(reader, lookup, false);
      expect(Object.keys(plain?.values ?? {})).toEqual(items.clinicalItems.map((item) => item.name));
      expect(await status.patient(other, lookup, true)).toBeNull();
    }
    expect(await status.patient(reader, { id: "no id" }, false)).toBeNull();
  });

  it("has its children read in one go, by item name", async () => {
    for (const type of dictionary.recordTypes) {
      const row = tree.find(({ recordType }) => recordType === type.name);
      if (row?.parentId == null) continue;
      const [child] = await status.children(reader, type.name, [row.parentId, newId(), "no id"]);
      expect(child).toMatchObject({ id: row.id, parentId: row.parentId, yearOfBirth: null });
      expect(type.items.map((item) => child?.values[item.name])).toEqual(row.values);
    }
    expect(await status.children(other, "INITIATING_EVENT", [patient.id])).toEqual([]);
  });
});

describe("the list of patient records", () => {
  const reader = actorOf("REE", "P1");
  const trees = Array.from({ length: 5 }, (_, position) => wholeTree(100 + position, "P1"));
  const patients = trees.map((tree) => tree[0]?.id ?? "");
  const event = dictionary.recordType("INITIATING_EVENT");
  const eventValue = (position: number, item: string) => {
    const row = trees[position]?.find(({ recordType }) => recordType === "INITIATING_EVENT");
    return String(row?.values[event.byName.get(item)?.index ?? -1]);
  };
  const idsOf = async (filter: Parameters<typeof status.patients>[1], first = 2) =>
    (await collect(first, (page) => status.patients(reader, filter, page, true))).nodes.map((node) => node.id);
  beforeAll(() => write(writeSet(reader, { created: trees.flat() }), reader).then(() => undefined));

  it("comes in the order of creation, and its pages stay what they are while others arrive", async () => {
    const pages = await collect(2, (page) => status.patients(reader, {}, page, false));
    expect(pages.nodes.map((node) => node.id)).toEqual(patients);
    expect(pages.totals).toEqual([5, 5, 5]);
    await expect(status.patients(reader, {}, { first: 1, after: "x" }, false)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  });

  it("is filtered by type and date of an event that has both", async () => {
    const eventDate = eventValue(2, "eventDate");
    expect(await idsOf({ eventType: [eventValue(2, "eventType")], eventDateFrom: eventDate, eventDateTo: eventDate })).toEqual([
      patients[2],
    ]);
    expect(await idsOf({ eventType: [eventValue(1, "eventType")], eventDateFrom: eventDate, eventDateTo: eventDate })).toEqual(
      [],
    );
    expect(await idsOf({ eventDateFrom: "2030-01-01" })).toEqual([]);
  });

  it("finds what changed since, wherever in the record", async () => {
    const since = "2026-03-02T10:00:00.000Z";
    expect(await idsOf({ updatedFrom: since })).toEqual([]);
    await store.transaction(reader, async (unit) => {
      const parent = trees[3]?.find(({ recordType }) => recordType === "ASSESSMENT")?.id ?? "";
      const [drug] = await unit.readChildren("DRUG", [parent]);
      if (drug === undefined) throw new Error("the drug was not found");
      const set = writeSet(reader, { updated: [nextVersion(drug, {})] });
      const header = { ...set.submission.header, completedAt: "2026-03-02T11:00:00.000Z" };
      await unit.write({ ...set, submission: { ...set.submission, header } });
    });
    expect(await idsOf({ updatedFrom: since })).toEqual([patients[3]]);
  });
});
