/** Cuts, what can be asked of them, and questions. Refusals have codes; what they depend on is the use case's business. */
import "reflect-metadata";
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { StatisticsAnswer } from "../../statistics/questions/ask-statistics.ts";
import { EXPORT_FORMATS, exportPath } from "../../statistics/questions/export-statistics.ts";
import type { PublishedTables as Listed } from "../../statistics/questions/published-tables.ts";
import { displayOf } from "../../statistics/questions/render-export.ts";
import { Allow, type Policy } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import type { GraphqlDeps } from "../graphql-deps.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { Agreement, toAgreement } from "../types/agreement-types.ts";
import { CutConnection } from "../types/connection-types.ts";
import { Cut } from "../types/cut-types.ts";
import {
  type AgreementReader,
  type PublishedDimension,
  PublishedTables,
  type QuestionInput,
  StatisticsInput,
  type StatisticsRow,
  StatisticsTable,
} from "../types/statistics-types.ts";
import { MAY_HAVE_AGREEMENTS } from "./agreement-resolver.ts";

/** What they ask is asked under an agreement that names them. */
export const MAY_ASK: Policy = { ANALYST: true };

@Resolver()
export class StatisticsResolver {
  readonly #ask: GraphqlDeps["statistics"]["ask"];
  readonly #listTables: GraphqlDeps["statistics"]["listTables"];
  readonly #published: GraphqlDeps["statistics"]["published"];

  constructor({ ask, listTables, published }: GraphqlDeps["statistics"]) {
    this.#ask = ask;
    this.#listTables = listTables;
    this.#published = published;
  }

  @Allow(MAY_ASK)
  @Query(() => StatisticsTable, {
    description:
      "A look-up in published tables, under an agreement. NOT_PUBLISHED, with the nearest questions that are, for what no table answers; FORBIDDEN, with every reason, for what the agreement does not permit. Figures beyond the agreement's rows read as those withheld.",
  })
  async statistics(
    @Arg("input", () => StatisticsInput) input: StatisticsInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<StatisticsTable> {
    const { agreement, purpose, cut = null, auditYear = null } = input;
    const asked = { agreementId: agreement, purpose, cutId: cut, auditYear, question: toQuestion(input) };
    return toTable(await this.#ask(actor, { ...asked, handedOutAs: "ANSWER" }));
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Query(() => PublishedTables, {
    description: "Dimensions with their categories, and which of them can be asked together for what. No figure.",
  })
  async publishedTables(
    @Arg("cut", () => ID, { nullable: true, description: "Absent: the cut in force." }) cut: string | null | undefined,
    @Arg("auditYear", () => Int, { nullable: true, description: "Absent: the latest of the cut." })
    auditYear: number | null | undefined,
  ): Promise<PublishedTables> {
    return toTables(await this.#listTables({ cutId: cut ?? null, auditYear: auditYear ?? null }));
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Query(() => CutConnection, { description: "The latest first, withdrawn ones among them." })
  async cuts(
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
  ): Promise<Connection<Cut>> {
    return toConnection(await this.#published.page(readPageRequest(first, after)), (cut) => cut);
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Query(() => Cut)
  async cut(@Arg("id", () => ID) id: string): Promise<Cut> {
    const found = await this.#published.find(id);
    if (found === null) throw new GatewayError("NOT_FOUND", "There is no such cut.");
    return found;
  }
}

@Resolver(() => StatisticsTable)
export class StatisticsTableFieldResolver {
  readonly #agreements: AgreementReader;
  readonly #now: () => string;

  constructor(agreements: AgreementReader, now: () => string) {
    this.#agreements = agreements;
    this.#now = now;
  }

  @FieldResolver(() => Agreement, { description: "As it stands now." })
  async agreement(@Root() { agreementId }: StatisticsTable, @Ctx() { actor }: GraphqlContext): Promise<Agreement> {
    return toAgreement(await this.#agreements.find(actor, agreementId), this.#now());
  }
}

export const toQuestion = ({ measure, dimensions, where }: QuestionInput) => ({ measure, dimensions, where: where ?? [] });

export function toTable(answer: StatisticsAnswer): StatisticsTable {
  const { agreementId, cut, auditYear, profile, unit, table, citation } = answer;
  const { measure, dimensions, suppressedCells, footnotes } = table;
  const rows = table.rows.map(
    ({ categories, value }): StatisticsRow => ({
      categories,
      value: { display: displayOf(value), number: value, suppressed: value === null },
    }),
  );
  const exports = EXPORT_FORMATS.map((format) => ({ format, path: exportPath(answer, format) }));
  return {
    agreementId,
    cut,
    auditYear,
    profile,
    measure: measure.key,
    unit,
    dimensions,
    rows,
    suppressedCells,
    footnotes,
    citation,
    exports,
  };
}

const toTables = ({ cut, auditYear, dimensions, measures, tables }: Listed): PublishedTables => ({
  cut,
  auditYear,
  dimensions: dimensions.map(
    ({ key, label, isPlace, categories, rollUps }): PublishedDimension => ({
      dimension: key,
      term: key,
      label,
      isPlace,
      categories: categories.map((category) => ({ category: category.key, label: category.label })),
      rollUps: rollUps.map((rollUp) => ({ category: rollUp.key, label: rollUp.label, of: rollUp.of })),
    }),
  ),
  measures: measures.map(({ key, label, unit }) => ({ measure: key, label, unit })),
  tables,
});
