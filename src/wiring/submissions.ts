/** The submission path, from the mappings to the store. */
import type { Terminology } from "../../mappings/concept-maps/terminology.ts";
import { MAPPINGS } from "../../mappings/index.ts";
import { systemClock } from "../lib/system-clock.ts";
import type { Metrics } from "../observability/metrics.ts";
import { createSubmissionStore } from "../persistence/submission-store.ts";
import { DEFAULT_DATASET_VERSION, dictionaryOf } from "../records/dictionaries.ts";
import type { MappedSource } from "../records/draft-record.ts";
import type { MappingRegistry, SubmissionService } from "../submission/commands.ts";
import type { EnqueueJob } from "../submission/job-ports.ts";
import { limitLargeSubmissions } from "../submission/limit-large-submissions.ts";
import { createPreviewMapping, type PreviewMapping } from "../submission/preview-mapping.ts";
import type { SubmissionDependencies } from "../submission/receive.ts";
import { createSubmissionService } from "../submission/submit.ts";
import type { Parts } from "./parts.ts";
import type { Profiles } from "./profiles.ts";

export interface Submissions {
  readonly dependencies: SubmissionDependencies;
  readonly service: SubmissionService;
  readonly previewMapping: PreviewMapping;
}

/** `enqueue`: puts what is accepted for later into the queue. */
export function wireSubmissions(
  parts: Parts,
  enqueue: EnqueueJob,
  { resolveSender, compileColumns }: Pick<Profiles, "resolveSender" | "compileColumns">,
): Submissions {
  const dependencies: SubmissionDependencies = {
    store: createSubmissionStore({ ...parts, enqueue }),
    mappings: createMappingRegistry(parts.config.mode === "demo", parts.terminology),
    clock: systemClock,
    newId: parts.newId,
    dictionaryOf,
    defaultDatasetVersion: DEFAULT_DATASET_VERSION,
    findRegistered: async (odsCodes) => (await parts.clients.organisations(odsCodes)).map(({ odsCode }) => odsCode),
    resolveSender,
  };
  return {
    dependencies,
    service: counted(limitLargeSubmissions(createSubmissionService(dependencies)), parts.metrics),
    previewMapping: createPreviewMapping({ ...dependencies, compileColumns }),
  };
}

function createMappingRegistry(detectTestData: boolean, terminology: Terminology): MappingRegistry {
  const shared = { terminology };
  return {
    map: (mapping, payload, profile, dictionary, placeOf, saved) => {
      const tables = saved?.siteCodes === undefined ? shared : { terminology, siteCodes: saved.siteCodes };
      const options = { profile, dictionary, detectTestData, placeOf, tables, columns: saved?.columns };
      return nameTables(MAPPINGS[mapping](payload, options), terminology);
    },
  };
}

/** `uk-core/1+codes-0123456789ab`: an answer must be explainable when the site's tables are others. */
const nameTables = (source: MappedSource | null, { siteVersion }: Terminology): MappedSource | null =>
  source === null || siteVersion === null
    ? source
    : { ...source, mappingVersion: `${source.mappingVersion}+codes-${siteVersion}` };

/** Counts what became of submissions; the counts are published, so no label tells whose they were. */
function counted(service: SubmissionService, metrics: Metrics): SubmissionService {
  return {
    async submit(command) {
      const answer = await service.submit(command);
      const { channel, outcome, counts } = answer.header;
      const { received: _received, withheld: _withheld, ...outcomes } = counts;
      if (!answer.replayed) metrics.submissionDone(channel, outcome ?? "NONE", outcomes);
      return answer;
    },
  };
}
