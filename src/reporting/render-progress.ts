/** A patient's own progress as a page for the clinical team, to be looked at together and printed. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { type PageSection, type PageTable, renderPage } from "./html-page.ts";
import type { PatientProgress, ProgressLine, RehabilitationProgress } from "./progress.ts";
import { writeDay } from "./written-date.ts";

/** Who the page is of: enough to be sure, and no more. */
const SHOWN_IDENTITY = ["forename", "surname", "nhsNumber", "hospitalNumber", "dateOfBirth"];
const WORDS = { BETTER: "better", WORSE: "worse", SAME: "no change" } as const;

export function renderProgressPage({ identity, rehabilitations }: PatientProgress, dictionary: Dictionary): string {
  const patient = dictionary.recordType("PATIENT");
  const shown = SHOWN_IDENTITY.flatMap((name) => {
    const value = identity?.[name] ?? null;
    if (value === null) return [];
    const item = patient.byName.get(name);
    return [`${item?.label ?? name}: ${item?.kind === "date" ? writeDay(String(value)) : String(value)}`];
  });
  const intro = shown.length === 0 ? [] : [shown.join(". ")];
  const sections = rehabilitations.map(toSection);
  const nothing: PageSection = { heading: "Nothing yet", paragraphs: ["There is no rehabilitation under your programmes."] };
  return renderPage("Progress report", intro, sections.length === 0 ? [nothing] : sections);
}

function toSection(rehabilitation: RehabilitationProgress): PageSection {
  const { eventType, eventDate, coreStartDate, coreEndDate, assessments, lines, programmeCode } = rehabilitation;
  const rows = lines.map((line): PageTable["rows"][number] => [
    line.unit === null ? line.label : `${line.label} (${line.unit})`,
    ...assessments.map(({ number }) => valueText(line, number)),
    changeText(line),
  ]);
  const columns = [
    "Measure",
    ...assessments.map(({ number, date }) => `Assessment ${number}${date === null ? "" : `, ${writeDay(date)}`}`),
    "Change",
  ];
  return {
    heading: `${eventType ?? "Event"}${eventDate === null ? "" : `, ${writeDay(eventDate)}`}`,
    paragraphs: [`Programme ${programmeCode}. ${coreText(coreStartDate, coreEndDate)}`],
    tables: [{ caption: "Assessments side by side", columns, rows }],
  };
}

function coreText(start: string | null, end: string | null): string {
  if (start === null) return "The core programme has not begun.";
  return `Core programme ${end === null ? "since" : "from"} ${writeDay(start)}${end === null ? "" : ` to ${writeDay(end)}`}.`;
}

function valueText({ values }: ProgressLine, wanted: number): string | null {
  const value = values.find(({ number }) => number === wanted);
  if (value === undefined) return null;
  return value.meaning === null ? value.display : `${value.display} (${value.meaning})`;
}

function changeText({ direction, change, isMeaningful }: ProgressLine): string | null {
  if (direction === null) return null;
  const amount = change === null || change === 0 ? "" : `${change > 0 ? "+" : "−"}${Math.round(Math.abs(change) * 10) / 10}, `;
  const weight = isMeaningful === null ? "" : isMeaningful ? ", a change that counts" : ", too small to count";
  return `${amount}${WORDS[direction]}${direction === "SAME" ? "" : weight}`;
}
