/** Records as of an instant: every item of every record type there and back, and of an identity only what is shown. */
import { beforeAll, describe, expect, it } from "vitest";
import type { RecordTypeName, Value } from "../../../src/dataset/define.ts";
import { createHistoryStore } from "../../../src/persistence/record-history-store.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { HistoryStore } from "../../../src/submission/history-ports.ts";
import type { RowToWrite, StoredRow } from "../../../src/submission/ports.ts";
import type { RecordNode } from "../../../src/submission/status-ports.ts";
import { provideDatabase } from "../../support/database.ts";
import { actorOf, createStores, dictionary, nextVersion, wholeTree, writeSet } from "../stores/store-fixture.ts";

const testDatabase = provideDatabase();
const own = actorOf("RAA", "P1");
const other = actorOf("RBB", "P1");
let stores: ReturnType<typeof createStores>;
let history: HistoryStore;
let minute = 0;

beforeAll(() => {
  stores = createStores(testDatabase().database);
  history = createHistoryStore({ database: testDatabase().database, keys: stores.keys, dictionary });
});

const nextInstant = (): string => new Date(Date.parse("2026-04-01T00:00:00.000Z") + ++minute * 60_000).toISOString();

/** Creates rows, or replaces them by their next version. @returns its instant */
async function write(set: { readonly created?: readonly RowToWrite[]; readonly change?: Change }): Promise<string> {
  const at = nextInstant();
  await stores.submissions.transaction(own, async (unit) => {
    const updated = set.change === undefined ? [] : await set.change(unit);
    const { submission, ...rows } = writeSet(own, { created: set.created ?? [], updated });
    await unit.write({ ...rows, submission: { ...submission, header: { ...submission.header, completedAt: at } } });
  });
  return at;
}
type Unit = Parameters<Parameters<typeof stores.submissions.transaction>[1]>[0];
type Change = (unit: Unit) => Promise<readonly RowToWrite[]>;

const changePatient =
  (id: string, values: Readonly<Record<string, Value>>): Change =>
  async (unit) =>
    (await unit.findPatients([], [id])).map((row) => nextVersion(row, values));

interface Reader {
  patient(id: string): Promise<RecordNode | null>;
  children(type: RecordTypeName, parents: readonly string[]): Promise<readonly RecordNode[]>;
}
const now = (actor: OrganisationActor, withIdentity: boolean): Reader => ({
  patient: (id) => stores.status.patient(actor, { id }, withIdentity),
  children: (type, parents) => stores.status.children(actor, type, parents),
});
const then = (actor: OrganisationActor, withIdentity: boolean, asOf: string): Reader => ({
  patient: (id) => history.patientAsOf(actor, { id }, asOf, withIdentity),
  children: (type, parents) => history.childrenAsOf(actor, type, parents, asOf),
});

/** A node of every record type. */
async function readAll(reader: Reader, tree: readonly RowToWrite[]): Promise<readonly (RecordNode | null)[]> {
  const found: (RecordNode | null)[] = [];
  for (const { recordType, id, parentId } of tree)
    found.push(...(parentId === null ? [await reader.patient(id)] : await reader.children(recordType, [parentId])));
  return found;
}

describe("every item of every record type", () => {
  it("is read as it was, of any kind and whatever its text, once all of them have changed", async () => {
    const [tree, other] = [wholeTree(1, "P1"), wholeTree(2, "P1")];
    const created = await write({ created: tree });
    const before = await readAll(now(own, true), tree);
    const plainBefore = await readAll(now(own, false), tree);
    expect(before).toHaveLength(dictionary.recordTypes.length);
    const changed = await write({ change: (unit) => changeAll(unit, tree, other) });
    const after = await readAll(now(own, true), tree);
    for (const [position, node] of after.entries())
      for (const [name, value] of Object.entries(node?.values ?? {}))
        if (name !== "programmeCode") expect([name, before[position]?.values[name]]).not.toEqual([name, value]);
    expect(await readAll(then(own, true, created), tree)).toEqual(before);
    expect(await readAll(then(own, false, created), tree)).toEqual(plainBefore);
    expect(await readAll(then(own, true, changed), tree)).toEqual(after);
  });
});

/** Every item takes the value it has in another tree. */
async function changeAll(unit: Unit, tree: readonly RowToWrite[], other: readonly RowToWrite[]): Promise<readonly RowToWrite[]> {
  const rows: RowToWrite[] = [];
  for (const [position, { id, recordType, parentId }] of tree.entries()) {
    const stored: readonly StoredRow[] =
      parentId === null ? await unit.findPatients([], [id]) : await unit.readChildren(recordType, [parentId]);
    const values = dictionary.recordType(recordType).items.flatMap(({ name, index }): [string, Value][] => {
      const value = other[position]?.values[index] ?? null;
      return value === null || name === "programmeCode" ? [] : [[name, value]];
    });
    rows.push(...stored.map((row) => nextVersion(row, Object.fromEntries(values))));
  }
  return rows;
}

describe("an identity as of an instant", () => {
  it("has the numbers and names of then, also after several corrections of the same item", async () => {
    const [patient] = wholeTree(10, "P1");
    if (patient === undefined) throw new Error("a tree has a patient");
    const { id } = patient;
    const instants = [await write({ created: [patient] })];
    const read = [await now(own, true).patient(id)];
    const corrections: readonly Readonly<Record<string, Value>>[] = [
      { surname: "CanaryTextB", nhsNumber: "9990000018" },
      { surname: "CanaryTextC" },
      { forename: "CanaryTextD" },
    ];
    for (const values of corrections) {
      instants.push(await write({ change: changePatient(id, values) }));
      read.push(await now(own, true).patient(id));
    }
    expect(new Set(read.map((node) => `${node?.values.surname} ${node?.values.nhsNumber} ${node?.values.forename}`)).size).toBe(
      4,
    );
    for (const [position, instant] of instants.entries())
      expect(await then(own, true, instant).patient(id)).toEqual(read[position]);
    expect(await history.patientAsOf(own, { nhsNumber: "9990000018" }, instants[0] ?? "", true)).toEqual(read[0]);
    expect(await then(other, true, instants[0] ?? "").patient(id)).toBeNull();
  });

  it("gives everybody the year of birth of then", async () => {
    const [patient] = wholeTree(11, "P1");
    const id = patient?.id ?? "";
    const created = await write({ created: patient ? [patient] : [] });
    const changed = await write({ change: changePatient(id, { dateOfBirth: "1940-02-03" }) });
    await write({ change: changePatient(id, { dateOfBirth: "1950-02-03" }) });
    const years = [];
    for (const instant of [created, changed, nextInstant()]) {
      const node = await then(own, false, instant).patient(id);
      years.push(node?.yearOfBirth);
      expect(JSON.stringify(node)).not.toMatch(/Canary|-02-03/);
    }
    expect(years).toEqual([1931, 1940, 1950]);
  });

  it("is not opened for whoever may not see it (control: otherwise a spoilt box is noticed)", async () => {
    const [patient] = wholeTree(12, "P1");
    const id = patient?.id ?? "";
    const created = await write({ created: patient ? [patient] : [] });
    await write({ change: changePatient(id, { surname: "CanaryTextE" }) });
    await testDatabase().query("update record_change set sealed = '\\x00' where record_id = $1::uuid", [id]);
    expect(await then(own, false, created).patient(id)).toMatchObject({ id, version: 1 });
    await expect(then(own, true, created).patient(id)).rejects.toThrow();
  });
});
