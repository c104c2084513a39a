/** Dependencies for a schema of which no resolver is called: to be printed, or run with other resolvers. */
import type { GraphqlDeps } from "../../src/graphql/graphql-deps.ts";

const refuse = (): never => {
  throw new Error("A resolver of a schema was called that is not executed.");
};

export const REFUSING_DEPS: GraphqlDeps = {
  submissions: { submit: refuse },
  submitFile: refuse,
  status: {
    submission: refuse,
    submissionsByIds: refuse,
    submissions: refuse,
    results: refuse,
    resultsAt: refuse,
    recordStatus: refuse,
    patient: refuse,
    patients: refuse,
    children: refuse,
    eventsAfter: refuse,
    lastSequence: refuse,
  },
  history: { history: refuse, patientAsOf: refuse, childrenAsOf: refuse },
  journey: refuse,
  links: { proposed: refuse, ofRecord: refuse, decide: refuse, linkRecords: refuse, identityConflicts: refuse },
  listDuplicates: refuse,
  merging: { merge: refuse, unmerge: refuse },
  mergedPatients: refuse,
  withdrawRecord: refuse,
  recordWithdrawals: refuse,
  jobProgress: { progress: refuse },
  live: {
    submission: refuse,
    programme: refuse,
    eventAppended: refuse,
    submissionChanged: refuse,
    reconnected: refuse,
    watched: 0,
  },
  previewMapping: refuse,
  simulateRules: refuse,
  mappingTrend: refuse,
  organisations: { organisationsOf: refuse, organisation: refuse },
  control: { cancel: refuse, redrive: refuse, replay: refuse, withdraw: refuse, withdrawals: refuse },
  pull: { sources: { register: refuse, list: refuse, confirm: refuse, remove: refuse }, accept: refuse },
  messages: { listeners: refuse, messages: refuse, replay: refuse },
  profiles: { list: refuse, find: refuse, save: refuse, retire: refuse, propose: refuse },
  siteCodes: { page: refuse, propose: refuse, review: refuse, retire: refuse },
  webhooks: {
    register: refuse,
    list: refuse,
    remove: refuse,
    rotateSecret: refuse,
    retireOldSecret: refuse,
    deliveries: refuse,
    redeliver: refuse,
  },
  reportFault: refuse,
};
