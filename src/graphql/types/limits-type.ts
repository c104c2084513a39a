/** The published limits as a type: one field per limit, made from the constants that are enforced. */
import "reflect-metadata";
import { type ClassType, Field, Float, Int, ObjectType } from "type-graphql";
import { LIMITS, type LimitName } from "../../lib/limits.ts";

const DESCRIPTIONS: Readonly<Record<LimitName, string>> = {
  patientsPerRequest: "Patients in one submitRecords.",
  messagesPerRequest: "Messages in one submitHl7v2.",
  bundleBytes: "Bytes of the FHIR resources of one submitFhir, as JSON or XML text.",
  fileLineBytes: "Bytes of a line, row or message of a file; a line that is a FHIR Bundle may have `bundleBytes`.",
  zipExpandedBytes: "Bytes of all that a zip file holds, unpacked.",
  zipEntries: "Files in a zip file.",
  workbookParts: "Parts of an Excel workbook.",
  workbookTextCharacters: "Characters of the texts that cells of an Excel workbook share.",
  accessBytes: "Bytes of an Access database.",
  uploadBytes: "Bytes of one upload.",
  uploadParts: "Pieces an upload may come in.",
  concurrentUploads: "Uploads one client may be sending at once.",
  incompleteUploadHours: "Hours for which an upload is kept that is not complete.",
  unusedUploadDays: "Days for which a complete upload is kept that no submission uses.",
  submitBodyBytes: "Bytes of a request body, for a token that may submit.",
  queryBodyBytes: "Bytes of a request body, for every other token.",
  bodyDepth: "Lists and objects in one another in the JSON of a request body.",
  documentBytes: "Bytes of a GraphQL document. Data travel in variables.",
  documentTokens: "Tokens of a GraphQL document.",
  documentDepth: "Depth of selections, fragments written out.",
  selectionsPerSet: "Selections in one set of braces.",
  rootFields: "Selections at the top of an operation.",
  aliases: "Aliases in a document.",
  directives: "Directives in a document.",
  fragments: "Fragments in a document.",
  expandedSelections: "Selections of a document, fragments written out.",
  operationNodes: "Objects an operation may come to: lists by their `first`, others by an assumed size.",
  concurrentRequests: "Requests of one client in hand at once.",
  streamsPerClient: "Subscriptions, and WebSockets, of one client open at once.",
  streamMessageBytes: "Bytes of a message that opens a subscription.",
  submitFieldsPerOperation: "Submitting fields in one operation.",
  pageSize: "Largest `first` of every list.",
  childrenPerRecord: "Children of one kind below one record of the input.",
  listItemsPerRecord: "Entries of a list without `first`: issues, changes, mapping report.",
  mappingSummaryLines: "Lines of a mapping summary.",
  trendPoints: "Points of a mapping trend.",
  trendLosses: "Source fields that one point of a mapping trend names.",
  idempotencyKeyLength: "Characters of an idempotency key.",
  withdrawalReasonLength: "Characters of the reason of a withdrawal.",
  linkReasonLength: "Characters of the reason of a decision about a link.",
  restoreDays: "Days for which a record that was withdrawn can be brought back.",
  idempotencyKeyDays: "Days for which an idempotency key is remembered.",
  dryRunReportDays: "Days for which the report of a dry run can be read.",
  accessTokenSeconds: "Longest life of an access token.",
  clientsPerOrganisation: "Clients of one organisation.",
  keysPerClient: "Live keys of one client.",
  clientLeaveDays: "Days from today within which what a client was let do must end.",
  evidenceLength: "Characters of the evidence for a client or a delegation, and of the reason for its end.",
  webhooksPerOrganisation: "Webhooks of one organisation.",
  webhookDeliveryDays: "Days for which the delivery log of a webhook can be read.",
  mllpMessageBytes: "Bytes of one HL7 v2 message that comes by MLLP.",
  parkedMessageDays: "Days for which a message that came by MLLP and could not be worked on is kept for replay.",
  webhookUrlLength: "Characters of the URL of a webhook.",
  profilesPerOrganisation: "Names of mapping profiles of one organisation.",
  siteCodesPerOrganisation: "Site codes of one organisation, whatever their state.",
  proposalRows: "Rows of each table that a proposal of a column profile looks at.",
  patientsPerPerson: "Patients that may be one person; of more nothing is linked.",
  patientsPerName: "Patients with the same name and postcode; of more none is proposed as another one.",
  eventsPerPerson: "Initiating events of one person; of more nothing is linked.",
  linkedPersonsPerHour: "Different persons of whom one client reads records of other organisations within an hour.",
  fhirSourcesPerOrganisation: "FHIR servers of one organisation that the gateway reads by itself.",
  simulatedChanges: "Changes of each kind in a proposal that is simulated.",
  simulationPageSeconds: "Seconds of work for one page of a simulation.",
  auditPackUses: "Uses of an agreement in one audit pack.",
  savedQuestions: "Questions that one analyst keeps under one agreement.",
  savedVersions: "Versions of one kept question.",
};

export const Limits: ClassType<object> = class Limits {};
/** What GraphQL's Int can hold. */
const LARGEST_INT = 2 ** 31 - 1;
for (const [name, limit] of Object.entries(LIMITS)) {
  const description = Object.entries(DESCRIPTIONS).find(([described]) => described === name)?.[1];
  Field(() => (limit > LARGEST_INT ? Float : Int), { description })(Limits.prototype, name);
}
ObjectType("Limits", { simpleResolvers: true, description: "Every published limit. A refusal by limit names the limit." })(
  Limits,
);
