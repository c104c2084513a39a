/**
 * The full schema, which nobody is served: types from the dictionary, resolvers with their dependencies, policies in front of every
 * operation. What a caller gets is derived from it (`role-schema.ts`).
 */
import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { enforcePolicies } from "./access-policy.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";
import { AccessLogResolver, ReceiptFieldResolver } from "./resolvers/access-log-resolver.ts";
import { AgreementEndResolver } from "./resolvers/agreement-end-resolver.ts";
import { AgreementResolver } from "./resolvers/agreement-resolver.ts";
import { CertificationResolver } from "./resolvers/certification-resolver.ts";
import { ClientResolver } from "./resolvers/client-resolver.ts";
import { ConsentResolver } from "./resolvers/consent-resolver.ts";
import { CutResolver } from "./resolvers/cut-resolver.ts";
import { DatasetResolver } from "./resolvers/dataset-resolver.ts";
import { DestructionRemainsFieldResolver, DestructionResolver } from "./resolvers/destruction-resolver.ts";
import { ExtractResolver } from "./resolvers/extract-resolver.ts";
import { FhirSourceResolver } from "./resolvers/fhir-source-resolver.ts";
import { HistoryResolver } from "./resolvers/history-resolver.ts";
import { JourneyEventFieldResolver, JourneyResolver } from "./resolvers/journey-resolver.ts";
import { LinkResolver } from "./resolvers/link-resolver.ts";
import { LiveResolver, ProgrammeEventFieldResolver } from "./resolvers/live-resolver.ts";
import { MappingTrendResolver } from "./resolvers/mapping-trend-resolver.ts";
import { MergeResolver } from "./resolvers/merge-resolver.ts";
import { MllpResolver } from "./resolvers/mllp-resolver.ts";
import { NationalResolver } from "./resolvers/national-resolver.ts";
import { ObjectionFieldResolver } from "./resolvers/objection-field-resolver.ts";
import { PatientRecordResolver } from "./resolvers/patient-record-resolver.ts";
import { PreviewResolver } from "./resolvers/preview-resolver.ts";
import { ProfileResolver } from "./resolvers/profile-resolver.ts";
import { ProgrammeReportResolver } from "./resolvers/programme-report-resolver.ts";
import { RegistrationResolver, ViewerFieldResolver } from "./resolvers/registration-resolver.ts";
import { SavedQuestionResolver } from "./resolvers/saved-question-resolver.ts";
import { SimulationResolver } from "./resolvers/simulation-resolver.ts";
import { SiteCodeResolver } from "./resolvers/site-code-resolver.ts";
import { StatisticsResolver, StatisticsTableFieldResolver } from "./resolvers/statistics-resolver.ts";
import { StatusResolver } from "./resolvers/status-resolver.ts";
import { SubmissionControlResolver, SubmissionWithdrawalFieldResolver } from "./resolvers/submission-control-resolver.ts";
import { IssueGroupFieldResolver, SubmissionFieldResolver } from "./resolvers/submission-field-resolver.ts";
import { SubmissionRecordFieldResolver } from "./resolvers/submission-record-field-resolver.ts";
import { SubmitFileResolver } from "./resolvers/submit-file-resolver.ts";
import { SubmitResolver } from "./resolvers/submit-resolver.ts";
import { TrustResolver } from "./resolvers/trust-resolver.ts";
import { ViewerResolver } from "./resolvers/viewer-resolver.ts";
import { WebhookResolver } from "./resolvers/webhook-resolver.ts";
import { RecordWithdrawalFieldResolver, WithdrawRecordResolver } from "./resolvers/withdraw-record-resolver.ts";
import { AUDIENCES, requireAudiences } from "./type-audiences.ts";

/** type-graphql asks for one where there are subscriptions; each of ours brings its own source. */
const NO_TOPICS = {
  publish: (): never => {
    throw new Error("Nothing is published by topic.");
  },
  subscribe: (): never => {
    throw new Error("Nothing is subscribed to by topic.");
  },
};

/**
 * Builds the schema; once per process.
 * @throws Error for an operation without a policy, a type without an audience, or a dictionary that makes no valid schema
 */
export function buildGatewaySchema(deps: GraphqlDeps): GraphQLSchema {
  const resolvers = [
    new AccessLogResolver(deps.accessLog),
    new AgreementEndResolver(deps.agreements.service, deps.agreements.makeAuditPack, deps.agreements.now),
    new AgreementResolver(deps.agreements.service, deps.agreements.now),
    new CertificationResolver(deps.certification),
    new ClientResolver(deps.clients),
    new ConsentResolver(deps.consent),
    new CutResolver(deps.cuts),
    new DatasetResolver(),
    new DestructionRemainsFieldResolver(deps.destruction.certificates),
    new DestructionResolver(deps.destruction.destroyPatient, deps.destruction.certificates),
    new ExtractResolver(deps.extracts),
    new FhirSourceResolver(deps.pull),
    new HistoryResolver(deps.history),
    new IssueGroupFieldResolver(),
    new JourneyEventFieldResolver(),
    new JourneyResolver(deps.journey),
    new LinkResolver(deps.links, deps.listDuplicates),
    new LiveResolver(),
    new MappingTrendResolver(deps.mappingTrend),
    new MergeResolver(deps.merging),
    new MllpResolver(deps.messages),
    new NationalResolver(deps.national),
    new ObjectionFieldResolver(deps.consent.listCuts),
    new PatientRecordResolver(deps.status, deps.history),
    new PreviewResolver(deps.previewMapping),
    new ProfileResolver(deps.profiles),
    new ProgrammeEventFieldResolver(),
    new ProgrammeReportResolver(deps.programmeReports),
    new ReceiptFieldResolver(),
    new RegistrationResolver(deps.registrations),
    new SimulationResolver(deps.simulateRules),
    new SiteCodeResolver(deps.siteCodes),
    new SavedQuestionResolver(deps.statistics),
    new StatisticsResolver(deps.statistics),
    new StatisticsTableFieldResolver(deps.agreements.service, deps.agreements.now),
    new StatusResolver(deps.status),
    new SubmissionControlResolver(deps.control),
    new SubmissionFieldResolver(),
    new SubmissionRecordFieldResolver(),
    new SubmissionWithdrawalFieldResolver(),
    new SubmitFileResolver(deps.submitFile),
    new SubmitResolver(deps.submissions),
    new TrustResolver(deps.registrations, deps.registerOrganisations),
    new ViewerFieldResolver(deps.registrations),
    new ViewerResolver(deps.organisations),
    new WebhookResolver(deps.webhooks),
    new WithdrawRecordResolver(deps.withdrawRecord),
    new RecordWithdrawalFieldResolver(),
  ] as const;
  const byClass = new Map<unknown, object>(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const [first, ...rest] = resolvers.map((resolver) => resolver.constructor);
  if (first === undefined) throw new Error("There is no resolver.");
  const container = { get: (resolverClass: unknown) => byClass.get(resolverClass) };
  const schema = buildSchemaSync({ resolvers: [first, ...rest], container, pubSub: NO_TOPICS, validate: false });
  return enforcePolicies(requireAudiences(schema, AUDIENCES));
}
