/** Three agreements whose holders collude: other nations, other dimensions, other groups of events. Together they may ask everything. */
import { EVENT_GROUPS, NATIONS } from "../../../src/national/national-groups.ts";
import { DIMENSIONS, LEVELS } from "../../../src/statistics/cube/dimensions.ts";

export interface AttackAgreement {
  readonly id: string;
  readonly nations: readonly string[];
  readonly dimensions: readonly string[];
  readonly eventGroups: readonly string[];
}

const ALL = [...LEVELS, ...DIMENSIONS.map(({ key }) => key)];
const without = (...left: readonly string[]): readonly string[] => ALL.filter((key) => !left.includes(key));

export const COLLUDING: readonly AttackAgreement[] = [
  { id: "ENGLAND", nations: ["ENGLAND"], dimensions: ALL, eventGroups: EVENT_GROUPS },
  {
    id: "OUTER",
    nations: NATIONS.filter((nation) => nation !== "ENGLAND"),
    dimensions: without("quarter"),
    eventGroups: EVENT_GROUPS,
  },
  {
    id: "NARROW",
    nations: NATIONS,
    dimensions: without("ethnicGroup", "imdQuintile"),
    eventGroups: EVENT_GROUPS.filter((group) => group !== "MI"),
  },
];
