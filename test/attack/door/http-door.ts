/** The true door for the attackers: GraphQL over HTTP, in the words of the API. */
import type { Condition } from "../../../src/statistics/cube/question.ts";
import { dimensionKey, dimensionName } from "../../../src/statistics/questions/question-words.ts";
import type { Door } from "../black-box/attack-door.ts";
import type { AttackedGateway } from "./attacked-gateway.ts";

const toWords = (conditions: readonly Condition[]): readonly Condition[] =>
  conditions.map(({ dimension, category }) => ({ dimension: dimensionName(dimension), category }));

/** Agreements by their ids at the gateway. A union is no question of the API at all. */
export const openHttpDoor = (gateway: AttackedGateway): Door => ({
  ask: async (agreement, { measure, dimensions, where, anyOf }) => {
    if (anyOf !== undefined) return { kind: "REFUSED" };
    const asked = { agreement, measure, dimensions: dimensions.map(dimensionName), where: toWords(where) };
    const { data } = await gateway.look(asked);
    if (data === null) return { kind: "REFUSED" };
    return {
      kind: "ROWS",
      rows: data.statistics.rows.map(({ categories, value }) => ({
        categories: categories.map(({ dimension, category }) => ({ dimension: dimensionKey(dimension), category })),
        value: value.number,
      })),
    };
  },
});
