/** Idempotency, races, history and dry runs: what a submission leaves in the tables, and what it does not. */
import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/dataset/define.ts";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { waitPatiently } from "../../../src/submission/wait-patiently.ts";
import { databaseKind } from "../../support/database.ts";
import { type Input, journey, named, person, recordOf } from "../../support/journey-records.ts";
import { both, city, hill, optionsOf, provideBench, toSent } from "./submission-bench.ts";

const bench = provideBench();
let seed = 0;
const next = (): number => ++seed;
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no failure",
    (error: unknown) => error,
  );

const TABLES = [
  ...["patient", "initiating_event", "treatment", "previous_event", "comorbidity", "rehabilitation", "assessment", "drug"],
  ...["acute_event", "submission", "submission_record", "submission_report", "submission_envelope", "record_change"],
].map((table) => `public.${table}`);
const ALL_TABLES = [...TABLES, "identity.patient_identity", "identity.source_id"];

async function countRows(): Promise<Record<string, number>> {
  return Object.fromEntries(await Promise.all(ALL_TABLES.map(async (table) => [table, await bench().count(table)] as const)));
}

/** Twenty at once on five connections may be more than there is room for within a second: then, as any sender is told, again. */
const sendPatiently = (payload: readonly Input[]) =>
  waitPatiently(() => bench().send(city, payload), new AbortController().signal);

describe("an idempotency key", () => {
  it("sent again with the same input gives the stored answer, whatever the order of members, and writes nothing", async () => {
    const n = next();
    const options = optionsOf(city);
    const first = await bench().submit({ options, payload: [journey(n)] });
    const before = await countRows();
    const reordered = Object.fromEntries(Object.entries(journey(n)).reverse());
    const again = await bench().submit({ options, payload: [reordered] });
    expect(again).toEqual({ header: first.header, replayed: true, results: null });
    const request = { submissionId: first.header.id, outcomes: null, page: { first: 100, after: null } };
    const [stored] = await bench().status.results(city, [request]);
    expect(stored?.nodes.map(({ node }) => node)).toEqual(JSON.parse(JSON.stringify(first.results)));
    expect(await countRows()).toEqual(before);
  });

  it.each([
    ["other records", { payload: [recordOf(9_000)] }],
    ["another mode of failing", { options: { errorPolicy: "ALL_OR_NOTHING" as const } }],
    [
      "another version of the sending system",
      { options: { sourceSystem: { vendor: "Vendor", product: "Product", version: "2" } } },
    ],
  ])("used before is refused with %s", async (_title, change) => {
    const options = optionsOf(city);
    const payload = [recordOf(next())];
    await bench().submit({ options, payload });
    const { options: more = {}, ...rest } = { options: {}, ...change };
    expect(await failure(bench().submit({ payload, ...rest, options: { ...options, ...more } }))).toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
  });

  it("used before under a programme that the token has no more is refused as used, not as an overload", async () => {
    const key = "moved-key";
    await bench().submit({ actor: both, options: { idempotencyKey: key }, payload: [recordOf(next())] });
    const narrowed = { ...hill, clientId: both.clientId };
    const refused = await failure(
      bench().submit({ actor: narrowed, options: { idempotencyKey: key }, payload: [recordOf(next())] }),
    );
    expect(refused).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    // The control: a key of its own goes through, also for the same client.
    expect((await bench().submit({ actor: narrowed, payload: [recordOf(next())] })).header.outcome).toBe(
      "ACCEPTED_WITH_WARNINGS",
    );
  });

  it("belongs to the client: another one may use the same text", async () => {
    const options = { idempotencyKey: "shared-text" };
    await bench().submit({ actor: city, options, payload: [recordOf(next())] });
    const other = await bench().submit({ actor: { ...city, clientId: "client-2" }, options, payload: [recordOf(next())] });
    expect(other.replayed).toBe(false);
  });

  // The embedded database has one connection: a second request waits for the first, and is then a repetition.
  it.runIf(databaseKind === "postgresql")("in flight is a conflict to come back from", async () => {
    const options = optionsOf(city);
    const payload = [recordOf(next())];
    const entered = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    bench().afterClaim = () => {
      entered.resolve();
      return released.promise;
    };
    const first = bench().submit({ options, payload });
    await entered.promise;
    expect(await failure(bench().submit({ options, payload }))).toMatchObject({
      code: "CONFLICT",
      retryable: true,
      retryAfterSeconds: 1,
    });
    bench().afterClaim = async () => undefined;
    released.resolve();
    const { header } = await first;
    expect(await bench().submit({ options, payload })).toMatchObject({ replayed: true, header: { id: header.id } });
  });

  it("stores no trace of a request that is refused before its transaction", async () => {
    const before = await countRows();
    await failure(bench().submit({ options: { programmeCode: "NOWHERE" } }));
    await failure(bench().submit({ options: { idempotencyKey: "a\u0000b" } }));
    await failure(bench().submit({ profile: "nobody's" }));
    expect(await countRows()).toEqual(before);
  });
});

