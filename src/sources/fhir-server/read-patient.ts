/** Everything of one patient, as far as the audit needs it: what else the server would give is not asked for, or left out. */

import { SHARED_TYPES } from "../../pull/fhir-source.ts";
import type { PatientResources, Resource } from "../../pull/pull-ports.ts";
import { ServerFailure } from "../../pull/server-failure.ts";
import type { FhirCalls } from "./fhir-calls.ts";
import { LOGICAL_ID, nameOf, referencesOf, textOf } from "./resource-names.ts";
import type { SearchPages } from "./search-pages.ts";

/** Synthea's largest patient has 5,000. */
const MOST_RESOURCES = 50_000;
/** Practices and medications that are remembered: a server has a few thousand. */
const MOST_REMEMBERED = 20_000;

/** Not given for a reason that concerns the type, not the server. */
const isRefusal = (error: unknown): boolean =>
  error instanceof ServerFailure && ["FORBIDDEN", "NOT_FOUND", "REFUSED"].includes(error.reason);

export class PatientReader {
  readonly #calls: FhirCalls;
  readonly #pages: SearchPages;
  /** Null: the server did not give it. */
  readonly #shared = new Map<string, Resource | null>();
  readonly #refused = new Set<string>();

  constructor(calls: FhirCalls, pages: SearchPages) {
    this.#calls = calls;
    this.#pages = pages;
  }

  async read(id: string, types: readonly string[], everything: boolean): Promise<PatientResources | null> {
    if (!LOGICAL_ID.test(id)) throw new ServerFailure("BAD_ANSWER");
    const found = everything ? await this.#readEverything(id) : await this.#readByType(id, types);
    if (found === null) return null;
    const own = new Map<string, Resource>();
    for (const resource of found) {
      const name = nameOf(resource);
      if (name !== null && types.includes(textOf(resource.resourceType))) own.set(name, resource);
      if (name !== null && isShared(resource)) this.#remember(name, resource);
    }
    return { own: [...own.values()], shared: await this.#readShared([...own.values()]), refused: [...this.#refused] };
  }

  async #readEverything(id: string): Promise<readonly Resource[] | null> {
    try {
      return await collect(this.#pages.operation(`Patient/${id}/$everything`));
    } catch (error) {
      if (error instanceof ServerFailure && error.reason === "NOT_FOUND") return null;
      throw error;
    }
  }

  async #readByType(id: string, types: readonly string[]): Promise<readonly Resource[] | null> {
    const patient = await this.#readOne(`Patient/${id}`);
    if (patient === null) return null;
    const found: Resource[] = [patient];
    for (const type of types.filter((name) => name !== "Patient" && !this.#refused.has(name))) {
      try {
        found.push(...(await collect(this.#pages.search(type, { patient: id }))));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.#refused.add(type);
      }
    }
    return found;
  }

  /** What the patient's resources refer to, and what that refers to. */
  async #readShared(own: readonly Resource[]): Promise<readonly Resource[]> {
    const found = new Map<string, Resource>();
    const asked = new Set<string>();
    for (let from = own; from.length > 0; ) {
      const names = [...new Set(from.flatMap(referencesOf))].filter((name) => isSharedName(name) && !asked.has(name));
      const read: Resource[] = [];
      for (const name of names) {
        asked.add(name);
        const resource = await this.#recall(name);
        if (resource === null) continue;
        found.set(name, resource);
        read.push(resource);
      }
      from = read;
    }
    return [...found.values()];
  }

  async #recall(name: string): Promise<Resource | null> {
    const known = this.#shared.get(name);
    if (known !== undefined) return known;
    const [type = ""] = name.split("/");
    // That a practice is not given is told by the mapping, where it is referred to.
    const resource = this.#refused.has(type) ? null : await this.#readOne(name);
    this.#remember(name, resource);
    return resource;
  }

  async #readOne(name: string): Promise<Resource | null> {
    try {
      const { body } = await this.#calls.request(name);
      return nameOf(body) === name ? body : null;
    } catch (error) {
      const isPatient = name.startsWith("Patient/");
      if (isPatient ? error instanceof ServerFailure && error.reason === "NOT_FOUND" : isRefusal(error)) return null;
      throw error;
    }
  }

  #remember(name: string, resource: Resource | null): void {
    if (this.#shared.size < MOST_REMEMBERED) this.#shared.set(name, resource);
  }
}

const isSharedName = (name: string): boolean => SHARED_TYPES.some((type) => name.startsWith(`${type}/`));
const isShared = ({ resourceType }: Resource): boolean => SHARED_TYPES.some((type) => type === resourceType);

async function collect(resources: AsyncIterable<Resource>): Promise<readonly Resource[]> {
  const all: Resource[] = [];
  for await (const resource of resources) {
    if (all.length === MOST_RESOURCES) throw new ServerFailure("TOO_LARGE");
    all.push(resource);
  }
  return all;
}
