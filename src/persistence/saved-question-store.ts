/** Saved questions, in role `nacr_questions`, which sees nothing else. */
import { z } from "zod";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { SavedPlace, SavedQuestion, SavedQuestionStore, SavedVersion } from "../statistics/saved/saved-question-ports.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { isUuid } from "./page-cursor.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import {
  COUNT_QUESTIONS,
  FIND_OWN_QUESTION,
  FIND_QUESTION,
  LIST_QUESTIONS,
  LOCK_SAVING,
  PUT_QUESTION,
  PUT_QUESTION_VERSION,
  SHARE_QUESTION,
} from "./sql/question-statements.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { numberOf, type SqlRow, textOf } from "./sql-row.ts";

const ROLE = { role: "nacr_questions" } as const;

/** The database gives instants in its own words. */
const instant = z.string().transform((text) => new Date(text).toISOString());
const savedSchema = z.object({
  id: z.string(),
  agreementId: z.string(),
  owner: z.string(),
  name: z.string(),
  savedAt: instant,
  sharedWith: z.array(z.string()),
  versions: z.array(
    z.object({
      number: z.int().positive(),
      question: z.object({
        measure: z.string(),
        dimensions: z.array(z.string()),
        where: z.array(z.object({ dimension: z.string(), category: z.string() })),
      }),
      savedAt: instant,
    }),
  ),
});
const readSaved = (row: SqlRow): SavedQuestion => savedSchema.parse(JSON.parse(textOf(row, "saved")));

const read = async (tx: Transaction, sql: ConstantSql, values: readonly unknown[]): Promise<readonly SavedQuestion[]> =>
  (await tx.$queryRaw<SqlRow[]>(sql(values))).map(readSaved);

export function createSavedQuestionStore({ database, newId }: { database: Database; newId: NewId }): SavedQuestionStore {
  const unit = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => database.withRole(ROLE, work);
  return {
    save: (place, version, limits, id, entryOf) =>
      unit(async (tx) => {
        const own = [place.agreementId, place.owner];
        await tx.$queryRaw<SqlRow[]>(LOCK_SAVING(own));
        const [before] = await read(tx, FIND_OWN_QUESTION, [...own, place.name]);
        if (before !== undefined && isNewest(before, version)) return before;
        const [counted] = await tx.$queryRaw<SqlRow[]>(COUNT_QUESTIONS(own));
        const total = counted === undefined ? 0 : numberOf(counted, "total");
        if (before === undefined && total >= limits.questions) return "questions";
        if (before !== undefined && before.versions.length >= limits.versions) return "versions";
        const savedId = before?.id ?? (await insert(tx, id, place, version.savedAt));
        const number = (before?.versions.length ?? 0) + 1;
        await tx.$executeRaw(PUT_QUESTION_VERSION([savedId, number, JSON.stringify(version.question), version.savedAt]));
        await writeAuditEntry(tx, entryOf(savedId), newId);
        const [saved] = await read(tx, FIND_QUESTION, [savedId]);
        if (saved === undefined) throw new Error("A saved question is not there");
        return saved;
      }),
    find: async (id) => (isUuid(id) ? ((await unit((tx) => read(tx, FIND_QUESTION, [id])))[0] ?? null) : null),
    seenBy: (agreementId, person) => unit((tx) => read(tx, LIST_QUESTIONS, [agreementId, person])),
    share: (id, people, entry) =>
      unit(async (tx) => {
        await tx.$executeRaw(SHARE_QUESTION([id, toArrayLiteral(people)]));
        await writeAuditEntry(tx, entry, newId);
      }),
  };
}

async function insert(tx: Transaction, id: string, place: SavedPlace, savedAt: string): Promise<string> {
  await tx.$executeRaw(PUT_QUESTION([id, place.agreementId, place.owner, place.name, savedAt]));
  return id;
}

const isNewest = ({ versions }: SavedQuestion, { question }: Pick<SavedVersion, "question">): boolean =>
  canonicalJson(versions.at(-1)?.question ?? null) === canonicalJson(question);
