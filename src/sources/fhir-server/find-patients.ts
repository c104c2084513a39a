/** Whose records are to be read: the cohort, and of it those of whom something has changed. Only ids are kept of what is found. */
import type { SearchParams } from "fhir-kit-client";
import type { SourceSettings } from "../../pull/fhir-source.ts";
import type { FoundPatients } from "../../pull/pull-ports.ts";
import { ServerFailure } from "../../pull/server-failure.ts";
import type { FhirCalls } from "./fhir-calls.ts";
import { LOGICAL_ID, patientsOf } from "./resource-names.ts";
import type { SearchPages } from "./search-pages.ts";

const MOST_PATIENTS = 200_000;

export class PatientFinder {
  readonly #calls: FhirCalls;
  readonly #pages: SearchPages;

  constructor(calls: FhirCalls, pages: SearchPages) {
    this.#calls = calls;
    this.#pages = pages;
  }

  async find(settings: SourceSettings, types: readonly string[], since: string | null): Promise<FoundPatients> {
    const cohort = await this.#readCohort(settings);
    if (since === null) return { ids: sorted(cohort ?? (await this.#search("Patient", { _elements: "id" }))), refused: [] };
    const { ids, refused } = await this.#findChanged(types, since);
    return { ids: sorted(ids).filter((id) => cohort?.has(id) ?? true), refused };
  }

  /** Null: everybody. */
  async #readCohort({ groupId, cohort }: SourceSettings): Promise<ReadonlySet<string> | null> {
    if (groupId === null && cohort.length === 0) return null;
    const ids = new Set<string>();
    if (groupId !== null) {
      if (!LOGICAL_ID.test(groupId)) throw new ServerFailure("REFUSED");
      const { body } = await this.#calls.request(`Group/${groupId}`);
      add(ids, patientsOf(body));
    }
    for (const search of cohort) {
      const { type, parameters } = readSearch(search);
      add(ids, await this.#search(type, parameters));
    }
    return ids;
  }

  async #findChanged(types: readonly string[], since: string): Promise<FoundPatients> {
    const ids = new Set<string>();
    const refused: string[] = [];
    for (const type of types) {
      try {
        // An appointment names its patient as one of those who take part.
        const elements = type === "Patient" ? "id" : type === "Appointment" ? "participant" : "subject,patient";
        add(ids, await this.#search(type, { _lastUpdated: `ge${since}`, _elements: elements }));
      } catch (error) {
        if (!(error instanceof ServerFailure) || !["FORBIDDEN", "NOT_FOUND", "REFUSED"].includes(error.reason)) throw error;
        refused.push(type);
        // Nothing at all was given: that is the server's answer, and no empty one.
        if (refused.length === types.length) throw error;
      }
    }
    return { ids: [...ids], refused };
  }

  async #search(type: string, parameters: SearchParams): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for await (const resource of this.#pages.search(type, parameters)) add(ids, patientsOf(resource));
    return ids;
  }
}

function add(ids: Set<string>, more: Iterable<string>): void {
  for (const id of more) ids.add(id);
  if (ids.size > MOST_PATIENTS) throw new ServerFailure("TOO_LARGE");
}

/** Always the same order, so that a pull that is taken up again goes on with the same patients. */
const sorted = (ids: Iterable<string>): readonly string[] => [...ids].sort();

/** `Encounter?service-type=533&class=IMP`. @throws ServerFailure REFUSED for what is none: a mistake of the source's registration */
function readSearch(text: string): { readonly type: string; readonly parameters: SearchParams } {
  const [, type, query] = /^([A-Z][A-Za-z]{1,60})\?(.+)$/.exec(text) ?? [];
  if (type === undefined || query === undefined) throw new ServerFailure("REFUSED");
  const parameters: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) parameters[name] = [...(parameters[name] ?? []), value];
  return { type, parameters };
}
