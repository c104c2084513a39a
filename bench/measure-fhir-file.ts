/** A file of FHIR resources as bulk exports write it: one resource a line, type by type, so that a patient's lines stand far apart. */
import { Readable } from "node:stream";
import { expectEqual } from "./answer-check.ts";
import type { BenchOptions } from "./bench-options.ts";
import type { Figure } from "./figures.ts";
import { type Bundle, type FhirFigures, readBundles, withNewIds } from "./measure-fhir.ts";
import type { PostgresSetting } from "./measure-postgres.ts";
import { cpuSeconds } from "./process-cpu.ts";
import { sum } from "./statistics.ts";
import { submitFile } from "./submit-file.ts";

/** Each bundle so often, as so many other persons. */
const COPIES = 10;

interface Line {
  readonly type: string;
  readonly text: string;
}

/** In a bundle resources name each other by what the server is to replace; in an export by type and id. */
function toLines(bundle: Bundle): readonly Line[] {
  const { entry }: { entry: readonly { fullUrl: string; resource: { resourceType: string; id: string } }[] } = JSON.parse(
    withNewIds(bundle),
  );
  const references = new Map(entry.map(({ fullUrl, resource }) => [fullUrl, `${resource.resourceType}/${resource.id}`]));
  return entry.map(({ resource }) => ({
    type: resource.resourceType,
    text: JSON.stringify(resource, (_name, value) => (typeof value === "string" ? (references.get(value) ?? value) : value)),
  }));
}

interface Round {
  readonly resourcesPerSecond: number;
  readonly coresInUse: number;
  readonly created: number;
}

async function runRound({ gateway, serverPid }: PostgresSetting, bundles: readonly Bundle[]): Promise<Round> {
  const lines = Array.from({ length: COPIES }, () => bundles.flatMap(toLines)).flat();
  const types = Map.groupBy(lines, ({ type }) => type);
  const content = Readable.from([...types.values()].flatMap((of) => of.map(({ text }) => `${text}\n`)));
  const client = await gateway.connect();
  const readCpu = async (): Promise<number> => (await cpuSeconds(gateway.pid)) + (await cpuSeconds(serverPid));
  const before = await readCpu();
  const submission = await submitFile(client, content, "FHIR_NDJSON");
  const { status, counts } = await submission.wait(async () => undefined);
  const seconds = (performance.now() - submission.acceptedAt) / 1000;
  const cpu = (await readCpu()) - before;
  client.close();
  expectEqual("file", status, "COMPLETED");
  return {
    resourcesPerSecond: lines.length / seconds,
    coresInUse: cpu / (seconds + submission.uploadSeconds),
    created: counts.created,
  };
}

/** Null where the bundles are not on this machine. */
export async function measureFhirFile(setting: PostgresSetting, options: BenchOptions): Promise<FhirFigures | null> {
  const bundles = await readBundles();
  if (bundles === null) return null;
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const done = await runRound(setting, bundles);
    expectEqual("created records", done.created, (rounds[0]?.created ?? done.created) + options.surplus);
    rounds.push(done);
  }
  const resources = COPIES * sum(bundles.map((bundle) => bundle.resources));
  const of = (name: string, unit: string, read: (round: Round) => number, floor?: number): Figure => ({
    name,
    unit,
    rounds: rounds.map(read),
    ...(floor === undefined ? {} : { floor }),
  });
  return {
    load: `one NDJSON file of ${resources} Synthea resources (${COPIES * bundles.length} patients, ${rounds[0]?.created} dataset records stored), type by type, new ids each round; upload not counted in the time`,
    figures: [
      of("file of Synthea resources: per core in use", "/s per core", (r) => r.resourcesPerSecond / r.coresInUse, 475),
      of("  resources", "resources/s", (r) => r.resourcesPerSecond),
      of("  cores in use, gateway and PostgreSQL together", "cores", (r) => r.coresInUse),
    ],
  };
}
