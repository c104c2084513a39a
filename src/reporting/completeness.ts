/**
 * How much of what the dataset collects a programme's rows say, item by item, with its months and the nation beside it. Every item of the
 * dictionary; names, address, postcode, telephone and date of death are sealed and are not counted.
 */
import type { RecordTypeName } from "../dataset/define.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import type { Actor } from "../records/actor.ts";
import { auditYearOf } from "../standards/contributions.ts";
import type { NationalFigures, NationalSource, ReadNationalFigures } from "./national-figures.ts";
import { type Period, readPeriod } from "./period.ts";
import type { CompletenessStore, FilledCount, NationalFilled, ReportedProgramme, ReportingStore } from "./reporting-ports.ts";
import { requireOwnProgramme, toReportEntry } from "./reporting-scope.ts";

export interface MonthFilled {
  /** `YYYY-MM` of the referral, or of the core start where there was none. */
  readonly month: string;
  readonly rows: number;
  readonly known: number;
}

export interface FieldCompleteness {
  readonly recordType: RecordTypeName;
  readonly item: string;
  readonly label: string;
  readonly mandatory: boolean;
  readonly rows: number;
  /** With a value that says something. */
  readonly known: number;
  /** With the list's word for "not known". */
  readonly unknown: number;
  /** Per cent known; null: no rows. */
  readonly percent: number | null;
  /** Whole per cent of all rows of the cut's audit year; null where there is no cut, no such figure, or it is of too few. */
  readonly nationalPercent: number | null;
  readonly trend: readonly MonthFilled[];
}

export interface Completeness {
  readonly programme: ReportedProgramme;
  readonly period: Period;
  /** The cut that the nation's figures are from; null: none is published of the audit year in which the period ends. */
  readonly national: NationalSource | null;
  readonly fields: readonly FieldCompleteness[];
}

/** Nothing is said of the nation where it is fewer, so that a programme cannot take its own rows away from the figure. */
const FEWEST_NATIONAL_ROWS = 25;
const FEWEST_ORGANISATIONS = 3;

export interface CompletenessDependencies {
  readonly store: CompletenessStore;
  readonly programmes: Pick<ReportingStore, "programme">;
  readonly readNational: ReadNationalFigures;
  readonly dictionary: Dictionary;
}

/** @throws GatewayError FORBIDDEN, BAD_USER_INPUT, DATABASE_UNAVAILABLE */
export type ReadCompleteness = (actor: Actor, programmeCode: string, period: Period) => Promise<Completeness>;

export const createReadCompleteness =
  ({ store, programmes, readNational, dictionary }: CompletenessDependencies): ReadCompleteness =>
  async (actor, programmeCode, asked) => {
    const period = readPeriod(asked);
    const scope = await requireOwnProgramme(programmes, actor, programmeCode);
    const act = { action: "READ", type: "READ_COMPLETENESS", details: { ...period } } as const;
    const counts = await store.filled(scope, period, toReportEntry(actor, scope, act));
    const figures = await readNational(auditYearOf(period.to));
    const fields = listFields(dictionary, counts, await readNationalFilled(store, figures));
    return { programme: scope.programme, period, national: figures?.source ?? null, fields };
  };

/** Of the whole audit year of a frozen cut, whatever the period: asked twice, it says nothing new. */
export const readNationalFilled = async (
  store: Pick<CompletenessStore, "national">,
  figures: NationalFigures | null,
): Promise<readonly NationalFilled[]> =>
  figures === null ? [] : await store.national(figures.source.cutId, figures.source.auditYear);

export function listFields(
  dictionary: Dictionary,
  counts: readonly FilledCount[],
  national: readonly NationalFilled[],
): readonly FieldCompleteness[] {
  return dictionary.recordTypes.flatMap((recordType) => {
    const months = counts.filter((count) => count.recordType === recordType.name);
    const counted = new Set(months.flatMap(({ items }) => [...items.keys()]));
    const shown = recordType.items.filter(({ name, identifying }) => identifying !== true || counted.has(name));
    return shown.map(({ name, label, mandatory }): FieldCompleteness => {
      const trend = months.map(({ month, rows, items }) => ({ month, rows, known: items.get(name)?.known ?? 0 }));
      const rows = sum(trend.map((each) => each.rows));
      const known = sum(trend.map((each) => each.known));
      return {
        recordType: recordType.name,
        item: name,
        label,
        mandatory: mandatory === true,
        rows,
        known,
        unknown: sum(months.map(({ items }) => items.get(name)?.unknown ?? 0)),
        percent: rows === 0 ? null : (100 * known) / rows,
        nationalPercent: nationalPercentOf(national.find((each) => each.recordType === recordType.name && each.item === name)),
        trend,
      };
    });
  });
}

function nationalPercentOf(figure: NationalFilled | undefined): number | null {
  if (figure === undefined || figure.rows < FEWEST_NATIONAL_ROWS || figure.organisations < FEWEST_ORGANISATIONS) return null;
  return Math.round((100 * figure.filled) / figure.rows);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
