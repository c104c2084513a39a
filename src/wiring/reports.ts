/** Reports and failed rows: what is stored, and what was sent, put together for who asks. */
import { FileResource } from "../../mappings/fhir/fhir-file-mapping.ts";
import { groupResources } from "../../mappings/fhir/resource-groups.ts";
import { createRecordAct } from "../persistence/audit-log.ts";
import { createEnvelopeStore } from "../persistence/envelope-store.ts";
import { createReportStore } from "../persistence/report-store.ts";
import { entryOf } from "../records/audit-entry.ts";
import { dictionaryOf } from "../records/dictionaries.ts";
import type { FileReader } from "../submission/file-ports.ts";
import { createReportService, type ReportService } from "../submission/report/report-service.ts";
import type { AuditPort, InputParts } from "../submission/report-ports.ts";
import type { ResolveSender } from "../submission/sender-ports.ts";
import type { StatusStore } from "../submission/status-ports.ts";
import type { UploadReader } from "../submission/upload-ports.ts";
import type { Parts } from "./parts.ts";

export interface ReportInputs {
  readonly status: Pick<StatusStore, "submission">;
  readonly uploads: UploadReader;
  readonly files: FileReader;
  readonly resolveSender: ResolveSender;
}

export function wireReports(parts: Parts, inputs: ReportInputs): ReportService {
  return createReportService({
    ...inputs,
    reports: createReportStore(parts),
    envelopes: createEnvelopeStore(parts),
    parts: INPUT_PARTS,
    audit: createReportAudit(parts),
    dictionaryForAnswer: (version) => dictionaryOf(version) ?? parts.dictionary,
  });
}

const INPUT_PARTS: InputParts = {
  fhirResources: (payload) =>
    groupResources(payload).map(({ expression, resource, group }) => ({
      place: expression,
      text: JSON.stringify(resource),
      group,
    })),
  groupOfFileEntry: (entry) => (entry instanceof FileResource ? entry.group : null),
};

function createReportAudit({ database, newId }: Parts): AuditPort {
  const recordAct = createRecordAct(database, newId);
  return {
    record: ({ type, actor, submission: { id, programmeCode } }) =>
      recordAct(entryOf(actor, { action: "READ", type, programmeCode, entity: { kind: "SUBMISSION", id } })),
  };
}
