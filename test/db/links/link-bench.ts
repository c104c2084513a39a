/** The linker over a test database: works off what is due, and shows what is stored without the ids that groups happen to have. */
import { setTimeout as wait } from "node:timers/promises";
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import type { BatchReport, LinkStore, PairKind } from "../../../src/episodes/link-ports.ts";
import { type LinkDecision, type LinkedRef, toPair } from "../../../src/episodes/link-words.ts";
import { createLinker, type Linker } from "../../../src/episodes/linker.ts";
import { PERSON_RULES } from "../../../src/episodes/person-rules.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { constantSql } from "../../../src/persistence/database/constant-sql.ts";
import { createLinkStore } from "../../../src/persistence/link-store.ts";
import type { TestDatabase } from "../../support/database.ts";

export const newId = createUuid7();

/** Names of records, groups sorted: equal for equal links whatever ids groups have. */
export interface StoredLinks {
  readonly persons: readonly string[];
  readonly episodes: readonly string[];
  /** `PERSON LINKED SAME_NUMBER_SAME_BIRTH CERTAIN RULE A/1 B/2`. */
  readonly pairs: readonly string[];
  /** `READER reads A/1`. */
  readonly grants: readonly string[];
}

export interface LinkBench {
  readonly store: LinkStore;
  /** A linker that takes so many lines at a time. */
  linker(batchLines?: number): Linker;
  /** Until nothing is due. @returns the reports */
  workOff(batchLines?: number): Promise<readonly BatchReport[]>;
  /** As the team of `by` does it, without the reason. */
  decide(kind: PairKind, decision: LinkDecision["decision"], pair: readonly [LinkedRef, LinkedRef], by: string): Promise<void>;
  links(): Promise<StoredLinks>;
  /** Throws all links away and works them out anew. */
  fromScratch(): Promise<StoredLinks>;
}

const INSERT_DECISION = constantSql(
  `insert into link.decision (id, kind, a_ods, a_id, b_ods, b_id, decision, decided_by_ods, decided_at, sealed)
   values ($1::uuid, $2, $3, $4::uuid, $5, $6::uuid, $7, $8, $9::timestamptz, '\\x00')`,
);

export function createLinkBench({ database, query }: TestDatabase): LinkBench {
  const store = createLinkStore({ database, newId });
  const rules = { persons: PERSON_RULES, episodes: EPISODE_RULES };
  let minutes = 0;
  const now = (): string => new Date(Date.parse("2026-07-01T09:00:00Z") + 60_000 * minutes++).toISOString();
  const linker = (batchLines = 2_000): Linker => createLinker({ store, rules, clock: { now }, newId, batchLines, wait });
  const workOff = async (batchLines?: number): Promise<readonly BatchReport[]> => {
    const reports: BatchReport[] = [];
    for (const worker = linker(batchLines); ; ) {
      const report = await worker.workBatch();
      if (report === null) throw new Error("another linker is at work");
      if (report.taken === 0) return reports;
      reports.push(report);
    }
  };
  const namesOf = async (sql: string): Promise<readonly string[]> => (await query(sql)).map(({ name }) => String(name));
  const links = async (): Promise<StoredLinks> => ({
    persons: await namesOf(
      `select string_agg(ods || '/' || patient_id, ' ' order by ods, patient_id) as name from link.person_member group by person_id order by 1`,
    ),
    episodes: await namesOf(
      `select string_agg(ods || '/' || event_id, ' ' order by ods, event_id) as name from link.episode_member group by person_id, episode_id order by 1`,
    ),
    pairs: await namesOf(
      `select concat_ws(' ', kind, state, rule, confidence, made_by, a_ods || '/' || a_id, b_ods || '/' || b_id,
         'held by ' || held_back_a_id || ' ' || held_back_b_id) as name from link.pair order by 1`,
    ),
    grants: await namesOf(
      `select concat(reader_ods, ' reads ', record_type, ' ', owner_ods, '/', record_id) as name from link.link_grant order by 1`,
    ),
  });
  return {
    store,
    linker,
    workOff,
    decide: async (kind, decision, [one, other], by) => {
      const { a, b } = toPair(one, other);
      await database.withRole({ role: "nacr_app", ods: by }, (tx) =>
        tx.$executeRaw(INSERT_DECISION([newId(), kind, a.ods, a.id, b.ods, b.id, decision, by, now()])),
      );
    },
    links,
    fromScratch: async () => {
      await query("truncate link.person_member, link.episode_member, link.pair, link.link_grant, link.due");
      await query("insert into link.due (ods, patient_id) select ods, patient_id from identity.patient_identity");
      await workOff();
      return links();
    },
  };
}
