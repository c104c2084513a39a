/** How long and in what way the measurements run. */
export interface BenchOptions {
  readonly rounds: number;
  /** Submissions of one kind in a round. */
  readonly submissions: number;
  readonly warmUps: number;
  readonly statusSeconds: number;
  /** Gateway processes on the database. */
  readonly processes: number;
  /** Patients in the file. */
  readonly filePatients: number;
  /** Length of the sustained load. */
  readonly sustainedSeconds: number;
  /** Length of the load of HL7 v2 messages. */
  readonly mllpSeconds: number;
  /** Submission records stored before status is asked. */
  readonly storedRecords: number;
  /** Added to every count the checks expect: 1 in the control, which must fail; else 0. */
  readonly surplus: number;
  readonly profileFolder: string | null;
}

const FULL = {
  rounds: 5,
  // The compiler is at work for the first twenty requests or so.
  submissions: 12,
  warmUps: 16,
  processes: 1,
  statusSeconds: 2,
  filePatients: 100_000,
  sustainedSeconds: 60,
  mllpSeconds: 15,
  storedRecords: 1_000_000,
  surplus: 0,
};
/** Shows that everything runs; its figures mean little. */
const QUICK = {
  rounds: 1,
  submissions: 2,
  warmUps: 1,
  processes: 1,
  statusSeconds: 0.5,
  filePatients: 1_000,
  sustainedSeconds: 3,
  mllpSeconds: 3,
  storedRecords: 10_000,
  surplus: 0,
};

/** `--quick`, `--profile=FOLDER`, `--processes=N`, `--patients=N`, `--seconds=N` (sustained load), `--stored=N` (submission records). */
export function readOptions(args: readonly string[]): BenchOptions {
  const textOf = (name: string): string | null =>
    args.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? null;
  const numberOf = (name: string, otherwise: number): number => Number(textOf(name) ?? otherwise);
  const base = args.includes("--quick") ? QUICK : FULL;
  return {
    ...base,
    processes: numberOf("processes", base.processes),
    filePatients: numberOf("patients", base.filePatients),
    sustainedSeconds: numberOf("seconds", base.sustainedSeconds),
    storedRecords: numberOf("stored", base.storedRecords),
    profileFolder: textOf("profile"),
  };
}

/** The shortest run, in which every check is told to expect one more than is right. */
export const CONTROL: BenchOptions = { ...QUICK, surplus: 1, profileFolder: null };
