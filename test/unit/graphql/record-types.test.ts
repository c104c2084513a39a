/** The type factory on a dictionary of two record types, so that what is tested is the factory and not the dataset. */
import { printSchema } from "graphql";
import { Arg, buildSchemaSync, Query, Resolver } from "type-graphql";
import { describe, expect, it } from "vitest";
import { compileDictionary } from "../../../src/dataset/compile-dictionary.ts";
import type { DictionarySource } from "../../../src/dataset/dictionary.ts";
import { createCodeListTypes } from "../../../src/graphql/types/code-list-types.ts";
import { createPatientRecordInput } from "../../../src/graphql/types/record-input-types.ts";
import { createRecordOutputTypes } from "../../../src/graphql/types/record-output-types.ts";
import { nodeOf } from "./fake-deps.ts";

const fact = { status: "I", source: "made up for this test" } as const;
const item = (kind: "text" | "date" | "integer" | "decimal" | "boolean" | "partialDate", more: object = {}) => ({
  ...fact,
  label: kind,
  description: `A ${kind}.`,
  kind,
  ...more,
});

const source: DictionarySource = {
  version: "tiny-1",
  recordTypes: [
    {
      ...fact,
      name: "PATIENT",
      typeName: "TinyPatient",
      fieldName: "patient",
      table: "patient",
      label: "Patient",
      description: "A patient.",
      parent: null,
      naturalKey: [],
      programmeScoped: false,
      items: {
        surname: item("text", { identifying: true }),
        smoker: item("boolean"),
        colours: { ...item("text"), kind: "codes", list: "TinyColour" },
      },
    },
    {
      ...fact,
      name: "INITIATING_EVENT",
      typeName: "TinyEvent",
      fieldName: "events",
      table: "event",
      label: "Event",
      description: "An event.",
      parent: "PATIENT",
      naturalKey: ["date"],
      programmeScoped: false,
      items: {
        date: item("date", { mandatory: true }),
        onset: item("partialDate"),
        days: item("integer", { unit: "d" }),
        ratio: item("decimal"),
        colour: { ...item("text"), kind: "code", list: "TinyColour" },
      },
    },
  ],
  codeLists: [{ ...fact, name: "TinyColour", label: "Colour", unknown: [], options: [{ key: "RED", code: 1, label: "Red" }] }],
  rules: [],
  issueCodes: [],
};

const dictionary = compileDictionary(source);
const lists = createCodeListTypes([dictionary]);
const outputs = createRecordOutputTypes(dictionary, lists);
const RecordInput = createPatientRecordInput([dictionary], lists);

@Resolver()
class TinyResolver {
  @Query(() => outputs.PatientRecord)
  record(@Arg("input", () => RecordInput) _input: object): object {
    return {};
  }
}
const sdl = printSchema(buildSchemaSync({ resolvers: [TinyResolver], validate: false })).replaceAll(/"""[\s\S]*?"""\s*/g, "");
const blockOf = (head: string): string[] =>
  (new RegExp(`${head} \\{([^}]*)\\}`).exec(sdl)?.[1] ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

describe("GraphQL types from a dictionary", () => {
  it("an object type has strict, nullable items and its row's facts", () => {
    expect(blockOf("type TinyEvent")).toEqual([
      "id: ID!",
      "version: Int!",
      "updatedAt: DateTime!",
      "date: Date",
      "onset: PartialDate",
      "days: Int",
      "ratio: Float",
      "colour: TinyColour",
    ]);
    expect(blockOf("type TinyPatient")).toContain("colours: [TinyColour!]");
  });

  it("children of the patient hang on PatientRecord, beside the patient", () => {
    expect(blockOf("type PatientRecord")).toEqual(expect.arrayContaining(["patient: TinyPatient!", "events: [TinyEvent!]!"]));
  });

  it("an input type has lenient, nullable items, an own id and clear", () => {
    expect(blockOf("input TinyEventInput")).toEqual([
      "sourceRecordId: TextInput",
      "date: DateInput",
      "onset: DateInput",
      "days: NumberInput",
      "ratio: NumberInput",
      "colour: TinyColourInput",
      "clear: [String!]",
      "withdraw: Boolean",
      "expectedVersion: Int",
      "replaces: TinyEventReplacesInput",
    ]);
    expect(blockOf("input TinyPatientInput")).toEqual([
      "surname: TextInput",
      "smoker: BooleanInput",
      "colours: [TinyColourInput]",
      "clear: [String!]",
      "withdraw: Boolean",
      "expectedVersion: Int",
      "replaces: TinyPatientReplacesInput",
    ]);
    expect(blockOf("input PatientRecordInput")).toEqual([
      "sourceRecordId: TextInput",
      "patient: TinyPatientInput!",
      "events: [TinyEventInput!]",
    ]);
  });

  it("identifying items are left out of the object unless the caller may see them, even where the store returned them", () => {
    const node = nodeOf({ values: { surname: "Canary", smoker: true } });
    expect(outputs.toRecordObject(node, false)).toEqual(expect.not.objectContaining({ surname: "Canary" }));
    expect(outputs.toRecordObject(node, false)).toMatchObject({ smoker: true, yearOfBirth: 1951 });
    expect(outputs.toRecordObject(node, true)).toMatchObject({ surname: "Canary" });
  });

  it("an item that names a list the dictionary does not have fails the build", () => {
    expect(() => lists.enumOf("TinyShape")).toThrow('no code list "TinyShape"');
  });
});
