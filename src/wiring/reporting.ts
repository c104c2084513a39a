/** Reports of programmes: certification, completeness, progress, the importer's files. */
import type { GraphqlDeps } from "../graphql/graphql-deps.ts";
import type { HttpDependencies } from "../http/http-ports.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createCompletenessStore } from "../persistence/completeness-store.ts";
import { createImporterRowStore } from "../persistence/importer-row-store.ts";
import { createProgrammeReportStore } from "../persistence/programme-report-store.ts";
import { createProgressStore } from "../persistence/progress-store.ts";
import { createReportingStore } from "../persistence/reporting-store.ts";
import { createCertificationService } from "../reporting/certification-service.ts";
import { createReadCompleteness } from "../reporting/completeness.ts";
import { createExportImporter } from "../reporting/export-importer.ts";
import { createReadNationalFigures } from "../reporting/national-figures.ts";
import { createReadProgrammeReport } from "../reporting/programme-report.ts";
import { createReadProgress } from "../reporting/progress.ts";
import { createReportFiles } from "../reporting/report-files.ts";
import type { PublishedCuts } from "../statistics/cuts/cut-ports.ts";
import type { StatusStore } from "../submission/status-ports.ts";
import type { Parts } from "./parts.ts";

export interface Reporting {
  readonly graphql: Pick<GraphqlDeps, "certification" | "programmeReports">;
  readonly files: HttpDependencies["reportFiles"];
}

export function wireReporting(parts: Parts, status: Pick<StatusStore, "resultsAt">, published: PublishedCuts): Reporting {
  const { database, newId, dictionary } = parts;
  const clock = systemClock;
  const store = createReportingStore({ database, newId, status });
  const completeness = createCompletenessStore(parts);
  const reports = createProgrammeReportStore(parts);
  const readNational = createReadNationalFigures(published);
  const readReport = createReadProgrammeReport({ store, reports, completeness, readNational, dictionary, clock });
  const readProgress = createReadProgress({ store: createProgressStore(parts), dictionary });
  const exportImporter = createExportImporter({ rows: createImporterRowStore(parts), programmes: store, dictionary, clock });
  return {
    graphql: {
      certification: createCertificationService({ store, clock, newId, readNational }),
      programmeReports: {
        readReport,
        readProgress,
        readCompleteness: createReadCompleteness({ store: completeness, programmes: store, readNational, dictionary }),
      },
    },
    files: createReportFiles({ readReport, readProgress, exportImporter, dictionary }),
  };
}
