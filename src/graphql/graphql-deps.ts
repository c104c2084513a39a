/** What the GraphQL layer needs from outside; `main` wires it. */
import type { ClientBudget } from "../access/client-budget.ts";
import type { ClientService } from "../access/client-service.ts";
import type { OrganisationRegister } from "../access/organisation-register.ts";
import type { RegistrationService } from "../access/registration-service.ts";
import type { AgreementService } from "../agreements/agreement-service.ts";
import type { MakeAuditPack } from "../agreements/audit-pack.ts";
import type { AccessLog } from "../audit/access-log-ports.ts";
import type { ListCutsOfObjection } from "../consent/objection-ports.ts";
import type { ObjectionService } from "../consent/objection-service.ts";
import type { OptOutCheck } from "../consent/opt-out-check.ts";
import type { Section251Service } from "../consent/section-251.ts";
import type { DestroyPatientOf } from "../destruction/destroy-patient.ts";
import type { CertificateReader } from "../destruction/destruction-ports.ts";
import type { ListDuplicates } from "../episodes/duplicate-service.ts";
import type { LinkService } from "../episodes/link-service.ts";
import type { ReadJourney } from "../episodes/read-journey.ts";
import type { MessageService } from "../inbox/message-service.ts";
import type { NationalService } from "../national/national-service.ts";
import type { ProfileService } from "../profiles/profile-service.ts";
import type { SiteCodeService } from "../profiles/site-code-service.ts";
import type { PullServices } from "../pull/pull-services.ts";
import type { Actor } from "../records/actor.ts";
import type { CertificationService } from "../reporting/certification-service.ts";
import type { ReadCompleteness } from "../reporting/completeness.ts";
import type { ReadProgrammeReport } from "../reporting/programme-report.ts";
import type { ReadProgress } from "../reporting/progress.ts";
import type { SimulateRules } from "../simulation/simulate-rules.ts";
import type { PublishedCuts } from "../statistics/cuts/cut-ports.ts";
import type { CutService } from "../statistics/cuts/cut-service.ts";
import type { ExtractService } from "../statistics/extracts/extract-service.ts";
import type { AskStatistics } from "../statistics/questions/ask-statistics.ts";
import type { ListPublishedTables } from "../statistics/questions/published-tables.ts";
import type { SavedQuestions } from "../statistics/saved/saved-questions.ts";
import type { SubmissionService } from "../submission/commands.ts";
import type { HistoryStore } from "../submission/history-ports.ts";
import type { JobStore } from "../submission/job-ports.ts";
import type { ReadMappingTrend } from "../submission/mapping-trend-ports.ts";
import type { PatientMerging } from "../submission/merge-patients.ts";
import type { ReadMergedPatients } from "../submission/merged-patients-ports.ts";
import type { PreviewMapping } from "../submission/preview-mapping.ts";
import type { StatusStore } from "../submission/status-ports.ts";
import type { SubmissionControl } from "../submission/submission-control.ts";
import type { SubmitFile } from "../submission/submit-file.ts";
import type { WithdrawRecord } from "../submission/withdraw-record.ts";
import type { ReadRecordWithdrawals } from "../submission/withdraw-record-ports.ts";
import type { WebhookService } from "../webhooks/webhook-service.ts";
import type { LiveHub } from "./streams/live-hub.ts";

export interface OrganisationSummary {
  readonly odsCode: string;
  readonly name: string;
  readonly programmes: readonly { readonly code: string; readonly name: string }[];
}

export interface OrganisationDirectory {
  /** The acting organisation first, then those the bearer may switch to, each with the programmes the bearer may act for. */
  organisationsOf(actor: Actor): Promise<readonly OrganisationSummary[]>;
  /** An organisation with all of its programmes; null for one that is not registered. */
  organisation(odsCode: string): Promise<OrganisationSummary | null>;
}

export interface ReportReaders {
  readonly readReport: ReadProgrammeReport;
  readonly readCompleteness: ReadCompleteness;
  readonly readProgress: ReadProgress;
}

/** A fault of ours, for the log. The error's text may hold anything: the log's allow-list decides what is written. */
export interface Fault {
  readonly correlationId: string;
  readonly error: unknown;
}

export interface GraphqlDeps {
  /** Before an operation runs: whether its client has the points for it. */
  readonly chargeCost: ClientBudget["charge"];
  readonly submissions: SubmissionService;
  readonly submitFile: SubmitFile;
  readonly previewMapping: PreviewMapping;
  readonly status: StatusStore;
  readonly history: HistoryStore;
  readonly journey: ReadJourney;
  readonly links: LinkService;
  readonly listDuplicates: ListDuplicates;
  readonly accessLog: AccessLog;
  readonly simulateRules: SimulateRules;
  readonly mappingTrend: ReadMappingTrend;
  readonly jobProgress: Pick<JobStore, "progress">;
  readonly live: LiveHub;
  readonly organisations: OrganisationDirectory;
  readonly clients: ClientService;
  readonly registrations: RegistrationService;
  readonly registerOrganisations: OrganisationRegister;
  readonly destruction: { readonly destroyPatient: DestroyPatientOf; readonly certificates: CertificateReader };
  readonly consent: {
    readonly objections: ObjectionService;
    readonly optOuts: OptOutCheck;
    readonly section251: Section251Service;
    readonly listCuts: ListCutsOfObjection;
  };
  readonly webhooks: WebhookService;
  readonly profiles: ProfileService;
  readonly siteCodes: SiteCodeService;
  readonly control: SubmissionControl;
  readonly merging: PatientMerging;
  readonly mergedPatients: ReadMergedPatients;
  readonly withdrawRecord: WithdrawRecord;
  readonly recordWithdrawals: ReadRecordWithdrawals;
  readonly pull: PullServices;
  readonly messages: MessageService;
  readonly national: NationalService;
  readonly agreements: { readonly service: AgreementService; readonly makeAuditPack: MakeAuditPack; readonly now: () => string };
  readonly cuts: CutService;
  readonly extracts: ExtractService;
  readonly statistics: {
    readonly ask: AskStatistics;
    readonly listTables: ListPublishedTables;
    readonly saved: SavedQuestions;
    readonly published: Pick<PublishedCuts, "page" | "find">;
  };
  readonly certification: CertificationService;
  readonly programmeReports: ReportReaders;
  reportFault(fault: Fault): void;
}
