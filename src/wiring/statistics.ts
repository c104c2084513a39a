/** Statistics for analysts: questions to published cuts, their files, and the one gate that everything under an agreement goes through. */
import type { AgreementGate } from "../agreements/ports.ts";
import type { GraphqlDeps } from "../graphql/graphql-deps.ts";
import type { HttpDependencies } from "../http/http-ports.ts";
import { createGroupCommit } from "../inbox/group-commit.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createAgreementStore } from "../persistence/agreement-store.ts";
import { createSavedQuestionStore } from "../persistence/saved-question-store.ts";
import type { Cut } from "../statistics/cuts/cut.ts";
import type { PublishedCuts } from "../statistics/cuts/cut-ports.ts";
import { createAskStatistics } from "../statistics/questions/ask-statistics.ts";
import { createExportStatistics } from "../statistics/questions/export-statistics.ts";
import { createListPublishedTables } from "../statistics/questions/published-tables.ts";
import { createSavedQuestions, type SavedQuestions } from "../statistics/saved/saved-questions.ts";
import { wireAgreementGate } from "./agreements.ts";
import type { Parts } from "./parts.ts";

const MOST_AT_ONCE = 200;

export interface Statistics {
  /** One in a process: its reads and its log are written together. */
  readonly gate: AgreementGate;
  readonly graphql: Pick<GraphqlDeps, "statistics">;
  readonly files: HttpDependencies["exportStatistics"];
}

export function wireStatistics(parts: Parts, published: PublishedCuts): Statistics {
  const gate = wireAgreementGate(parts);
  const ask = createAskStatistics({ gate, published: { ...published, inForce: readTogether(published.inForce) } });
  return {
    gate,
    graphql: {
      statistics: { ask, published, saved: wireSavedQuestions(parts), listTables: createListPublishedTables(published) },
    },
    files: createExportStatistics(ask),
  };
}

const wireSavedQuestions = (parts: Parts): SavedQuestions =>
  createSavedQuestions({
    store: createSavedQuestionStore(parts),
    agreements: createAgreementStore(parts),
    clock: systemClock,
    newId: parts.newId,
  });

/** Look-ups that come while the cut in force is being read share the next read: it begins after they were asked, so a withdrawal is seen. */
function readTogether(inForce: PublishedCuts["inForce"]): PublishedCuts["inForce"] {
  const reads = createGroupCommit<null, { readonly cut: Cut | null }>({
    write: async (asking) => {
      const cut = await inForce();
      return asking.map(() => ({ cut }));
    },
    waitMs: 0,
    most: MOST_AT_ONCE,
  });
  return async () => (await reads.add(null)).cut;
}
