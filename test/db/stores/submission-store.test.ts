import { zstdDecompressSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { RowToWrite, StoredRow, SubmissionStore, UnitOfWork, WriteSet } from "../../../src/submission/ports.ts";
import { databaseKind, provideDatabase } from "../../support/database.ts";
import {
  actorOf,
  CANARIES,
  createStores,
  dictionary,
  nextVersion,
  patientRow,
  RECEIVED_AT,
  wholeTree,
  writeSet,
} from "./store-fixture.ts";

const testDatabase = provideDatabase();
const own = actorOf("RAA", "P1");
let stores: ReturnType<typeof createStores>;
let store: SubmissionStore;

beforeAll(() => {
  stores = createStores(testDatabase().database);
  store = stores.submissions;
});

const write = (actor: OrganisationActor, set: WriteSet) => store.transaction(actor, (unit) => unit.write(set));
const read = <T>(actor: OrganisationActor, work: (unit: UnitOfWork) => Promise<T>) => store.transaction(actor, work);

function numberOf(row: RowToWrite, item: string): string {
  const value = row.values[dictionary.recordType("PATIENT").byName.get(item)?.index ?? -1];
  return typeof value === "string" ? value : "";
}
const keyOf = (row: RowToWrite) => ({ nhsNumber: numberOf(row, "nhsNumber"), hospitalNumber: numberOf(row, "hospitalNumber") });

/** All rows below and including a patient, read level by level. */
async function readTree(unit: UnitOfWork, patientId: string): Promise<StoredRow[]> {
  const rows = [...(await unit.findPatients([], [patientId]))];
  for (const type of dictionary.recordTypes) {
    const { parent } = type.definition;
    if (parent === null) continue;
    const ids = rows.filter((row) => row.recordType === parent).map((row) => row.id);
    rows.push(...(await unit.readChildren(type.name, ids)));
  }
  return rows;
}

const TABLES = `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
  where table_schema in ('public', 'identity') and table_type = 'BASE TABLE' and table_name not like '\\_prisma%' order by 1`;

async function countRows(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name } of await testDatabase().query(TABLES)) {
    const [row] = await testDatabase().query(`select count(*)::int as total from ${String(name)}`);
    counts[String(name)] = Number(row?.total);
  }
  return counts;
}

/** Every column of every row as text: `bytea` as hexadecimal digits, and once more as the characters it holds. */
async function dumpText(): Promise<string> {
  const texts: string[] = [];
  for (const { name } of await testDatabase().query(TABLES)) {
    const rows = await testDatabase().query(`select to_jsonb(t)::text as row from ${String(name)} t`);
    for (const row of rows) texts.push(String(row.row));
  }
  const hex = [...texts.join("\n").matchAll(/\\\\x([0-9a-f]+)/g)].map((match) =>
    Buffer.from(match[1] ?? "", "hex").toString("latin1"),
  );
  return [...texts, ...hex].join("\n");
}

const canariesIn = (dump: string) => CANARIES.filter((canary) => dump.includes(canary));

