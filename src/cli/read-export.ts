/** A bulk export, put together patient by patient: its files hold one type each, and a request of the gateway whole patients. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SourceSettings } from "../pull/fhir-source.ts";
import type { ExportManifest, FhirServer, Resource } from "../pull/pull-ports.ts";
import { ServerFailure } from "../pull/server-failure.ts";
import { nameOf, patientsOf, referencesOf } from "../sources/fhir-server/resource-names.ts";
import { CliError, EXIT } from "./cli-error.ts";

/** All of it is held until the last file is read. What is larger is for the gateway, which keeps it on disk. */
const MOST_BYTES = 512 * 1024 * 1024;

/** @throws ServerFailure, CliError */
export async function readExport(
  server: FhirServer,
  settings: SourceSettings,
  since: string | null,
  report: (text: string) => void,
): Promise<AsyncGenerator<readonly Resource[]>> {
  const statusUrl = await server.startExport(settings, since);
  report("The server prepares an export");
  const manifest = await awaitManifest(server, statusUrl, report);
  const gathered = new GatheredPatients();
  for (const file of manifest.output) for await (const line of server.readFile(file)) gathered.add(line);
  await server.endExport(statusUrl);
  if (manifest.deleted.length > 0) report("The server has deleted resources since: the gateway keeps what was stored from them");
  if (manifest.errors > 0) report(`The export has ${manifest.errors} errors of its own`);
  return gathered.all();
}

async function awaitManifest(server: FhirServer, statusUrl: string, report: (text: string) => void): Promise<ExportManifest> {
  for (;;) {
    const state = await server.pollExport(statusUrl);
    if (state.state === "DONE") return state.manifest;
    if (state.state === "GONE") throw new ServerFailure("EXPORT_FAILED");
    report(`Not ready; asking again in ${Math.ceil(state.retryAfterMs / 1_000)} s`);
    await sleep(state.retryAfterMs);
  }
}

class GatheredPatients {
  readonly #byPatient = new Map<string, Resource[]>();
  readonly #shared = new Map<string, Resource>();
  #bytes = 0;

  add(line: Buffer): void {
    this.#bytes += line.length;
    if (this.#bytes > MOST_BYTES)
      throw new CliError(
        "The export is too large for this command: register the server as a source of the gateway.",
        EXIT.refused,
      );
    const resource = parse(line);
    const name = nameOf(resource);
    if (name === null) throw new ServerFailure("BAD_ANSWER");
    const patients = patientsOf(resource);
    if (patients.length === 0) this.#shared.set(name, resource);
    for (const id of patients) {
      const known = this.#byPatient.get(id);
      if (known === undefined) this.#byPatient.set(id, [resource]);
      else known.push(resource);
    }
  }

  async *all(): AsyncGenerator<readonly Resource[]> {
    for (const own of this.#byPatient.values()) yield [...own, ...this.#sharedOf(own)];
  }

  #sharedOf(own: readonly Resource[]): readonly Resource[] {
    const found = new Map<string, Resource>();
    for (let from = own; from.length > 0; ) {
      const names = from.flatMap(referencesOf).filter((name) => !found.has(name));
      from = names.map((name) => this.#shared.get(name)).filter((resource) => resource !== undefined);
      for (const resource of from) found.set(nameOf(resource) ?? "", resource);
    }
    return [...found.values()];
  }
}

function parse(line: Buffer): Resource {
  try {
    const value: unknown = JSON.parse(line.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below, as everything that is no resource.
  }
  throw new ServerFailure("BAD_ANSWER");
}
