/**
 * Makes extracts, one at a time in a process, in the worker. Whoever dies over one leaves it to the next; its files are of one attempt, and
 * the extract has those of the attempt that came to its end.
 */
import { judgeUse, type Permission } from "../../agreements/judge-use.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import type { Cut } from "../cuts/cut.ts";
import type { CutRows, PublishedCuts } from "../cuts/cut-ports.ts";
import type { DisclosureProfile } from "../profiles/disclosure-profile.ts";
import { agreedProfile } from "../profiles/read-profile.ts";
import type { Extract, ExtractFile } from "./extract.ts";
import { toEntry } from "./extract-entry.ts";
import { type AgreementMac, patientIdOf } from "./extract-ids.ts";
import { signManifest } from "./extract-manifest.ts";
import { type ExtractPeriod, readPeriod } from "./extract-period.ts";
import type { Agreements, ExtractKeys, ExtractLease, ExtractStore, SignManifest, WithheldPersons } from "./extract-ports.ts";
import { readTable, toUse } from "./extract-words.ts";
import { FileSink } from "./file-sink.ts";
import { PatientList } from "./patient-list.ts";
import { selectJourneys } from "./select-journeys.ts";
import { writeRecords } from "./write-records.ts";
import { writeTables } from "./write-tables.ts";

export interface MakeExtractDependencies {
  readonly store: ExtractStore;
  readonly cuts: Pick<PublishedCuts, "find">;
  readonly rows: CutRows;
  readonly withheld: WithheldPersons;
  readonly keys: ExtractKeys;
  readonly agreements: Agreements;
  readonly dictionary: Dictionary;
  readonly sign: SignManifest;
  readonly clock: { now(): string };
}

/** Of a worker that is silent for so long another takes over. */
const LEASE_SECONDS = 60;
const RENEW_MS = 10_000;
/** A fault is tried again so often. */
const MOST_TRIES = 5;

export interface ExtractMaker {
  /** Makes the first that waits. @throws what hindered it; it is tried again, and given up after some times */
  workBatch(): Promise<{ readonly taken: number; readonly isFull: boolean }>;
}

export function createExtractMaker(dependencies: MakeExtractDependencies): ExtractMaker {
  const { store } = dependencies;
  return {
    workBatch: async () => {
      const lease = await store.lease(LEASE_SECONDS);
      if (lease === null) return { taken: 0, isFull: false };
      const renewing = setInterval(() => void store.renew(lease, LEASE_SECONDS).catch(() => undefined), RENEW_MS);
      try {
        // Workers died over it: nobody was left to say so.
        if (lease.tries > MOST_TRIES) await store.release(lease, "FAILED", null);
        else await make(lease, dependencies);
      } catch (error) {
        await store.release(lease, lease.tries < MOST_TRIES ? "REQUESTED" : "FAILED", null);
        throw error;
      } finally {
        clearInterval(renewing);
      }
      return { taken: 1, isFull: true };
    },
  };
}

async function make(lease: ExtractLease, dependencies: MakeExtractDependencies): Promise<void> {
  const { store, sign, clock } = dependencies;
  const { extract } = lease;
  const allowed = await requireStanding(extract, dependencies);
  if (allowed === null) return await store.release(lease, "REFUSED", toEntry("REFUSE_EXTRACT", extract, []));
  const { patients, files, profile } = await writeFiles(lease, allowed, dependencies);
  await patients.write((part) => store.writePart(lease, part));
  const madeAt = clock.now();
  const manifest = signManifest({ extract, madeAt, files, profile, cut: allowed.cut, period: allowed.period }, await sign());
  await store.finish(lease, { madeAt, files, manifest }, toEntry("MAKE_EXTRACT", extract, files));
}

/** What stands between a request and its files. */
interface Allowed {
  readonly permission: Permission;
  readonly cut: Cut;
  readonly period: ExtractPeriod;
  readonly mac: AgreementMac;
}

/** Asked anew: between the request and now the agreement may have ended, been broken or amended, and the cut withdrawn. */
async function requireStanding(extract: Extract, dependencies: MakeExtractDependencies): Promise<Allowed | null> {
  const { agreements, cuts, keys, clock } = dependencies;
  const [agreement, cut] = [await agreements.find(extract.agreementId), await cuts.find(extract.cutId)];
  const period = readPeriod(extract.period);
  if (agreement === null || period === null || cut === null || cut.state === "WITHDRAWN") return null;
  const judgement = judgeUse(agreement, { ...toUse(extract, period), person: extract.requestedBy, at: clock.now() });
  if (!judgement.permitted || judgement.permission.version !== extract.version) return null;
  const mac = await keys.macOf(extract.agreementId);
  return mac === null ? null : { permission: judgement.permission, cut, period, mac };
}

interface Written {
  readonly patients: PatientList;
  readonly files: readonly ExtractFile[];
  readonly profile: DisclosureProfile | null;
}

async function writeFiles(lease: ExtractLease, allowed: Allowed, dependencies: MakeExtractDependencies): Promise<Written> {
  const { store, rows, withheld, dictionary } = dependencies;
  const { extract } = lease;
  const { permission, period, mac } = allowed;
  const nobodyOf = new Set([...(await withheld.objecting()), ...(await withheld.all())]);
  const read = () => selectJourneys(rows, { cutId: extract.cutId, period, rows: permission.rows, withheld: nobodyOf });
  const openFile = (name: string): FileSink => new FileSink(name, (part) => store.writePart(lease, part));
  const patients = new PatientList();
  if (extract.product === "PSEUDONYMISED_RECORD_LEVEL") {
    const { fields, format } = extract;
    const sawPatient = (id: string): void => patients.add(id);
    return {
      patients,
      files: await writeRecords({ read, mac, fields, format, dictionary, openFile, sawPatient }),
      profile: null,
    };
  }
  const profile = requireProfile(permission);
  const journeys = noting(read(), ({ row }) => patients.add(patientIdOf(mac, row.pseudonym)));
  return {
    patients,
    files: await writeTables({ journeys, questions: extract.tables.map(readTable), profile, openFile }),
    profile,
  };
}

/** Terms name those that there are. @throws Error */
function requireProfile(permission: Permission): DisclosureProfile {
  const found = agreedProfile(permission);
  if (found === null) throw new Error("The agreement's disclosure profile is not known");
  return found;
}

async function* noting<T>(items: AsyncIterable<T>, note: (item: T) => void): AsyncGenerator<T> {
  for await (const item of items) {
    note(item);
    yield item;
  }
}
