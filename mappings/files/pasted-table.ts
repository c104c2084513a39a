/** Rows that a person pasted to try a column profile: text with a header as a spreadsheet copies it, or a list of objects. */
import type { MappedSource } from "../../src/records/draft-record.ts";
import type { Issue } from "../../src/records/issue.ts";
import type { PlaceOf } from "../support/place-of.ts";
import type { SiteCodes } from "../support/site-codes.ts";
import type { CompiledProfile } from "./profile-compile.ts";
import { mapProfileRows } from "./profile-mapping.ts";
import { bindTable, ProfileRow, readKeys } from "./profile-table.ts";

/** What is pasted, as it came. Made by the door of the preview only. */
export class PastedTable {
  readonly content: unknown;
  /** Of the sheet or table it was copied from; empty where the profile has one table. */
  readonly name: string;

  constructor(content: unknown, name: string) {
    this.content = content;
    this.name = name;
  }
}

interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const MOST_ROWS = 500;
const DELIMITERS = ["\t", ",", ";"];

/** Rows of one patient are put side by side, as the readers of files do; places are those of the pasted rows, the header being row 1. */
export function mapPastedTable(pasted: PastedTable, profile: CompiledProfile, siteCodes: SiteCodes | undefined): MappedSource {
  const nothing = { drafts: [], mappingReport: [], mappingVersion: `${profile.source.name}/${profile.source.version}` };
  const table = typeof pasted.content === "string" ? readText(pasted.content) : readObjects(pasted.content);
  if (table === null) return { ...nothing, issues: [refusal("FORMAT_UNRECOGNISED")] };
  const { bound, issues } = bindTable(profile, { name: pasted.name, place: "row 1", header: table.header, dateSystem: 1900 });
  if (bound === null) return { ...nothing, issues: [...issues, refusal("COLUMNS_UNRECOGNISED")] };
  const cells = table.rows.slice(0, MOST_ROWS).map((row) => row.map((text) => ({ type: "text", text }) as const));
  const groups = groupRows(cells.map((row) => readKeys(bound, row)));
  const rows = cells
    .map((row, index) => ({ row: new ProfileRow(bound, groups[index] ?? index, row), place: `row ${index + 2}` }))
    .sort((a, b) => a.row.group - b.row.group);
  const placeOf: PlaceOf = (index) => rows[index]?.place ?? "";
  const source = mapProfileRows(
    rows.map(({ row }) => row),
    profile,
    siteCodes,
    placeOf,
  );
  return { ...source, issues: [...issues, ...source.issues] };
}

const refusal = (code: string): Issue => ({ severity: "ERROR", code, field: null, expression: "input.content" });

/** For each row the first one it shares a key with, directly or through others. */
function groupRows(keys: readonly (readonly string[])[]): readonly number[] {
  const groups = keys.map((_, index) => index);
  const rootOf = (index: number): number => (groups[index] === index ? index : rootOf(groups[index] ?? index));
  const holders = new Map<string, number>();
  for (const [index, own] of keys.entries())
    for (const key of own) {
      const [one, other] = [rootOf(index), rootOf(holders.get(key) ?? index)];
      groups[Math.max(one, other)] = Math.min(one, other);
      holders.set(key, Math.min(one, other));
    }
  return groups.map((_, index) => rootOf(index));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const toText = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";

function readObjects(content: unknown): Table | null {
  const list = Array.isArray(content) ? content : [content];
  if (list.length === 0 || !list.every(isObject)) return null;
  const header = [...new Set(list.slice(0, MOST_ROWS).flatMap((row) => Object.keys(row)))];
  return { header, rows: list.map((row) => header.map((name) => (Object.hasOwn(row, name) ? toText(row[name]) : ""))) };
}

/** The delimiter is the one that parts the header most often. */
function readText(text: string): Table | null {
  const [head = ""] = text.split(/\r\n|\r|\n/, 1);
  const delimiter = DELIMITERS.toSorted((a, b) => head.split(b).length - head.split(a).length)[0] ?? ",";
  const [header, ...rows] = splitRows(text.replace(/^\uFEFF/, ""), delimiter);
  return header === undefined || header.every((name) => name.trim() === "") ? null : { header, rows };
}

/** RFC 4180: a quoted cell may hold the delimiter, line ends and, doubled, quotes. Blank lines are left out, and counted by nobody. */
function splitRows(text: string, delimiter: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endRow = (): void => {
    row.push(cell);
    if (row.some((content) => content.trim() !== "")) rows.push(row);
    row = [];
    cell = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quoted && character === '"' && text.charAt(at + 1) === '"') {
      cell += character;
      at += 1;
    } else if (character === '"' && (quoted || cell === "")) quoted = !quoted;
    else if (quoted) cell += character;
    else if (character === delimiter) {
      row.push(cell);
      cell = "";
    } else if (character === "\n") endRow();
    else if (character !== "\r") cell += character;
  }
  endRow();
  return rows;
}
