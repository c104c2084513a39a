/** Attests that what was handed out under an agreement was destroyed: what, how, when, by whom, and how that was made sure of. */
import { AGREEMENT_CERTIFICATE_FORMAT } from "../destruction/certificate.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { toLondonDate } from "../lib/calendar-date.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { Agreement } from "./agreement.ts";
import { type Decider, openDestruction, requirePart, withStep } from "./lifecycle.ts";
import { statusOf } from "./standing.ts";

export interface DestructionStatement {
  /** Extracts, copies, derived files, back-ups. */
  readonly what: string;
  readonly how: string;
  /** ISO date. */
  readonly destroyedOn: string;
  /** Name of whoever did it. */
  readonly destroyedBy: string;
  /** How it was made sure of, and by whom. */
  readonly verification: string;
}

/** The installation's key: Ed25519 over the document's UTF-8 (docs/destruction.md). */
export interface CertificateSigner {
  readonly id: string;
  /** Base64. */
  sign(text: string): string;
}

/** @throws GatewayError CONFLICT before the agreement has ended, and after it was certified; FORBIDDEN; BAD_USER_INPUT */
export function certify(
  agreement: Agreement,
  statement: DestructionStatement,
  signer: CertificateSigner,
  decider: Decider,
): Agreement {
  const { now } = decider;
  requirePart(agreement, decider.actor);
  const status = statusOf(agreement, now);
  if (status === "DESTROYED") throw new GatewayError("CONFLICT", "It was certified.", { details: { reason: "CERTIFIED" } });
  if (status !== "EXPIRED" && status !== "TERMINATED")
    throw new GatewayError("CONFLICT", "The agreement has not ended.", { details: { reason: status } });
  if (statement.destroyedOn > toLondonDate(new Date(now)))
    throw new GatewayError("BAD_USER_INPUT", "What is certified was done.", { details: { path: "input.destroyedOn" } });
  const [firstSigned] = agreement.versions.flatMap(({ signedAt }) => signedAt ?? []);
  if (firstSigned !== undefined && statement.destroyedOn < toLondonDate(new Date(firstSigned)))
    throw new GatewayError("BAD_USER_INPUT", "Nothing was handed out by then.", { details: { path: "input.destroyedOn" } });
  const opened = openDestruction(agreement, status, decider);
  const task = opened.destruction;
  if (task === null) throw new Error("No task was opened");
  const certifiedBy = decider.actor?.clientId ?? null;
  const document = canonicalJson({
    format: AGREEMENT_CERTIFICATE_FORMAT,
    id: task.id,
    agreement: agreement.id,
    versions: agreement.versions.map(({ number, digest }) => ({ number, digest })),
    reason: task.reason,
    openedAt: task.openedAt,
    ...statement,
    certifiedBy,
    certifiedAt: now,
    signingKey: signer.id,
  });
  const certified = { ...task, certifiedAt: now, certifiedBy, document, signature: signer.sign(document) };
  return withStep({ ...opened, destruction: certified, destroyedAt: now }, decider, "DESTRUCTION_CERTIFIED");
}
