/** How long and in what way the measurements run. */
export interface BenchOptions {
  readonly rounds: number;
  /** Submissions of one kind in a round. */
  readonly submissions: number;
  readonly warmUps: number;
  readonly statusSeconds: number;
  /** Added to every count the checks expect: 1 in the control, which must fail; else 0. */
  readonly surplus: number;
  readonly profileFolder: string | null;
}

const FULL = { rounds: 5, submissions: 8, warmUps: 6, statusSeconds: 2, surplus: 0 };
/** Shows that everything runs; its figures mean little. */
const QUICK = { rounds: 1, submissions: 2, warmUps: 1, statusSeconds: 0.5, surplus: 0 };

const PROFILE = "--profile=";

/** `--quick`, `--profile=FOLDER`. */
export function readOptions(args: readonly string[]): BenchOptions {
  const profile = args.find((argument) => argument.startsWith(PROFILE));
  return { ...(args.includes("--quick") ? QUICK : FULL), profileFolder: profile?.slice(PROFILE.length) ?? null };
}

/** The shortest run, in which every check is told to expect one more than is right. */
export const CONTROL: BenchOptions = { ...QUICK, surplus: 1, profileFolder: null };
