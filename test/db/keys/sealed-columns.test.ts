import { describe, expect, it } from "vitest";
import { SEALED_CONTENTS } from "../../../src/persistence/resealing/sealed-columns.ts";
import { provideDatabase } from "../../support/database.ts";
import { tableOf } from "./sealed-rows.ts";

const testDatabase = provideDatabase();

/**
 * Bytes that are no box of an organisation's key: keyed digests, signatures, data keys, which the master key wraps, and what is sealed with an
 * agreement's key, which is never replaced.
 */
const NO_BOXES: readonly string[] = [
  "audit.chain.mac",
  "audit.checkpoint.mac",
  "audit.checkpoint.signature",
  "consent.opt_out_answer.key",
  "consent.opt_out_request.keys",
  "consent.subject.digest",
  "cut.cube.bytes",
  "cut.journey.pseudonym",
  "cut.ledger.bytes",
  "extract.part.sealed",
  "identity.former_nhs_number.nhs_hmac",
  "identity.patient_identity.dob_hmac",
  "identity.patient_identity.hospital_hmac",
  "identity.patient_identity.name_hmac",
  "identity.patient_identity.nhs_hmac",
  "identity.source_id.source_hmac",
  "identity.source_id.statement",
  "keys.data_key.wrapped",
  "public.fhir_source_patient.patient",
  "public.fhir_source_patient.versions",
  "public.mllp_message.control_digest",
  "public.mllp_message.digest",
  "public.submission.payload_digest",
  "public.submission.receipt_digest",
  "public.submission_record.source_hmac",
  "public.upload.sha256",
];

/** Of the national schema, whose columns are pseudonyms where they are bytes (its own tests see to that). */
const BYTES = `
  select format('%s.%s.%s', n.nspname, c.relname, a.attname) as name
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where a.atttypid in ('bytea'::regtype, 'bytea[]'::regtype) and not a.attisdropped and a.attnum > 0 and c.relkind in ('r', 'p')
    and n.nspname not in ('pg_catalog', 'information_schema', 'pgboss', 'national') and n.nspname !~ '^pg_'
  order by 1`;

const RIGHTS = `
  select format('%s.%s.%s', table_schema, table_name, column_name) as name, lower(privilege_type) as "right"
  from information_schema.column_privileges where grantee = 'nacr_resealer' and table_schema <> 'link' or
    grantee = 'nacr_resealer' and table_name <> 'due'`;

const listed = (): readonly string[] => SEALED_CONTENTS.map(({ name }) => name);
const unlisted = async (): Promise<readonly string[]> => {
  const known = new Set([...listed(), ...NO_BOXES]);
  return (await testDatabase().query(BYTES)).map(({ name }) => String(name)).filter((name) => !known.has(name));
};

describe("the list of sealed columns", () => {
  it("names every column of bytes that is not known to hold something else", async () => {
    expect(await unlisted()).toEqual([]);
  });

  it("misses one that is new (control)", async () => {
    await testDatabase().query("create table public.forgotten (ods text, box bytea)");
    expect(await unlisted()).toEqual(["public.forgotten.box"]);
    await testDatabase().query("drop table public.forgotten");
  });

  it("is what the role that seals anew may write, and but for that it sees what names a row", async () => {
    const rights = await testDatabase().query(RIGHTS);
    const namesOf = (wanted: string) =>
      [...new Set(rights.filter((row) => row.right === wanted).map(({ name }) => String(name)))].sort();
    const versions = ["identity.patient_identity.key_version"];
    const keys = SEALED_CONTENTS.map(tableOf).flatMap(({ table, organisation, id, part }) =>
      [organisation, id, ...(part === null ? [] : [part])].map((column) => `${table}.${column}`),
    );
    expect(namesOf("update")).toEqual([...listed(), ...versions].sort());
    expect(namesOf("select")).toEqual([...new Set([...listed(), ...versions, ...keys])].sort());
    expect(namesOf("insert")).toEqual([]);
  });
});