describe("a written record", () => {
  it("is read back with every item of every record type", async () => {
    const tree = wholeTree(1, "P1");
    const set = writeSet(own, { created: tree });
    await write(own, set);
    const stored = await read(own, (unit) => readTree(unit, tree[0]?.id ?? ""));
    expect(stored).toHaveLength(dictionary.recordTypes.length);
    for (const row of tree) {
      const { changes: _none, ...expected } = row;
      const submissionId = set.submission.header.id;
      expect(stored.find(({ id }) => id === row.id)).toMatchObject({
        ...expected,
        submissionId,
        createdSubmissionId: submissionId,
      });
    }
  });

  it("is read back with every optional item empty", async () => {
    const tree = wholeTree(2, "P1").map((row) => {
      const type = dictionary.recordType(row.recordType);
      const keep = new Set([
        ...type.naturalKey.map((item) => item.name),
        "dateOfBirth",
        "programmeCode",
        "eventType",
        "eventDate",
      ]);
      return { ...row, values: type.items.map((item) => (keep.has(item.name) ? (row.values[item.index] ?? null) : null)) };
    });
    await write(own, writeSet(own, { created: tree }));
    const stored = await read(own, (unit) => readTree(unit, tree[0]?.id ?? ""));
    for (const row of tree) expect(stored.find(({ id }) => id === row.id)?.values).toEqual(row.values);
  });

  it("is replaced as a whole, with a history that seals identity items", async () => {
    const tree = wholeTree(3, "P1");
    const patient = patientRow(4, "P1");
    await write(own, writeSet(own, { created: tree }));
    const hospitalNumber = numberOf(patient, "hospitalNumber");
    await read(own, async (unit) => {
      const rows = await readTree(unit, tree[0]?.id ?? "");
      const updated = rows.map((row) => {
        const [item] = dictionary
          .recordType(row.recordType)
          .clinicalItems.filter(({ kind }) => kind === "text" || kind === "boolean");
        const clinical = item === undefined ? {} : { [item.name]: item.kind === "text" ? "changed" : true };
        return nextVersion(row, row.recordType === "PATIENT" ? { ...clinical, hospitalNumber } : clinical);
      });
      await unit.write(writeSet(own, { updated }));
    });
    const [found] = await read(own, (unit) => unit.findPatients([{ nhsNumber: null, hospitalNumber }], []));
    expect(found).toMatchObject({ id: tree[0]?.id, version: 2 });
    const [change] = await testDatabase().query("select changes, sealed from record_change where record_id = $1::uuid", [
      found?.id,
    ]);
    expect(change?.changes).toMatchObject({ hospitalNumber: { before: null, after: null, decision: "REPLACED" } });
    const organisation = await stores.keys.organisation("RAA");
    const history = organisation.open(
      Buffer.from(change?.sealed instanceof Uint8Array ? change.sealed : []),
      `RAA/${found?.id}/2`,
    );
    expect(JSON.parse(history.toString())).toEqual({
      hospitalNumber: { before: numberOf(tree[0] ?? patient, "hospitalNumber"), after: hospitalNumber },
    });
  });

  it("keeps the input as it came, sealed", async () => {
    const set = writeSet(own, {});
    const { id } = await write(own, set);
    const [row] = await testDatabase().query("select chunk, sealed from submission_envelope where submission_id = $1::uuid", [
      id,
    ]);
    const organisation = await stores.keys.organisation("RAA");
    const box = Buffer.from(row?.sealed instanceof Uint8Array ? row.sealed : []);
    const envelope = zstdDecompressSync(organisation.open(box, `${id}/envelope/${row?.chunk}`));
    expect(envelope.toString()).toBe(set.submission.envelope);
  });

  it("refuses a version that is not the one that follows", async () => {
    const patient = patientRow(5, "P1");
    await write(own, writeSet(own, { created: [patient] }));
    const skipped = read(own, async (unit) => {
      const [row] = await unit.findPatients([], [patient.id]);
      if (row === undefined) throw new Error("the patient was not found");
      await unit.write(writeSet(own, { updated: [{ ...nextVersion(row, {}), version: 3 }] }));
    });
    await expect(skipped).rejects.toThrow("were not at the version");
  });

  it("can take the natural key that a replaced row gives up", async () => {
    const patient = patientRow(6, "P1");
    await write(own, writeSet(own, { created: [patient] }));
    const heir = patientRow(7, "P1");
    const values = heir.values.map((value, index) => {
      const name = dictionary.recordType("PATIENT").items[index]?.name;
      return name === "hospitalNumber" ? (patient.values[index] ?? null) : value;
    });
    await read(own, async (unit) => {
      const [row] = await unit.findPatients([], [patient.id]);
      if (row === undefined) throw new Error("the patient was not found");
      await unit.write(
        writeSet(own, { updated: [nextVersion(row, { hospitalNumber: "moved" })], created: [{ ...heir, values }] }),
      );
    });
    const [found] = await read(own, (unit) =>
      unit.findPatients([{ nhsNumber: null, hospitalNumber: keyOf(patient).hospitalNumber }], []),
    );
    expect(found?.id).toBe(heir.id);
  });
});

