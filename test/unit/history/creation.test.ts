/** The creation of a record, worked out from what came after it. */
import { describe, expect, it } from "vitest";
import { latestDictionary } from "../../../src/graphql/dictionary-lookup.ts";
import type { OrganisationKeys } from "../../../src/keys/organisation-keys.ts";
import { type CreationFacts, readCreation } from "../../../src/persistence/record-history-creation.ts";
import { SealedChanges } from "../../../src/persistence/record-history-identity.ts";
import type { SqlRow } from "../../../src/persistence/sql-row.ts";

const type = latestDictionary().recordType("PATIENT");

const recordRow = (values: object, more: SqlRow = {}): SqlRow => ({
  submission_id: "s-1",
  programme_code: "P1",
  received_at: "2026-03-02T09:00:00.000Z",
  at: "2026-03-02T09:00:01.000Z",
  withdrawn: false,
  values: JSON.stringify(values),
  digested: [],
  sealed: null,
  ...more,
});

const firstChange = (field: string, before: unknown, decision = "REPLACED", more: SqlRow = {}): SqlRow => ({
  field,
  version: 2,
  before: JSON.stringify(before),
  decision,
  sealed: null,
  ...more,
});

/** Boxes that are no secret, and a note of each that was opened. */
function openKeys(): { readonly keys: Pick<OrganisationKeys, "open">; readonly opened: string[] } {
  const opened: string[] = [];
  const keys: Pick<OrganisationKeys, "open"> = {
    open: (box, place) => {
      opened.push(place);
      return Buffer.from(box);
    },
  };
  return { keys, opened };
}

const neverOpened = (): never => {
  throw new Error("an identity was opened");
};

const read = (facts: Partial<CreationFacts>): readonly string[] =>
  readCreation({
    type,
    field: null,
    record: recordRow({}),
    firstChanges: [],
    sealed: null,
    openIdentity: neverOpened,
    ...facts,
  }).map(({ field, after }) => `${field}=${JSON.stringify(after)}`);

describe("what a record was created with", () => {
  it("is what the first change of an item found, and what never changed", () => {
    const record = recordRow({ gender: "MALE", maritalStatus: "WIDOWED", ethnicGroup: "WHITE_BRITISH", gpPracticeCode: null });
    const firstChanges = [firstChange("maritalStatus", "SINGLE"), firstChange("ethnicGroup", null, "SET")];
    expect(read({ record, firstChanges })).toEqual(['gender="MALE"', 'maritalStatus="SINGLE"']);
    expect(read({ record, firstChanges, field: "maritalStatus" })).toEqual(['maritalStatus="SINGLE"']);
  });

  it("is told of a record that is gone by its changes alone", () => {
    expect(read({ firstChanges: [firstChange("gender", "MALE", "CLEARED")] })).toEqual(['gender="MALE"']);
  });

  it("has an entry for a changed identifying item, without opening it for whoever may not see it", () => {
    const sealed = Buffer.from(JSON.stringify({ surname: { before: "Lark", after: "Wren" } }));
    const firstChanges = [firstChange("surname", null, "REPLACED", { sealed }), firstChange("forename", null, "SET", { sealed })];
    const record = recordRow({}, { digested: ["nhsNumber"] });
    expect(read({ record, firstChanges })).toEqual(["nhsNumber=null", "surname=null"]);
  });

  it("is shown to whoever may see it, each box opened once, and none where no identifying item is asked for", () => {
    const { keys, opened } = openKeys();
    const sealed = Buffer.from(
      JSON.stringify({ surname: { before: "Lark", after: "Wren" }, postcode: { before: "A", after: "B" } }),
    );
    const firstChanges = ["surname", "postcode"].map((field) => firstChange(field, null, "REPLACED", { sealed }));
    const record = recordRow({ gender: "MALE" }, { sealed: Buffer.from("box"), digested: ["nhsNumber"] });
    const facts = { record, firstChanges, sealed: new SealedChanges(keys, "RTEST", "r-1") };
    expect(read({ ...facts, openIdentity: () => ({ nhsNumber: "1", surname: "Wren", forename: null }) })).toEqual([
      ...['gender="MALE"', 'nhsNumber="1"', 'postcode="A"', 'surname="Lark"'],
    ]);
    expect(opened).toEqual(["RTEST/r-1/2"]);
    expect(read({ ...facts, field: "gender" })).toEqual(['gender="MALE"']);
    expect(read({ ...facts, field: "surname" })).toEqual(['surname="Lark"']);
    expect(() => read(facts)).toThrow("an identity was opened");
  });
});
