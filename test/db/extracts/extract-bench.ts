/** Extracts over a test database: real stores, keys, agreements and gate; a cut of generated journeys, and a gate of persons that the test sets. */
import { createAgreementGate } from "../../../src/agreements/agreement-gate.ts";
import { createAgreementService } from "../../../src/agreements/agreement-service.ts";
import type { Terms } from "../../../src/agreements/terms.ts";
import { createKeyRing, type KeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createAgreementStore } from "../../../src/persistence/agreement-store.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { createExtractStore } from "../../../src/persistence/extract-store.ts";
import { generateCutJourneys } from "../../../src/population/generate-population.ts";
import type { Actor } from "../../../src/records/actor.ts";
import type { AuditEntry } from "../../../src/records/audit-entry.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import { MEASURES } from "../../../src/statistics/cube/declaration.ts";
import { DIMENSIONS, LEVELS } from "../../../src/statistics/cube/dimensions.ts";
import type { CutJourney } from "../../../src/statistics/cut-journey.ts";
import type { Cut } from "../../../src/statistics/cuts/cut.ts";
import { EXTRACT_FIELDS } from "../../../src/statistics/extracts/extract-groups.ts";
import type { ExtractKeys, ExtractStore, WithheldPersons } from "../../../src/statistics/extracts/extract-ports.ts";
import {
  type AskedExtract,
  createExtractService,
  type ExtractService,
} from "../../../src/statistics/extracts/extract-service.ts";
import { createExtractMaker, type ExtractMaker } from "../../../src/statistics/extracts/make-extract.ts";
import { judgeProfile } from "../../../src/statistics/profiles/read-profile.ts";
import { ANALYST, signedAgreement, soundTerms } from "../../support/agreements.ts";
import { inOneAuditYear } from "../../support/cube-populations.ts";
import type { TestDatabase } from "../../support/database.ts";
import { readAll, readZip } from "../../support/zip-files.ts";

const newId = createUuid7();
export const analyst: Actor = { ...ANALYST, ods: null, programmes: [], scopes: [], correlationId: "corr-1" };
export const NOW = "2026-03-02T09:00:00.000Z";
/** All journeys of the bench have their events in it. */
export const YEAR = 2024;

export interface ExtractBench {
  /** ISO instant. */
  now: string;
  /** National pseudonyms of whom the gate withholds; who objects is among them. */
  readonly withheld: Set<string>;
  readonly objecting: Set<string>;
  /** What is read of the cut; a test may put something in front. */
  readRows: () => AsyncIterable<CutJourney>;
  cut: Cut;
  readonly keys: KeyRing;
  readonly extractKeys: ExtractKeys;
  readonly withheldPersons: WithheldPersons;
  readonly store: ExtractStore;
  readonly service: ExtractService;
  readonly maker: ExtractMaker;
  readonly agreements: ReturnType<typeof createAgreementStore>;
  /** An agreement in force. */
  agree(change?: Partial<Terms>): Promise<string>;
  asked(agreementId: string, change?: Partial<AskedExtract>): AskedExtract;
  /** Asked for, made and fetched. */
  fetch(agreementId: string, change?: Partial<AskedExtract>): Promise<ReadonlyMap<string, Buffer>>;
  fetchFiles(id: string): Promise<ReadonlyMap<string, Buffer>>;
}

export const journeysOf = (seed: number, journeys: number): readonly CutJourney[] => [
  ...inOneAuditYear(generateCutJourneys({ seed, journeys, firstYear: YEAR, years: 1 })),
];

const agreementIds = new Map<TestDatabase, number>();
/** In the database every agreement has a number of its own. */
function nextAgreementId(test: TestDatabase): string {
  const number = (agreementIds.get(test) ?? 0) + 1;
  agreementIds.set(test, number);
  return `DARS-NIC-${String(number).padStart(5, "0")}-EXTRA`;
}

