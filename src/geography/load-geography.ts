/** Loads a directory of postcodes with the deprivation of their areas: all of it, in place of the one before, or nothing. */
import { type Finding, Findings } from "./findings.ts";
import { type Deprivation, type GeographyFile, readDeprivation } from "./read-deprivation.ts";
import { type PlacedPostcode, readDirectory } from "./read-directory.ts";
import { type OrganisationRegions, readOrganisations } from "./read-organisations.ts";

export interface GeographyFiles {
  readonly directory: GeographyFile;
  /** One for each nation, or one for all. */
  readonly deprivation: readonly GeographyFile[];
  /** Null: the regions stay as they are. */
  readonly organisations: GeographyFile | null;
}

export type KeptPostcode = PlacedPostcode & { readonly quintile: NonNullable<PlacedPostcode["quintile"]> };

/** Where a release is kept. What is added is not looked at before it is published. */
export interface GeographyStore {
  /** Takes away what was left unfinished. @returns the new release's version */
  begin(): Promise<number>;
  /** A postcode that was added before is left as it is. */
  add(version: number, postcodes: readonly KeptPostcode[]): Promise<void>;
  /**
   * In one transaction: it is in force, the one before is gone, everybody's national rows are due.
   * @returns how many postcodes it has; null where somebody else began to load meanwhile: then nothing was changed
   */
  publish(version: number, regions: OrganisationRegions | null): Promise<number | null>;
}

export interface GeographyReport {
  /** Anything but PUBLISHED: nothing was changed. */
  readonly outcome: "PUBLISHED" | "TOO_BAD" | "OVERTAKEN";
  readonly areas: number;
  /** Lines of the directory that were read. */
  readonly lines: number;
  /** Of them: in no area that a file of deprivation names. */
  readonly withoutQuintile: number;
  /** Different postcodes with a quintile that are in force now. */
  readonly postcodes: number;
  /** Null: none were given. */
  readonly organisations: number | null;
  readonly findingCount: number;
  readonly findings: readonly Finding[];
}

/** In one statement: some 0.3 s. */
const AT_A_TIME = 20_000;
/** Of a file's good lines: more are no slips of a file, but another file. A long directory does not make up for bad indices. */
const MOST_BAD = 0.01;
/** Of organisations more: registers keep those that were closed, in regions that are no more. */
const MOST_BAD_ORGANISATIONS = 0.5;

/** @throws what the store and reading the files throw; then nothing was changed */
export async function loadGeography(files: GeographyFiles, store: GeographyStore): Promise<GeographyReport> {
  const findings = new Findings();
  const deprivation: Deprivation = new Map();
  const isMostlyGood = (name: string, good: number, most = MOST_BAD): boolean => findings.countOf(name) <= good * most;
  let areIndicesGood = true;
  for (const file of files.deprivation) {
    const known = deprivation.size;
    await readDeprivation(file, deprivation, findings);
    if (!isMostlyGood(file.name, deprivation.size - known)) areIndicesGood = false;
  }
  const regions = files.organisations === null ? null : await readOrganisations(files.organisations, findings);
  const version = await store.begin();
  const { lines, withoutQuintile } = await addDirectory(files.directory, { deprivation, findings, store, version });
  const areRegionsGood =
    files.organisations === null || isMostlyGood(files.organisations.name, regions?.size ?? 0, MOST_BAD_ORGANISATIONS);
  const isDirectoryGood = lines > withoutQuintile && isMostlyGood(files.directory.name, lines);
  const isGood = areIndicesGood && areRegionsGood && isDirectoryGood && !findings.hasUselessFile;
  const postcodes = isGood ? await store.publish(version, regions) : null;
  return {
    outcome: postcodes !== null ? "PUBLISHED" : isGood ? "OVERTAKEN" : "TOO_BAD",
    areas: deprivation.size,
    lines,
    withoutQuintile,
    postcodes: postcodes ?? 0,
    organisations: regions?.size ?? null,
    findingCount: findings.count,
    findings: findings.first,
  };
}

interface Adding {
  readonly deprivation: Deprivation;
  readonly findings: Findings;
  readonly store: GeographyStore;
  readonly version: number;
}

async function addDirectory(
  file: GeographyFile,
  { deprivation, findings, store, version }: Adding,
): Promise<{ readonly lines: number; readonly withoutQuintile: number }> {
  let [lines, withoutQuintile] = [0, 0];
  let kept: KeptPostcode[] = [];
  for await (const { postcode, quintile } of readDirectory(file, deprivation, findings)) {
    lines += 1;
    if (quintile === null) withoutQuintile += 1;
    else kept.push({ postcode, quintile });
    if (kept.length < AT_A_TIME) continue;
    await store.add(version, kept);
    kept = [];
  }
  if (kept.length > 0) await store.add(version, kept);
  return { lines, withoutQuintile };
}
