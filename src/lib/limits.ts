/** Every published limit, in one place: the code that enforces one and the `limits` query read the same constant. */
const KIB = 1024;
const MIB = 1024 * KIB;

export const LIMITS = {
  /** Patients in one `submitRecords`. */
  patientsPerRequest: 500,
  /** Messages in one `submitHl7v2`. */
  messagesPerRequest: 500,
  /** One FHIR Bundle or list of resources, as JSON text. */
  bundleBytes: 10 * MIB,
  /** One line of an NDJSON file, one row of an importer file, one message of a batch; a line that is a FHIR Bundle may have `bundleBytes`. */
  fileLineBytes: MIB,
  /** All that a zip file holds, unpacked, and how many files it may hold. */
  zipExpandedBytes: 8 * 1024 * MIB,
  zipEntries: 20,
  /** Parts of an Excel workbook (sheets, pictures, charts), and characters of text that its cells share. */
  workbookParts: 2_000,
  workbookTextCharacters: 64 * MIB,
  /** One Access database: it is read in memory. */
  accessBytes: 256 * MIB,
  /** One upload. */
  uploadBytes: 4 * 1024 * MIB,
  /** Pieces it may come in: parts of 8 MiB at most, each request of a resumable upload beginning a new one. */
  uploadParts: 10_000,
  /** Uploads that one client may be sending at once, to one process. */
  concurrentUploads: 4,
  /** How long an upload is kept that is not complete, and one that is complete but not used by a submission. */
  incompleteUploadHours: 24,
  unusedUploadDays: 7,
  /** Request body on `/graphql` for a token that may submit, and for all others. */
  submitBodyBytes: 12 * MIB,
  queryBodyBytes: 256 * KIB,
  /** Lists and objects in one another in the JSON of a body; FHIR's deepest resources have about 30. */
  bodyDepth: 200,
  /** The GraphQL document; records travel in variables. */
  documentBytes: 16 * KIB,
  documentTokens: 1_000,
  documentDepth: 15,
  selectionsPerSet: 60,
  rootFields: 10,
  aliases: 15,
  directives: 5,
  fragments: 20,
  /** Selections after every fragment is written out: fragments inside fragments must not multiply. */
  expandedSelections: 1_000,
  /** Objects an operation may come to, estimated before it runs: lists by their `first`, others by an assumed size. */
  operationNodes: 10_000,
  /** Requests to `/graphql` that one client may have in hand at once, in one process. */
  concurrentRequests: 16,
  /** Subscriptions that one client may have open at once, and WebSockets, in one process. */
  streamsPerClient: 5,
  /** One message of a stream's client: a document and its variables. */
  streamMessageBytes: 64 * KIB,
  /** Submitting fields in one operation: aliases must not multiply what one request may submit. */
  submitFieldsPerOperation: 1,
  /** `first` of every connection. */
  pageSize: 100,
  /** Children of one kind below one record. */
  childrenPerRecord: 200,
  /** Lists without `first` inside a record (issues, changes, mapping report) are cut here. */
  listItemsPerRecord: 100,
  /** Lines of a submission's mapping summary. */
  mappingSummaryLines: 500,
  /** Points of a mapping trend, and source fields that one point names. */
  trendPoints: 1_000,
  trendLosses: 50,
  idempotencyKeyLength: 255,
  /** Characters of the reason of a withdrawal. */
  withdrawalReasonLength: 500,
  /** Characters of the reason of a decision about a link. */
  linkReasonLength: 500,
  /** Days for which a record that was withdrawn can be brought back. */
  restoreDays: 30,
  /** Days for which an idempotency key is kept, and a dry run's report. */
  idempotencyKeyDays: 400,
  dryRunReportDays: 7,
  accessTokenSeconds: 300,
  /** Clients of one organisation that are not revoked, and live keys of one client. */
  clientsPerOrganisation: 100,
  keysPerClient: 2,
  /** Days from today within which what a client was let do must end. */
  clientLeaveDays: 731,
  /** Characters of the evidence for a client or a delegation, and of the reason for its end. */
  evidenceLength: 500,
  /** Webhooks of one organisation that are not removed. */
  webhooksPerOrganisation: 10,
  /** Days for which the delivery log of a webhook is kept. */
  webhookDeliveryDays: 90,
  /** One message that comes by MLLP. */
  mllpMessageBytes: MIB,
  /** Days for which a message is kept that could not be worked on. */
  parkedMessageDays: 90,
  /** Characters of the URL of a webhook. */
  webhookUrlLength: 2_048,
  /** FHIR servers of one organisation that are not removed. */
  fhirSourcesPerOrganisation: 20,
  /** Names of mapping profiles of one organisation that are not retired. */
  profilesPerOrganisation: 100,
  /** Site codes of one organisation, whatever their state. */
  siteCodesPerOrganisation: 20_000,
  /** Rows of each table that a proposal of a profile looks at. */
  proposalRows: 500,
  /** Patients that may be one person, and initiating events of one person: of more than these nothing is worked out. */
  patientsPerPerson: 50,
  eventsPerPerson: 200,
  /** Patients with the same name and postcode: more of them are a placeholder, which says of none that it is another one. */
  patientsPerName: 10,
  /** Different persons of whom one client reads rows of other organisations within an hour. */
  linkedPersonsPerHour: 60,
  /** Changes of each kind in a proposal that is simulated, and seconds of work for one page of a simulation. */
  simulatedChanges: 100,
  simulationPageSeconds: 5,
  /** Uses of an agreement in one audit pack. */
  auditPackUses: 20_000,
  /** Questions that one analyst keeps under one agreement, and versions of one question. */
  savedQuestions: 200,
  savedVersions: 100,
} as const;

export type LimitName = keyof typeof LIMITS;
