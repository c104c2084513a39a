/**
 * Everybody by national pseudonym, with the rows as they stood at an instant. Records come from history, each organisation's under its own
 * row-level security; numbers, links and postcodes are today's, and of whom they changed since it is said so. Nobody outside is told who
 * is who, and no more than a page of persons is in memory.
 */
import type { JudgeRelease, OwnPatient, Withheld, WithholdingReason } from "../consent/ports.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import { keyOf, type LinkedRef } from "../episodes/link-words.ts";
import { compareText } from "../episodes/resolve-item.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { Pseudonym } from "../national/national-values.ts";
import type { NationalPerson } from "../national/to-national-rows.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { CutInstants, HistoryPage, HistoryReader, NamedPersons, SinceThen } from "../statistics/cuts/history-ports.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { readChanges } from "./changes-since.ts";
import type { Database } from "./database/database.ts";
import type { Transaction, UnitSettings } from "./database/unit.ts";
import { createReadRowsThen } from "./fed-rows-as-of.ts";
import { type FormerPseudonyms, readFormerPseudonyms } from "./former-pseudonyms.ts";
import { type GroupReading, type KnownToday, readGroups } from "./named-groups.ts";
import { readFedPatient, readRef } from "./national-rows.ts";
import { NATIONAL_PURPOSE } from "./national-store.ts";
import { prepareQuintiles, type ReadPatientQuintiles } from "./patient-quintiles.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import { COMPANIONS, READ_PATIENTS } from "./sql/national-feed-queries.ts";
import {
  DESTROYED_SINCE,
  GEOGRAPHY_SINCE,
  REGISTERED_ORGANISATIONS,
  REGISTERED_PROGRAMMES,
  SAME_NUMBER,
} from "./sql/person-history-queries.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { PAGE_OF_PATIENTS } from "./sql/withheld-queries.ts";
import { booleanOf, numberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";

export interface PersonsAsOfDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly dictionary: Dictionary;
  readonly judgeRelease: JudgeRelease<Transaction>;
  readonly clock: { today(): string };
  readonly newId: NewId;
}

/** With everything below them some 10 MB. */
const PATIENTS_AT_ONCE = 500;
const TIMEOUT_MS = 60_000;
const NO_PATIENT: LinkedRef = { ods: "", id: "00000000-0000-0000-0000-000000000000" };

/** What was read once for all pages. */
interface Reading extends PersonsAsOfDependencies, GroupReading, CutInstants {
  readonly readQuintiles: ReadPatientQuintiles;
  readonly former: FormerPseudonyms;
}

/** As the feed knows them today. */
interface Today extends KnownToday {
  /** The next patients; `patients` are these, and whoever is one person with one of them or has the same number. */
  readonly seeds: readonly LinkedRef[];
  readonly withheld: Withheld;
}

type Query = (sql: ConstantSql, values: readonly unknown[]) => Promise<readonly SqlRow[]>;

export function createPersonsAsOf(dependencies: PersonsAsOfDependencies): HistoryReader {
  return {
    begin: (cutNumber, instants) => begin(dependencies, cutNumber, instants),
    async *pages(instants) {
      const reading = await prepare(dependencies, instants);
      const { withdrawn, renumbered } = reading.former;
      const left = new Set([...withdrawn, ...renumbered]);
      for (let after: LinkedRef | undefined = NO_PATIENT; after !== undefined; ) {
        const today: Today = await readToday(reading, after);
        const page = await toPage(reading, today);
        for (const { pseudonym } of page.named) left.delete(pseudonym);
        yield page;
        after = today.seeds.length < PATIENTS_AT_ONCE ? undefined : today.seeds.at(-1);
      }
      yield { named: [...left].map((pseudonym) => nameNobody(pseudonym, reading.former)), at: () => Promise.resolve(new Map()) };
    },
  };
}

/** Of a pseudonym that no patient has any more. */
const nameNobody = (pseudonym: Pseudonym, former: FormerPseudonyms): NamedPersons => ({
  pseudonym,
  persons: [],
  withheld: former.withdrawn.has(pseudonym) ? "WITHDRAWN" : null,
  hindrance: "IDENTITY_CHANGED",
  isPostcodeChanged: false,
});

const inRole = <T>(database: Database, settings: UnitSettings, work: (query: Query, tx: Transaction) => Promise<T>): Promise<T> =>
  database.withRole(settings, (tx) => work((sql, values) => tx.$queryRaw<SqlRow[]>(sql(values)), tx), { timeoutMs: TIMEOUT_MS });

async function begin(
  { database, newId }: PersonsAsOfDependencies,
  cutNumber: number,
  { asOf, settled }: CutInstants,
): Promise<SinceThen> {
  const entry: AuditEntry = {
    action: "READ",
    type: "VERIFY_CUT_HISTORY",
    outcome: "DONE",
    ods: null,
    agent: { id: "operator", role: null, ods: null },
    correlationId: null,
    details: { cut: cutNumber },
  };
  const loaded = await inRole(database, { role: "nacr_auditor" }, async (query, tx) => {
    await writeAuditEntry(tx, entry, newId);
    return await query(GEOGRAPHY_SINCE, [settled]);
  });
  const destroyed = await inRole(database, { role: "nacr_access" }, (query) => query(DESTROYED_SINCE, [asOf]));
  return {
    isGeographyLoaded: loaded.some((row) => booleanOf(row, "loaded")),
    destroyed: destroyed.reduce((total, row) => total + numberOf(row, "destroyed"), 0),
  };
}

