/** `submitFhir`: from a patient's whole bundle to the persisted answer. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { expectEqual } from "./answer-check.ts";
import type { BenchOptions } from "./bench-options.ts";
import type { Figure } from "./figures.ts";
import { sendAll, toBody } from "./graphql-client.ts";
import type { PostgresSetting } from "./measure-postgres.ts";
import { cpuSeconds } from "./process-cpu.ts";
import { PROGRAMME_CODE, SOURCE_SYSTEM } from "./sample-submissions.ts";
import { sum, timed } from "./statistics.ts";

const IN_FLIGHT = 2;
/** Public synthetic patients; too large for this repository, so they are read from beside it. */
const FOLDER = new URL("../../shared/data/synthea-r4-2021/", import.meta.url);
const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

const SUBMIT_FHIR = `mutation ($input: SubmitFhirInput!) { submitFhir(input: $input) {
  id status outcome counts { received created updated unchanged rejected held warnings }
  issueGroups { code field count message } mappingSummary { mapped dropped unmapped }
  records(first: 100) { totalCount nodes { index sourceRecordId recordType outcome } } } }`;

export interface Bundle {
  readonly text: string;
  readonly resources: number;
}

interface SubmitFhirAnswer {
  readonly data: {
    readonly submitFhir: {
      readonly id: string;
      readonly status: string;
      readonly counts: Readonly<Record<string, number>>;
      readonly records: { readonly totalCount: number };
    };
  };
}

export interface FhirFigures {
  readonly load: string;
  readonly figures: readonly Figure[];
}

/** Null where they are not on this machine. */
export async function readBundles(): Promise<readonly Bundle[] | null> {
  if (!existsSync(FOLDER)) return null;
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".json") && name !== "INDEX.json").sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, FOLDER), "utf8");
      const { entry }: { entry: readonly unknown[] } = JSON.parse(text);
      return { text, resources: entry.length };
    }),
  );
}

/** The same bundle of a person nobody has sent before: every id in it is a new one. */
export function withNewIds({ text }: Bundle): string {
  const ids = new Map<string, string>();
  return text.replace(UUID, (old) => {
    const id = ids.get(old) ?? randomUUID();
    ids.set(old, id);
    return id;
  });
}

function toSubmitFhir(bundle: Bundle): Buffer {
  const options = { idempotencyKey: randomUUID(), programmeCode: PROGRAMME_CODE, sourceSystem: SOURCE_SYSTEM };
  return toBody(SUBMIT_FHIR, { input: { options, resources: JSON.parse(withNewIds(bundle)) } });
}

/** @returns counts of the answer, which are the same every time the same bundle is sent */
async function checkAnswer(text: string, { written }: PostgresSetting): Promise<Readonly<Record<string, number>>> {
  const { data }: SubmitFhirAnswer = JSON.parse(text);
  const { id, status, counts, records } = data.submitFhir;
  expectEqual("state", status, "COMPLETED");
  const { rows } = await written.query<{ stored: number }>(
    "select count(*)::int as stored from public.submission_record where submission_id = $1",
    [id],
  );
  expectEqual("persisted results", [rows[0]?.stored, records.totalCount], [counts.received, counts.received]);
  return counts;
}

interface Round {
  readonly counts: readonly Readonly<Record<string, number>>[];
  readonly resourcesPerSecond: number;
  readonly coresInUse: number;
}

async function runRound(setting: PostgresSetting, bundles: readonly Bundle[]): Promise<Round> {
  const { gateway, serverPid } = setting;
  const client = await gateway.connect();
  const bodies = bundles.map(toSubmitFhir);
  const readCpu = async (): Promise<number> => (await cpuSeconds(gateway.pid)) + (await cpuSeconds(serverPid));
  const before = await readCpu();
  const { result: answers, seconds } = await timed(() => sendAll([client], bodies, IN_FLIGHT));
  const coresInUse = ((await readCpu()) - before) / seconds;
  client.close();
  const counts: Round["counts"][number][] = [];
  for (const answer of answers) counts.push(await checkAnswer(answer, setting));
  return { counts, resourcesPerSecond: sum(bundles.map(({ resources }) => resources)) / seconds, coresInUse };
}

/** Every dataset record that the twelve patients hold was created; a round that stores less than the first one is no measurement. */
function checkCounts(first: Round, { counts }: Round, surplus: number): void {
  const stored = ({ created = 0 }: Readonly<Record<string, number>>): number => created;
  const wanted = first.counts.map((count) => stored(count) + surplus);
  expectEqual("created records by bundle", counts.map(stored), wanted);
}

/** Null where the bundles are not on this machine. */
export async function measureFhir(setting: PostgresSetting, options: BenchOptions): Promise<FhirFigures | null> {
  const bundles = await readBundles();
  if (bundles === null) return null;
  const first = await runRound(setting, bundles);
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const done = await runRound(setting, bundles);
    checkCounts(first, done, options.surplus);
    rounds.push(done);
  }
  const of = (read: (round: Round) => number): readonly number[] => rounds.map(read);
  const resources = sum(bundles.map((bundle) => bundle.resources));
  const created = sum(first.counts.map((counts) => counts.created ?? 0));
  return {
    load: `${bundles.length} Synthea R4 bundles (${resources} resources, ${created} dataset records stored), 2 in flight, new ids each round`,
    figures: [
      {
        name: "submitFhir: resources per core in use",
        unit: "/s per core",
        rounds: of((r) => r.resourcesPerSecond / r.coresInUse),
        floor: 475,
      },
      { name: "submitFhir", unit: "resources/s", rounds: of((r) => r.resourcesPerSecond) },
      { name: "  cores in use, gateway and PostgreSQL together", unit: "cores", rounds: of((r) => r.coresInUse) },
    ],
  };
}