describe("row-level security", () => {
  const tree = wholeTree(20, "P1");
  beforeAll(() => write(own, writeSet(own, { created: tree })).then(() => undefined));

  it("shows another organisation nothing, though it knows every number", async () => {
    const other = actorOf("RBB", "P1");
    const found = await read(other, async (unit) => [
      ...(await unit.findPatients(tree.slice(0, 1).map(keyOf), [tree[0]?.id ?? ""])),
      ...(await unit.readChildren("INITIATING_EVENT", [tree[0]?.id ?? ""])),
    ]);
    expect(found).toEqual([]);
  });

  it("shows another programme of the organisation the shared rows only", async () => {
    const stored = await read(actorOf("RAA", "P2"), (unit) => readTree(unit, tree[0]?.id ?? ""));
    const scoped = dictionary.recordTypes.filter((type) => type.definition.programmeScoped).map((type) => type.name);
    expect(stored.map((row) => row.recordType).filter((name) => scoped.includes(name))).toEqual([]);
    expect(stored).toHaveLength(dictionary.recordTypes.length - scoped.length);
  });

  it("refuses a row of a programme the actor does not act for", async () => {
    await expect(write(own, writeSet(own, { created: wholeTree(21, "P2") }))).rejects.toThrow("42501");
  });

  it("refuses rows under another organisation's name", async () => {
    const forged = writeSet(actorOf("RBB", "P1"), { created: [patientRow(22, "P1")] });
    await expect(write(own, forged)).rejects.toThrow("42501");
  });
});

describe("identity", () => {
  it("is in clear in no column of any table", async () => {
    const tree = wholeTree(30, "P1");
    await write(own, writeSet(own, { created: tree }));
    await read(own, async (unit) => {
      const [row] = await unit.findPatients([], [tree[0]?.id ?? ""]);
      if (row === undefined) throw new Error("the patient was not found");
      await unit.write(writeSet(own, { updated: [nextVersion(row, { surname: "CanaryTextAgain", dateOfBirth: "1931-07-31" })] }));
    });
    const dump = await dumpText();
    expect(canariesIn(dump)).toEqual([]);
    expect(dump).not.toContain(numberOf(tree[0] ?? patientRow(30, "P1"), "nhsNumber"));
  });

  it("would be found by that search (control)", async () => {
    await testDatabase().query("update submission set vendor = 'CanaryText' where id = (select id from submission limit 1)");
    await testDatabase().query("update patient set gp_practice_code = '1931-07-01' where id = (select id from patient limit 1)");
    expect(canariesIn(await dumpText())).toEqual(["CanaryText", "1931-07-"]);
    await testDatabase().query("update submission set vendor = 'Vendor'");
    await testDatabase().query("update patient set gp_practice_code = null where gp_practice_code = '1931-07-01'");
  });
});

describe("a dry run", () => {
  it("adds its header and its report and leaves every other table as it was", async () => {
    const before = await countRows();
    await write(own, writeSet(own, { created: wholeTree(40, "P1"), mode: "VALIDATE_ONLY" }));
    const after = await countRows();
    const grown = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(grown).toEqual(["public.submission", "public.submission_report"]);
  });
});

describe("concurrent submissions", () => {
  it("of one new NHS number make one patient: the loser runs again and finds it", async () => {
    let runs = 0;
    const submit = () => {
      const patient = patientRow(50, "P1");
      return read(own, async (unit) => {
        runs++;
        const found = await unit.findPatients([keyOf(patient)], []);
        await unit.write(writeSet(own, { created: found.length === 0 ? [patient] : [] }));
        return found[0]?.id ?? patient.id;
      });
    };
    const ids = await Promise.all([submit(), submit(), submit()]);
    expect(new Set(ids).size).toBe(1);
    expect(runs).toBeGreaterThanOrEqual(3);
  });

  it("of one stored patient follow each other without losing a version", async () => {
    const patient = patientRow(51, "P1");
    await write(own, writeSet(own, { created: [patient] }));
    const revise = () =>
      read(own, async (unit) => {
        const [row] = await unit.findPatients([keyOf(patient)], []);
        if (row === undefined) throw new Error("the patient was not found");
        await unit.write(writeSet(own, { updated: [nextVersion(row, { auditObjection: row.version % 2 === 0 })] }));
      });
    await Promise.all([revise(), revise(), revise(), revise()]);
    const [found] = await read(own, (unit) => unit.findPatients([keyOf(patient)], []));
    expect(found?.version).toBe(5);
    const history = await testDatabase().query("select version from record_change where record_id = $1::uuid order by version", [
      patient.id,
    ]);
    expect(history.map((row) => row.version)).toEqual([2, 3, 4, 5]);
  });

  it("gives up after the third lost race, and says so", async () => {
    const patient = patientRow(52, "P1");
    await write(own, writeSet(own, { created: [patient] }));
    let runs = 0;
    const blind = read(own, async (unit) => {
      runs++;
      await unit.write(writeSet(own, { created: [patientRow(52, "P1")] }));
    });
    await expect(blind).rejects.toMatchObject({ code: "OVERLOADED", retryable: true });
    expect(runs).toBe(3);
  });
});

