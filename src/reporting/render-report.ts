/** A programme's report as tables, which the page and the CSV file both are made of. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { BYTE_ORDER_MARK, toCsvRow } from "../lib/csv-row.ts";
import { STANDARDS } from "../standards/standards-data.ts";
import { type PageSection, type PageTable, renderPage } from "./html-page.ts";
import type { OutcomeChange, Spread } from "./outcomes.ts";
import type { ProgrammeReport } from "./programme-report.ts";
import { writeDay, writeInstant } from "./written-date.ts";

type Cells = PageTable["rows"][number];

/** One place behind the point: days, per cent, scores. */
const round = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10);

export function renderReportPage(report: ProgrammeReport, dictionary: Dictionary): string {
  const { programme, period, certification, lateness } = report;
  const sections: PageSection[] = tablesOf(report, dictionary).map((table) => ({ heading: table.caption, tables: [table] }));
  const { colour, met, provisional, next } = certification;
  const standing = [
    `${colour}${provisional.length > 0 ? " (provisional)" : ""}: ${met} of 7 standards met in the audit year ${certification.auditYear}/${certification.auditYear + 1}.`,
    ...(next === null ? [] : [`${next.standards} more for ${next.colour}.`]),
    ...reasonTexts(provisional),
  ];
  return renderPage(
    `${programme.name}: report ${writeDay(period.from)} to ${writeDay(period.to)}`,
    [`${programme.organisation} (${programme.ods}), programme ${programme.code}. Made ${writeInstant(report.madeAt)}.`],
    [
      { heading: "Certification at a glance", paragraphs: standing },
      ...sections,
      { heading: "The nation beside it", paragraphs: [nationalText(report.national)] },
      { heading: "Submission", paragraphs: [latenessText(lateness)] },
    ],
  );
}

/** Long: a table, a line, a column and its value in each row, so that a spreadsheet can sort it and a program need not know the layout. */
export function renderReportCsv(report: ProgrammeReport, dictionary: Dictionary): string {
  const lines = tablesOf(report, dictionary).flatMap(({ caption, columns, rows }) =>
    rows.flatMap(([heading = null, ...cells]) =>
      cells.map((cell, index) => toCsvRow([caption, heading, columns[index + 1] ?? "", cell])),
    ),
  );
  const { programme, period, lateness, certification } = report;
  const about = [
    ["Report", "Programme", "Code", programme.code],
    ["Report", "Period", "From", period.from],
    ["Report", "Period", "To", period.to],
    ["Report", "Made", "At", report.madeAt],
    ["Certification", "Colour", certification.provisional.length > 0 ? "Provisional" : "Final", certification.colour],
    ["Nation", "Cut", "Number", report.national?.cutNumber ?? null],
    ["Nation", "Cut", "As of", report.national?.asOf ?? null],
    ["Submission", "Last", "At", lateness.lastSubmittedAt],
    ["Submission", "Late", lateness.frequency, lateness.isLate ? "Yes" : "No"],
  ];
  return `${BYTE_ORDER_MARK}${toCsvRow(["table", "line", "column", "value"])}${about.map(toCsvRow).join("")}${lines.join("")}`;
}

const labelOf = (name: string): string => name.replaceAll("_", " ").toLowerCase();

const UNIT_WORDS = { PROFESSIONS: "professions", GROUPS: "groups", DAYS: "days", PERCENT: "per cent" } as const;

/** What holds of several standards is said once. */
function reasonTexts(provisional: ProgrammeReport["certification"]["provisional"]): readonly string[] {
  return [...new Set(provisional.map(({ text }) => text))].map((text) => {
    const standards = provisional.filter((reason) => reason.text === text).map(({ standard }) => kpiOf(standard));
    return `Standard${standards.length === 1 ? "" : "s"} ${standards.join(", ")}: ${text}`;
  });
}

const kpiOf = (name: string): string => String(STANDARDS.find((standard) => standard.name === name)?.kpi ?? name);

