/** A mapping case as a clinician can read it, and the comparison of what it expects with what the mapping gives. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { mapHl7v2 } from "../../../mappings/hl7v2/hl7v2-mapping.ts";
import { DEFAULT_HL7V2_PROFILE, HL7V2_PROFILES } from "../../../mappings/hl7v2/hl7v2-profiles.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";

const issueSchema = z.strictObject({
  severity: z.enum(["ERROR", "WARNING", "INFORMATION"]).optional(),
  code: z.string(),
  field: z.string().nullable(),
  expression: z.string(),
  /** The constant that says why (`params.reason`). */
  reason: z.string().optional(),
});
const otherSchema = z.strictObject({
  nhsNumber: z.string().optional(),
  hospitalNumber: z.string().optional(),
  expression: z.string(),
});
const recordSchema = z.strictObject({
  recordType: z.string(),
  values: z.record(z.string(), z.unknown()),
  sourceRecordId: z.string().nullable().optional(),
  clear: z.array(z.string()).optional(),
  expression: z.string().optional(),
  sourceTime: z.string().optional(),
  reference: z.boolean().optional(),
  silent: z.boolean().optional(),
  merges: z.array(otherSchema).optional(),
  unmerges: z.array(otherSchema).optional(),
  replaces: z
    .strictObject({ values: z.record(z.string(), z.unknown()), nhsNumberSuperseded: z.boolean(), ifKnown: z.boolean() })
    .optional(),
  unreadable: z.boolean().optional(),
  /** Index of the parent among the records. */
  parent: z.number().nullable().optional(),
});
/** Lines that must be in the report; other lines may be. */
const lineSchema = z.strictObject({
  expression: z.string(),
  result: z.enum(["MAPPED", "DEFAULTED", "DROPPED", "UNMAPPED"]),
  field: z.string().nullable(),
  reason: z.string().nullable(),
});
export const mappingCaseSchema = z.strictObject({
  title: z.string(),
  mapping: z.literal("hl7v2"),
  profile: z.string().optional(),
  /** One entry per message: ER7 text, or its segments. */
  input: z.array(z.union([z.string(), z.array(z.string())])),
  expect: z.strictObject({
    records: z.array(recordSchema),
    issues: z.array(issueSchema),
    report: z.array(lineSchema).optional(),
  }),
});
export type MappingCase = z.infer<typeof mappingCaseSchema>;

export function runCase({ input, profile }: MappingCase): MappedSource {
  const chosen = profile === undefined ? DEFAULT_HL7V2_PROFILE : HL7V2_PROFILES.get(profile);
  if (chosen === undefined) throw new Error(`The case names the profile ${profile}, which does not exist.`);
  const messages = input.map((message) => (typeof message === "string" ? message : message.join("\r")));
  return mapHl7v2(messages, chosen);
}

/** In words, everything in which the mapping differs from the case; empty where it agrees. */
export function findDifferences(actual: MappedSource, { expect }: MappingCase): readonly string[] {
  const records = actual.drafts.map((draft) => ({
    ...draft,
    parent: draft.parent === null ? null : actual.drafts.indexOf(draft.parent),
  }));
  const differences = compareLists("record", records, expect.records);
  const found = [...actual.drafts.flatMap((draft) => draft.issues), ...actual.issues];
  const issues = found.map((issue) => ({ ...issue, reason: issue.params?.reason }));
  differences.push(...compareLists("issue", issues, expect.issues));
  const lines = [...actual.drafts.flatMap((draft) => draft.mappingReport), ...actual.mappingReport];
  for (const line of expect.report ?? []) {
    if (!lines.some((other) => compareMembers(other, line).length === 0))
      differences.push(`no report line ${JSON.stringify(line)}`);
  }
  return differences;
}

function compareLists(name: string, actual: readonly object[], expected: readonly object[]): string[] {
  const differences = expected.flatMap((member, index) =>
    compareMembers(actual[index] ?? {}, member).map((difference) => `${name} ${index}: ${difference}`),
  );
  if (actual.length !== expected.length) {
    differences.push(`${actual.length} ${name}s, expected ${expected.length}: ${JSON.stringify(actual.slice(expected.length))}`);
  }
  return differences;
}

/** Only the members that the case names are compared. */
function compareMembers(actual: object, expected: object): readonly string[] {
  const members = new Map(Object.entries(actual));
  return Object.entries(expected)
    .filter(([name, value]) => !isDeepStrictEqual(members.get(name), value))
    .map(([name, value]) => `${name} is ${JSON.stringify(members.get(name))}, expected ${JSON.stringify(value)}`);
}
