/** Reads what a pull's plan names into its upload, and keeps a record of how far it is, so that another process can go on there. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../lib/canonical-json.ts";
import type {
  ExportFile,
  ExportManifest,
  FhirServer,
  OpenPull,
  PatientVersions,
  PullPlace,
  PullPlan,
  PullSink,
  PullSinks,
  PullStore,
  Resource,
} from "./pull-ports.ts";

export interface ReadDependencies {
  readonly store: Pick<PullStore, "savePlace" | "isKnown">;
  readonly sinks: PullSinks;
}

/** Everything of the plan is in the upload; null where there was nothing. */
export interface ReadResult {
  readonly place: PullPlace;
  readonly sink: PullSink | null;
  readonly patients: readonly PatientVersions[];
  readonly refused: readonly string[];
}

/** Each makes a part of the upload and a statement: a pull of 4 GiB has 4,000. */
const CHECKPOINT_BYTES = 1024 * 1024;
const CHECKPOINT_MS = 10_000;

export class SourceReader {
  readonly #pull: OpenPull;
  readonly #dependencies: ReadDependencies;
  #sink: PullSink | null = null;
  #place: PullPlace;
  #savedBytes = 0;
  #savedAt = performance.now();
  readonly #patients: PatientVersions[] = [];
  readonly #sharedWritten = new Set<string>();

  constructor(pull: OpenPull, dependencies: ReadDependencies) {
    this.#pull = pull;
    this.#place = pull.place;
    this.#dependencies = dependencies;
  }

  async readSearch(server: FhirServer, plan: Extract<PullPlan, { kind: "SEARCH" }>): Promise<ReadResult> {
    await this.#resume();
    const refused = new Set(plan.refused);
    for (const id of plan.patients.slice(this.#place.done)) {
      const patient = await server.readPatient(id, plan.types, plan.everything);
      for (const type of patient?.refused ?? []) refused.add(type);
      if (patient !== null) await this.#addPatient(id, patient.own, patient.shared);
      this.#advance({ done: this.#place.done + 1 });
      await this.#checkpoint(false);
    }
    return await this.#end([...refused]);
  }

  async readExport(server: FhirServer, { output, deleted }: ExportManifest): Promise<ReadResult> {
    await this.#resume();
    const files = [...output.map((file) => ({ file, gone: false })), ...deleted.map((file) => ({ file, gone: true }))];
    for (const { file, gone } of files.slice(this.#place.done)) {
      if (gone) this.#advance({ deleted: this.#place.deleted + (await countDeleted(server, file)) });
      else await this.#addFile(server, file);
      this.#advance({ done: this.#place.done + 1 });
      await this.#checkpoint(true);
    }
    return await this.#end([]);
  }

  /** From where the last turn left it; from the start where that is not known to be whole. */
  async #resume(): Promise<void> {
    const { header, place } = this.#pull;
    if (place.uploadId !== null)
      this.#sink = await this.#dependencies.sinks.resume(header.ods, place.uploadId, place.uploadBytes);
    if (this.#sink === null) this.#place = BEGINNING;
    this.#savedBytes = this.#sink?.bytes ?? 0;
  }

  async #addPatient(id: string, own: readonly Resource[], shared: readonly Resource[]): Promise<void> {
    const all = own.map(versionOf).sort().join("\n");
    const versions: PatientVersions = { patient: id, versions: createHash("sha256").update(all).digest("hex") };
    if (await this.#dependencies.store.isKnown(this.#pull.held, versions)) {
      this.#advance({ unchanged: this.#place.unchanged + 1 });
      return;
    }
    const fresh = shared.filter((resource) => !this.#sharedWritten.has(versionOf(resource)));
    for (const resource of [...own, ...fresh]) await this.#write(JSON.stringify(resource));
    for (const resource of fresh) this.#sharedWritten.add(versionOf(resource));
    this.#patients.push(versions);
    this.#advance({ patients: this.#place.patients + 1 });
  }

  async #addFile(server: FhirServer, file: ExportFile): Promise<void> {
    const isPatients = file.type === "Patient";
    for await (const line of server.readFile(file)) {
      await this.#write(line);
      if (isPatients) this.#advance({ patients: this.#place.patients + 1 });
    }
  }

  async #write(line: Buffer | string): Promise<void> {
    this.#sink ??= await this.#dependencies.sinks.create(this.#pull.header.ods);
    await this.#sink.write(line);
    this.#advance({ resources: this.#place.resources + 1 });
  }

  #advance(change: Partial<PullPlace>): void {
    this.#place = { ...this.#place, ...change };
  }

  async #checkpoint(now: boolean): Promise<void> {
    const bytes = this.#sink?.bytes ?? 0;
    const isDue = bytes - this.#savedBytes >= CHECKPOINT_BYTES || performance.now() - this.#savedAt >= CHECKPOINT_MS;
    if (now || isDue) await this.#save();
  }

  async #save(): Promise<void> {
    const bytes = (await this.#sink?.checkpoint()) ?? 0;
    this.#advance({ uploadId: this.#sink?.uploadId ?? null, uploadBytes: bytes });
    await this.#dependencies.store.savePlace(this.#pull.held, this.#place);
    this.#savedBytes = bytes;
    this.#savedAt = performance.now();
  }

  async #end(refused: readonly string[]): Promise<ReadResult> {
    await this.#save();
    return { place: this.#place, sink: this.#sink, patients: this.#patients, refused };
  }
}

/** Nothing is read yet. */
export const BEGINNING: PullPlace = {
  done: 0,
  uploadId: null,
  uploadBytes: 0,
  resources: 0,
  patients: 0,
  unchanged: 0,
  deleted: 0,
};

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** `Type/id/version`; of a server without versions, the time of the last change, or a digest of the content. */
function versionOf(resource: Resource): string {
  const { meta } = resource;
  const known = typeof meta === "object" && meta !== null ? Object.entries(meta) : [];
  const read = (name: string): string => textOf(known.find(([key]) => key === name)?.[1]);
  const version = read("versionId") || read("lastUpdated") || createHash("sha256").update(canonicalJson(resource)).digest("hex");
  return `${textOf(resource.resourceType)}/${textOf(resource.id)}/${version}`;
}

/** Bundles of requests to delete, one on each line. What they name is counted and not read further. */
async function countDeleted(server: FhirServer, file: ExportFile): Promise<number> {
  let count = 0;
  for await (const line of server.readFile(file)) count += countEntries(line);
  return count;
}

function countEntries(line: Buffer): number {
  try {
    const bundle: unknown = JSON.parse(line.toString("utf8"));
    const entries = typeof bundle === "object" && bundle !== null && "entry" in bundle ? bundle.entry : null;
    return Array.isArray(entries) ? entries.length : 0;
  } catch {
    return 0;
  }
}