const nationalText = (national: ProgrammeReport["national"]): string =>
  national === null
    ? "No cut is published that has figures of this audit year: there is nothing to compare with."
    : `From cut ${national.cutNumber} as of ${writeInstant(national.asOf)}, events of the audit year ${national.auditYear}/${national.auditYear + 1}. A dash: withheld, or not published.${national.isSynthetic ? " The cut is of a generated population." : ""}`;

const latenessText = ({ lastSubmittedAt, frequency, daysSince, isLate, daysLate }: ProgrammeReport["lateness"]): string =>
  lastSubmittedAt === null
    ? "Nothing was ever submitted."
    : `Last submitted ${writeInstant(lastSubmittedAt)}, ${daysSince ?? 0} days ago; agreed ${frequency.toLowerCase()}. ${isLate ? `Late by ${daysLate ?? 0} days.` : "Not late."}`;

function tablesOf(report: ProgrammeReport, dictionary: Dictionary): readonly PageTable[] {
  return [
    { caption: "Patients", columns: ["Figure", "Number"], rows: countRows(report) },
    {
      caption: "Waits and durations, in days",
      columns: ["Figure", "Patients", "Lower quartile", "Median", "Upper quartile", "Nation, median"],
      rows: report.durations.map(({ label, days, nationalMedian }): Cells => {
        if (days === null) return [label, 0, null, null, null, nationalMedian];
        return [label, days.count, round(days.lower), round(days.median), round(days.upper), nationalMedian];
      }),
    },
    {
      caption: "Outcomes",
      columns: [
        "Measure",
        "Patients",
        "At assessment 1",
        "At the later one",
        "Change",
        "Fell",
        "Rose",
        "Improved, per cent",
        "Nation, improved",
      ],
      rows: report.outcomes.map((change) => outcomeRow(change, dictionary)),
    },
    {
      caption: "Certification standards",
      columns: ["Standard", "Numerator", "Denominator", "Value", "Threshold", "Result", "What would meet it"],
      rows: report.certification.standards.map(
        ({ kpi, label, unit, numerator, denominator, value, threshold, verdict, shortfall }): Cells => {
          const asked =
            threshold && `${threshold.operator === "AT_LEAST" ? "at least" : "at most"} ${threshold.value} ${UNIT_WORDS[unit]}`;
          return [`${kpi}. ${label}`, numerator, denominator, round(value), asked, labelOf(verdict), shortfall?.text ?? null];
        },
      ),
    },
    {
      caption: "Completeness",
      columns: ["Item", "Rows", "Known", "Not known", "Per cent known", "Nation, per cent"],
      rows: report.completeness.map((field): Cells => {
        const name = `${labelOf(field.recordType)}: ${field.label}${field.mandatory ? " (mandatory)" : ""}`;
        return [name, field.rows, field.known, field.unknown, round(field.percent), field.nationalPercent];
      }),
    },
  ];
}

function countRows({ counts, uptakePercent }: ProgrammeReport): Cells[] {
  return [
    ["Referred", counts.referred],
    ["Agreed to take part, of those referred", counts.agreed],
    ["Started the core programme", counts.started],
    ["Completed it", counts.completed],
    ...counts.assessments.map(({ number, count }): Cells => [`Assessment ${number}`, count]),
    ["Uptake, per cent of those eligible", round(uptakePercent)],
  ];
}

function outcomeRow(outcome: OutcomeChange, dictionary: Dictionary): Cells {
  const { item, later, count, first, last, change, fell, rose, improvedPercent, nationalImprovedPercent } = outcome;
  const label = dictionary.recordType("ASSESSMENT").byName.get(item)?.label ?? item;
  return [
    `${label}, 1 to ${later}`,
    count,
    spreadText(first),
    spreadText(last),
    spreadText(change),
    fell,
    rose,
    Math.round(improvedPercent),
    nationalImprovedPercent,
  ];
}

const spreadText = ({ lower, middle, upper }: Spread): string =>
  lower === null ? `${Math.round(middle * 1000) / 10} %` : `${round(middle)} (${round(lower)} to ${round(upper)})`;
