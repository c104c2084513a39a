/** Questions that are kept: named, in versions, shared. Answers are always asked for anew. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import type { SavedQuestion as Saved } from "../../statistics/saved/saved-question-ports.ts";
import { versionOf } from "../../statistics/saved/saved-questions.ts";
import { Allow } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import type { GraphqlDeps } from "../graphql-deps.ts";
import { SavedQuestion } from "../types/saved-question-types.ts";
import { QuestionInput, StatisticsTable } from "../types/statistics-types.ts";
import { MAY_ASK, toQuestion, toTable } from "./statistics-resolver.ts";

@Resolver()
export class SavedQuestionResolver {
  readonly #ask: GraphqlDeps["statistics"]["ask"];
  readonly #saved: GraphqlDeps["statistics"]["saved"];

  constructor({ ask, saved }: Pick<GraphqlDeps["statistics"], "ask" | "saved">) {
    this.#ask = ask;
    this.#saved = saved;
  }

  @Allow(MAY_ASK)
  @Mutation(() => SavedQuestion, {
    description: "A question of yours that has the name gets another version. NOT_PUBLISHED for what no table answers.",
  })
  async saveQuestion(
    @Arg("agreement", () => ID) agreementId: string,
    @Arg("name", () => String) name: string,
    @Arg("question", () => QuestionInput) question: QuestionInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<SavedQuestion> {
    return toSaved(await this.#saved.save(actor, { agreementId, name, question: toQuestion(question) }));
  }

  @Allow(MAY_ASK)
  @Mutation(() => SavedQuestion, {
    description: "Shows a question of yours to these people and to nobody else. Each must be named by the agreement.",
  })
  async shareQuestion(
    @Arg("id", () => ID) id: string,
    @Arg("people", () => [ID]) people: string[],
    @Ctx() { actor }: GraphqlContext,
  ): Promise<SavedQuestion> {
    return toSaved(await this.#saved.share(actor, id, people));
  }

  @Allow(MAY_ASK)
  @Query(() => [SavedQuestion], { description: "Your own under the agreement, and those shared with you; by name." })
  async savedQuestions(
    @Arg("agreement", () => ID) agreementId: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<readonly SavedQuestion[]> {
    return (await this.#saved.list(actor, agreementId)).map(toSaved);
  }

  @Allow(MAY_ASK)
  @Query(() => SavedQuestion, { description: "NOT_FOUND for one that you may not know of, as for one that is not there." })
  async savedQuestion(
    @Arg("id", () => ID) id: string,
    @Arg("version", () => Int, { nullable: true, description: "Absent: all of them." }) version: number | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<SavedQuestion> {
    const saved = await this.#saved.find(actor, id);
    return toSaved(version == null ? saved : { ...saved, versions: [versionOf(saved, version)] });
  }

  @Allow(MAY_ASK)
  @Query(() => StatisticsTable, { description: "Asks a saved question under its agreement: the answer of `statistics`." })
  async savedStatistics(
    @Arg("id", () => ID) id: string,
    @Arg("version", () => Int, { nullable: true, description: "Absent: the newest." }) version: number | null | undefined,
    @Arg("purpose", () => String) purpose: string,
    @Arg("cut", () => ID, { nullable: true }) cut: string | null | undefined,
    @Arg("auditYear", () => Int, { nullable: true }) auditYear: number | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<StatisticsTable> {
    const saved = await this.#saved.find(actor, id);
    const { question } = versionOf(saved, version ?? null);
    const asked = { agreementId: saved.agreementId, purpose, cutId: cut ?? null, auditYear: auditYear ?? null, question };
    return toTable(await this.#ask(actor, { ...asked, handedOutAs: "ANSWER" }));
  }
}

const toSaved = (saved: Saved): SavedQuestion => ({
  ...saved,
  versions: saved.versions.map(({ number, question, savedAt }) => ({ number, ...question, savedAt })),
});
