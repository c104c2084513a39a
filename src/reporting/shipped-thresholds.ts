/**
 * The published thresholds that are known (dataset page 6, Decision 51): one set for audit years 2018 to 2022. Standards 4 to 7 are national
 * averages and move each year; later sets were not found, so a site records them (`recordThresholds`).
 */
import { NATIONS, type Nation } from "../access/registration-ports.ts";
import type { StandardName } from "../records/standard-movement.ts";
import type { Threshold } from "./threshold.ts";

const YEARS = [2018, 2019, 2020, 2021, 2022] as const;

type Row = Pick<Threshold, "operator" | "status" | "source"> & {
  readonly standard: StandardName;
  readonly values: Readonly<Record<Nation, number>>;
};

const everywhere = (value: number): Row["values"] => ({ ENGLAND: value, NORTHERN_IRELAND: value, WALES: value });
const WAIT_SOURCE = "[NCP1]; the sign is lost in the publication, that it is `at most` is our reading";

const ROWS: readonly Row[] = [
  {
    standard: "MULTIDISCIPLINARY_TEAM",
    operator: "AT_LEAST",
    values: everywhere(3),
    status: "CONFIRMED",
    source: "[NCP1-3]",
  },
  { standard: "PRIORITY_GROUPS", operator: "AT_LEAST", values: everywhere(5), status: "CONFIRMED", source: "[NCP1-3]" },
  { standard: "DURATION", operator: "AT_LEAST", values: everywhere(56), status: "CONFIRMED", source: "[NCP1]" },
  {
    standard: "ASSESSMENT_1",
    operator: "AT_LEAST",
    values: { ENGLAND: 80, NORTHERN_IRELAND: 88, WALES: 68 },
    status: "CONFIRMED",
    source: "[NCP1-3]",
  },
  {
    standard: "CABG_WAIT",
    operator: "AT_MOST",
    values: { ENGLAND: 46, NORTHERN_IRELAND: 52, WALES: 42 },
    status: "CONFIRMED",
    source: WAIT_SOURCE,
  },
  {
    standard: "MI_PCI_WAIT",
    operator: "AT_MOST",
    values: { ENGLAND: 33, NORTHERN_IRELAND: 40, WALES: 26 },
    status: "CONFIRMED",
    source: WAIT_SOURCE,
  },
  {
    standard: "ASSESSMENT_2",
    operator: "AT_LEAST",
    values: { ENGLAND: 57, NORTHERN_IRELAND: 61, WALES: 43 },
    status: "UNCONFIRMED",
    source: "[NCP1], the text is cut in every copy that was seen",
  },
];

export const SHIPPED_THRESHOLDS: readonly Threshold[] = YEARS.flatMap((auditYear) =>
  NATIONS.flatMap((nation) =>
    ROWS.map(({ values, ...row }) => ({ ...row, auditYear, nation, value: values[nation], basis: "PUBLISHED" as const })),
  ),
);
