/**
 * `simulateRules`: proposed rules over what is stored, and what would be different under them. Submissions are read again as they came,
 * the latest first; then the events of persons with several. Works for some seconds and says where to go on; writes nothing.
 */
import { EPISODE_RULES } from "../episodes/default-episode-rules.ts";
import type { EpisodeRules } from "../episodes/episode-rules.ts";
import { LIMITS } from "../lib/limits.ts";
import { LongWork } from "../lib/long-work.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import type { StatusStore } from "../submission/status-ports.ts";
import { compareEpisodes } from "./compare-episodes.ts";
import { compareResults } from "./compare-results.ts";
import { type JudgeTwiceDependencies, judgeTwice } from "./judge-twice.ts";
import { NotReadable, type ReadAgainDependencies, readAgain, type TwoDictionaries } from "./read-again.ts";
import { type Dictionaries, type Proposal, readProposal } from "./read-proposal.ts";
import type { RuleSimulation } from "./simulation.ts";
import { type PlaceWithin, readSimulationCursor, type SimulationPlace, toSimulationCursor } from "./simulation-place.ts";
import type { SimulationStore } from "./simulation-ports.ts";
import { SimulationTally, type SourceTally } from "./simulation-tally.ts";

export interface SimulateRequest {
  /** JSON as it came (docs/simulation.md). */
  readonly proposal: unknown;
  /** ISO instants: submissions received from the one (inclusive) to the other (exclusive). */
  readonly receivedFrom: string | null;
  readonly receivedTo: string | null;
  readonly after: string | null;
}

/** @throws GatewayError BAD_USER_INPUT, OVERLOADED, DATABASE_UNAVAILABLE */
export type SimulateRules = (actor: OrganisationActor, request: SimulateRequest) => Promise<RuleSimulation>;

export interface SimulationDependencies extends Omit<ReadAgainDependencies, "status">, Omit<JudgeTwiceDependencies, "store"> {
  readonly status: Pick<StatusStore, "submission" | "submissions">;
  readonly store: SimulationStore;
  readonly dictionaries: Dictionaries;
  /** Whether a page is to end, asked after each piece of work; made anew for each page. */
  readonly beginPage: () => () => boolean;
}

/** Submissions of one read of the list, and patients of one read of events. */
const SUBMISSIONS_AT_A_TIME = 50;
const PATIENTS_AT_A_TIME = 500;

export function createSimulateRules(dependencies: SimulationDependencies): SimulateRules {
  return async (actor, request) => {
    const proposal = await readProposal(request.proposal, dependencies.dictionaries);
    const start = request.after === null ? startOf(proposal) : readSimulationCursor(request.after);
    return await new Simulation(actor, request, proposal, dependencies).page(start);
  };
}

const startOf = ({ dictionaryFor }: Proposal): SimulationPlace =>
  dictionaryFor === null ? { part: "EPISODES", after: null } : { part: "RECORDS", after: null, within: null };

/** Null: nothing is left. */
type Reached = SimulationPlace | null;

class Simulation {
  readonly #actor: OrganisationActor;
  readonly #request: SimulateRequest;
  readonly #proposal: Proposal;
  readonly #dependencies: SimulationDependencies;
  readonly #tally = new SimulationTally();
  readonly #work = new LongWork();

  constructor(actor: OrganisationActor, request: SimulateRequest, proposal: Proposal, dependencies: SimulationDependencies) {
    this.#actor = actor;
    this.#request = request;
    this.#proposal = proposal;
    this.#dependencies = dependencies;
  }

  async page(start: SimulationPlace): Promise<RuleSimulation> {
    const isOver = this.#dependencies.beginPage();
    let reached: Reached = start;
    for await (const place of this.#walk(start)) {
      reached = place;
      if (isOver()) break;
    }
    return { ...this.#tally.result(), endCursor: reached === null ? null : toSimulationCursor(reached) };
  }

  /** Yields after each piece of work the place it has reached. */
  async *#walk(start: SimulationPlace): AsyncGenerator<Reached> {
    let { after } = start;
    if (start.part === "RECORDS") {
      yield* this.#walkSubmissions(start);
      after = null;
    }
    const { episodeRules } = this.#proposal;
    if (episodeRules === null) yield null;
    else yield* this.#walkPersons(after, episodeRules);
  }

  async *#walkSubmissions(start: Extract<SimulationPlace, { part: "RECORDS" }>): AsyncGenerator<Reached> {
    const { receivedFrom, receivedTo } = this.#request;
    const filter = {
      status: ["COMPLETED"] as const,
      receivedFrom: receivedFrom ?? undefined,
      receivedTo: receivedTo ?? undefined,
    };
    let { after, within } = start;
    for (let more = true; more; ) {
      const list = { first: SUBMISSIONS_AT_A_TIME, after };
      const page = await this.#dependencies.status.submissions(this.#actor, filter, list);
      for (const { cursor, node: header } of page.nodes) {
        for await (const place of this.#walkSubmission(header, within)) yield { part: "RECORDS", after, within: place };
        [after, within] = [cursor, null];
        yield { part: "RECORDS", after, within };
      }
      more = page.hasNextPage;
    }
  }

  async *#walkSubmission(header: SubmissionHeader, within: PlaceWithin | null): AsyncGenerator<PlaceWithin> {
    // A replay was made from another submission's input; what a person did by hand was made from none.
    if (header.replayOf !== null || header.channel === "FORM") return;
    const source = this.#tally.sourceOf(header.sourceSystem);
    const [inForce, proposed] = [
      this.#dependencies.dictionaries.dictionaryOf(header.datasetVersion),
      this.#proposal.dictionaryFor?.(header.datasetVersion) ?? null,
    ];
    try {
      if (inForce === null || proposed === null) throw new NotReadable();
      yield* this.#judge(header, { inForce, proposed }, within?.submissionId === header.id ? within : null, source);
      source.count("submissions");
    } catch (error) {
      if (!(error instanceof NotReadable)) throw error;
      source.count("notReadable");
    }
  }

  async *#judge(
    header: SubmissionHeader,
    dictionaries: TwoDictionaries,
    within: PlaceWithin | null,
    source: SourceTally,
  ): AsyncGenerator<PlaceWithin> {
    const { entries, bytes } = within ?? { entries: 0, bytes: 0 };
    let nextIndex = within?.nextIndex ?? 0;
    for await (const piece of readAgain(this.#actor, header, dictionaries, { entries, bytes }, this.#dependencies)) {
      const answers = await judgeTwice(this.#actor, header, piece, dictionaries, this.#dependencies);
      compareResults(answers, { submissionId: header.id, firstIndex: nextIndex }, source);
      nextIndex += answers.inForce.length;
      await this.#work.giveWay();
      yield { submissionId: header.id, ...piece.next, nextIndex };
    }
  }

  async *#walkPersons(start: string | null, proposed: EpisodeRules): AsyncGenerator<Reached> {
    for (let after = start; ; ) {
      const { persons, last } = await this.#dependencies.store.persons(this.#actor, after, PATIENTS_AT_A_TIME);
      await this.#work.each(persons, (person) => {
        if (person.events.length > LIMITS.eventsPerPerson) return;
        this.#tally.addPersons(1);
        const findings = compareEpisodes(person, { inForce: EPISODE_RULES, proposed });
        for (const finding of findings) this.#tally.addLinks(finding);
      });
      if (last === null) {
        yield null;
        return;
      }
      after = last;
      yield { part: "EPISODES", after };
    }
  }
}
