/** Links of one person's history: decisions at random about what is stored, and what rules and decisions alone make of the model's events. */
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import { gatherEpisodes } from "../../../src/episodes/gather-episodes.ts";
import type { EpisodeEvent } from "../../../src/episodes/judge-events.ts";
import { type LinkDecision, type LinkedRef, toPair } from "../../../src/episodes/link-words.ts";
import type { SeededRandom } from "../../../src/lib/seeded-random.ts";
import type { LinkBench } from "../links/link-bench.ts";
import type { Side } from "./history-driver.ts";
import { itemOf } from "./sequential-model.ts";

type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** What people may say of a pair in each state. */
const CHOICES: Readonly<Record<string, readonly LinkDecision["decision"][]>> = {
  LINKED: ["UNLINKED"],
  PROPOSED: ["CONFIRMED", "REJECTED"],
  APART: ["CONFIRMED"],
};

const keyOf = ({ ods, id }: LinkedRef): string => `${ods} ${id}`;

export class LinkSequence {
  readonly #links: LinkBench;
  readonly #query: Query;
  readonly #decisions: LinkDecision[] = [];
  /** Organisations that took the two patients apart: what one took apart only that one gives free again. */
  readonly #apartBy = new Set<string>();
  decided = 0;

  constructor(links: LinkBench, query: Query) {
    this.#links = links;
    this.#query = query;
  }

  /** A pair of the person's records that the linker has something to say about, and a decision that people might take. */
  async decide(sides: readonly Side[], random: SeededRandom): Promise<void> {
    await this.#links.workOff();
    const ids = sides
      .flatMap(({ model }) => [...(model.patient ? [model.patient] : []), ...model.events])
      .map((row) => row.recordId);
    const pairs = await this.#query(
      `select kind, state, a_ods, a_id::text as a, b_ods, b_id::text as b from link.pair
       where a_id = any($1::uuid[]) and state <> 'CONFLICT' order by kind, a_ods, a_id, b_ods, b_id`,
      [`{${ids.join()}}`],
    );
    if (pairs.length === 0) return;
    const pair = random.pick(pairs);
    const kind = pair.kind === "PERSON" ? "PERSON" : "EPISODE";
    const decision = random.pick(CHOICES[String(pair.state)] ?? []);
    const { a, b } = toPair({ ods: String(pair.a_ods), id: String(pair.a) }, { ods: String(pair.b_ods), id: String(pair.b) });
    const by = random.pick([a.ods, b.ods]);
    await this.#links.decide(kind, decision, [a, b], by);
    this.decided++;
    const decidedAt = new Date(Date.UTC(2026, 0, 1) + this.#decisions.length * 60_000).toISOString();
    if (kind === "EPISODE") this.#decisions.push({ a, b, decision, decidedAt });
    else if (decision === "CONFIRMED") this.#apartBy.delete(by);
    else this.#apartBy.add(by);
  }

  /** A patient that was sent anew is another record: nobody has decided about it. */
  forgetPersons(): void {
    this.#apartBy.clear();
  }

  /** Episodes of more than one event, as rules and decisions make them of the model's events. */
  expected(sides: readonly Side[]): readonly string[] {
    const events = sides.map(({ actor, model }) =>
      model.events.map(
        (row): EpisodeEvent => ({
          ods: actor.ods,
          id: row.recordId,
          eventType: itemOf(row, "eventType"),
          eventDate: itemOf(row, "eventDate"),
          treatments: model.treatments
            .filter(({ parent }) => parent === row)
            .map((treatment) => ({ type: itemOf(treatment, "type"), date: itemOf(treatment, "date") })),
        }),
      ),
    );
    const persons = this.#apartBy.size > 0 ? events : [events.flat()];
    const groups = persons.flatMap((person) => gatherEpisodes(person, this.#decisions, EPISODE_RULES).groups);
    return groups
      .filter(({ members }) => members.length > 1)
      .map(({ members }) => members.map(keyOf).sort().join(", "))
      .sort();
  }

  async stored(sides: readonly Side[]): Promise<readonly string[]> {
    await this.#links.workOff();
    const ids = sides.flatMap(({ model }) => model.events.map(({ recordId }) => recordId));
    const rows = await this.#query(
      `select ods, event_id::text as id, episode_id::text as episode from link.episode_member where event_id = any($1::uuid[])`,
      [`{${ids.join()}}`],
    );
    return [...Map.groupBy(rows, ({ episode }) => episode).values()]
      .filter(({ length }) => length > 1)
      .map((members) =>
        members
          .map(({ ods, id }) => keyOf({ ods: String(ods), id: String(id) }))
          .sort()
          .join(", "),
      )
      .sort();
  }
}
