/** The door over a published cube without a gateway around it: agreements filter rows and columns, the reader answers. */
import { CubeReader } from "../../../src/statistics/cube/look-up.ts";
import type { PublishedCube } from "../../../src/statistics/cube/published-cube.ts";
import { normaliseQuestion } from "../../../src/statistics/cube/question.ts";
import type { AttackAgreement } from "./agreements.ts";
import type { Door, Person } from "./attack-door.ts";

const PLACES = ["nation", "region", "trust", "programme"] as const;

/** @param people for the nation of each place */
export function openCubeDoor(cube: PublishedCube, agreements: readonly AttackAgreement[], people: readonly Person[]): Door {
  const reader = new CubeReader(cube);
  const nationOf = new Map(people.flatMap((person) => PLACES.map((level) => [`${level} ${person[level]}`, person.nation])));
  const byId = new Map(agreements.map((agreement) => [agreement.id, agreement]));
  return {
    ask: async (id, { anyOf, ...question }) => {
      const agreement = byId.get(id);
      const named = [...question.dimensions, ...question.where.map(({ dimension }) => dimension)];
      if (agreement === undefined || anyOf !== undefined) return { kind: "REFUSED" };
      // As the reader refuses, without the suggestions that it would look for.
      if (normaliseQuestion(question) === null) return { kind: "REFUSED" };
      if (!named.every((key) => agreement.dimensions.includes(key))) return { kind: "REFUSED" };
      const answer = reader.lookUp(question, ({ dimension, category }) => {
        const nation = nationOf.get(`${dimension} ${category}`);
        if (nation !== undefined) return nation !== null && agreement.nations.includes(nation);
        return dimension !== "eventGroup" || agreement.eventGroups.includes(category);
      });
      return answer.kind === "PUBLISHED" ? { kind: "ROWS", rows: answer.rows } : { kind: "REFUSED" };
    },
  };
}
