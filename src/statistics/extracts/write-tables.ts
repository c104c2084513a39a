/** Writes exact tables as files: one for each table, the categories in words, and what whoever reads them must know. */

import { toCsvRow } from "../../lib/csv-row.ts";
import { LongWork } from "../../lib/long-work.ts";
import { MEASURES } from "../cube/declaration.ts";
import { DIMENSIONS } from "../cube/dimensions.ts";
import { CUBE_RULES } from "../cube/disclosure-rules.ts";
import type { NormalQuestion } from "../cube/question.ts";
import type { CutJourney } from "../cut-journey.ts";
import type { DisclosureProfile } from "../profiles/disclosure-profile.ts";
import { countTables, type ExactTable } from "./exact-tables.ts";
import type { ExtractFile } from "./extract.ts";
import type { FileSink } from "./file-sink.ts";
import { DICTIONARY_FILE } from "./write-records.ts";

export interface WriteTables {
  readonly journeys: AsyncIterable<CutJourney>;
  readonly questions: readonly NormalQuestion[];
  readonly profile: DisclosureProfile;
  readonly openFile: (name: string) => FileSink;
}

const FOOTNOTES_FILE = "footnotes.txt";

export async function writeTables({ journeys, questions, profile, openFile }: WriteTables): Promise<readonly ExtractFile[]> {
  const tables = await countTables(journeys, questions, profile);
  const write = async (name: string, rows: number, text: string): Promise<ExtractFile> => {
    const sink = openFile(name);
    await sink.add(Buffer.from(text, "utf8"));
    return await sink.end(rows);
  };
  const files: ExtractFile[] = [];
  for (const [index, table] of tables.entries())
    files.push(await write(nameOf(index), table.rows.length, await renderTable(table, profile)));
  const words = describeTables(tables);
  const footnotes = footnotesOf(profile);
  return [
    ...files,
    await write(DICTIONARY_FILE, words.length, [["file", "column", "code", "label"], ...words].map(toCsvRow).join("")),
    await write(FOOTNOTES_FILE, footnotes.length, `${footnotes.join("\n")}\n`),
  ];
}

const nameOf = (index: number): string => `table_${index + 1}.csv`;

async function renderTable({ measure, dimensions, rows }: ExactTable, { symbol }: DisclosureProfile): Promise<string> {
  const lines = await new LongWork().map(rows, ({ categories, value }) => toCsvRow([...categories, value ?? symbol]));
  return [toCsvRow([...dimensions, measure]), ...lines].join("");
}

const describeTables = (tables: readonly ExactTable[]): readonly (readonly string[])[] =>
  tables.flatMap(({ measure, dimensions }, index) => [
    [nameOf(index), measure, "", MEASURES.find(({ key }) => key === measure)?.label ?? measure],
    ...dimensions.flatMap((key) => {
      const declared = DIMENSIONS.find((dimension) => dimension.key === key);
      return declared === undefined
        ? [[nameOf(index), key, "", "Code of the register of organisations"]]
        : declared.categories.map((category) => [nameOf(index), key, category.key, category.label]);
    }),
  ]);

function footnotesOf({ id, version, label, symbol, withheld, rounding, percent }: DisclosureProfile): readonly string[] {
  const small =
    withheld === null ? "No count is withheld." : `Counts from ${withheld.from} to ${withheld.to} are shown as ${symbol}.`;
  const rounded =
    rounding.kind === "NONE"
      ? "Counts are not rounded."
      : rounding.kind === "NEAREST"
        ? `All other counts are rounded to the nearest ${rounding.base}.`
        : `Counts are rounded up to a multiple of ${rounding.base}, less half of it.`;
  return [
    `Disclosure profile ${id}, version ${version}: ${label}.`,
    `${small} ${rounded} National figures are treated like all others, since what they are made of is in reach.`,
    `Percentages are from ${percent.from === "ROUNDED" ? "rounded" : "true"} counts, to ${percent.decimals} decimals, and withheld where the part, the whole${percent.testsComplement ? " or the rest" : ""} is. Halves go up.`,
    `A journey of which a dimension is not known is counted only in tables without the dimension. Medians are in days, the lower of two, and withheld with the count they are of, and of ${CUBE_RULES.withheldTo} and fewer.`,
    "These tables were made for the agreement named in the manifest. They are not for publication, and not to be passed on.",
  ];
}
