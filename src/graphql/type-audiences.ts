/**
 * Which roles see which types of the schema, and members that fewer of them see. The whole of it, beside the policies of operations
 * (`Allow`): a role's schema is derived from these (`role-schema.ts`), and a type that stands in none of the lists fails the build.
 *
 * A field or argument is seen by whoever sees the type it belongs to and the type it has; enums and scalars are words, seen wherever a
 * field shows them. `<name>Connection` and `<name>Edge` go with `<name>`.
 */
import { type GraphQLSchema, isCompositeType, isInputObjectType, isIntrospectionType } from "graphql";
import type { CompiledRecordType } from "../dataset/dictionary.ts";
import {
  ANYBODY,
  EVERY_ROLE,
  MAY_NAME_PATIENTS,
  MAY_READ_REASONS,
  MAY_READ_RECORDS,
  MAY_READ_STATUS,
  MAY_SEE_IDENTITY,
  type Policy,
} from "./access-policy.ts";
import { dictionariesByAge } from "./dictionary-lookup.ts";

/** Policies by name. A scope in one of them is not read here: it is asked for when an operation is called. */
export interface Audiences {
  readonly types: ReadonlyMap<string, Policy>;
  /** Narrower than the type's, by schema coordinate: `Type.field`, `Type.field(argument:)`, `Enum.VALUE`. */
  readonly members: ReadonlyMap<string, Policy>;
}

const TEAM: Policy = { CLINICAL_TEAM: true };
const TEAM_AND_SUBMITTER: Policy = { CLINICAL_TEAM: true, SUBMITTER: true };
const TEAM_AND_GUARDIAN: Policy = { CLINICAL_TEAM: true, CALDICOTT_GUARDIAN: true };
const GUARDIAN: Policy = { CALDICOTT_GUARDIAN: true };
const GUARDIAN_AND_ADMIN: Policy = { CALDICOTT_GUARDIAN: true, AUDIT_ADMIN: true };
const ADMIN: Policy = { AUDIT_ADMIN: true };
const ANALYST_AND_ADMIN: Policy = { ANALYST: true, AUDIT_ADMIN: true };
const ANALYST: Policy = { ANALYST: true };
const OWN_PEOPLE: Policy = { CLINICAL_TEAM: true, SUBMITTER: true, CALDICOTT_GUARDIAN: true };
/** Whoever sends records, and whoever only reads what became of them. */
const SENDERS = MAY_READ_STATUS;

/** Who may be registered as a person, has been, or decides about it. */
const PEOPLE: Policy = { UNREGISTERED: true, CLINICAL_TEAM: true, CALDICOTT_GUARDIAN: true, AUDIT_ADMIN: true };

/** Who sees what programmes are certified by; the figures of a programme not one's own are another matter. */
const CERTIFIED: Policy = { CLINICAL_TEAM: true, SUBMITTER: true, AUDIT_ADMIN: true };

const words = (text: string): string[] => text.trim().split(/\s+/);

const TYPES: readonly (readonly [Policy, readonly string[]])[] = [
  [ANYBODY, words("Viewer Organisation Programme PageInfo")],
  [
    EVERY_ROLE,
    words(`
      DatasetDefinition DatasetVersion RecordTypeDefinition FieldDefinition CodeList CodeOptionDefinition Rule IssueCode Limits
      AgreementRegisterEntry`),
  ],
  [PEOPLE, words("Registration RequestRegistrationInput")],
  [
    SENDERS,
    words(`
      Node Submission SubmissionCounts SubmissionProgress SubmissionWithdrawal SubmissionRecord RecordWithdrawal FieldChange
      Provenance SourceSystem Issue IssueGroup MappingReportLine MappingSummary MappingSummaryLine MappingTrendPoint
      Receipt ProgrammeEvent MappingPreview PreviewRecord PreviewValue
      MappingProfile ProfileProposal ProposedColumn ProfileCandidate SiteCode SiteCodeTarget
      SubmissionFilter MappingTrendFilter PreviewMappingInput PreviewSourceSystemInput SaveProfileInput
      ProposeSiteCodeInput SiteCodeTargetInput SubmitRecordsInput SubmitFhirInput SubmitHl7v2Input SubmitFileInput
      SubmissionOptions SourceSystemInput WithdrawRecordInput PatientRecordInput`),
  ],
  [MAY_READ_RECORDS, words("PatientRecord FieldHistory PatientRecordFilter")],
  [
    TEAM_AND_SUBMITTER,
    words(`
      RecordLink LinkedRecord StandardMovement Webhook WebhookRegistration WebhookDelivery RegisterWebhookInput
      RuleSimulation SimulatedSource SimulatedFinding SimulatedRecord SimulatedLinkFinding SimulatedPair SimulateRulesInput`),
  ],
  [OWN_PEOPLE, words("FhirSource FhirServerCapability FhirPull")],
  [
    TEAM_AND_GUARDIAN,
    words(`
      IdentityConflict Objection CutOfObjection RecordObjectionInput OptOutRequest ImportOptOutResultInput
      Client ClientKey ClientLeave Delegation RegisterClientInput GrantDelegationInput`),
  ],
  [GUARDIAN_AND_ADMIN, words("DestructionCertificate DestructionCount ExtractHoldingWithheld")],
  [
    CERTIFIED,
    words("Certification CertificationThreshold StandardResult StandardShortfall ProvisionalReason NextColour ProgrammeLateness"),
  ],
  [
    TEAM_AND_SUBMITTER,
    words(`
      CertificationPatient ProgrammeSurvey SurveyStaff ReportPeriodInput ReportPeriod AssessmentCount ProgrammeCounts Quartiles
      DurationFigure OutcomeSpread OutcomeChange CompletenessMonth FieldCompleteness NationalSource CompletenessReport ProgrammeReport`),
  ],
  [TEAM, words("SurveyStaffInput PatientProgress RehabilitationProgress ProgressAssessment ProgressLine ProgressValue")],
  [ADMIN, words("ThresholdInput DenominatorInput")],
  [GUARDIAN, words("AccessLine")],
  [
    ANALYST_AND_ADMIN,
    words(`
      Agreement AgreementVersion AgreementTerms AgreementParty AgreementLocation AgreementPerson AgreementPurpose AgreementAnswer
      AgreementSignature AgreementStep AgreementBreach AgreementDestruction AgreementFinding JudgedAgreement BreachReceipt
      FrameworkContract AgreementStandardDefinition AgreementQuestionDefinition AgreementAuditPack AgreementAuditPackFile AgreementTermsInput AgreementPartyInput AgreementLocationInput
      AgreementPersonInput AgreementPurposeInput AgreementAnswerInput ReportBreachInput CertifyDestructionInput`),
  ],
  [
    ANALYST_AND_ADMIN,
    words(`
      Cut CutCube CutWithdrawal PublishedTables PublishedTable PublishedDimension PublishedCategory PublishedRollUp
      PublishedMeasure`),
  ],
  [
    ANALYST,
    words(`
      StatisticsInput QuestionInput CategoryInput StatisticsTable StatisticsRow Category PublishedValue DisclosureProfile
      StatisticsExport SavedQuestion SavedQuestionVersion SavedCondition`),
  ],
  [ANALYST_AND_ADMIN, words("Extract ExtractFile ExactTable")],
  [ANALYST, words("ExtractInput ExactTablesInput ExactTableInput")],
  [ADMIN, words("CutPublication CutYearReport")],
  [ADMIN, words("FrameworkContractInput IcoDecisionInput BreachOutcomeInput")],
  [ADMIN, words("RegisterOrganisationInput ProgrammeInput Section251Reference RecordSection251Input NationalFeed")],
  [
    TEAM,
    words(`
      Journey JourneyPatient JourneySource JourneyOrganisation JourneyClaim JourneyLink JourneyRecord JourneyEpisode JourneyTreatment
      JourneyEvent ResolvedField Link LinkEnd LinkOrganisation LinkTreatment LinkDecisionEntry DuplicateGroup DuplicateProposal
      LinkOutlook LinkRecordsInput MergePatientsInput MllpListener MllpSourceSystem MllpBadFrame MllpMessage MllpFinding
      MllpMessageFilter RegisterFhirSourceInput FhirSourceAuthInput`),
  ],
];

