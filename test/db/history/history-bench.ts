/** The history of records over the real stores: pages read to their end, and whole trees of now and of an instant. */
import { beforeAll } from "vitest";
import { createHistoryStore } from "../../../src/persistence/record-history-store.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { FieldHistory, HistoryStore } from "../../../src/submission/history-ports.ts";
import type { RecordNode } from "../../../src/submission/status-ports.ts";
import { type ControlBench, provideControlBench } from "../control/control-bench.ts";
import { both } from "../submission/submission-bench.ts";

/** Small, so that most histories have several. */
const PAGE = 7;

/** Both programmes of the first organisation, identity included. */
export const team: OrganisationActor = { ...both, clientId: "person-1", role: "CLINICAL_TEAM" };

/** A record with everything below it, by the ids. */
export interface Tree {
  readonly node: RecordNode;
  readonly below: readonly Tree[];
}

export interface HistoryBench extends ControlBench {
  readonly history: HistoryStore;
  /** Every entry, read page by page. @throws Error for a record that is not to be seen */
  entries(recordId: string, options?: EntriesOptions): Promise<readonly FieldHistory[]>;
  /** Those of the patients that are there, by id: as they are, or (an instant given) as they were. */
  trees(patientIds: Iterable<string>, asOf: string | null): Promise<ReadonlyMap<string, Tree>>;
  /** A minute later, so that no two submissions are written at one time. @returns the new time */
  tick(): string;
}

export interface EntriesOptions {
  readonly actor?: OrganisationActor;
  readonly field?: string;
  readonly withIdentity?: boolean;
}

function createHistoryBench(control: ControlBench): HistoryBench {
  const { bench } = control;
  const history = createHistoryStore(bench.stores);
  const { dictionary } = bench.stores;

  const entries: HistoryBench["entries"] = async (recordId, { actor = team, field = null, withIdentity = false } = {}) => {
    const found: FieldHistory[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page = await history.history(actor, { recordId, field, page: { first: PAGE, after } }, withIdentity);
      if (page === null) throw new Error("the record is not to be seen");
      found.push(...page.nodes.map(({ node }) => node));
      if (!page.hasNextPage && page.totalCount !== found.length) throw new Error("the total is not what the pages hold");
      [after, more] = [page.nodes.at(-1)?.cursor ?? null, page.hasNextPage];
    }
    return found;
  };

  const readPatient = (id: string, asOf: string | null) =>
    asOf === null ? bench.status.patient(team, { id }, true) : history.patientAsOf(team, { id }, asOf, true);
  /** One read for each type of record, as a request does it. */
  const grow = async (nodes: readonly RecordNode[], asOf: string | null): Promise<readonly Tree[]> => {
    const [first] = nodes;
    if (first === undefined) return [];
    const below: Tree[] = [];
    const parents = nodes.map(({ id }) => id);
    for (const type of dictionary.recordType(first.recordType).children)
      below.push(
        ...(await grow(
          await (asOf === null ? bench.status.children(team, type, parents) : history.childrenAsOf(team, type, parents, asOf)),
          asOf,
        )),
      );
    return nodes.map((node) => ({ node, below: below.filter((tree) => tree.node.parentId === node.id) }));
  };

  return {
    ...control,
    history,
    entries,
    trees: async (ids, asOf) => {
      const roots: RecordNode[] = [];
      for (const id of ids) roots.push(...[(await readPatient(id, asOf)) ?? []].flat());
      return new Map((await grow(roots, asOf)).map((tree) => [tree.node.id, tree]));
    },
    tick: () => {
      bench.now = new Date(Date.parse(bench.now) + 60_000).toISOString();
      return bench.now;
    },
  };
}

/** One bench for all tests of a file. */
export function provideHistoryBench(): () => HistoryBench {
  const control = provideControlBench();
  let bench: HistoryBench | null = null;
  beforeAll(() => {
    bench = createHistoryBench(control());
  });
  return () => {
    if (bench === null) throw new Error("the bench is there only while tests run");
    return bench;
  };
}
