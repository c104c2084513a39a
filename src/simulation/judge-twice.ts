/** Judges a piece of a stored input under both dictionaries, over one state of what is stored. */
import type { Dictionary } from "../dataset/dictionary.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { MappedSource } from "../records/draft-record.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import { type JudgedDraft, judgeDrafts } from "../submission/entry.ts";
import { type FindRegistered, findForeignOrganisations } from "../submission/foreign-organisations.ts";
import type { MergeDrafts, Statement } from "../submission/merge-drafts.ts";
import type { Clock } from "../submission/ports.ts";
import type { Answers } from "./compare-results.ts";
import type { ReadTwice, TwoDictionaries } from "./read-again.ts";
import type { SimulationStore } from "./simulation-ports.ts";

export interface JudgeTwiceDependencies {
  readonly store: Pick<SimulationStore, "read">;
  readonly merge: MergeDrafts;
  readonly findRegistered: FindRegistered;
  readonly clock: Pick<Clock, "today">;
}

export async function judgeTwice(
  actor: OrganisationActor,
  header: SubmissionHeader,
  { inForce, proposed, kind }: ReadTwice,
  dictionaries: TwoDictionaries,
  { store, merge, findRegistered, clock }: JudgeTwiceDependencies,
): Promise<Answers> {
  const toStatement = async (source: MappedSource, dictionary: Dictionary): Promise<Statement> => ({
    actor,
    programmeCode: header.programmeCode,
    product: header.sourceSystem.product,
    mode: "VALIDATE_ONLY",
    // Each record for itself: what an ALL_OR_NOTHING submission would have held back hides what is wrong with the rest.
    hold: "NOTHING",
    receivedAt: header.receivedAt,
    dictionary,
    kind,
    judged: (await judgeDrafts(source, dictionary, kind, clock.today())).map(expectingNoVersion),
    issues: [],
    foreignOrganisations: await findForeignOrganisations(source.drafts, actor.ods, findRegistered),
    judgesUnchanged: true,
  });
  const [before, after] = [await toStatement(inForce, dictionaries.inForce), await toStatement(proposed, dictionaries.proposed)];
  return await store.read(actor, async (unit) => ({
    inForce: (await merge(unit, before)).results,
    proposed: (await merge(unit, after)).results,
  }));
}

/** The version that a sender expected was that of its time, and is another one by now. */
const expectingNoVersion = (draft: JudgedDraft): JudgedDraft =>
  draft.correction === null ? draft : { ...draft, correction: { ...draft.correction, expectedVersion: null } };
