/**
 * Everything an auditor asks for about one agreement, as files with a signed list of their digests. No patient's data: what was asked and
 * how many figures were shown, never which.
 */
import { createHash } from "node:crypto";
import { GatewayError } from "../errors/gateway-error.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { toCsvRow } from "../lib/csv-row.ts";
import { LIMITS } from "../lib/limits.ts";
import type { Actor } from "../records/actor.ts";
import { AGREEMENT_ID, type Agreement, type AgreementVersion } from "./agreement.ts";
import { type AgreementDependencies, agreementEntry } from "./agreement-service.ts";
import { icoDueAt } from "./breaches.ts";
import { maySee, noSuchAgreement, requirePart } from "./lifecycle.ts";
import type { ListExtracts, LoggedUse, UseRange } from "./ports.ts";
import { TERMS_RULES } from "./standard-rules.ts";
import { QUESTION_LIST } from "./standards.ts";
import { statusOf, versionStatusOf } from "./standing.ts";

const FORMAT = "nacr-agreement-audit-pack/1";

export interface AuditPackFile {
  readonly name: string;
  readonly content: string;
}

export interface AuditPack {
  readonly agreementId: string;
  readonly madeAt: string;
  readonly files: readonly AuditPackFile[];
  /** Canonical JSON: each file with its length in bytes and its SHA-256. */
  readonly manifest: string;
  /** Ed25519 over the manifest, base64; the key is that of the destruction certificates. */
  readonly signature: string;
}

export interface AuditPackDependencies extends Pick<AgreementDependencies, "store" | "clock" | "signer"> {
  readonly listExtracts: ListExtracts;
}

/** @throws GatewayError NOT_FOUND, FORBIDDEN for whom an amendment left out, LIMIT_EXCEEDED for more uses than one pack holds, DATABASE_UNAVAILABLE */
export type MakeAuditPack = (actor: Actor, agreementId: string, range: UseRange) => Promise<AuditPack>;

export function createAuditPack({ store, clock, signer, listExtracts }: AuditPackDependencies): MakeAuditPack {
  return async (actor, agreementId, range) => {
    const agreement = AGREEMENT_ID.test(agreementId) ? await store.find(agreementId) : null;
    if (agreement === null || !maySee(agreement, actor)) throw noSuchAgreement();
    requirePart(agreement, actor);
    const uses = await store.uses(agreementId, range, LIMITS.auditPackUses + 1);
    if (uses.length > LIMITS.auditPackUses)
      throw new GatewayError(
        "LIMIT_EXCEEDED",
        "There are more uses than one pack holds: ask for them in parts, by `from` and `to`.",
        {
          details: { limit: "auditPackUses", maximum: LIMITS.auditPackUses },
        },
      );
    await store.recordEntry(agreementEntry(actor, "READ_AUDIT_PACK", agreementId, "READ"));
    const madeAt = clock.now();
    const files = await filesOf(agreement, { uses, madeAt }, { store, listExtracts });
    const key = await signer();
    const list = files.map(({ name, content }) => ({ name, bytes: Buffer.byteLength(content), sha256: sha256(content) }));
    const manifest = canonicalJson({
      format: FORMAT,
      agreement: agreementId,
      madeAt,
      madeBy: actor.clientId,
      range,
      files: list,
      signingKey: key.id,
    });
    return { agreementId, madeAt, files, manifest, signature: key.sign(manifest) };
  };
}

interface PackFacts {
  readonly uses: readonly LoggedUse[];
  readonly madeAt: string;
}

async function filesOf(
  agreement: Agreement,
  { uses, madeAt }: PackFacts,
  { store, listExtracts }: Pick<AuditPackDependencies, "store" | "listExtracts">,
): Promise<readonly AuditPackFile[]> {
  const { id, destruction } = agreement;
  return [
    toJson("agreement.json", describe(agreement, madeAt)),
    ...agreement.versions.map((version) => toJson(`version-${version.number}.json`, version)),
    toCsv("answers.csv", agreement.versions.flatMap(answersOf)),
    toCsv("signatures.csv", agreement.versions.flatMap(signaturesOf)),
    toCsv(
      "people.csv",
      agreement.versions.flatMap(({ number, terms }) => terms.people.map((one) => ({ version: number, ...one }))),
    ),
    toCsv(
      "purposes.csv",
      agreement.versions.flatMap(({ number, terms }) => terms.purposes.map((one) => ({ version: number, ...one }))),
    ),
    toCsv(
      "framework-contracts.csv",
      (await store.contracts()).filter(({ id }) => namesContract(agreement, id)),
    ),
    toCsv("steps.csv", agreement.steps),
    toCsv("uses.csv", uses),
    toCsv("extracts.csv", await listExtracts(id)),
    toCsv(
      "breaches.csv",
      agreement.breaches.map((breach) => ({ ...breach, icoDueAt: icoDueAt(breach) })),
    ),
    toJson("destruction.json", destruction),
    ...(destruction?.document != null
      ? [toJson("destruction-certificate.json", { document: destruction.document, signature: destruction.signature })]
      : []),
    toCsv("trail.csv", await store.trail(id)),
    toCsv("attempts.csv", await store.attempts(id)),
    toJson("policies.json", POLICIES),
  ];
}

const namesContract = ({ versions }: Agreement, contract: string): boolean =>
  versions.some(({ terms }) => terms.parties.some(({ frameworkContract }) => frameworkContract === contract));

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

const toJson = (name: string, value: unknown): AuditPackFile => ({ name, content: `${JSON.stringify(value, null, 2)}\n` });

/** The rules that versions are judged by. */
const POLICIES = {
  questions: QUESTION_LIST.map(([question, { standard, text, kind }]) => ({ question, standard, text, kind })),
  rules: TERMS_RULES.map(({ code, standard, message }) => ({ code, standard, message })),
};

function describe(agreement: Agreement, at: string) {
  const { id, draftedBy, draftedAt, terminatedAt, destroyedAt, keyDestroyedAt } = agreement;
  const versions = agreement.versions.map((version) => ({
    number: version.number,
    status: versionStatusOf(agreement, version, at),
    digest: version.digest,
    disclosureProfile: version.terms.disclosureProfile,
  }));
  return { id, status: statusOf(agreement, at), draftedBy, draftedAt, terminatedAt, destroyedAt, keyDestroyedAt, versions };
}

const answersOf = ({ number, terms }: AgreementVersion) =>
  QUESTION_LIST.map(([question, { standard, text }]) => ({
    version: number,
    standard,
    question,
    text,
    answer: terms.answers.find((given) => given.question === question)?.answer ?? null,
  }));

const signaturesOf = ({ number, signatures }: AgreementVersion) => signatures.map((one) => ({ version: number, ...one }));

/** The first row names the columns. */
function toCsv(name: string, rows: readonly object[]): AuditPackFile {
  const [first] = rows;
  const columns = first === undefined ? [] : Object.keys(first);
  const cells = rows.map((row) => {
    const values = new Map(Object.entries(row));
    return columns.map((column) => toCell(values.get(column)));
  });
  return { name, content: [columns, ...cells].map(toCsvRow).join("") };
}

function toCell(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return value;
  return Array.isArray(value) ? value.join(" ") : String(value);
}
