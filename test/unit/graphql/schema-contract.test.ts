/** The names of `schema.graphql` that integrators and acceptance checks call: the list is the contract, written by hand. */
import { readdirSync, readFileSync } from "node:fs";
import {
  buildSchema,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  parse,
  printSchema,
  validate,
} from "graphql";
import { describe, expect, it } from "vitest";
import { latestDictionary } from "../../../src/graphql/dictionary-lookup.ts";

const read = (path: string): string => readFileSync(new URL(`../../../schema/graphql/${path}`, import.meta.url), "utf8");
const schema = buildSchema(read("schema.graphql"));

/** Arguments, in the order of their names, and type of a field; type of an input field. */
function signatureOf(from: GraphQLSchema, typeName: string, name: string): string {
  const text = printSchema(from);
  const type = from.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type))
    throw new Error(`no type ${typeName} in ${text.length} characters`);
  const member = type.getFields()[name];
  if (member === undefined) throw new Error(`${typeName} has no ${name}`);
  const args =
    "args" in member
      ? member.args
          .map((arg) => `${arg.name}: ${arg.type}`)
          .sort()
          .join(", ")
      : "";
  return `${args === "" ? "" : `(${args})`}: ${member.type}`;
}

const MEMBERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Mutation: {
    submitRecords: "(input: SubmitRecordsInput!): Submission!",
    submitFhir: "(input: SubmitFhirInput!): Submission!",
    submitHl7v2: "(input: SubmitHl7v2Input!): Submission!",
    registerClient: "(input: RegisterClientInput!): Client!",
    rotateClientKey: "(add: JSON, clientId: ID!, remove: ID): Client!",
    revokeClient: "(clientId: ID!, reason: String!): Client!",
    grantDelegation: "(input: GrantDelegationInput!): Delegation!",
    endDelegation: "(clientId: ID!, reason: String!): Delegation!",
    registerWebhook: "(input: RegisterWebhookInput!): WebhookRegistration!",
    removeWebhook: "(id: ID!): Webhook!",
    rotateWebhookSecret: "(id: ID!): WebhookRegistration!",
    retireOldWebhookSecret: "(id: ID!): Webhook!",
    redeliver: "(deliveryId: ID!): WebhookDelivery!",
  },
  StatisticsInput: {
    agreement: ": ID!",
    purpose: ": String!",
    cut: ": ID",
    measure: ": Measure!",
    dimensions: ": [Dimension!]!",
    where: ": [CategoryInput!]",
  },
  StatisticsTable: {
    cut: ": Cut!",
    agreement: ": Agreement!",
    profile: ": DisclosureProfile!",
    rows: ": [StatisticsRow!]!",
    suppressedCells: ": Int!",
    footnotes: ": [String!]!",
    citation: ": String!",
  },
  StatisticsRow: { categories: ": [Category!]!", value: ": PublishedValue!" },
  PublishedValue: { display: ": String!", number: ": Float", suppressed: ": Boolean!" },
  Query: {
    statistics: "(input: StatisticsInput!): StatisticsTable!",
    cuts: "(after: String, first: Int!): CutConnection!",
    cut: "(id: ID!): Cut!",
    publishedTables: "(auditYear: Int, cut: ID): PublishedTables!",
    savedQuestions: "(agreement: ID!): [SavedQuestion!]!",
    submission: "(id: ID!): Submission",
    submissions: "(after: String, filter: SubmissionFilter, first: Int!): SubmissionConnection!",
    recordStatus: "(programmeCode: String, sourceRecordId: ID!): [SubmissionRecord!]!",
    history: "(after: String, field: String, first: Int!, recordId: ID!): FieldHistoryConnection!",
    patientRecord: "(asOf: DateTime, hospitalNumber: String, id: ID, nhsNumber: String): PatientRecord",
    patientRecords: "(after: String, filter: PatientRecordFilter, first: Int!): PatientRecordConnection!",
    dataset: "(version: String): DatasetDefinition!",
    limits: ": Limits!",
    previewMapping: "(input: PreviewMappingInput!): MappingPreview!",
    viewer: ": Viewer!",
    clients: "(after: String, first: Int!): ClientConnection!",
    delegations: "(after: String, first: Int!): DelegationConnection!",
    webhooks: ": [Webhook!]!",
    webhookDeliveries: "(after: String, first: Int!, state: [WebhookDeliveryState!], webhookId: ID!): WebhookDeliveryConnection!",
  },
  SubmitRecordsInput: { options: ": SubmissionOptions!", records: ": [PatientRecordInput!]!" },
  RegisterWebhookInput: { url: ": String!", programmeCodes: ": [String!]" },
  WebhookRegistration: { webhook: ": Webhook!", secret: ": String!" },
  SubmitFhirInput: { options: ": SubmissionOptions!", resources: ": JSON!", profile: ": String" },
  SubmitHl7v2Input: { options: ": SubmissionOptions!", messages: ": [String!]!", profile: ": String" },
  SubmissionOptions: {
    idempotencyKey: ": String",
    programmeCode: ": String!",
    sourceSystem: ": SourceSystemInput!",
    datasetVersion: ": String",
    mode: ": SubmissionMode",
    errorPolicy: ": ErrorPolicy",
  },
  PatientRecordInput: {
    sourceRecordId: ": TextInput",
    patient: ": PatientInput!",
    initiatingEvents: ": [InitiatingEventInput!]",
    previousEvents: ": [PreviousEventInput!]",
    comorbidities: ": [ComorbidityInput!]",
  },
  InitiatingEventInput: {
    eventType: ": EventTypeInput",
    eventDate: ": DateInput",
    treatments: ": [TreatmentInput!]",
    rehabilitations: ": [RehabilitationInput!]",
    sourceRecordId: ": TextInput",
    clear: ": [String!]",
  },
  RehabilitationInput: { assessments: ": [AssessmentInput!]", acuteEvents: ": [AcuteEventInput!]" },
  AssessmentInput: { drugs: ": [DrugInput!]", hadsAnxiety: ": NumberInput" },
  Submission: {
    id: ": ID!",
    status: ": SubmissionStatus!",
    outcome: ": SubmissionOutcome",
    channel: ": Channel!",
    mode: ": SubmissionMode!",
    organisation: ": Organisation!",
    programme: ": Programme!",
    sourceSystem: ": SourceSystem!",
    datasetVersion: ": String!",
    mappingVersion: ": String!",
    receivedAt: ": DateTime!",
    completedAt: ": DateTime",
    replayed: ": Boolean!",
    counts: ": SubmissionCounts!",
    progress: ": SubmissionProgress!",
    records: "(after: String, first: Int, outcome: [RecordOutcome!]): SubmissionRecordConnection!",
    issueGroups: "(severity: [IssueSeverity!]): [IssueGroup!]!",
    mappingSummary: ": MappingSummary!",
    receipt: ": Receipt",
    standards: ": [StandardMovement!]!",
    issues: ": [Issue!]!",
    replayOf: ": ID",
  },
  SubmissionCounts: Object.fromEntries(
    ["received", "created", "updated", "unchanged", "withdrawn", "rejected", "held", "withheld", "warnings"].map((name) => [
      name,
      ": Int!",
    ]),
  ),
  SubmissionRecord: {
    index: ": Int!",
    sourceRecordId: ": ID",
    recordType: ": RecordType!",
    outcome: ": RecordOutcome!",
    expression: ": String!",
    issues: ": [Issue!]!",
    changes: ": [FieldChange!]!",
    links: ": [RecordLink!]!",
    mappingReport: ": [MappingReportLine!]!",
    parent: ": SubmissionRecord",
    matchedBy: ": MatchRule",
  },
  Issue: {
    severity: ": IssueSeverity!",
    code: ": String!",
    field: ": String",
    expression: ": String!",
    message: ": String!",
    suggestion: ": String",
    causedBy: ": Int",
  },
  FieldChange: {
    field: ": String!",
    before: ": String",
    after: ": String",
    decision: ": MergeDecision!",
    previousSource: ": Provenance",
  },
  IssueGroup: {
    code: ": String!",
    severity: ": IssueSeverity!",
    field: ": String",
    count: ": Int!",
    message: ": String!",
    suggestion: ": String",
    records: ": [SubmissionRecord!]!",
    causedBy: ": Int",
  },
  DatasetDefinition: {
    version: ": String!",
    recordTypes: ": [RecordTypeDefinition!]!",
    codeLists: ": [CodeList!]!",
    rules: ": [Rule!]!",
    issueCodes: ": [IssueCode!]!",
  },
  RecordTypeDefinition: {
    name: ": String!",
    label: ": String!",
    parent: ": String",
    naturalKey: ": [String!]!",
    fields: ": [FieldDefinition!]!",
  },
  FieldDefinition: {
    name: ": String!",
    label: ": String!",
    mandatory: ": Boolean!",
    kind: ": String!",
    codeList: ": String",
    unit: ": String",
    status: ": String!",
  },
  Viewer: { role: ": Role!", organisations: ": [Organisation!]!" },
  Organisation: { odsCode: ": String!", name: ": String!", programmes: ": [Programme!]!" },
  Programme: { code: ": String!", name: ": String!" },
  PatientRecord: {
    patient: ": Patient!",
    initiatingEvents: ": [InitiatingEvent!]!",
    previousEvents: ": [PreviousEvent!]!",
    comorbidities: ": [Comorbidity!]!",
  },
  Patient: {
    yearOfBirth: ": Int",
    nhsNumber: ": String",
    dateOfBirth: ": Date",
    ethnicGroup: ": EthnicGroup",
    gender: ": Gender",
  },
  InitiatingEvent: {
    eventType: ": EventType",
    eventDate: ": Date",
    treatments: ": [Treatment!]!",
    rehabilitations: ": [Rehabilitation!]!",
  },
  Rehabilitation: { assessments: ": [Assessment!]!", acuteEvents: ": [AcuteEvent!]!" },
  Assessment: { drugs: ": [Drug!]!" },
  SubmissionConnection: {
    nodes: ": [Submission!]!",
    edges: ": [SubmissionEdge!]!",
    pageInfo: ": PageInfo!",
    totalCount: ": Int!",
  },
};

