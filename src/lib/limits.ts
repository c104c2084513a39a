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
  idempotencyKeyLength: 255,
  /** Days for which an idempotency key is kept, and a dry run's report. */
  idempotencyKeyDays: 400,
  dryRunReportDays: 7,
  accessTokenSeconds: 300,
} as const;

export type LimitName = keyof typeof LIMITS;
