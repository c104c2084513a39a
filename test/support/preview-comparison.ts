/** What of an answer must be the same in a preview and in the commit of the same input, as text. */
import { canonicalJson } from "../../src/lib/canonical-json.ts";

/** Which submission it is, when it was, whether it was kept, and the proof of what was kept. */
const OF_THE_RUN: ReadonlySet<string> = new Set([
  ...["id", "mode", "receivedAt", "completedAt", "startedAt", "estimatedCompletionAt", "updatedAt"],
  ...["receipt", "receiptDigest", "receiptKeyId", "replayed"],
]);

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members => typeof value === "object" && value !== null && !Array.isArray(value);

/** Takes away what belongs to the run, at the top level of the answer only: what an old value's source was must agree. */
const withoutRun = (answer: Members): Members =>
  Object.fromEntries(Object.entries(answer).filter(([name]) => !OF_THE_RUN.has(name)));

/** A record that nothing was found for is new: only a commit gives it an id that lasts. */
const withoutNewId = (result: unknown): unknown =>
  isMembers(result) && result.matchedBy === null && "recordId" in result ? { ...result, recordId: null } : result;

/** Header and results, or an answer over GraphQL (`results` empty). */
export const comparableAnswer = (header: object, results: readonly unknown[] = []): string =>
  canonicalJson({ header: withoutRun({ ...header }), results: results.map(withoutNewId) });