describe("concurrent submissions", () => {
  it("of the same new patient make one patient, and every one of them is answered", async () => {
    const n = next();
    const many = databaseKind === "postgresql" ? 20 : 6;
    const answers = await Promise.all(
      Array.from({ length: many }, (_, i) => sendPatiently([journey(n, { sourceRecordId: `race-${i}` })])),
    );
    const ids = new Set(answers.map((answer) => answer.only("PATIENT").recordId));
    expect(ids.size).toBe(1);
    expect(answers.filter((answer) => answer.only("PATIENT").outcome === "CREATED")).toHaveLength(1);
    expect(answers.flatMap((answer) => answer.outcomes).filter((outcome) => outcome.endsWith("UNCHANGED"))).toHaveLength(
      5 * (many - 1),
    );
  });

  it("of one patient's changes leave a history without a gap, which replays to the stored row", async () => {
    const n = next();
    const created = await bench().send(city, [recordOf(n, { patient: person(n, { maritalStatus: "SINGLE" }) })]);
    const id = created.only("PATIENT").recordId;
    const states = ["MARRIED", "WIDOWED", "DIVORCED", "SINGLE", "MARRIED", "WIDOWED"];
    await Promise.all(states.map((maritalStatus) => bench().send(city, [recordOf(n, { patient: named(n, { maritalStatus }) })])));
    await bench().send(city, [recordOf(n, { patient: named(n, { clear: ["maritalStatus"] }) })]);
    const [row] = await bench().test.query("select version, marital_status from patient where id = $1::uuid", [id]);
    const history = await bench().test.query(
      "select version, changes::text as changes from record_change where record_id = $1::uuid order by version",
      [id],
    );
    expect(history.map(({ version }) => version)).toEqual(Array.from({ length: Number(row?.version) - 1 }, (_, i) => i + 2));
    let value: Value | null = "SINGLE";
    for (const { changes } of history) {
      const { maritalStatus } = JSON.parse(String(changes));
      expect(maritalStatus.before).toBe(value);
      value = maritalStatus.after;
    }
    expect(value).toBe(row?.marital_status);
  });
});

describe("a dry run", () => {
  const payloadOf = (n: number) => [
    recordOf(n, { patient: named(n, { maritalStatus: "MARRIED", ethnicGroup: "NOT_STATED" }) }),
    journey(next()),
    recordOf(next(), { patient: { gender: "MALE" } }),
    recordOf(next(), { patient: person(n, { dateOfBirth: "1960-01-01" }) }),
  ];

  it("changes no count of any table but that of submissions and their reports", async () => {
    const n = next();
    await bench().send(city, [journey(n)]);
    const before = await countRows();
    await bench().send(city, payloadOf(n), { mode: "VALIDATE_ONLY" });
    expect(await countRows()).toEqual({
      ...before,
      "public.submission": (before["public.submission"] ?? 0) + 1,
      "public.submission_report": (before["public.submission_report"] ?? 0) + 1,
    });
  });

  it("answers what a commit answers in the same state, and reserves no key", async () => {
    const n = next();
    await bench().send(city, [recordOf(n, { patient: person(n, { ethnicGroup: "WHITE_BRITISH" }), initiatingEvents: [] })]);
    for (const errorPolicy of ["REJECT_FAILED", "ALL_OR_NOTHING"] as const) {
      const payload = payloadOf(n);
      const options = optionsOf(city, { errorPolicy });
      const dry = toSent(await bench().submit({ options: { ...options, mode: "VALIDATE_ONLY" }, payload }));
      const wet = toSent(await bench().submit({ options, payload }));
      const withoutIds = (results: typeof dry.results) =>
        results.map(({ recordId, ...result }) => ({ ...result, recordId: result.matchedBy === null ? null : recordId }));
      expect(withoutIds(dry.results)).toEqual(withoutIds(wet.results));
      const { id, mode, receiptDigest, receiptKeyId, ...answer } = wet.header;
      expect(dry.header).toMatchObject(answer);
      expect([dry.header.mode, mode]).toEqual(["VALIDATE_ONLY", "COMMIT"]);
      expect([dry.header.id === id, dry.header.receiptDigest, typeof receiptDigest, typeof receiptKeyId]).toEqual([
        false,
        null,
        "string",
        "string",
      ]);
    }
  });

  it("is read by its id, never appears in a record's status, and among submissions only when asked for", async () => {
    const n = next();
    // A dry run is kept for some days of the database's own clock.
    bench().now = new Date().toISOString();
    const dry = await bench().send(city, [recordOf(n)], { mode: "VALIDATE_ONLY" });
    expect(await bench().status.submission(city, dry.header.id)).toEqual(dry.header);
    expect(await bench().status.recordStatus(city, `rec-${n}`, null)).toEqual([]);
    const listed = async (mode?: "VALIDATE_ONLY") =>
      (await bench().status.submissions(city, mode ? { mode } : {}, { first: 100, after: null })).nodes.map(
        ({ node }) => node.id,
      );
    expect(await listed()).not.toContain(dry.header.id);
    expect(await listed("VALIDATE_ONLY")).toContain(dry.header.id);
  });
});

