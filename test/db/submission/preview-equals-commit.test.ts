/**
 * A dry run answers what the commit of the same input in the same state answers, to the byte, and changes nothing: over random inputs,
 * each in the state that all before it have left. NACR_PREVIEW_RUNS asks for more of them.
 */
import { expect, it } from "vitest";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { RecordResult } from "../../../src/records/submission-record.ts";
import type { SubmissionOptions, SubmitChannel } from "../../../src/submission/commands.ts";
import { sampleColliding } from "../../support/colliding-records.ts";
import { databaseKind } from "../../support/database.ts";
import type { Input } from "../../support/journey-records.ts";
import { comparableAnswer } from "../../support/preview-comparison.ts";
import { createJobBench, idle } from "./job-bench.ts";
import { both, city, coast, hill, optionsOf, provideBench, toSent } from "./submission-bench.ts";

const bench = provideBench();
const RUNS = Number(process.env.NACR_PREVIEW_RUNS ?? (databaseKind === "embedded" ? 60 : 300));
/** Half a minute on a quiet machine; this one only ends what hangs. */
const PATIENCE_MS = 120_000 + RUNS * 1_000;
/** Every row of every table is looked at once in so many runs. */
const CHECKSUM_EVERY = 15;
const ACTORS = [city, both, city, hill, coast];
const CHANNELS: readonly SubmitChannel[] = ["RECORDS", "RECORDS", "HL7V2"];

const at = <T>(list: readonly T[], position: number): T => {
  const found = list[position % list.length];
  if (found === undefined) throw new Error("an empty list");
  return found;
};

interface Step {
  readonly channel: SubmitChannel;
  readonly actor: OrganisationActor;
  readonly payload: readonly Input[];
  readonly options: Partial<SubmissionOptions>;
}

const stepsOf = (runs: number, seed: number): readonly Step[] =>
  sampleColliding(runs, seed).map((payload, run) => ({
    channel: at(CHANNELS, run),
    actor: at(ACTORS, Math.floor(run / 3)),
    payload,
    options: run % 7 === 6 ? { errorPolicy: "ALL_OR_NOTHING" } : {},
  }));

async function answer(step: Step, mode: "COMMIT" | "VALIDATE_ONLY") {
  const options = { ...optionsOf(step.actor), ...step.options, mode };
  return toSent(await bench().submit({ ...step, options }));
}

/**
 * Count and checksum of every table but those that hold a dry run's own report, the audit trail, which tells that there was one, and the
 * keys that whatever comes first is sealed with.
 */
async function takeStock(): Promise<ReadonlyMap<string, string>> {
  const tables = await bench().test.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') and schemaname <> 'audit'
       and tablename not in ('submission', 'submission_report', 'data_key') order by 1`,
  );
  const counts = tables.map(
    ({ name }) =>
      `select '${name}' as name, count(*)::text || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0)::text as content from ${name} t`,
  );
  const rows = await bench().test.query(counts.join(" union all "));
  return new Map(rows.map(({ name, content }) => [String(name), String(content)]));
}

/** Words that an answer used. */
function* wordsOf(results: readonly RecordResult[]): Generator<string> {
  for (const { outcome, matchedBy, issues, changes, links } of results) {
    yield outcome;
    if (matchedBy !== null) yield matchedBy;
    for (const { code } of issues) yield code;
    for (const { decision, previousSource } of changes) yield previousSource === null ? decision : `${decision} OF ANOTHER`;
    for (const { change, state } of links) yield `${change} ${state}`;
  }
}

it("foretells the commit to the byte, and leaves no trace but its report", { timeout: PATIENCE_MS }, async () => {
  const seen = new Set<string>();
  for (const [run, step] of stepsOf(RUNS, 2027).entries()) {
    const before = run % CHECKSUM_EVERY === 0 ? await takeStock() : null;
    const dry = await answer(step, "VALIDATE_ONLY");
    if (before !== null) expect(await takeStock(), `rows after the dry run ${run}`).toEqual(before);
    const wet = await answer(step, "COMMIT");
    expect(comparableAnswer(dry.header, dry.results), `run ${run}`).toBe(comparableAnswer(wet.header, wet.results));
    for (const word of wordsOf(wet.results)) seen.add(word);
    for (const { standard } of wet.header.standards) seen.add(standard);
  }
  // The runs are worth their number only if they meet what they are meant to meet; some of the embedded database's do.
  if (RUNS < 150) return;
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...["CREATED", "UPDATED", "UNCHANGED", "REJECTED", "REJECTED_PARENT", "HELD", "WITHDRAWN"],
      ...["SET", "REPLACED OF ANOTHER", "UNKNOWN_IGNORED OF ANOTHER", "CLEARED OF ANOTHER"],
      ...["SOURCE_RECORD_ID", "NHS_NUMBER", "HOSPITAL_NUMBER", "NATURAL_KEY"],
      ...[
        "KEY_CONFLICT",
        "VERSION_STALE",
        "REPLACES_UNKNOWN",
        "MANDATORY_MISSING",
        "DATE_ORDER",
        "CODE_UNKNOWN",
        "FORMAT_INVALID",
        "PROBABLE_DUPLICATE_EVENT",
      ],
      ...["ARISES LINKED", "ARISES PROPOSED", "VANISHES PROPOSED"],
      ...["DURATION", "ASSESSMENT_1", "CABG_WAIT", "MI_PCI_WAIT", "ASSESSMENT_2"],
    ]),
  );
});

it("foretells a file, chunk by chunk", async () => {
  const jobs = createJobBench(bench());
  // A dry run's report is kept for some days of the database's own clock.
  bench().now = new Date().toISOString();
  for (const [run, payload] of sampleColliding(10, 2028).entries()) {
    const answers = [];
    for (const mode of ["VALIDATE_ONLY", "COMMIT"] as const) {
      const reference = await jobs.accept(city, payload.slice(0, 3), { mode });
      await jobs.worker()(reference, idle);
      answers.push(comparableAnswer(await jobs.header(city, reference), await jobs.results(city, reference)));
    }
    expect(answers[0], `file ${run}`).toBe(answers[1]);
  }
});

it("is told apart from a preview of another state, and from one that leaves something out (control)", async () => {
  const [first, second] = [70, 71].map((weightKg) => ({
    channel: "RECORDS" as const,
    actor: city,
    payload: [
      {
        sourceRecordId: "control",
        patient: { hospitalNumber: "CONTROL", dateOfBirth: "1951-03-14", gender: "MALE" },
        initiatingEvents: [
          {
            eventType: "MI_STEMI",
            eventDate: "2026-01-02",
            rehabilitations: [{ referralDate: "2026-01-08", assessments: [{ number: 1, date: "2026-01-28", weightKg }] }],
          },
        ],
      },
    ],
    options: {},
  }));
  if (first === undefined || second === undefined) throw new Error("two steps");
  const early = await answer(first, "VALIDATE_ONLY");
  await answer(second, "COMMIT");
  const wet = await answer(first, "COMMIT");
  expect(comparableAnswer(early.header, early.results)).not.toBe(comparableAnswer(wet.header, wet.results));
  const blind = wet.results.map((result) => ({
    ...result,
    changes: result.changes.map((change) => ({ ...change, previousSource: null })),
  }));
  expect(comparableAnswer(wet.header, blind)).not.toBe(comparableAnswer(wet.header, wet.results));
});
