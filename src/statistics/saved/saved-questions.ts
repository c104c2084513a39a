/**
 * Questions that are kept: named, in versions, shared with colleagues. They belong to an agreement: whoever it does not name any more sees
 * none of them, not even the own ones. What is kept is the question; its answer is always asked for anew, under the agreement.
 */
import { readProse } from "../../access/registration-texts.ts";
import { agreementEntry } from "../../agreements/agreement-service.ts";
import { noSuchAgreement } from "../../agreements/lifecycle.ts";
import type { AgreementStore } from "../../agreements/ports.ts";
import { versionAt } from "../../agreements/standing.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import { LIMITS } from "../../lib/limits.ts";
import type { Actor } from "../../records/actor.ts";
import type { AuditEntry } from "../../records/audit-entry.ts";
import type { Question } from "../cube/question.ts";
import { dimensionsOf, requirePublished } from "../questions/ask-statistics.ts";
import type { SavedQuestion, SavedQuestionStore, SavedVersion, SavingLimits } from "./saved-question-ports.ts";

export interface SavedQuestionDependencies {
  readonly store: SavedQuestionStore;
  readonly agreements: Pick<AgreementStore, "find">;
  readonly clock: { now(): string };
  readonly newId: () => string;
}

export interface SavingCommand {
  readonly agreementId: string;
  readonly name: string;
  readonly question: Question;
}

/** @throws GatewayError NOT_FOUND (also for what the actor may not know of), DATABASE_UNAVAILABLE, as all here */
export interface SavedQuestions {
  /**
   * A question of an own name gets another version.
   * @throws GatewayError NOT_PUBLISHED, BAD_USER_INPUT, LIMIT_EXCEEDED
   */
  save(actor: Actor, command: SavingCommand): Promise<SavedQuestion>;
  list(actor: Actor, agreementId: string): Promise<readonly SavedQuestion[]>;
  find(actor: Actor, id: string): Promise<SavedQuestion>;
  /** By its owner. @param people all who see it from now on; each named by the agreement. @throws GatewayError BAD_USER_INPUT */
  share(actor: Actor, id: string, people: readonly string[]): Promise<SavedQuestion>;
}

const noSuchQuestion = (): GatewayError => new GatewayError("NOT_FOUND", "There is no such question.");
const LIMIT_OF = { questions: "savedQuestions", versions: "savedVersions" } as const;

export function createSavedQuestions({ store, agreements, clock, newId }: SavedQuestionDependencies): SavedQuestions {
  /** People whom the version names that counts now; none where there is no such agreement. */
  const namedBy = async (agreementId: string): Promise<ReadonlySet<string>> => {
    const agreement = await agreements.find(agreementId);
    const version = agreement === null ? null : versionAt(agreement, clock.now());
    return new Set(version?.terms.people.map(({ clientId }) => clientId));
  };
  const findSeen = async (actor: Actor, id: string) => {
    const saved = await store.find(id);
    if (saved === null || !isSeenBy(saved, actor)) throw noSuchQuestion();
    const named = await namedBy(saved.agreementId);
    if (!named.has(actor.clientId)) throw noSuchQuestion();
    return { saved, named };
  };
  const requireNamed = async (actor: Actor, agreementId: string): Promise<void> => {
    if (!(await namedBy(agreementId)).has(actor.clientId)) throw noSuchAgreement();
  };
  return {
    save: async (actor, { agreementId, name, question }) => {
      const normal = requirePublished(question);
      const kept = { measure: normal.measure, dimensions: dimensionsOf(normal), where: normal.where };
      const place = { agreementId, owner: actor.clientId, name: readProse("name", name) };
      await requireNamed(actor, agreementId);
      const limits = { questions: LIMITS.savedQuestions, versions: LIMITS.savedVersions };
      const version = { question: kept, savedAt: clock.now() };
      const entryOf = (id: string): AuditEntry => entryFor(actor, "SAVE_QUESTION", { id, agreementId });
      const saved = await store.save(place, version, limits, newId(), entryOf);
      if (typeof saved === "string") throw overLimit(saved, limits);
      return saved;
    },
    list: async (actor, agreementId) => {
      await requireNamed(actor, agreementId);
      return await store.seenBy(agreementId, actor.clientId);
    },
    find: async (actor, id) => (await findSeen(actor, id)).saved,
    share: async (actor, id, people) => {
      const { saved, named } = await findSeen(actor, id);
      if (saved.owner !== actor.clientId) throw noSuchQuestion();
      const sharedWith = [...new Set(people)].filter((person) => person !== saved.owner).toSorted();
      if (!sharedWith.every((person) => named.has(person)))
        throw new GatewayError("BAD_USER_INPUT", "A question is shared with people whom the agreement names.", {
          details: { path: "people" },
        });
      await store.share(id, sharedWith, entryFor(actor, "SHARE_QUESTION", saved));
      return { ...saved, sharedWith };
    },
  };
}

const isSeenBy = ({ owner, sharedWith }: SavedQuestion, { clientId }: Actor): boolean =>
  owner === clientId || sharedWith.includes(clientId);

function overLimit(limit: keyof SavingLimits, limits: SavingLimits): GatewayError {
  const [name, value] = [LIMIT_OF[limit], limits[limit]];
  return new GatewayError("LIMIT_EXCEEDED", `The request is over the limit ${name}: at most ${value}.`, {
    details: { limit: name, value },
  });
}

const entryFor = (actor: Actor, type: string, { id, agreementId }: Pick<SavedQuestion, "id" | "agreementId">): AuditEntry => ({
  ...agreementEntry(actor, type, agreementId),
  entity: { kind: "SAVED_QUESTION", id },
});

/** @param number null: the newest. @throws GatewayError NOT_FOUND */
export function versionOf({ versions }: SavedQuestion, number: number | null): SavedVersion {
  const found = number === null ? versions.at(-1) : versions.find((version) => version.number === number);
  if (found === undefined) throw noSuchQuestion();
  return found;
}