/** Keys come first: they are read on a connection of their own, and the embedded database has one. */
async function prepare(dependencies: PersonsAsOfDependencies, { asOf, settled }: CutInstants): Promise<Reading> {
  const { database, keys, dictionary } = dependencies;
  const key = await keys.pseudonyms(NATIONAL_PURPOSE);
  const readQuintiles = await prepareQuintiles(database, keys);
  const { programmes, organisations } = await inRole(database, { role: "nacr_feed" }, async (query) => ({
    programmes: await query(REGISTERED_PROGRAMMES, []),
    organisations: (await query(REGISTERED_ORGANISATIONS, [])).map((row) => textOf(row, "ods")),
  }));
  const registered = new Map(
    programmes.map((row) => {
      const [programme, trust] = [textOf(row, "code"), optionalTextOf(row, "trust")];
      return [programme, { programme, trust, nation: optionalTextOf(row, "nation"), region: optionalTextOf(row, "region") }];
    }),
  );
  const former = await readFormerPseudonyms({ database, keys, key }, organisations, asOf);
  const readRows = createReadRowsThen(dictionary, registered);
  return { ...dependencies, key, readQuintiles, readRows, programmes: [...registered.keys()], asOf, settled, former };
}

/** Organisations and ids, one literal each. */
const columnsOf = (refs: readonly LinkedRef[]): readonly string[] => [
  toColumnLiteral(refs, ({ ods }) => ods),
  toColumnLiteral(refs, ({ id }) => id),
];

function readToday({ database, readQuintiles, judgeRelease, clock }: Reading, after: LinkedRef): Promise<Today> {
  return inRole(database, { role: "nacr_feed" }, async (query, tx) => {
    const seeds = (await query(PAGE_OF_PATIENTS, [after.ods, after.id, PATIENTS_AT_ONCE])).map(readRef);
    const patients = (await query(READ_PATIENTS, columnsOf(await findNear(query, seeds)))).map(readFedPatient);
    const own = patients.map(({ ods, id }): OwnPatient => ({ ods, patientId: id }));
    const today = clock.today();
    const atRelease = await judgeRelease(tx, own, "RELEASE", today);
    const withheld = new Map([...(await judgeRelease(tx, own, "SUBMISSION", today)), ...atRelease]);
    return { seeds, patients, withheld, quintiles: await readQuintiles(tx, patients) };
  });
}

async function findNear(query: Query, seeds: readonly LinkedRef[]): Promise<readonly LinkedRef[]> {
  const found = new Map(seeds.map((seed) => [keyOf(seed), seed]));
  for (let latest: readonly LinkedRef[] = seeds; latest.length > 0; ) {
    const columns = columnsOf(latest);
    const near = [...(await query(COMPANIONS, columns)), ...(await query(SAME_NUMBER, columns))].map(readRef);
    latest = [...new Map(near.map((patient) => [keyOf(patient), patient])).values()].filter((ref) => !found.has(keyOf(ref)));
    for (const patient of latest) found.set(keyOf(patient), patient);
  }
  return [...found.values()];
}

/** Whoever has one pseudonym is in the page of the first of them alone. */
async function toPage(reading: Reading, today: Today): Promise<HistoryPage> {
  const { database, programmes, asOf, settled, former } = reading;
  const seeds = new Set(today.seeds.map(keyOf));
  const groups = (await readGroups(reading, today, asOf)).filter(({ persons }) => seeds.has(firstOf(persons)));
  const persons = groups.flatMap((group) => group.persons);
  const changes = await readChanges({ database, programmes, asOf, settled }, persons);
  return {
    named: groups.map((group) => ({
      ...group,
      withheld: former.withdrawn.has(group.pseudonym) ? "WITHDRAWN" : withheldOf(group.persons, today.withheld),
      hindrance: former.renumbered.has(group.pseudonym) ? "IDENTITY_CHANGED" : changes.hindranceOf(group.persons),
      isPostcodeChanged: changes.isPostcodeChanged(group.persons),
    })),
    at: async (instant) =>
      new Map((await readGroups(reading, today, instant)).map((group) => [group.pseudonym, group.persons] as const)),
  };
}

const firstOf = (persons: readonly NationalPerson[]): string =>
  persons.flatMap(({ patients }) => patients.map(keyOf)).toSorted(compareText)[0] ?? "";

const withheldOf = (persons: readonly NationalPerson[], withheld: Withheld): WithholdingReason | null =>
  persons.flatMap(({ patients }) => patients.flatMap(({ ods, id }) => withheld.get(`${ods}/${id}`) ?? []))[0] ?? null;