const MEMBERS: Readonly<Record<string, Policy>> = {
  "Query.patientRecord(nhsNumber:)": MAY_NAME_PATIENTS,
  "Query.patientRecord(hospitalNumber:)": MAY_NAME_PATIENTS,
  "SubmissionWithdrawal.reason": MAY_READ_REASONS,
  "RecordWithdrawal.reason": MAY_READ_REASONS,
  "DestructionCertificate.reason": { CALDICOTT_GUARDIAN: true },
  "Viewer.breakGlass": GUARDIAN,
  // Objections are none of a vendor's business, though its product may be what sends them.
  "Patient.auditObjection": TEAM_AND_SUBMITTER,
  "Patient.auditObjectionDate": TEAM_AND_SUBMITTER,
};

/** Types of records follow the dictionary: a record type it gains is seen like the others, an item it marks identifying is not. */
function typesOfRecord({ definition: { typeName } }: CompiledRecordType): (readonly [string, Policy])[] {
  return [
    [typeName, MAY_READ_RECORDS],
    [`${typeName}Input`, SENDERS],
    [`${typeName}ReplacesInput`, SENDERS],
  ];
}

const identifyingMembers = ({ definition: { typeName }, identityItems }: CompiledRecordType): (readonly [string, Policy])[] =>
  identityItems.map(({ name }) => [`${typeName}.${name}`, MAY_SEE_IDENTITY]);

const RECORD_TYPES = dictionariesByAge().flatMap(({ recordTypes }) => recordTypes);

export const AUDIENCES: Audiences = {
  types: new Map([
    ...TYPES.flatMap(([policy, names]) => names.map((name) => [name, policy] as const)),
    ...RECORD_TYPES.flatMap(typesOfRecord),
  ]),
  members: new Map([...Object.entries(MEMBERS), ...RECORD_TYPES.flatMap(identifyingMembers)]),
};

/** Undefined where it has none. A page of a list, and an entry of it, have that of what is listed. */
export const audienceOf = ({ types }: Audiences, typeName: string): Policy | undefined =>
  types.get(typeName) ?? types.get(listedIn(typeName));

const listedIn = (typeName: string): string => typeName.replace(/(Connection|Edge)$/, "");

/**
 * Deny by default: whatever has members needs an audience.
 * @throws Error that names the types without one: a mistake in the code, found when the process starts
 */
export function requireAudiences(schema: GraphQLSchema, audiences: Audiences): GraphQLSchema {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const open = Object.values(schema.getTypeMap()).filter(
    (type) =>
      (isCompositeType(type) || isInputObjectType(type)) &&
      !isIntrospectionType(type) &&
      !roots.some((root) => root === type) &&
      audienceOf(audiences, type.name) === undefined,
  );
  if (open.length === 0) return schema;
  const names = new Set(open.map(({ name }) => listedIn(name)));
  throw new Error(`Types without an audience (src/graphql/type-audiences.ts): ${[...names].join(", ")}.`);
}
