/**
 * Makes the national rows after the commit of what they follow from, one batch after the other, one feed at a time in the installation
 * (ADR 0032). A batch makes the rows of every person concerned anew, so whatever happened before, in whatever order, they come out the same.
 */
import type { OwnPatient, Withheld } from "../consent/ports.ts";
import { keyOf, type LinkedRef } from "../episodes/link-words.ts";
import type { Resolving } from "../episodes/resolve-journey.ts";
import { LongWork } from "../lib/long-work.ts";
import type { FedPatient } from "./fed-rows.ts";
import type { FedPerson, FeedReport, FeedUnit, NationalStore } from "./national-ports.ts";
import type { Quintile } from "./national-values.ts";
import { groupByPerson, indexRows, nameOf, type RowIndex, rowsBelow } from "./person-rows.ts";
import { toNationalRows } from "./to-national-rows.ts";

export interface FeedDependencies {
  readonly store: NationalStore;
  readonly resolving: Resolving;
  /** The day it is in London. */
  readonly today: () => string;
  /** Patients in one batch, which is one transaction, and in one step of the daily look. */
  readonly batchPatients: number;
}

export interface NationalFeed {
  /**
   * Works off the oldest lines that are due; where none is, looks at some of those whom nobody has looked at today.
   * @returns null where another process feeds at the moment
   * @throws what the store throws; then nothing of the batch was done, and all of it is still due
   */
  workBatch(): Promise<FeedReport | null>;
}

export function createNationalFeed({ store, resolving, today, batchPatients }: FeedDependencies): NationalFeed {
  return {
    workBatch: () =>
      store.inTurn(async (unit) => {
        const due = await unit.takeDue(batchPatients);
        if (due.taken === 0) return review(unit, today(), batchPatients);
        const done = due.patients.length === 0 ? NOBODY : await feed(unit, due.patients, resolving, today());
        const report = { taken: due.taken, isFull: due.patients.length >= batchPatients, ...done };
        await unit.record(report);
        return report;
      }),
  };
}

type Done = Omit<FeedReport, "taken" | "isFull">;
const NOBODY: Done = { patients: 0, withheld: 0, journeys: 0 };

async function feed(unit: FeedUnit, seeds: readonly LinkedRef[], resolving: Resolving, today: string): Promise<Done> {
  const everybody = await findCompanions(unit, seeds);
  const patients = await unit.readPatients(everybody);
  const withheld = await unit.judge(patients.map(toOwnPatient), today);
  const allowed = groupByPerson(patients).filter((members) => !members.some((member) => isWithheld(member, withheld)));
  const rows = indexRows(await unit.readRows(allowed.flat()));
  const quintiles = await unit.readQuintiles(allowed.flat());
  const persons = await new LongWork().map(allowed, (members) => toFedPerson(unit, { members, quintiles }, rows, resolving));
  await unit.replace(everybody, persons);
  return {
    patients: patients.length,
    withheld: patients.length - allowed.flat().length,
    journeys: persons.reduce((total, { journeys }) => total + journeys.length, 0),
  };
}

const toOwnPatient = ({ ods, id }: LinkedRef): OwnPatient => ({ ods, patientId: id });
const isWithheld = ({ ods, id }: LinkedRef, withheld: Withheld): boolean => withheld.has(`${ods}/${id}`);

/** Whoever is one person with a seed, or was when the seed was fed: all of their rows are made anew together. */
async function findCompanions(unit: FeedUnit, seeds: readonly LinkedRef[]): Promise<readonly LinkedRef[]> {
  const found = new Map(seeds.map((seed) => [keyOf(seed), seed]));
  let latest: readonly LinkedRef[] = seeds;
  while (latest.length > 0) {
    const companions = await unit.companions(latest);
    latest = companions.filter((patient) => !found.has(keyOf(patient)));
    for (const patient of latest) found.set(keyOf(patient), patient);
  }
  return [...found.values()];
}

interface Members {
  readonly members: readonly FedPatient[];
  /** Of everybody in the batch. */
  readonly quintiles: ReadonlyMap<string, Quintile>;
}

function toFedPerson(unit: FeedUnit, { members, quintiles }: Members, rows: RowIndex, resolving: Resolving): FedPerson {
  const person = { patients: members, quintiles, ...rowsBelow(members, rows), ...unit.pseudonymise(nameOf(members)) };
  return { members, journeys: toNationalRows(person, resolving) };
}

/**
 * Answers run out, and so does the reference under which rows may flow, without anybody writing a row: whoever is fed and may not be, or the
 * other way round, becomes due.
 */
async function review(unit: FeedUnit, today: string, most: number): Promise<FeedReport> {
  const { patients } = await unit.review(today, most);
  if (patients.length === 0) return { taken: 0, isFull: false, ...NOBODY };
  const withheld = await unit.judge(patients.map(toOwnPatient), today);
  await unit.markDue(patients.filter((patient) => patient.isFed === isWithheld(patient, withheld)));
  return { taken: patients.length, isFull: true, ...NOBODY, patients: patients.length };
}
