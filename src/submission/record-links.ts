/**
 * Links between events of one patient of the own organisation that a submission makes or ends: the episode rules over the patient's
 * events before and after it, with what people decided about them. Other organisations' rows have no part in it, so that no answer
 * depends on them (assurance Z7); what links to them is worked out after the commit. A patient with one event costs nothing.
 */
import { EPISODE_RULES } from "../episodes/default-episode-rules.ts";
import { gatherEpisodes } from "../episodes/gather-episodes.ts";
import type { EpisodeEvent } from "../episodes/judge-events.ts";
import type { LinkDecision, LinkedPair, LinkedRef, Verdict } from "../episodes/link-words.ts";
import { LIMITS } from "../lib/limits.ts";
import type { LongWork } from "../lib/long-work.ts";
import type { LinkedRecord, RecordLink } from "../records/record-link.ts";
import type { Entry } from "./entry.ts";
import { changesAny, isThere, type Moment, textAt } from "./item-values.ts";
import type { UnitOfWork } from "./ports.ts";
import type { WorkingRow } from "./working-row.ts";

/** Links by the entry whose answer tells them. */
export type ForeseenLinks = ReadonlyMap<Entry, readonly RecordLink[]>;

export const NO_LINKS: ForeseenLinks = new Map();

/** What links are made of. */
const EVENT_ITEMS = ["eventType", "eventDate"] as const;
const TREATMENT_ITEMS = ["type", "date"] as const;

/** Pairs of events judged for one submission: some 16 µs each. Patients beyond it are told nothing; 500 of ten events are within it. */
const MOST_PAIRS = 50_000;

/** To be asked once all entries are settled and nothing is held. */
export async function foreseeLinks(
  entries: readonly Entry[],
  ods: string,
  unit: Pick<UnitOfWork, "readLinkDecisions">,
  work: LongWork,
): Promise<ForeseenLinks> {
  const patients = withinBudget([...gatherChanges(entries).values()].filter(({ events }) => events.length > 1));
  if (patients.length === 0) return NO_LINKS;
  const foreseen = new Map<Entry, RecordLink[]>();
  const stored = patients.flatMap(({ events }) => events.filter((row) => row.stored !== null).map(({ id }) => id));
  const decisions = stored.length < 2 ? [] : await unit.readLinkDecisions(stored);
  const answers = answersByRow(entries);
  await work.each(patients, (patient) => {
    for (const [entry, link] of tellLinks(patient, { ods, decisions, answers })) {
      const known = foreseen.get(entry);
      if (known) known.push(link);
      else foreseen.set(entry, [link]);
    }
  });
  return foreseen;
}

/** A patient, with those merged into it, of whom an event changes in a way that links are made of. */
interface ChangedPatient {
  /** All there were or will be: stored ones first, new ones in the sender's order. */
  readonly events: readonly WorkingRow[];
  /** Changed events, each with the entry whose answer tells it: the event's first one, else the treatment's that changed it. */
  readonly changed: Map<WorkingRow, Entry>;
}

function gatherChanges(entries: readonly Entry[]): ReadonlyMap<WorkingRow, ChangedPatient> {
  const patients = new Map<WorkingRow, ChangedPatient>();
  for (const entry of entries) {
    const event = changedEvent(entry);
    if (event === null) continue;
    const owner = event.root.survivor;
    const patient = patients.get(owner) ?? { events: eventsOf(owner), changed: new Map() };
    patients.set(owner, patient);
    const known = patient.changed.get(event);
    if (known === undefined || (known.row !== event && entry.row === event)) patient.changed.set(event, entry);
  }
  return patients;
}

/** The event of which the entry's row changes what links are made of; an entry of the event itself tells also what its treatments do. */
function changedEvent({ row, type, rejected, silent }: Entry): WorkingRow | null {
  if (row === null || rejected || silent) return null;
  if (type.name === "TREATMENT") return changesAny(row, TREATMENT_ITEMS) ? row.parent : null;
  if (type.name !== "INITIATING_EVENT") return null;
  const changes = changesAny(row, EVENT_ITEMS) || row.children("TREATMENT").some((below) => changesAny(below, TREATMENT_ITEMS));
  return changes ? row : null;
}

const eventsOf = (patient: WorkingRow): readonly WorkingRow[] =>
  patient.children("INITIATING_EVENT").filter((row) => row.stored !== null || row.accepted);

function withinBudget(patients: readonly ChangedPatient[]): readonly ChangedPatient[] {
  let pairs = 0;
  return patients.filter(({ events: { length } }) => {
    const more = length * (length - 1);
    if (length > LIMITS.eventsPerPerson || pairs + more > MOST_PAIRS) return false;
    pairs += more;
    return true;
  });
}

