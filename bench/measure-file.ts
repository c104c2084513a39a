/** A file of NACR records as a job: when its first issue can be seen, when its whole report can, and how much memory the gateway takes. */
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { expectEqual } from "./answer-check.ts";
import type { BenchOptions } from "./bench-options.ts";
import type { Figure } from "./figures.ts";
import type { GraphqlClient } from "./graphql-client.ts";
import type { PostgresSetting } from "./measure-postgres.ts";
import { INVALID_EVERY, NUMBERED_PATIENTS, RECORDS_PER_PATIENT, samplePatient } from "./sample-submissions.ts";
import { percentile } from "./statistics.ts";
import { type FileStatus, submitFile } from "./submit-file.ts";
import { withdraw } from "./withdraw.ts";

/** Patients that no other load of the bench sends. */
const FIRST_PATIENT = 2_000_000;
const LINES_PER_PIECE = 200;
const MIB = 1024 * 1024;
/** What is promised for 100,000 patients. */
const PROMISED_PATIENTS = 100_000;
const FLOORS = { firstIssueSeconds: 2, reportSeconds: 75, residentMib: 400, repeated: 2 };

/** One `PatientRecordInput` a line; each hundredth is refused. */
function* lines(from: number, count: number): Generator<string> {
  let piece: string[] = [];
  for (let position = 0; position < count; position++) {
    const options = { invalid: position % INVALID_EVERY === 0, numbered: position < NUMBERED_PATIENTS };
    piece.push(JSON.stringify(samplePatient(from + position, options)));
    if (piece.length === LINES_PER_PIECE) {
      yield `${piece.join("\n")}\n`;
      piece = [];
    }
  }
  if (piece.length > 0) yield `${piece.join("\n")}\n`;
}

export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

interface FileRun {
  readonly uploadSeconds: number;
  readonly firstIssueSeconds: number;
  readonly reportSeconds: number;
  /** Of each process, the one that answers first. */
  readonly residentMib: readonly number[];
  readonly residentBeforeMib: readonly number[];
  /** Of each question for the submission's status. */
  readonly statusMilliseconds: readonly number[];
  /** The same file once more: every record is there already. */
  readonly repeatedSeconds: number;
  /** Null where it was left out. */
  readonly withdrawalSeconds: number | null;
}

/** A withdrawal is one transaction with a limit of five minutes. */
const WITHDRAWN_PATIENTS_MAX = 100_000;

async function runFile({ gateway, others }: PostgresSetting, patients: number, surplus: number, from: number): Promise<FileRun> {
  const client = await gateway.connect();
  const readResident = () => Promise.all([gateway, ...others].map(async ({ pid }) => (await residentBytes(pid)) / MIB));
  const residentBeforeMib = await readResident();
  const submission = await submitFile(client, Readable.from(lines(from, patients)), "NACR_NDJSON");
  let firstIssue: number | null = null;
  let residentMib = residentBeforeMib;
  const statusMilliseconds: number[] = [];
  const last = await submission.wait(async (status, milliseconds) => {
    statusMilliseconds.push(milliseconds);
    if (firstIssue === null && status.issueGroups.length > 0) firstIssue = performance.now();
    residentMib = (await readResident()).map((now, process) => Math.max(now, residentMib[process] ?? 0));
  });
  const ended = performance.now();
  checkCounts(last, patients, { created: surplus, unchanged: 0 });
  const repeatedSeconds = await repeatFile(client, patients, from);
  const withdrawalSeconds = patients > WITHDRAWN_PATIENTS_MAX ? null : await withdraw(client, submission.id);
  client.close();
  return {
    uploadSeconds: submission.uploadSeconds,
    firstIssueSeconds: ((firstIssue ?? ended) - submission.acceptedAt) / 1000,
    reportSeconds: (ended - submission.acceptedAt) / 1000,
    residentMib,
    residentBeforeMib,
    statusMilliseconds,
    repeatedSeconds,
    withdrawalSeconds,
  };
}

async function repeatFile(client: GraphqlClient, patients: number, from: number): Promise<number> {
  const submission = await submitFile(client, Readable.from(lines(from, patients)), "NACR_NDJSON");
  const last = await submission.wait(async () => undefined);
  const seconds = (performance.now() - submission.acceptedAt) / 1000;
  checkCounts(last, patients, { created: 0, unchanged: recordsOf(patients) - rejectedOf(patients) });
  // It was told of records that would go with the first one: it stands in the way.
  if (patients <= WITHDRAWN_PATIENTS_MAX) await withdraw(client, submission.id);
  return seconds;
}

const recordsOf = (patients: number): number => patients * RECORDS_PER_PATIENT;
const rejectedOf = (patients: number): number => Math.ceil(patients / INVALID_EVERY) * RECORDS_PER_PATIENT;

/** `created`: beyond those that are neither unchanged nor rejected. */
function checkCounts(
  { status, counts }: FileStatus,
  patients: number,
  { created, unchanged }: { readonly created: number; readonly unchanged: number },
): void {
  const [received, rejected] = [recordsOf(patients), rejectedOf(patients)];
  const expected = { received, created: received - rejected - unchanged + created, unchanged, rejected };
  expectEqual("file", [status, counts], ["COMPLETED", expected]);
}

const processesOf = ({ length }: readonly number[]): readonly string[] =>
  length === 1
    ? ["gateway"]
    : ["process that answers", ...Array.from({ length: length - 1 }, () => "process that works on files")];

export const FILE_LOAD = "one NDJSON file of new patients (six records each, 1 % invalid), status asked ten times a second";

/** `--patients=N` of the command line decides how large the file is; the promise is about 100,000. */
export async function measureFile(setting: PostgresSetting, options: BenchOptions): Promise<readonly Figure[]> {
  const patients = options.filePatients;
  const run = await runFile(setting, patients, options.surplus, FIRST_PATIENT);
  const ceilings = patients === PROMISED_PATIENTS;
  const figure = (name: string, unit: string, value: number, ceiling?: number): Figure => ({
    name,
    unit,
    rounds: [value],
    ...(ceilings && ceiling !== undefined ? { ceiling } : {}),
  });
  return [
    figure(
      `file of ${patients.toLocaleString("en-GB")} patients: first issue visible`,
      "s",
      run.firstIssueSeconds,
      FLOORS.firstIssueSeconds,
    ),
    figure("  whole report", "s", run.reportSeconds, FLOORS.reportSeconds),
    figure("  records", "records/s", (patients * RECORDS_PER_PATIENT) / run.reportSeconds),
    figure("  status meanwhile, p50", "ms", percentile(run.statusMilliseconds, 0.5)),
    figure("  status meanwhile, p99", "ms", percentile(run.statusMilliseconds, 0.99)),
    ...processesOf(run.residentMib).flatMap((name, process) => [
      figure(`  highest resident memory of the ${name}`, "MiB", run.residentMib[process] ?? 0, FLOORS.residentMib),
      figure("    before", "MiB", run.residentBeforeMib[process] ?? 0),
    ]),
    figure("  upload", "s", run.uploadSeconds),
    figure("  the same file again, unchanged: whole report", "s", run.repeatedSeconds),
    { name: "    new ÷ unchanged", unit: "ratio", rounds: [run.reportSeconds / run.repeatedSeconds], floor: FLOORS.repeated },
    ...(run.withdrawalSeconds === null ? [] : [figure("  the whole file withdrawn", "s", run.withdrawalSeconds)]),
  ];
}
