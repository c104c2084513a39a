/** Every column and cell of an importer file is a value of its item, or an issue at its place; a column nobody knows is named. */
import { describe, expect, it } from "vitest";
import type { MappedSource } from "../../../src/records/draft-record.ts";
import { contentOf, mapFile } from "../../unit/files/memory-content.ts";

interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const toText = ({ header, rows }: Table): string => [header, ...rows].map((cells) => cells.join(",")).join("\r\n");

/** Cells of which the answer says nothing: neither a value, nor an issue about the column, nor one about the cell. */
function findUnaccountedCells({ header, rows }: Table, { drafts, issues }: MappedSource): readonly string[] {
  const all = [...issues, ...drafts.flatMap((draft) => draft.issues)];
  const words = JSON.stringify(all);
  return rows.flatMap((cells, row) =>
    header.filter((column, at) => {
      if ((cells[at] ?? "") === "") return false;
      const place = `row ${row + 2}`;
      const ofRow = drafts.filter(({ expression }) => expression.startsWith(place) || expression.endsWith(place));
      const isValue = ofRow.some(({ values, sourceRecordId }) => Object.hasOwn(values, column) || sourceRecordId === cells[at]);
      return !isValue && !words.includes(column);
    }),
  );
}

const known: Table = {
  header: ["nhsNumber", "hospitalNumber", "surname", "dateOfBirth", "gender", "postcode"],
  rows: [
    ["9990000018", "H1", "Test", "12/04/1950", "FEMALE", "YO10 5DD"],
    ["9990000026", "H2", "Case", "13/05/1951", "MALE", ""],
  ],
};
const withStranger: Table = {
  header: [...known.header, "shoeSize"],
  rows: known.rows.map((cells) => [...cells, "42"]),
};

const read = (table: Table): Promise<MappedSource> =>
  mapFile("IMPORTER_CSV", contentOf(toText(table)), { recordType: "PATIENT" });

describe("Every column of an importer file is accounted for", () => {
  it.each([
    ["known ones", known],
    ["one that is none of the dataset's", withStranger],
  ])("%s", async (_what, table) => {
    expect(findUnaccountedCells(table, await read(table))).toEqual([]);
  });

  it("control: a value that is left out without a word is found", async () => {
    const mapped = await read(known);
    const silent = mapped.drafts.map(({ values, ...draft }) => {
      const { surname: _left, ...rest } = values;
      return { ...draft, values: rest };
    });
    expect(findUnaccountedCells(known, { ...mapped, drafts: silent })).toEqual(["surname", "surname"]);
  });
});