const ENUMS: Readonly<Record<string, string>> = {
  SubmissionStatus: "RECEIVED PROCESSING COMPLETED FAILED CANCELLED WITHDRAWN",
  SubmissionOutcome: "ACCEPTED ACCEPTED_WITH_WARNINGS ACCEPTED_WITH_REJECTIONS REJECTED",
  SubmissionMode: "COMMIT VALIDATE_ONLY",
  ErrorPolicy: "REJECT_FAILED ALL_OR_NOTHING",
  RecordOutcome: "CREATED UPDATED UNCHANGED REJECTED REJECTED_PARENT HELD WITHDRAWN",
  RecordType: "PATIENT INITIATING_EVENT TREATMENT PREVIOUS_EVENT COMORBIDITY REHABILITATION ASSESSMENT DRUG ACUTE_EVENT",
  IssueSeverity: "ERROR WARNING INFORMATION",
  MergeDecision: "SET REPLACED UNKNOWN_IGNORED CLEARED",
  MatchRule: "SOURCE_RECORD_ID NHS_NUMBER HOSPITAL_NUMBER NATURAL_KEY REPLACES RECORD_ID",
  Channel: "RECORDS FHIR HL7V2 FILE MLLP FHIR_PULL FORM",
  Role: "SUBMITTER VENDOR_APP CLINICAL_TEAM CALDICOTT_GUARDIAN ANALYST AUDIT_ADMIN UNREGISTERED",
};