describe("a vendor app", () => {
  const vendor = {
    ...city,
    clientId: "client-app",
    role: "VENDOR_APP" as const,
    sourceSystem: { vendor: "Vendor", product: "App" },
  };
  const app = { sourceSystem: { vendor: "Vendor", product: "App", version: "7" } };

  it("sees what its product wrote, whoever sent it, what it sent itself, and nothing else", async () => {
    const n = next();
    const ofApp = await bench().send(city, [recordOf(n)], app);
    const ofOther = await bench().send(city, [recordOf(n, { patient: named(n, { maritalStatus: "MARRIED" }) })]);
    const own = await bench().send(vendor, [recordOf(n, { patient: named(n, { maritalStatus: "SINGLE" }) })]);
    const { status } = bench();
    // Twice: once from the database, once from memory, where the city's reads have put them.
    for (const _ of [1, 2]) {
      const visible = await Promise.all([ofApp, ofOther, own].map(({ header }) => status.submission(vendor, header.id)));
      expect(visible.map((header) => header?.id ?? null)).toEqual([ofApp.header.id, null, own.header.id]);
      for (const { header } of [ofApp, ofOther, own]) expect(await status.submission(city, header.id)).toEqual(header);
    }
    const page = await status.submissions(vendor, {}, { first: 100, after: null });
    expect(page.nodes.map(({ node }) => node.id)).toEqual([own.header.id, ofApp.header.id]);
    expect(page.totalCount).toBe(2);
    const found = await status.recordStatus(vendor, `rec-${n}`, null);
    expect(found.map(({ submissionId }) => submissionId)).toEqual([own.header.id, ofApp.header.id]);
    const sent = [ofApp, ofOther, own].map(({ header }) => header.id);
    const all = { outcomes: null, page: { first: 10, after: null } };
    const pages = await status.results(
      vendor,
      sent.map((submissionId) => ({ submissionId, ...all })),
    );
    expect(pages.map(({ totalCount, nodes }) => [totalCount > 0, nodes.length > 0])).toEqual([
      [true, true],
      [false, false],
      [true, true],
    ]);
    const roots = await status.resultsAt(
      vendor,
      sent.map((submissionId) => ({ submissionId, index: 0 })),
    );
    expect(roots.map((result) => result?.index ?? null)).toEqual([0, null, 0]);
    // The control: whoever is no vendor app sees them all.
    expect((await status.recordStatus(city, `rec-${n}`, null)).map(({ submissionId }) => submissionId)).toEqual([
      own.header.id,
      ofOther.header.id,
      ofApp.header.id,
    ]);
  });

  it("without a registered product sees what it sent itself", async () => {
    const { sourceSystem: _none, ...unregistered } = vendor;
    const page = await bench().status.submissions({ ...unregistered, clientId: "client-new" }, {}, { first: 100, after: null });
    expect(page.totalCount).toBe(0);
  });
});

describe("what is stored", () => {
  it("names nobody outside the sealed columns", async () => {
    const n = next();
    await bench().send(city, [recordOf(n, { patient: person(n, { surname: "Canarybird", postcode: "ZZ99 3VZ" }) })]);
    const rows = await bench().test.query(
      `select coalesce(string_agg(t::text, ' '), '') as text from (
         select row(p.*)::text as t from patient p union all select row(s.*)::text from submission s
         union all select row(r.*)::text from submission_record r union all select row(c.*)::text from record_change c) x`,
    );
    const text = String(rows[0]?.text);
    for (const value of ["Canarybird", "ZZ99", toTestNhsNumber(n), `H-${n}`, "1951-03", `rec-${n}`])
      expect(text).not.toContain(value);
    expect(text).toContain("MALE");
  });
});
