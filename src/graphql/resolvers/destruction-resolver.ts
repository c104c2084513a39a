/** Destroying a patient for ever, and the certificates of it. */
import "reflect-metadata";
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import type { DestroyPatientOf } from "../../destruction/destroy-patient.ts";
import type { DestructionCertificate as Certificate, CertificateReader } from "../../destruction/destruction-ports.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import { Allow, EVERY_ROLE, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { readRecordId } from "../read-record-id.ts";
import { DestructionCertificateConnection } from "../types/connection-types.ts";
import { DestructionCertificate } from "../types/destruction-types.ts";

const MAY_DESTROY: Policy = { CALDICOTT_GUARDIAN: true };
const MAY_READ: Policy = { CALDICOTT_GUARDIAN: true, AUDIT_ADMIN: true };

@Resolver()
export class DestructionResolver {
  readonly #destroy: DestroyPatientOf;
  readonly #certificates: CertificateReader;

  constructor(destroy: DestroyPatientOf, certificates: CertificateReader) {
    this.#destroy = destroy;
    this.#certificates = certificates;
  }

  @Allow(MAY_DESTROY)
  @Mutation(() => DestructionCertificate, {
    description:
      "Destroys everything that is stored of a patient of your organisation, and of the patients merged with it, in every copy and backup. Nothing brings it back. Inputs that named the patient go as a whole: those submissions cannot be replayed. CONFLICT (`reason` SUBMISSION_UNFINISHED) while one of them is worked on. Again: the same certificate.",
  })
  async destroyPatient(
    @Arg("patientRecordId", () => ID) patientRecordId: string,
    @Arg("reason", () => String, { description: "Kept sealed; not part of the certificate." }) reason: string,
    @Ctx() { actor, correlationId }: GraphqlContext,
  ): Promise<DestructionCertificate> {
    const patientId = readRecordId(patientRecordId);
    if (patientId === null) throw new GatewayError("NOT_FOUND", "The patient does not exist.");
    const id = await this.#destroy(requireOrganisation(actor), patientId, reason, correlationId);
    const certificate = await this.#certificates.find(actor, id);
    if (certificate === null) throw new Error("A destruction has no certificate");
    return toCertificate(certificate);
  }

  @Allow(MAY_READ)
  @Query(() => DestructionCertificateConnection, { description: "The latest first." })
  async destructionCertificates(
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<DestructionCertificate>> {
    return toConnection(await this.#certificates.page(actor, readPageRequest(first, after)), toCertificate);
  }

  @Allow(MAY_READ)
  @Query(() => DestructionCertificate, { nullable: true })
  async destructionCertificate(
    @Arg("id", () => ID) id: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<DestructionCertificate | null> {
    const certificate = await this.#certificates.find(actor, id);
    return certificate && toCertificate(certificate);
  }

  @Allow(EVERY_ROLE)
  @Query(() => String, { description: "What certificates of this installation are checked with: an Ed25519 public key, PEM." })
  destructionCertificateKey(): Promise<string> {
    return this.#certificates.publicKey();
  }
}

@Resolver(() => DestructionCertificate)
export class DestructionRemainsFieldResolver {
  readonly #certificates: CertificateReader;

  constructor(certificates: CertificateReader) {
    this.#certificates = certificates;
  }

  @FieldResolver(() => Int, { description: "Destroyed secrets that can be worked out at this moment: 0." })
  async secretsLeft(@Root() { id }: DestructionCertificate, @Ctx() { actor }: GraphqlContext): Promise<number> {
    return (await this.#certificates.remains(actor, id)).secretsLeft;
  }

  @FieldResolver(() => Int, { description: "Rows sealed under them at this moment: 0, unless an older database was restored." })
  async rowsLeft(@Root() { id }: DestructionCertificate, @Ctx() { actor }: GraphqlContext): Promise<number> {
    return (await this.#certificates.remains(actor, id)).rowsLeft;
  }
}

const toCertificate = ({ ods, counts, ...certificate }: Certificate): DestructionCertificate => ({
  ...certificate,
  odsCode: ods,
  counts: Object.entries(counts).map(([kind, count]) => ({ kind, count })),
});
