/**
 * Every place of the database where boxes stand: what is sealed anew before a key is destroyed. A test compares the list with the columns
 * the database has. A new sealed column is added here, and to the rights of the role `nacr_resealer` (migration `keys`).
 */
import type { OrganisationKeys } from "../../keys/organisation-keys.ts";
import { reasonPlace as destructionPlace } from "../destruction-store.ts";
import { secretPlace } from "../fhir-source-store.ts";
import { contentPlace } from "../inbox-row.ts";
import { decisionPlace } from "../link-list-row.ts";
import { reasonPlace as objectionPlace, withdrawalPlace as objectionWithdrawalPlace } from "../objection-store.ts";
import { planPlace } from "../pull-store.ts";
import { envelopeContext, pageContext } from "../sealed-pages.ts";
import { RESEAL_BURIED, type ResealStatements, resealColumn, type SealedTable } from "../sql/reseal-statements.ts";
import { bytesOf, type SqlRow, textOf } from "../sql-row.ts";
import { tombstonePlace } from "../tombstone-seal.ts";
import { secretsPlace } from "../webhook-store.ts";
import { withdrawalPlace } from "../withdrawal-store.ts";
import { resealBox } from "./reseal-box.ts";

/** Which row a box stands in. */
export interface BoxRow {
  readonly ods: string;
  readonly id: string;
  /** 0 where the id names the row. */
  readonly part: number;
}

export interface SealedContent {
  /** `schema.table.column`. */
  readonly name: string;
  readonly statements: ResealStatements;
  /** Rows of one transaction: some megabytes at most, and some tens of milliseconds. */
  readonly atOnce: number;
  /** What is written in the place of a row's content. @throws KeyError where a box of it does not open */
  readonly reseal: (content: SqlRow, row: BoxRow, keys: OrganisationKeys) => Uint8Array | string;
}

const SMALL = 1_000;
const PAGES = 100;
const LARGE = 4;

type Place = (row: BoxRow) => string;

/** The organisation's column is `ods`, the row's `id` alone, unless it is said otherwise. */
function column(
  table: string,
  columnName: string,
  place: Place,
  { atOnce = SMALL, ...more }: Partial<SealedTable> & { readonly atOnce?: number } = {},
): SealedContent {
  return {
    name: `${table}.${columnName}`,
    statements: resealColumn({ organisation: "ods", id: "id", part: null, ...more, table, column: columnName }),
    atOnce,
    reseal: (content, row, keys) => resealBox(bytesOf(content, "content"), place(row), keys),
  };
}

const identityPlace = (ods: string, patientId: string): string => `${ods}/${patientId}`;

/** What `to_jsonb` made of a row of identities: bytes as `\x…`. */
interface BuriedIdentity {
  readonly patient_id: string;
  readonly sealed: string;
  readonly key_version: number;
}

function resealBuried(content: SqlRow, { ods }: BoxRow, keys: OrganisationKeys): string {
  const buried: readonly BuriedIdentity[] = JSON.parse(textOf(content, "content"));
  const resealed = buried.map((identity) => {
    const box = Buffer.from(identity.sealed.slice(2), "hex");
    const sealed = resealBox(box, identityPlace(ods, identity.patient_id), keys);
    return { ...identity, sealed: `\\x${Buffer.from(sealed).toString("hex")}`, key_version: keys.version };
  });
  return JSON.stringify(resealed);
}

export const SEALED_CONTENTS: readonly SealedContent[] = [
  column("identity.patient_identity", "sealed", ({ ods, id }) => identityPlace(ods, id), {
    id: "patient_id",
    versionColumn: "key_version",
  }),
  column("public.record_change", "sealed", ({ ods, id, part }) => `${ods}/${id}/${part}`, { id: "record_id", part: "version" }),
  column("public.record_tombstone", "sealed", ({ ods, id, part }) => tombstonePlace({ ods, recordId: id, version: part }), {
    id: "record_id",
    part: "version",
  }),
  { name: "public.record_tombstone.beside", statements: RESEAL_BURIED, atOnce: SMALL, reseal: resealBuried },
  column("public.submission_report", "sealed", ({ id, part }) => pageContext(id, part), {
    id: "submission_id",
    part: "page",
    atOnce: PAGES,
  }),
  column("public.submission_envelope", "sealed", ({ id, part }) => envelopeContext(id, part), {
    id: "submission_id",
    part: "chunk",
    atOnce: LARGE,
  }),
  column("public.submission", "withdrawal", ({ id }) => withdrawalPlace(id)),
  column("public.webhook", "secrets", ({ id }) => secretsPlace(id)),
  column("public.fhir_source", "secret", ({ id }) => secretPlace(id)),
  column("public.fhir_pull", "plan", ({ id }) => planPlace({ submissionId: id }), { id: "submission_id", atOnce: LARGE }),
  column("public.mllp_message", "content", ({ id }) => contentPlace(id), { atOnce: PAGES }),
  column("link.decision", "sealed", ({ id }) => decisionPlace(id), { organisation: "decided_by_ods" }),
  column("consent.objection", "sealed", ({ id }) => objectionPlace(id)),
  column("consent.objection", "withdrawal", ({ id }) => objectionWithdrawalPlace(id)),
  column("destruction.certificate", "reason", ({ id }) => destructionPlace(id)),
];
