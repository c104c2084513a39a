/** A Guardian destroys a patient: what is gone, what stays for everybody else, and what attests it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { verifyCertificate } from "../../../src/cli/verify-certificate.ts";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import type { DemoIdentity } from "../../support/gateway.ts";
import { event, journey, recordOf } from "../../support/journey-records.ts";
import { provideSubmitter } from "../submission/submitting.ts";

const submitter = provideSubmitter();
const folder = mkdtempSync(join(tmpdir(), "nacr-certificate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const CERTIFICATE = "id odsCode erasedAt certifiedAt authorisedBy counts { kind count } file reason secretsLeft rowsLeft";
const DESTROY = `mutation ($id: ID!, $reason: String!) { destroyPatient(patientRecordId: $id, reason: $reason) { ${CERTIFICATE} } }`;
const RECORD = "query ($n: String) { patientRecord(nhsNumber: $n) { id patient { nhsNumber } initiatingEvents { eventDate } } }";
const REPORT = `query ($id: ID!) { submission(id: $id) { counts { created } records(first: 100) { totalCount
  nodes { index recordType outcome sourceRecordId matchedBy expression parent { index } changes { field } } } } }`;

async function ask<T>(as: DemoIdentity, query: string, variables: Readonly<Record<string, unknown>>): Promise<T> {
  const { data, text } = await submitter().gateway.gql<T>(as, query, variables);
  if (data === null) throw new Error(text);
  return data;
}

interface Certificate {
  readonly id: string;
  readonly certifiedAt: string | null;
  readonly counts: readonly { readonly kind: string; readonly count: number }[];
  readonly file: string;
  readonly reason: string | null;
  readonly secretsLeft: number;
  readonly rowsLeft: number;
}

const storedOf = async (seed: number) =>
  (await ask<{ patientRecord: { id: string } | null }>("team", RECORD, { n: toTestNhsNumber(seed) })).patientRecord;
async function idOf(seed: number): Promise<string> {
  const record = await storedOf(seed);
  if (record === null) throw new Error("the patient is not there");
  return record.id;
}
const destroy = async (id: string): Promise<Certificate> =>
  (await ask<{ destroyPatient: Certificate }>("guardian", DESTROY, { id, reason: "Retention is over" })).destroyPatient;
const reportOf = async (id: string) =>
  (
    await ask<{
      submission: { counts: unknown; records: { totalCount: number; nodes: readonly Readonly<Record<string, unknown>>[] } };
    }>("submitter", REPORT, { id })
  ).submission;

describe("destroyPatient", () => {
  it("takes the patient away and leaves the others as they are, on the same page of the same answer", async () => {
    const { id } = await submitter().records([journey(1), journey(2), journey(3)]);
    const [before, others] = [await reportOf(id), await Promise.all([storedOf(1), storedOf(3)])];
    const certificate = await destroy(await idOf(2));
    expect(certificate.certifiedAt).not.toBeNull();
    expect(await storedOf(2)).toBeNull();
    expect(await Promise.all([storedOf(1), storedOf(3)])).toEqual(others);
    const after = await reportOf(id);
    expect([after.counts, after.records.totalCount]).toEqual([before.counts, before.records.totalCount]);
    const [own, rest] = [
      after.records.nodes.slice(5, 10),
      [...after.records.nodes.slice(0, 5), ...after.records.nodes.slice(10)],
    ];
    expect(rest).toEqual([...before.records.nodes.slice(0, 5), ...before.records.nodes.slice(10)]);
    expect(own.map(({ sourceRecordId, expression, changes }) => [sourceRecordId, expression, changes])).toEqual(
      own.map(() => [null, "", []]),
    );
    expect(own.map(({ recordType, outcome }) => [recordType, outcome])).toEqual(
      before.records.nodes.slice(5, 10).map(({ recordType, outcome }) => [recordType, outcome]),
    );
  });

  it("says what was destroyed, and finds nothing left", async () => {
    await submitter().records([journey(11)]);
    const { counts, secretsLeft, rowsLeft, reason } = await destroy(await idOf(11));
    const countOf = new Map(counts.map(({ kind, count }) => [kind, count]));
    expect([countOf.get("PATIENT"), countOf.get("INITIATING_EVENT"), countOf.get("ASSESSMENT")]).toEqual([1, 1, 1]);
    expect([countOf.get("answers"), countOf.get("inputs"), countOf.get("oldBoxes")]).toEqual([5, 1, 0]);
    expect([secretsLeft, rowsLeft, reason]).toEqual([0, 0, "Retention is over"]);
  });

  it("leaves no trace in any table but the audit trail", async () => {
    await submitter().records([journey(21)]);
    const id = await idOf(21);
    await destroy(id);
    const tables = await submitter().gateway.database.query(
      `select table_schema || '.' || table_name as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema in ('public', 'identity', 'link', 'destruction', 'consent', 'national')`,
    );
    expect(tables.length).toBeGreaterThan(30);
    for (const { name } of tables) {
      if (name === "link.due") continue;
      const [row] = await submitter().gateway.database.query(`select count(*)::int as n from ${name} t where t::text like $1`, [
        `%${id}%`,
      ]);
      expect([name, row?.n]).toEqual([name, 0]);
    }
  });

  it("destroys a patient that was withdrawn before, and those it was merged with", async () => {
    await submitter().records([journey(31), journey(32), { ...journey(33) }]);
    const [survivor, merged] = await Promise.all([idOf(31), idOf(32)]);
    await ask("team", "mutation ($input: MergePatientsInput!) { mergePatients(input: $input) { id } }", {
      input: { programmeCode: "CR-VALLEY", winner: survivor, loser: merged, reason: "One person" },
    });
    const { counts } = await destroy(merged);
    expect(counts.find(({ kind }) => kind === "PATIENT")?.count).toBe(2);
    expect(await storedOf(31)).toBeNull();
    const withdrawn = await idOf(33);
    await ask("submitter", "mutation ($input: WithdrawRecordInput!) { withdrawRecord(input: $input) { outcome } }", {
      input: {
        idempotencyKey: "withdraw-33",
        programmeCode: "CR-VALLEY",
        recordType: "PATIENT",
        recordId: withdrawn,
        reason: "Sent by mistake",
      },
    });
    expect(await storedOf(33)).toBeNull();
    const answer = await destroy(withdrawn);
    expect(answer.counts.find(({ kind }) => kind === "tombstones")?.count).toBeGreaterThan(0);
  });

  it("gives the same certificate again, and takes the same person as a new one afterwards", async () => {
    await submitter().records([journey(41)]);
    const id = await idOf(41);
    const first = await destroy(id);
    expect((await destroy(id)).id).toBe(first.id);
    const again = await submitter().records([journey(41)]);
    expect(again.counts.created).toBe(5);
    expect(await idOf(41)).not.toBe(id);
  });

  it("refuses to replay a submission whose input was destroyed", async () => {
    const { id } = await submitter().records([
      journey(51),
      recordOf(52, { initiatingEvents: [event({ eventType: "NO_SUCH_TYPE" })] }),
    ]);
    await destroy(await idOf(51));
    const { errors } = await submitter().gateway.gql("submitter", "mutation ($id: ID!) { replaySubmission(id: $id) { id } }", {
      id,
    });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(["CONFLICT"]);
  });

  it("is the Guardian's alone, for patients of the own organisation", async () => {
    await submitter().records([journey(61)]);
    const id = await idOf(61);
    for (const as of ["team", "submitter", "vendor", "admin", "analyst"] as const) {
      const { errors } = await submitter().gateway.gql(as, DESTROY, { id, reason: "x" });
      expect([as, errors.length > 0]).toEqual([as, true]);
    }
    await submitter().records([journey(62)], {}, "submitter2");
    const other = await ask<{ patientRecord: { id: string } }>("team2", RECORD, { n: toTestNhsNumber(62) });
    for (const patient of [other.patientRecord.id, "00000000-0000-7000-8000-000000000000", "no id"]) {
      const { errors } = await submitter().gateway.gql("guardian", DESTROY, { id: patient, reason: "x" });
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(["NOT_FOUND"]);
    }
    expect(await storedOf(61)).not.toBeNull();
  });
});

describe("a destruction certificate", () => {
  const check = (file: string, key: string) => {
    const [certificate, publicKey] = [join(folder, "certificate.json"), join(folder, "key.pem")];
    writeFileSync(certificate, file);
    writeFileSync(publicKey, key);
    return verifyCertificate(certificate, publicKey);
  };

  it("verifies with the published key, names no patient, and does not verify once a single letter is another", async () => {
    await submitter().records([journey(71)]);
    const id = await idOf(71);
    const { file } = await destroy(id);
    const { destructionCertificateKey: key } = await ask<{ destructionCertificateKey: string }>(
      "analyst",
      "{ destructionCertificateKey }",
      {},
    );
    expect(check(file, key)).toMatchObject({ exitCode: 0 });
    for (const word of [id, toTestNhsNumber(71), "H-71", "rec-71"]) expect(file).not.toContain(word);
    const { document, signature } = JSON.parse(file);
    for (let at = 0; at < document.length; at += 97) {
      const altered = `${document.slice(0, at)}${document[at] === "0" ? "1" : "0"}${document.slice(at + 1)}`;
      if (altered === document) continue;
      expect([at, check(JSON.stringify({ document: altered, signature }), key).exitCode]).toEqual([at, 1]);
    }
    const { publicKey } = await import("node:crypto").then(({ generateKeyPairSync }) => generateKeyPairSync("ed25519"));
    expect(check(file, publicKey.export({ format: "pem", type: "spki" }).toString()).exitCode).toBe(1);
    expect(check("{}", key)).toMatchObject({ exitCode: 1, output: "NOT VALID. This is not a destruction certificate." });
  });

  it("is listed for the Guardian, and for the audit administration without the reason", async () => {
    await submitter().records([journey(81)]);
    const { id } = await destroy(await idOf(81));
    const list =
      "query ($after: String) { destructionCertificates(first: 1, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes { id } } }";
    interface Listed {
      readonly destructionCertificates: {
        readonly totalCount: number;
        readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
        readonly nodes: readonly { readonly id: string }[];
      };
    }
    for (const as of ["guardian", "admin"] as const) {
      const { destructionCertificates: first } = await ask<Listed>(as, list, {});
      expect(first.nodes).toEqual([{ id }]);
      const { destructionCertificates: second } = await ask<Listed>(as, list, { after: first.pageInfo.endCursor });
      expect(second.nodes).toHaveLength(1);
      expect(second.nodes).not.toEqual([{ id }]);
    }
    const one = await ask<{ destructionCertificate: { odsCode: string; rowsLeft: number } }>(
      "admin",
      "query ($id: ID!) { destructionCertificate(id: $id) { odsCode rowsLeft secretsLeft } }",
      { id },
    );
    expect(one.destructionCertificate).toMatchObject({ rowsLeft: 0, secretsLeft: 0 });
    const { errors } = await submitter().gateway.gql("admin", "query ($id: ID!) { destructionCertificate(id: $id) { reason } }", {
      id,
    });
    expect(errors).toHaveLength(1);
  });
});
