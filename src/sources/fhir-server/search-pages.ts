/** Searches, page after page. */
import type { SearchParams } from "fhir-kit-client";
import { z } from "zod";
import type { Resource } from "../../pull/pull-ports.ts";
import { ServerFailure } from "../../pull/server-failure.ts";
import type { Answer, FhirCalls } from "./fhir-calls.ts";
import { nameOf } from "./resource-names.ts";
import type { ServerAddress } from "./server-address.ts";

/** Of one search: a server whose pages never end is given up. */
const MOST_PAGES = 10_000;
/** Few servers give more; those that give fewer say so by a link to the next page. */
const PAGE_SIZE = 1_000;

const bundle = z
  .object({
    resourceType: z.literal("Bundle"),
    total: z.number().int().min(0).optional(),
    link: z.array(z.object({ relation: z.string(), url: z.string() }).loose()).optional(),
    entry: z
      .array(
        z
          .object({
            search: z.object({ mode: z.string().optional() }).loose().optional(),
            resource: z.record(z.string(), z.unknown()).optional(),
          })
          .loose(),
      )
      .optional(),
  })
  .loose();

interface Page {
  readonly resources: readonly Resource[];
  readonly matches: number;
  readonly total: number | null;
  readonly next: string | null;
}

function readPage({ body }: Answer): Page {
  const parsed = bundle.safeParse(body);
  if (!parsed.success) throw new ServerFailure("BAD_ANSWER");
  const { entry = [], link = [], total } = parsed.data;
  const told = entry.filter(({ search }) => search?.mode !== "outcome");
  return {
    resources: told.flatMap(({ resource }) => (resource === undefined ? [] : [resource])),
    matches: told.filter(({ search }) => search?.mode !== "include").length,
    total: total ?? null,
    next: link.find(({ relation }) => relation === "next")?.url ?? null,
  };
}

export class SearchPages {
  readonly #calls: FhirCalls;
  readonly #address: ServerAddress;
  /** Found out with the first search: some servers have no search by POST. */
  #posts: boolean | null = null;

  constructor(calls: FhirCalls, address: ServerAddress) {
    this.#calls = calls;
    this.#address = address;
  }

  /** Every resource of a search, those it includes too. */
  search(type: string, parameters: SearchParams): AsyncGenerator<Resource> {
    return this.#walk((offset) =>
      this.#ask(type, { ...parameters, _count: PAGE_SIZE, ...(offset === 0 ? {} : { _offset: offset }) }),
    );
  }

  /** Every resource of an operation that answers with a searchset. @param url relative to the base */
  operation(url: string): AsyncGenerator<Resource> {
    return this.#walk((offset) => (offset === 0 ? this.#calls.request(url) : null));
  }

  /** @param ask for what comes behind so many matches; null: there is no way to ask for that */
  async *#walk(ask: (offset: number) => Promise<Answer> | null): AsyncGenerator<Resource> {
    const seen = new Set<string>();
    let matches = 0;
    for (let answer = ask(0); answer !== null; ) {
      const page = readPage(await answer);
      yield* page.resources;
      matches += page.matches;
      if (page.next !== null) answer = this.#follow(page.next, seen);
      else if (page.total === null || page.total <= matches) return;
      // A server without links has more than it gave: half a patient would be taken for a whole one.
      else answer = page.matches === 0 || isRepetition(page, seen) ? null : ask(matches);
    }
    throw new ServerFailure("INCOMPLETE");
  }

  #follow(link: string, seen: Set<string>): Promise<Answer> {
    const next = this.#address.follow(link);
    if (seen.has(next) || seen.size === MOST_PAGES) throw new ServerFailure("BAD_ANSWER");
    seen.add(next);
    return this.#calls.request(next);
  }

  /** By POST where the server has that: the parameters name patients. A number of a person is in no address. */
  async #ask(type: string, parameters: SearchParams): Promise<Answer> {
    if (this.#posts !== false) {
      try {
        const answer = await this.#calls.search(type, parameters, true);
        this.#posts = true;
        return answer;
      } catch (error) {
        if (this.#posts === true || !meansNoPost(error) || namesAPerson(parameters)) throw error;
      }
    }
    const answer = await this.#calls.search(type, parameters, false);
    this.#posts = false;
    return answer;
  }
}

/** It gives the same again, whatever it is asked for. */
function isRepetition({ resources }: Page, seen: Set<string>): boolean {
  const [first] = resources;
  const name = first === undefined ? "" : (nameOf(first) ?? "");
  if (seen.has(name)) return true;
  seen.add(name);
  return false;
}

const meansNoPost = (error: unknown): boolean =>
  error instanceof ServerFailure && ["NOT_FOUND", "REFUSED", "FORBIDDEN"].includes(error.reason);

/** An identifier, or an id of the server that is an NHS number. */
const namesAPerson = (parameters: SearchParams): boolean =>
  Object.entries(parameters).some(([name, value]) => /identifier/i.test(name) || /(^|\D)\d{10}(\D|$)/.test(String(value)));
