/** Thresholds that are the nation's own average of a year (dataset Decision 52), taken from published figures. */
import { NATIONS } from "../access/registration-ports.ts";
import { STANDARDS } from "../standards/standards-data.ts";
import { type NationalFigures, STANDARD_QUESTIONS } from "./national-figures.ts";
import { SHIPPED_THRESHOLDS } from "./shipped-thresholds.ts";
import type { Threshold } from "./threshold.ts";

/** Of every nation and standard of which the cut has a figure. Nobody has confirmed them yet. */
export const listComputed = ({ source, of }: NationalFigures): readonly Threshold[] =>
  NATIONS.flatMap((nation) =>
    STANDARDS.flatMap(({ name: standard }): Threshold[] => {
      const question = STANDARD_QUESTIONS[standard];
      const value = question === undefined ? null : of(nation, question);
      if (question === undefined || value === null) return [];
      const named = [question.measure, nation, ...question.where.map(({ category }) => category)].join(" ");
      return [
        {
          auditYear: source.auditYear,
          nation,
          standard,
          operator: operatorOf(standard),
          value,
          basis: "COMPUTED",
          status: "UNCONFIRMED",
          source: `Cut ${source.cutNumber} (${source.cutId}) as of ${source.asOf.slice(0, 10)}, audit year ${source.auditYear}: ${named}${source.isSynthetic ? "; a generated population" : ""}`,
        },
      ];
    }),
  );

/** As the published rows compare. */
function operatorOf(standard: Threshold["standard"]): Threshold["operator"] {
  const shipped = SHIPPED_THRESHOLDS.find((row) => row.standard === standard);
  if (shipped === undefined) throw new Error(`No published threshold of ${standard}`);
  return shipped.operator;
}
