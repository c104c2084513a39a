/** What simulating rules reads: under the actor's row-level security, in short transactions that cannot write and lock nothing. */
import type { EventTreatment } from "../episodes/judge-events.ts";
import type { LinkDecision } from "../episodes/link-words.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { PersonEvents, PersonsPage, SimulationStore, StoredEvent } from "../simulation/simulation-ports.ts";
import type { Transaction } from "./database/unit.ts";
import { readLinkDecisions } from "./own-link-decisions.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { EVENTS_OF_PERSONS, NEXT_PATIENTS } from "./sql/simulation-queries.ts";
import { optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";
import { DatabaseUnit } from "./unit-of-work.ts";
import { createSettingOf, type StoreDependencies } from "./unit-runner.ts";

/** As long as a submission may take: a request of 500 patients is judged twice in one transaction. */
const READ_TIMEOUT_MS = 20_000;

export function createSimulationStore(dependencies: Omit<StoreDependencies, "enqueue">): SimulationStore {
  const settingOf = createSettingOf(dependencies, "NONE");
  const read = <T>({ ods, programmes }: OrganisationActor, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    dependencies.database.withRole({ role: "nacr_app", ods, programmes }, work, { timeoutMs: READ_TIMEOUT_MS, readOnly: true });
  return {
    read: async (actor, work) => {
      const setting = await settingOf(actor);
      return await read(actor, (tx) => work(new DatabaseUnit(tx, setting)));
    },
    persons: (actor, after, limit) => read(actor, (tx) => readPersons(tx, actor.ods, after, limit)),
  };
}

async function readPersons(tx: Transaction, ods: string, after: string | null, limit: number): Promise<PersonsPage> {
  const patients = (await tx.$queryRaw<SqlRow[]>(NEXT_PATIENTS([ods, after, limit]))).map((row) => textOf(row, "id"));
  const last = patients.length < limit ? null : (patients.at(-1) ?? null);
  if (patients.length === 0) return { persons: [], last };
  const rows = await tx.$queryRaw<SqlRow[]>(EVENTS_OF_PERSONS([ods, toArrayLiteral(patients)]));
  if (rows.length === 0) return { persons: [], last };
  const decisions = await readLinkDecisions(
    tx,
    ods,
    rows.map((row) => textOf(row, "id")),
  );
  return { persons: toPersons(ods, rows, decisions), last };
}

function toPersons(ods: string, rows: readonly SqlRow[], decisions: readonly LinkDecision[]): readonly PersonEvents[] {
  const byEvent = Map.groupBy(decisions, ({ a }) => a.id);
  return [...Map.groupBy(rows, (row) => textOf(row, "person")).values()].map((ofPerson) => {
    const events = ofPerson.map((row) => toEvent(ods, row));
    return { events, decisions: events.flatMap(({ id }) => byEvent.get(id) ?? []) };
  });
}

function toEvent(ods: string, row: SqlRow): StoredEvent {
  const treatments: readonly EventTreatment[] = JSON.parse(textOf(row, "treatments"));
  const vendor = optionalTextOf(row, "vendor");
  return {
    ods,
    id: textOf(row, "id"),
    eventType: optionalTextOf(row, "event_type"),
    eventDate: optionalTextOf(row, "event_date"),
    treatments,
    sourceSystem: vendor === null ? null : { vendor, product: textOf(row, "product"), version: textOf(row, "product_version") },
  };
}
