/**
 * Works on publications, one at a time in the installation: the national side is frozen, each audit year counted, repaired and audited, and
 * the cut signed and published in one transaction (ADR 0041). What dies in between leaves rows that nobody sees, and the next attempt
 * removes.
 */
import type { CertificateSigner } from "../../agreements/destruction-certificate.ts";
import type { Clock } from "../../submission/ports.ts";
import type { CutJourney } from "../cut-journey.ts";
import { writeManifest } from "./cut-manifest.ts";
import type { MadeYear, MakeYear } from "./make-year.ts";
import { nextCutFrom } from "./monthly-rule.ts";
import type { CutRefusal, YearReport } from "./publication.ts";
import type { FrozenRowReader, FrozenRows, HeldPublication, PreviousYear, PublicationStore } from "./publication-ports.ts";

export interface PublisherDependencies {
  readonly store: PublicationStore;
  readonly rows: FrozenRowReader;
  readonly makeYear: MakeYear;
  readonly generate: (journeys: number) => Iterable<CutJourney>;
  readonly signer: () => Promise<CertificateSigner>;
  readonly clock: Clock;
  /** Between two renewals of the lease, in milliseconds. */
  readonly renewMs: number;
}

/** What became of a publication, for the log. */
export interface PublicationDone {
  readonly outcome: "PUBLISHED" | CutRefusal;
  readonly cutNumber: number | null;
}

export interface CutPublisher {
  /** @returns `done` null where nobody asked for a cut. @throws what hinders it; it is tried again as long as there are attempts */
  workBatch(): Promise<{ readonly taken: number; readonly isFull: boolean; readonly done: PublicationDone | null }>;
}

/** Objections that come while a cut is made are rare; after so many in a row the attempt counts as failed. */
const MOST_BEGINNINGS = 3;

export function createCutPublisher(dependencies: PublisherDependencies): CutPublisher {
  const { store, renewMs } = dependencies;
  return {
    workBatch: async () => {
      const held = await store.claim();
      if (held === null) return { taken: 0, isFull: false, done: null };
      // A renewal that fails loses the lease: publishing looks whose it is.
      const renewal = setInterval(() => void store.renew(held).catch(() => false), renewMs);
      try {
        return { taken: 1, isFull: false, done: await work(held, dependencies) };
      } catch (error) {
        // Where that fails, too, the lease ends by itself.
        await store.release(held).catch(() => undefined);
        throw error;
      } finally {
        clearInterval(renewal);
      }
    },
  };
}

async function work(held: HeldPublication, dependencies: PublisherDependencies): Promise<PublicationDone> {
  const { store, rows, clock, generate } = dependencies;
  const refuse = async (refusal: CutRefusal, years: readonly YearReport[] = []): Promise<PublicationDone> => {
    await store.refuse(held, refusal, years);
    return { outcome: refusal, cutNumber: null };
  };
  if (held.syntheticJourneys === null && (await isTooSoon(store, clock))) return refuse("TOO_SOON");
  for (let beginning = 1; beginning <= MOST_BEGINNINGS; beginning++) {
    await store.tell(held, "FREEZING", []);
    const frozen =
      held.syntheticJourneys === null ? await store.freeze(held) : await store.freezeGenerated(generate(held.syntheticJourneys));
    const auditYears = await rows.auditYears(frozen.cutId);
    if (auditYears.length === 0) return refuse("NOTHING_TO_PUBLISH");
    const years = await makeYears(held, frozen, auditYears, dependencies);
    const reports = years.map(toReport);
    if (years.every(({ published }) => published === null)) return refuse("AUDIT_MISSED", reports);
    await store.tell(held, "PUBLISHING", reports);
    const outcome = await publish(held, frozen, years, dependencies);
    if (outcome.kind === "PUBLISHED") return { outcome: "PUBLISHED", cutNumber: outcome.number };
  }
  throw new Error("The gate's answers changed during each beginning");
}

const isTooSoon = async (store: PublicationStore, clock: Clock): Promise<boolean> => {
  const last = await store.lastPublishedAt();
  return last !== null && clock.today() < nextCutFrom(last);
};

type HeldYear = MadeYear & { readonly previousCut: number | null };

const toReport = ({ report, published }: MadeYear): YearReport => ({ ...report, isPublished: published !== null });

/** One after the other: each takes a core and some hundred megabytes. */
async function makeYears(
  held: HeldPublication,
  { cutId }: FrozenRows,
  auditYears: readonly number[],
  { store, rows, makeYear }: PublisherDependencies,
): Promise<readonly HeldYear[]> {
  // What was published of a generated population says nothing of people, nor the other way round.
  const before: ReadonlyMap<number, PreviousYear> = held.syntheticJourneys === null ? await store.previousYears() : new Map();
  const made: HeldYear[] = [];
  await store.tell(held, "COUNTING", []);
  for (const auditYear of auditYears) {
    const last = before.get(auditYear);
    const previous = last === undefined ? null : { rows: rows.pages(last.cutId, auditYear), ledger: last.ledger };
    const year = await makeYear({ auditYear, rows: rows.pages(cutId, auditYear), previous });
    made.push({ ...year, previousCut: last?.cutNumber ?? null });
    await store.tell(held, "COUNTING", made.map(toReport));
  }
  return made;
}

async function publish(
  held: HeldPublication,
  frozen: FrozenRows,
  years: readonly HeldYear[],
  { store, signer }: PublisherDependencies,
): ReturnType<PublicationStore["publish"]> {
  const key = await signer();
  const { cutId: id, asOf, withheld } = frozen;
  return store.publish(held, {
    frozen,
    years,
    sign: ({ number, publishedAt }) => {
      const isSynthetic = held.syntheticJourneys !== null;
      const manifest = writeManifest({ id, number, asOf, publishedAt, isSynthetic, years, withheld, signingKey: key.id });
      return { manifest, signature: key.sign(manifest) };
    },
  });
}
