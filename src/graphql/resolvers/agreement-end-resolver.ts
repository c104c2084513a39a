/** How agreements are broken and ended: breaches, destruction, and the pack for an auditor. */
import "reflect-metadata";
import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import type { AgreementService } from "../../agreements/agreement-service.ts";
import type { MakeAuditPack } from "../../agreements/audit-pack.ts";
import { Allow } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import {
  AgreementBreach,
  BreachOutcomeInput,
  BreachReceipt,
  IcoDecisionInput,
  ReportBreachInput,
  toBreach,
} from "../types/agreement-breach-types.ts";
import { AgreementAuditPack, CertifyDestructionInput } from "../types/agreement-destruction-types.ts";
import { Agreement, toAgreement } from "../types/agreement-types.ts";
import { MAY_DECIDE_AGREEMENTS, MAY_HAVE_AGREEMENTS } from "./agreement-resolver.ts";

@Resolver()
export class AgreementEndResolver {
  readonly #service: AgreementService;
  readonly #makePack: MakeAuditPack;
  readonly #now: () => string;

  constructor(service: AgreementService, makePack: MakeAuditPack, now: () => string) {
    this.#service = service;
    this.#makePack = makePack;
    this.#now = now;
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Mutation(() => BreachReceipt, {
    description:
      "By anybody whom the agreement names, or an administrator. From the answer on nothing is done under it in any process.",
  })
  async reportBreach(
    @Arg("agreement", () => ID) agreement: string,
    @Arg("input", () => ReportBreachInput) { description, discoveredAt = null }: ReportBreachInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<BreachReceipt> {
    const { id, reportedAt, digest } = (await this.#service.reportBreach(actor, agreement, { description, discoveredAt })).breach;
    return { id, reportedAt, digest };
  }

  @Allow(MAY_DECIDE_AGREEMENTS)
  @Query(() => [AgreementBreach], { description: "Of every agreement; the first reported first." })
  async breaches(
    @Arg("unacknowledged", () => Boolean, { defaultValue: false, description: "Those alone that nobody has acknowledged." })
    unacknowledged: boolean,
  ): Promise<readonly AgreementBreach[]> {
    const now = this.#now();
    const all = (await this.#service.signed()).flatMap((agreement) =>
      agreement.breaches.map((breach) => toBreach(agreement, breach, now)),
    );
    return all
      .filter(({ acknowledgedAt }) => !unacknowledged || acknowledgedAt === null)
      .toSorted((one, other) => one.reportedAt.localeCompare(other.reportedAt));
  }

  @Allow(MAY_DECIDE_AGREEMENTS)
  @Mutation(() => Agreement, { description: "The report has arrived. Until then it is chased daily." })
  async acknowledgeBreach(
    @Arg("agreement", () => ID) agreement: string,
    @Arg("breach", () => ID) breach: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Agreement> {
    return toAgreement(await this.#service.acknowledgeBreach(actor, agreement, breach), this.#now());
  }

  @Allow(MAY_DECIDE_AGREEMENTS)
  @Mutation(() => Agreement, {
    description: "The duty towards the Information Commissioner stands apart from what becomes of the agreement.",
  })
  async recordIcoDecision(
    @Arg("agreement", () => ID) agreement: string,
    @Arg("breach", () => ID) breach: string,
    @Arg("input", () => IcoDecisionInput) { reportable, reasons, reportedAt = null, reference = null }: IcoDecisionInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Agreement> {
    const decision = { reportable, reasons, reportedAt, reference };
    return toAgreement(await this.#service.recordIcoDecision(actor, agreement, breach, decision), this.#now());
  }

  @Allow(MAY_DECIDE_AGREEMENTS)
  @Mutation(() => Agreement, {
    description: "What follows of an acknowledged breach. RESUMED is for another administrator than the one who reported it.",
  })
  async recordBreachOutcome(
    @Arg("agreement", () => ID) agreement: string,
    @Arg("breach", () => ID) breach: string,
    @Arg("input", () => BreachOutcomeInput) { outcome, reasons }: BreachOutcomeInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Agreement> {
    return toAgreement(await this.#service.recordOutcome(actor, agreement, breach, outcome, reasons), this.#now());
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Mutation(() => Agreement, {
    description:
      "Of an agreement that has ended: what was handed out is destroyed. Gives a signed certificate, and destroys the key of its pseudonyms.",
  })
  async certifyDestruction(
    @Arg("agreement", () => ID) agreement: string,
    @Arg("input", () => CertifyDestructionInput) { what, how, destroyedOn, destroyedBy, verification }: CertifyDestructionInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Agreement> {
    const statement = { what, how, destroyedOn, destroyedBy, verification };
    return toAgreement(await this.#service.certifyDestruction(actor, agreement, statement), this.#now());
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Query(() => AgreementAuditPack, {
    description:
      "Versions, answers, signatures, people, purposes, uses and refusals, breaches, destruction, trail. `nacr audit-pack` writes it into a folder.",
  })
  async auditPack(
    @Arg("agreement", () => ID) agreement: string,
    @Arg("from", () => DateTimeScalar, { nullable: true, description: "Of uses." }) from: string | null | undefined,
    @Arg("to", () => DateTimeScalar, { nullable: true, description: "Uses before." }) to: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<AgreementAuditPack> {
    return await this.#makePack(actor, agreement, { from: from ?? null, to: to ?? null });
  }
}
