/** Submissions that came as files, over ports of the test: pages end inside a file and go on there; what cannot be read is counted. */
import { describe, expect, it } from "vitest";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { compileVersions, dictionaryOf, VERSIONS } from "../../../src/records/dictionaries.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";
import type { RecordResult, SubmissionHeader } from "../../../src/records/submission-record.ts";
import { createSimulateRules, type SimulateRules, type SimulationDependencies } from "../../../src/simulation/simulate-rules.ts";
import { SimulationTally } from "../../../src/simulation/simulation-tally.ts";
import { inTurn } from "../../../src/simulation/take-turns.ts";
import type { JobChunk } from "../../../src/submission/file-ports.ts";
import type { Statement } from "../../../src/submission/merge-drafts.ts";
import { ProfileGone } from "../../../src/submission/sender-ports.ts";
import { type Upload, UploadDamaged } from "../../../src/submission/upload-ports.ts";
import { NOTHING_TO_WRITE } from "../../../src/submission/write-set.ts";
import { actorOf, headerOf, pageOf, resultOf } from "../graphql/fake-deps.ts";

const actor: OrganisationActor = { ...actorOf("CLINICAL_TEAM"), ods: "RTEST" };
const ID = (number: number): string => `01890000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const fileOf = (number: number, more: Partial<SubmissionHeader> = {}): SubmissionHeader =>
  headerOf({ id: ID(number), channel: "FILE", ...more });

/** An input of that many chunks of two patients. */
function chunks(count: number, from: number): readonly JobChunk[] {
  return Array.from(
    { length: count },
    (_, chunk): JobChunk => ({ source: sourceOf(chunk), next: { entries: 2 * (chunk + 1), bytes: 0 } }),
  ).slice(from / 2);
}
const sourceOf = (chunk: number): MappedSource => ({
  drafts: [0, 1].map((place) => ({
    ...{ recordType: "PATIENT", parent: null, sourceRecordId: null, values: {}, clear: [], issues: [], mappingReport: [] },
    expression: `line ${2 * chunk + place + 1}`,
  })),
  issues: [],
  mappingReport: [],
  mappingVersion: "records/1",
});

/** Under the proposed version every second record of a chunk is refused. */
const answer = ({ judged, dictionary }: Statement): readonly RecordResult[] =>
  judged.map(({ draft }, index) => {
    const isRefused = dictionary.version === "gw-1.1" && index === 1;
    const issues = isRefused ? [{ severity: "ERROR" as const, code: "TRIED", field: null, expression: draft.expression }] : [];
    return resultOf(index, { expression: draft.expression, outcome: isRefused ? "REJECTED" : "UNCHANGED", issues });
  });

interface Setting {
  readonly submissions: readonly SubmissionHeader[];
  readonly pieces?: number;
  readonly openFile?: SimulationDependencies["openFile"];
  readonly uploadsOf?: (clientId: string) => Upload | null;
}

const UPLOAD: Upload = {
  ...{ id: ID(900), ods: "RTEST", clientId: "client-1", recordType: null, declaredBytes: 1, receivedBytes: 1, sha256: "" },
  ...{ createdAt: "2026-01-01T00:00:00.000Z", completedAt: null, expiresAt: "2027-01-01T00:00:00.000Z" },
};
const refuse = (): never => {
  throw new Error("this test does not ask for it");
};

function simulatorOf({
  submissions,
  pieces = Number.POSITIVE_INFINITY,
  openFile,
  uploadsOf = () => UPLOAD,
}: Setting): SimulateRules {
  return createSimulateRules({
    status: {
      submission: refuse,
      submissions: async (_actor, _filter, { after }) => {
        const { nodes } = pageOf(submissions);
        return { ...pageOf([]), nodes: nodes.slice(after === null ? 0 : Number(after) + 1) };
      },
    },
    store: {
      read: (_actor, work) =>
        work({
          ...{ findPatients: refuse, findSourceIds: refuse, readChildren: refuse, readValueSources: refuse },
          ...{ findKnown: refuse, findEventsOfOthers: refuse, findObjections: refuse, readLinkDecisions: refuse },
        }),
      persons: refuse,
    },
    envelopes: { readEnvelope: refuse },
    reports: { submittedFile: async () => ({ uploadId: ID(900), format: "NACR_NDJSON" }) },
    uploads: { find: async ({ clientId }) => uploadsOf(clientId) },
    mappings: { map: refuse },
    openFile:
      openFile ??
      (async () => ({
        ...{ issues: [], kind: "STATED", bytesTotal: null, close: async () => undefined },
        async *chunks({ entries }) {
          yield* chunks(3, entries);
        },
      })),
    findRegistered: async () => [],
    merge: async (_unit, statement) => ({
      results: answer(statement),
      rows: NOTHING_TO_WRITE,
      standards: [],
    }),
    clock: { today: () => "2026-06-30" },
    dictionaries: { versions: VERSIONS.map(({ dictionary }) => dictionary.version), dictionaryOf, compile: compileVersions },
    chunkSize: 2,
    beginPage: () => {
      let done = 0;
      return () => ++done >= pieces;
    },
  });
}

const PROPOSAL = { datasetVersion: "gw-1.1" };

async function simulateAll(setting: Setting) {
  const tally = new SimulationTally();
  const simulate = simulatorOf(setting);
  let pages = 0;
  for (let after: string | null = null; ; ) {
    const page = await simulate(actor, { proposal: PROPOSAL, receivedFrom: null, receivedTo: null, after });
    tally.add(page);
    pages++;
    if (page.endCursor === null) return { pages, ...tally.result() };
    after = page.endCursor;
  }
}

describe("files", () => {
  it("are gone on with inside, and the pages add up to one pass", async () => {
    const submissions = [fileOf(1), fileOf(2)];
    const [whole, piecewise] = [await simulateAll({ submissions }), await simulateAll({ submissions, pieces: 1 })];
    expect([whole.pages, piecewise.pages]).toEqual([1, 9]);
    expect({ ...piecewise, pages: 1 }).toEqual(whole);
    expect(whole.sources).toMatchObject([{ submissions: 2, records: 12, newlyRejected: 6 }]);
    const examples = whole.sources[0]?.findings[0]?.examples ?? [];
    expect(examples.map(({ submissionId, recordIndex }) => `${submissionId.slice(-1)} ${recordIndex}`)).toEqual([
      "1 1",
      "1 3",
      "1 5",
      "2 1",
      "2 3",
    ]);
  });

  it("of another client of the organisation are read as that client's", async () => {
    const asked: string[] = [];
    const uploadsOf = (clientId: string): Upload => {
      asked.push(clientId);
      return UPLOAD;
    };
    await simulateAll({ submissions: [fileOf(1, { clientId: "client-7" })], uploadsOf });
    expect(new Set(asked)).toEqual(new Set(["client-7"]));
  });

  it("that are gone, damaged or have lost their profile are counted as not readable, and the rest goes on", async () => {
    const gone = await simulateAll({ submissions: [fileOf(1)], uploadsOf: () => null });
    expect(gone.sources).toMatchObject([{ submissions: 0, notReadable: 1, records: 0 }]);
    for (const failure of [new UploadDamaged("gone"), new ProfileGone()]) {
      const failing = await simulateAll({ submissions: [fileOf(1), fileOf(2)], openFile: () => Promise.reject(failure) });
      expect(failing.sources).toMatchObject([{ submissions: 0, notReadable: 2 }]);
    }
    await expect(simulateAll({ submissions: [fileOf(1)], openFile: () => Promise.reject(new Error("a fault")) })).rejects.toThrow(
      "a fault",
    );
  });

  it("of a version in service no more cannot be judged; replays and what people did by hand are left out", async () => {
    const old = await simulateAll({ submissions: [fileOf(1, { datasetVersion: "gw-0.1" })] });
    expect(old.sources).toMatchObject([{ notReadable: 1 }]);
    const others = await simulateAll({ submissions: [fileOf(1, { replayOf: ID(2) }), fileOf(3, { channel: "FORM" })] });
    expect(others.sources).toEqual([]);
  });
});

describe("turns", () => {
  it("one page at a time is worked out, and a failure gives the turn back", async () => {
    const simulate = inTurn(simulatorOf({ submissions: [fileOf(1)] }));
    const request = { proposal: PROPOSAL, receivedFrom: null, receivedTo: null, after: null };
    const [first, second] = await Promise.allSettled([simulate(actor, request), simulate(actor, request)]);
    expect([first.status, second.status]).toEqual(["fulfilled", "rejected"]);
    await expect(simulate(actor, { ...request, proposal: {} })).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    expect((await simulate(actor, request)).endCursor).toBeNull();
  });
});