describe("an idempotency key", () => {
  const claim = { clientId: own.clientId, key: "key-1", payload: '{"a":1}' };

  it("is free, then answers for the same payload and refuses another one", async () => {
    const first = await read(own, async (unit) => {
      const result = await unit.claimIdempotencyKey(claim);
      return { result, header: await unit.write(writeSet(own, { claim })) };
    });
    expect(first.result.state).toBe("FREE");
    expect(first.header.receiptDigest).toMatch(/^[0-9a-f]{64}$/);
    const again = await read(own, (unit) => unit.claimIdempotencyKey(claim));
    expect(again).toEqual({ state: "SAME", submission: first.header });
    const other = await read(own, (unit) => unit.claimIdempotencyKey({ ...claim, payload: '{"a":2}' }));
    expect(other.state).toBe("OTHER");
  });

  it.skipIf(databaseKind === "embedded")(
    "is refused while another request holds it (the embedded database runs one at a time)",
    async () => {
      const held = { ...claim, key: "key-2" };
      const states = await read(own, async (unit) => {
        const first = await unit.claimIdempotencyKey(held);
        const second = await read(own, (another) => another.claimIdempotencyKey(held));
        return [first.state, second.state];
      });
      expect(states).toEqual(["FREE", "IN_FLIGHT"]);
      expect((await read(own, (unit) => unit.claimIdempotencyKey(held))).state).toBe("FREE");
    },
  );

  it("belongs to its client and organisation", async () => {
    const other = await read(own, (unit) => unit.claimIdempotencyKey({ ...claim, clientId: "another" }));
    const elsewhere = await read(actorOf("RBB", "P1"), (unit) => unit.claimIdempotencyKey(claim));
    expect([other.state, elsewhere.state]).toEqual(["FREE", "FREE"]);
  });
});

describe("a sender's own id", () => {
  it("finds its record within organisation, programme, product and record type", async () => {
    const patient = patientRow(60, "P1");
    await write(own, writeSet(own, { created: [patient] }));
    const key = { recordType: "PATIENT", product: "Product", sourceRecordId: `canary-source-${patient.id}` } as const;
    const find = (wanted: Parameters<UnitOfWork["findSourceIds"]>[0][number], programme: string) =>
      read(own, (unit) => unit.findSourceIds([{ ...key, sourceRecordId: "nobody" }, wanted], programme));
    expect(await find(key, "P1")).toEqual([{ ...key, recordId: patient.id }]);
    expect(await find(key, "P2")).toEqual([]);
    expect(await find({ ...key, product: "Another" }, "P1")).toEqual([]);
    expect(await find({ ...key, recordType: "DRUG" }, "P1")).toEqual([]);
  });
});

describe("the source of a value", () => {
  it("is the last submission that changed the field, else the one that created the row, also another programme's", async () => {
    const second = actorOf("RAA", "P2");
    const patient = patientRow(70, "P1");
    const created = writeSet(own, { created: [patient] });
    await write(own, created);
    const fields = new Map([[patient.id, ["gender", "surname", "maritalStatus"]]]);
    const sourcesOf = (actor: OrganisationActor) =>
      read(actor, async (unit) => unit.readValueSources(await unit.findPatients([], [patient.id]), fields));
    const creation = { submissionId: created.submission.header.id, programmeCode: "P1" };
    expect((await sourcesOf(own)).get(patient.id)?.get("gender")).toEqual({ ...creation, receivedAt: RECEIVED_AT });
    expect((await sourcesOf(second)).get(patient.id)?.get("gender")).toMatchObject(creation);
    const changing = await read(second, async (unit) => {
      const [row] = await unit.findPatients([], [patient.id]);
      if (row === undefined) throw new Error("the patient was not found");
      const set = writeSet(second, { updated: [nextVersion(row, { surname: "CanaryTextNew", gender: "MALE" })] });
      await unit.write(set);
      return set.submission.header;
    });
    const change = { submissionId: changing.id, programmeCode: "P2" };
    const sources = (await sourcesOf(own)).get(patient.id);
    expect(sources?.get("surname")).toMatchObject(change);
    expect(sources?.get("gender")).toMatchObject(change);
    expect(sources?.get("maritalStatus")).toMatchObject(creation);
  });
});
