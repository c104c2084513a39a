/** A change that a person makes to stored records is a submission of its own, so that history, status and withdrawal know of it as of any. */
import type { Dictionary } from "../dataset/dictionary.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { MappedSource } from "../records/draft-record.ts";
import type { RecordResult, SourceSystem } from "../records/submission-record.ts";
import type { SubmissionAnswer, SubmissionOptions } from "./commands.ts";
import { judgeDrafts } from "./entry.ts";
import type { MergeDrafts } from "./merge-drafts.ts";
import type { Clock, IdempotencyClaim, UnitOfWork } from "./ports.ts";
import { toHeader } from "./submit.ts";

/** Where nobody's system changes anything. */
export const BY_HAND: SourceSystem = { vendor: "NACR", product: "Gateway", version: "1" };

export interface ChangeByHand {
  readonly actor: OrganisationActor;
  readonly options: SubmissionOptions;
  readonly id: string;
  /** ISO instant. */
  readonly receivedAt: string;
  /** The change, as a sender's records would say it. */
  readonly source: MappedSource;
  readonly claim: IdempotencyClaim | null;
  /** Canonical text of what was asked for. */
  readonly envelope: string;
}

export interface ChangeDependencies {
  readonly merge: MergeDrafts;
  readonly clock: Clock;
  readonly dictionary: Dictionary;
}

/** @param check may throw, so that a change that did not come about leaves no submission behind */
export async function submitChange(
  unit: UnitOfWork,
  { actor, options, id, receivedAt, source, claim, envelope }: ChangeByHand,
  { merge, clock, dictionary }: ChangeDependencies,
  check: (results: readonly RecordResult[]) => void = () => undefined,
): Promise<SubmissionAnswer> {
  const { results, rows, standards } = await merge(unit, {
    actor,
    programmeCode: options.programmeCode,
    product: options.sourceSystem.product,
    mode: options.mode,
    hold: "NOTHING",
    receivedAt,
    dictionary,
    kind: "STATED",
    judged: await judgeDrafts(source, dictionary, "STATED", clock.today()),
    issues: source.issues,
    foreignOrganisations: new Set(),
  });
  check(results);
  const header = toHeader({ id, receivedAt, source, command: { actor, options, channel: "FORM" } }, results, clock);
  const submission = { header: { ...header, standards }, claim, envelope, results };
  return { header: await unit.write({ ...rows, submission }), replayed: false, results };
}
