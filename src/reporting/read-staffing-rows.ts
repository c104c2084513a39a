/** Rows of `staffing_*.csv` into surveys, one for each audit year. Every fault of a row is told with its place. */
import { foldText } from "../lib/fold-text.ts";
import type { Issue } from "../records/issue.ts";
import { SURVEY_LIMITS, type SurveyStaff } from "../standards/programme-survey.ts";
import { PRIORITY_GROUPS, type PriorityGroup } from "../standards/standards-data.ts";
import type { PlacedStaffingRow, ReadStaffingRows, StatedSurvey } from "../submission/survey-ports.ts";
import { isAuditYear } from "./period.ts";
import type { StaffingColumn } from "./staffing-columns.ts";

const SEPARATOR = ";";
const NUMBER = /^\d+(?:\.\d+)?$/;
const YES_OR_NO: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["y", true],
  ["true", true],
  ["1", true],
  ["no", false],
  ["n", false],
  ["false", false],
  ["0", false],
]);
const GROUP_BY_NAME: ReadonlyMap<string, PriorityGroup> = new Map(PRIORITY_GROUPS.map((group) => [foldText(group), group]));

export const readStaffingRows: ReadStaffingRows = (rows, programmeCode) => {
  const surveys: StatedSurvey[] = [];
  const issues: Issue[] = [];
  for (const group of new Set(rows.map(({ row }) => row.group))) {
    const survey = readSurvey(
      rows.filter(({ row }) => row.group === group).map((row) => new StaffingReader(row, issues)),
      programmeCode,
    );
    if (survey !== null) surveys.push(survey);
  }
  return { surveys, issues };
};

/** Null: a row of it is wrong. */
function readSurvey(rows: readonly StaffingReader[], programmeCode: string): StatedSurvey | null {
  const years = rows.map((row) => row.readYear(programmeCode));
  const staff = rows.flatMap((row) => row.readStaff());
  const groups = rows.flatMap((row) => row.readGroups());
  const [first] = rows;
  const auditYear = years[0] ?? null;
  if (first === undefined) return null;
  if (staff.length > SURVEY_LIMITS.staff)
    first.refuse("OUT_OF_HARD_RANGE", "profession", { min: 0, max: SURVEY_LIMITS.staff, unit: "lines" });
  if (auditYear === null || rows.some((row) => row.isWrong)) return null;
  return { auditYear, staff, groupsOffered: PRIORITY_GROUPS.filter((group) => groups.includes(group)), expression: first.place };
}

class StaffingReader {
  readonly place: string;
  readonly #cells: Readonly<Record<string, string>>;
  readonly #issues: Issue[];
  #isWrong = false;

  constructor({ row, place }: PlacedStaffingRow, issues: Issue[]) {
    this.place = place;
    this.#cells = row.cells;
    this.#issues = issues;
  }

  get isWrong(): boolean {
    return this.#isWrong;
  }

  refuse(code: string, column: StaffingColumn, params?: Issue["params"]): void {
    this.#isWrong = true;
    const issue: Issue = { severity: "ERROR", code, field: column, expression: `${this.place}.${column}` };
    this.#issues.push(params === undefined ? issue : { ...issue, params });
  }

  /** A file is of the programme it was sent for; a row may say so, and none may say another. */
  readYear(programmeCode: string): number | null {
    const stated = this.#cell("programmeCode");
    if (stated !== "" && stated !== programmeCode) this.refuse("KEY_CONFLICT", "programmeCode");
    const year = this.#cell("auditYear");
    if (year === "") this.refuse("MANDATORY_MISSING", "auditYear");
    else if (!isAuditYear(Number(year))) this.refuse("FORMAT_INVALID", "auditYear");
    else return Number(year);
    return null;
  }

  /** None where the row says only which groups are offered. */
  readStaff(): readonly SurveyStaff[] {
    const profession = this.#cell("profession");
    const [wteText, regularText] = [this.#cell("wte"), this.#cell("regular")];
    if (profession === "" && wteText === "" && regularText === "") return [];
    const wte = NUMBER.test(wteText) ? Number(wteText) : null;
    const regular = YES_OR_NO.get(foldText(regularText)) ?? null;
    if (foldText(profession) === "") this.refuse("MANDATORY_MISSING", "profession");
    if (profession.length > SURVEY_LIMITS.profession)
      this.refuse("LENGTH_EXCEEDED", "profession", { max: SURVEY_LIMITS.profession });
    if (wte === null) this.refuse(wteText === "" ? "MANDATORY_MISSING" : "FORMAT_INVALID", "wte");
    else if (wte > SURVEY_LIMITS.wte) this.refuse("OUT_OF_HARD_RANGE", "wte", { min: 0, max: SURVEY_LIMITS.wte, unit: "" });
    if (regular === null) this.refuse(regularText === "" ? "MANDATORY_MISSING" : "FORMAT_INVALID", "regular");
    return wte === null || regular === null ? [] : [{ profession, wte, regular }];
  }

  readGroups(): readonly PriorityGroup[] {
    const names = this.#cell("groupsOffered")
      .split(SEPARATOR)
      .filter((name) => name.trim() !== "");
    return names.flatMap((name) => {
      const group = GROUP_BY_NAME.get(foldText(name));
      if (group === undefined) this.refuse("CODE_UNKNOWN", "groupsOffered", { list: "PriorityGroup" });
      return group ?? [];
    });
  }

  #cell(column: StaffingColumn): string {
    return (this.#cells[column] ?? "").trim();
  }
}