/** Rows with an answer, each with its first one. */
function answersByRow(entries: readonly Entry[]): ReadonlyMap<WorkingRow, Entry> {
  const answers = new Map<WorkingRow, Entry>();
  for (const entry of entries) {
    if (entry.row === null || entry.rejected || entry.silent || answers.has(entry.row)) continue;
    answers.set(entry.row, entry);
  }
  return answers;
}

interface Known {
  readonly ods: string;
  readonly decisions: readonly LinkDecision[];
  readonly answers: ReadonlyMap<WorkingRow, Entry>;
}

/** Each link that differs with the entry whose answer tells it: both of its events' where both changed; the first one's where neither did. */
function* tellLinks({ events, changed }: ChangedPatient, known: Known): Generator<readonly [Entry, RecordLink]> {
  const [firstEntry] = changed.values();
  for (const { change, pair, one, other } of findDifferences(events, known)) {
    const [oneEntry, otherEntry] = [changed.get(one), changed.get(other)];
    const link = { change, state: pair.state, rule: pair.verdict?.rule ?? null, confidence: pair.verdict?.confidence ?? null };
    const [record, otherRecord] = [toLinked(one, known.answers), toLinked(other, known.answers)];
    if (oneEntry !== undefined) yield [oneEntry, { ...link, record, otherRecord }];
    if (otherEntry !== undefined) yield [otherEntry, { ...link, record: otherRecord, otherRecord: record }];
    if (oneEntry === undefined && otherEntry === undefined && firstEntry !== undefined)
      yield [firstEntry, { ...link, record, otherRecord }];
  }
}

interface Difference {
  readonly change: RecordLink["change"];
  readonly pair: StatedPair;
  readonly one: WorkingRow;
  readonly other: WorkingRow;
}

function findDifferences(events: readonly WorkingRow[], known: Known): readonly Difference[] {
  const rows = new Map(events.map((row, position) => [keyOf(row, position), row]));
  const [before, after] = [pairsAt(rows, "BEFORE", known), pairsAt(rows, "AFTER", known)];
  const missingFrom =
    (others: Pairs, change: RecordLink["change"]) =>
    ([key, pair]: readonly [string, StatedPair]): readonly Difference[] => {
      const [one, other] = [rows.get(pair.a.id), rows.get(pair.b.id)];
      return others.has(key) || one === undefined || other === undefined ? [] : [{ change, pair, one, other }];
    };
  return [...[...before].flatMap(missingFrom(after, "VANISHES")), ...[...after].flatMap(missingFrom(before, "ARISES"))];
}

/** A new row has no id yet that lasts; the order of keys is that of the ids that a commit would give. */
const keyOf = (row: WorkingRow, position: number): string =>
  row.stored === null ? `new ${String(position).padStart(6, "0")}` : row.id;

const toLinked = (row: WorkingRow, answers: ReadonlyMap<WorkingRow, Entry>): LinkedRecord => ({
  index: answers.get(row)?.index ?? null,
  recordId: row.stored?.id ?? null,
});

interface StatedPair extends LinkedPair {
  readonly state: RecordLink["state"];
  readonly verdict: Verdict<string> | null;
}

type Pairs = ReadonlyMap<string, StatedPair>;
const NO_PAIRS: Pairs = new Map();

/** What is linked or proposed, by the pair and its state: another rule for the same link makes no other link. */
function pairsAt(rows: ReadonlyMap<string, WorkingRow>, moment: Moment, { ods, decisions }: Known): Pairs {
  const events = [...rows].flatMap(([id, row]) => (isThere(row, moment) ? [toEvent({ ods, id }, row, moment)] : []));
  if (events.length < 2) return NO_PAIRS;
  const { groups, proposals } = gatherEpisodes(events, decisions, EPISODE_RULES);
  const pairs = [
    ...groups.flatMap(({ links }) => links.map((link) => ({ ...link, state: "LINKED" as const }))),
    ...proposals.map((proposal) => ({ ...proposal, state: "PROPOSED" as const })),
  ];
  return new Map(pairs.map((pair) => [`${pair.state} ${pair.a.id} ${pair.b.id}`, pair]));
}

const toEvent = (ref: LinkedRef, row: WorkingRow, moment: Moment): EpisodeEvent => ({
  ...ref,
  eventType: textAt(row, "eventType", moment),
  eventDate: textAt(row, "eventDate", moment),
  treatments: row
    .children("TREATMENT")
    .filter((treatment) => isThere(treatment, moment))
    .map((treatment) => ({ type: textAt(treatment, "type", moment), date: textAt(treatment, "date", moment) })),
});
