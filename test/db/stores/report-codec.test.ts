import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RECORD_TYPE_NAMES } from "../../../src/dataset/define.ts";
import { decodeReportPage, encodeReportPage } from "../../../src/persistence/report-codec.ts";
import { RECORD_LINK_CHANGES, RECORD_LINK_STATES } from "../../../src/records/record-link.ts";
import { MATCH_RULES, MERGE_DECISIONS, RECORD_OUTCOMES } from "../../../src/records/submission-record.ts";
import { resultOf, wholeTree } from "./store-fixture.ts";

const text = fc.string({ unit: "binary" });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
// JSON has no negative zero, and the dataset no number that is not finite.
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const value = fc.oneof(text, number, fc.boolean(), fc.array(text));
const fieldName = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,12}$/);
const recordType = fc.constantFrom(...RECORD_TYPE_NAMES);

const issue = fc.record(
  {
    severity: fc.constantFrom("ERROR", "WARNING", "INFORMATION"),
    code: text,
    field: optional(fieldName),
    expression: text,
    params: fc.dictionary(fieldName, fc.oneof(text, number)),
    suggestion: text,
    causedBy: fc.nat(),
  },
  { requiredKeys: ["severity", "code", "field", "expression"] },
);

const change = fc.record({
  field: fieldName,
  before: optional(value),
  after: optional(value),
  decision: fc.constantFrom(...MERGE_DECISIONS),
  previousSource: optional(fc.record({ submissionId: text, programmeCode: text, receivedAt: text })),
});
const firstChange = fc.record({
  field: fieldName,
  before: fc.constant(null),
  after: optional(value),
  decision: fc.constant("SET" as const),
  previousSource: fc.constant(null),
});

const line = fc.record({
  expression: text,
  sourceField: text,
  result: fc.constantFrom("MAPPED", "DEFAULTED", "DROPPED", "UNMAPPED"),
  recordType: optional(recordType),
  field: optional(fieldName),
  reason: optional(text),
});

const linked = fc.record({ index: optional(fc.nat()), recordId: optional(text) });
const link = fc.record({
  change: fc.constantFrom(...RECORD_LINK_CHANGES),
  state: fc.constantFrom(...RECORD_LINK_STATES),
  rule: optional(text),
  confidence: optional(text),
  record: linked,
  otherRecord: linked,
});

const result = fc.record({
  index: fc.nat(),
  recordType,
  outcome: fc.constantFrom(...RECORD_OUTCOMES),
  sourceRecordId: optional(text),
  expression: text,
  parentIndex: optional(fc.nat()),
  matchedBy: optional(fc.constantFrom(...MATCH_RULES)),
  recordId: optional(text),
  issues: fc.array(issue, { maxLength: 3 }),
  changes: fc.oneof(fc.array(change, { maxLength: 5 }), fc.array(firstChange, { maxLength: 5 })),
  links: fc.array(link, { maxLength: 3 }),
  mappingReport: fc.array(line, { maxLength: 5 }),
});

describe("a report page", () => {
  it("decodes to the results it was encoded from", () => {
    const page = fc.array(result, { maxLength: 8 });
    fc.assert(
      fc.property(page, (results) => {
        expect(decodeReportPage(encodeReportPage(results))).toEqual(results);
      }),
    );
  });

  it("is not equal to other results (control)", () => {
    const [first, second] = wholeTree(1, "P1").map((row, index) => resultOf(row, index));
    if (first === undefined || second === undefined) throw new Error("the dictionary has fewer than two record types");
    expect(decodeReportPage(encodeReportPage([first]))).not.toEqual([second]);
  });

  it("writes the field names of created records once, however many there are", () => {
    const results = Array.from({ length: 50 }, (_, seed) => wholeTree(seed, "P1")).flatMap((tree) =>
      tree.filter((row) => row.recordType === "ASSESSMENT").map((row, index) => resultOf(row, index)),
    );
    const encoded = encodeReportPage(results);
    expect(encoded.match(/"hadsAnxiety/g)).toHaveLength(1);
    expect(encoded.length).toBeLessThan(JSON.stringify(results).length / 5);
  });

  it("from before answers told links has none", () => {
    const [row] = wholeTree(1, "P1");
    if (row === undefined) throw new Error("the dictionary has no record types");
    const page = JSON.parse(encodeReportPage([resultOf(row, 0)]));
    expect(page.results[0]).toHaveLength(11);
    expect(decodeReportPage(JSON.stringify(page))[0]?.links).toEqual([]);
  });

  it("of another layout is refused", () => {
    expect(() => decodeReportPage(encodeReportPage([]).replace('"layout":1', '"layout":2'))).toThrow("layout");
  });
});