describe("the published schema", () => {
  const members = Object.entries(MEMBERS).flatMap(([type, fields]) =>
    Object.entries(fields).map(([name, signature]) => [type, name, signature] as const),
  );
  it.each(members)("%s.%s is as integrators know it", (type, name, signature) => {
    expect(signatureOf(schema, type, name)).toBe(signature);
  });

  it.each(Object.entries(ENUMS))("%s has exactly its words", (name, words) => {
    const type = schema.getType(name);
    expect(isEnumType(type) && type.getValues().map((value) => value.name)).toEqual(words.split(" "));
  });

  it("defaults of an input are those that are documented", () => {
    const defaults = ["datasetVersion", "mode", "errorPolicy"].map((name) => {
      const options = schema.getType("SubmissionOptions");
      return isInputObjectType(options) ? options.getFields()[name]?.defaultValue : undefined;
    });
    expect(defaults).toEqual(["gw-1.0", "COMMIT", "REJECT_FAILED"]);
  });

  it("every code list has an enum with its keys and a scalar that lists key, code and label", () => {
    for (const [name, { list }] of latestDictionary().codeLists) {
      const type = schema.getType(name);
      const values = isEnumType(type) ? type.getValues() : [];
      const answered = values.filter(({ deprecationReason }) => !deprecationReason);
      expect(answered.map((value) => value.name)).toEqual(list.options.map(({ key }) => key));
      for (const option of list.options)
        expect(schema.getType(`${name}Input`)?.description).toContain(`\`${option.key}\`: ${option.code}. ${option.label}`);
    }
  });

  it("an option that only an older version has stays in both, and is marked as never answered", () => {
    const type = schema.getType("ReferralSource");
    const former = isEnumType(type) ? type.getValues().filter(({ deprecationReason }) => deprecationReason) : [];
    expect(former.map(({ name }) => name)).toEqual(["BMI_HOSPITAL", "PRIVATE_HOSPITAL"]);
    expect(schema.getType("ReferralSourceInput")?.description).toContain("`BMI_HOSPITAL`: 2. BMI Hospital. Only in gw-1.0.");
  });

  it("a changed name would be found (control)", () => {
    expect(() => signatureOf(schema, "Submission", "state")).toThrow("has no state");
  });

  it("documents of our own clients are valid", () => {
    const folder = new URL("../../../schema/graphql/operations/", import.meta.url);
    const documents = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8"));
    expect(validate(schema, parse(documents.join("\n")))).toEqual([]);
  });
});