export function createExtractBench(test: TestDatabase, journeys: readonly CutJourney[]): ExtractBench {
  const { database } = test;
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  if (dictionary === null) throw new Error("the dictionary is in service");
  const keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(database));
  const clock = { now: () => bench.now };
  const agreements = createAgreementStore({ database, newId });
  const store = createExtractStore({ database, keys, newId });
  const gate = createAgreementGate({ store: agreements, clock, newId });
  const extractKeys: ExtractKeys = {
    prepare: async (id) => void (await keys.pseudonyms(id)),
    macOf: async (id) => (await keys.agreement(id))?.mac ?? null,
  };
  const withheldPersons: WithheldPersons = { objecting: async () => bench.objecting, all: async () => bench.withheld };
  const cuts = { find: async (id: string) => (id === bench.cut.id ? bench.cut : null) };
  const parts = { store, cuts, keys: extractKeys, withheld: withheldPersons, clock };
  const agreementService = createAgreementService({
    ...{ store: agreements, clock, newId, newAgreementId: () => nextAgreementId(test), vocabulary },
    ...{ signer: () => keys.certificateKey(), destroyKey: async () => undefined },
  });
  const bench: ExtractBench = {
    now: NOW,
    withheld: new Set(),
    objecting: new Set(),
    readRows: async function* () {
      yield* journeys;
    },
    cut: {
      ...{ id: newId(), number: 1, state: "IN_FORCE", asOf: NOW, publishedAt: NOW },
      ...{ withdrawn: null, cubes: [], isSynthetic: true },
    },
    keys,
    extractKeys,
    withheldPersons,
    store,
    agreements,
    service: createExtractService({ ...parts, gate, agreements: agreementService, newId }),
    maker: createExtractMaker({
      ...parts,
      rows: { journeys: () => bench.readRows() },
      agreements,
      dictionary,
      sign: () => keys.certificateKey(),
    }),
    agree: async (change = {}) => {
      const id = nextAgreementId(test);
      await agreements.insert(signedAgreement(recordLevelTerms(change), NOW, id), entry);
      return id;
    },
    asked: (agreementId, change = {}) => ({
      ...{ agreementId, purpose: "SERVICE_EVALUATION", cutId: bench.cut.id, period: String(YEAR), fields: null },
      ...{ format: "CSV", location: "CAMPUS" },
      ...change,
    }),
    fetch: async (agreementId, change) => {
      const { id } = await bench.service.request(analyst, bench.asked(agreementId, change));
      await bench.maker.workBatch();
      return bench.fetchFiles(id);
    },
    fetchFiles: async (id) => readZip(await readAll((await bench.service.download(analyst, id)).body)),
  };
  return bench;
}

const vocabulary = {
  measures: MEASURES.map(({ key }) => key),
  dimensions: [...LEVELS, ...DIMENSIONS.map(({ key }) => key)],
  profiles: ["HES_2018"],
  judgeProfile,
  fields: EXTRACT_FIELDS,
  nations: ["ENGLAND", "WALES", "NORTHERN_IRELAND"],
  eventGroups: ["MI", "ANGINA", "HEART_FAILURE", "RHYTHM", "STRUCTURAL", "TREATMENT", "OTHER"],
};

/** Everything that the vocabulary has, unless it is said otherwise. */
const recordLevelTerms = (change: Partial<Terms>): Terms => ({
  ...soundTerms(),
  productClass: "PSEUDONYMISED_RECORD_LEVEL",
  extractFrequency: "YEARLY",
  ...{ measures: vocabulary.measures, dimensions: vocabulary.dimensions, fields: [...EXTRACT_FIELDS] },
  ...{ nations: vocabulary.nations, eventGroups: vocabulary.eventGroups, years: [YEAR] },
  ...change,
});

const entry: AuditEntry = {
  action: "CREATE",
  type: "TEST",
  outcome: "DONE",
  ods: null,
  correlationId: null,
  agent: { id: "t", role: null, ods: null },
};
