/** Agreements: drafted and tracked by analysts, decided by the administrators of the audit, signed by those whom they name. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import type { AgreementService, JudgedAgreement as Judged } from "../../agreements/agreement-service.ts";
import { listStandards, toRegister } from "../../agreements/public-register.ts";
import { Allow, EVERY_ROLE, type Policy } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { AgreementStandardDefinition, FrameworkContract } from "../types/agreement-destruction-types.ts";
import { AgreementTerms } from "../types/agreement-terms-types.ts";
import { Agreement, AgreementFinding, AgreementRegisterEntry, JudgedAgreement, toAgreement } from "../types/agreement-types.ts";
import { AgreementConnection } from "../types/connection-types.ts";

/** Whom agreements are about, and who answers for them. What one of them may see of one agreement is the service's business. */
export const MAY_HAVE_AGREEMENTS: Policy = { ANALYST: true, AUDIT_ADMIN: true };
export const MAY_DECIDE_AGREEMENTS: Policy = { AUDIT_ADMIN: true };

@Resolver()
export class AgreementResolver {
  readonly #service: AgreementService;
  readonly #now: () => string;

  constructor(service: AgreementService, now: () => string) {
    this.#service = service;
    this.#now = now;
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Query(() => AgreementConnection, {
    description: "Those that you drafted or that name you; of an administrator all. The latest drafted first.",
  })
  async agreements(
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<Agreement>> {
    const page = await this.#service.page(actor, readPageRequest(first, after));
    return toConnection(page, (agreement) => toAgreement(agreement, this.#now()));
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Query(() => Agreement, { description: "NOT_FOUND for one that you may not know of, as for one that is not there." })
  async agreement(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<Agreement> {
    return toAgreement(await this.#service.find(actor, id), this.#now());
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Query(() => [AgreementFinding], {
    description: "Everything that stands against the newest version today. Empty: it can be submitted.",
  })
  async agreementFindings(
    @Arg("id", () => ID) id: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<readonly AgreementFinding[]> {
    return await this.#service.findings(await this.#service.find(actor, id));
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Query(() => [AgreementStandardDefinition], { description: "The twenty standards, and what is asked for each." })
  agreementStandards(): readonly AgreementStandardDefinition[] {
    return listStandards();
  }

  @Allow(EVERY_ROLE)
  @Query(() => [AgreementRegisterEntry], {
    description: "Every agreement that was signed: who, on what ground, for what, how long.",
  })
  async agreementRegister(): Promise<readonly AgreementRegisterEntry[]> {
    return toRegister(await this.#service.signed(), this.#now());
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Mutation(() => JudgedAgreement, {
    description: "Begins an application. It may have gaps: `findings` say what is missing. The gateway gives the id.",
  })
  async draftAgreement(
    @Arg("terms", () => AgreementTerms) terms: AgreementTerms,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<JudgedAgreement> {
    return this.#judged(await this.#service.draft(actor, terms));
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Mutation(() => JudgedAgreement, { description: "Replaces the terms of a draft of your own." })
  async updateAgreement(
    @Arg("id", () => ID) id: string,
    @Arg("terms", () => AgreementTerms) terms: AgreementTerms,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<JudgedAgreement> {
    return this.#judged(await this.#service.change(actor, id, terms));
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Mutation(() => JudgedAgreement, {
    description: "Hands a draft of your own in. Where anything stands against it, it stays a draft and `findings` say what.",
  })
  async submitAgreement(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<JudgedAgreement> {
    return this.#judged(await this.#service.submit(actor, id));
  }

  @Allow(MAY_DECIDE_AGREEMENTS)
  @Mutation(() => JudgedAgreement, {
    description: "For signature. Never one's own; judged anew: where anything stands against it today, it is not approved.",
  })
  async approveAgreement(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<JudgedAgreement> {
    return this.#judged(await this.#service.approve(actor, id));
  }

  @Allow(MAY_DECIDE_AGREEMENTS)
  @Mutation(() => Agreement, { description: "Back to who drafted it, to be changed." })
  async returnAgreement(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Agreement> {
    return toAgreement(await this.#service.sendBack(actor, id, reason), this.#now());
  }

  @Allow(MAY_DECIDE_AGREEMENTS)
  @Mutation(() => Agreement, { description: "For good. Of an amendment: what was signed before goes on." })
  async declineAgreement(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Agreement> {
    return toAgreement(await this.#service.decline(actor, id, reason), this.#now());
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Mutation(() => Agreement, {
    description:
      "By the signatory whom the terms name for the party. With the last signature, and from the first day on, it is in force.",
  })
  async signAgreement(
    @Arg("id", () => ID) id: string,
    @Arg("party", () => String) party: string,
    @Arg("digest", () => String, { description: "Of the version that was read." }) digest: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Agreement> {
    return toAgreement(await this.#service.sign(actor, id, { party, digest }), this.#now());
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Mutation(() => JudgedAgreement, {
    description:
      "Drafts another version. The one in force goes on until this one is approved and signed by all: places and organisations change no other way.",
  })
  async proposeAmendment(
    @Arg("id", () => ID) id: string,
    @Arg("terms", () => AgreementTerms) terms: AgreementTerms,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<JudgedAgreement> {
    return this.#judged(await this.#service.proposeAmendment(actor, id, terms));
  }

  @Allow(MAY_DECIDE_AGREEMENTS)
  @Mutation(() => Agreement, { description: "At once. What was handed out is to be destroyed." })
  async terminateAgreement(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Agreement> {
    return toAgreement(await this.#service.terminate(actor, id, reason), this.#now());
  }

  @Allow(MAY_DECIDE_AGREEMENTS)
  @Mutation(() => FrameworkContract, { description: "Records a contract. CONFLICT where there is one of this id." })
  recordFrameworkContract(
    @Arg("input", () => FrameworkContract) { id, organisation, signedOn, endsOn }: FrameworkContract,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<FrameworkContract> {
    return this.#service.addContract(actor, { id, organisation, signedOn, endsOn });
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Query(() => [FrameworkContract], { description: "Contracts that are recorded: a controller names one." })
  async frameworkContracts(): Promise<readonly FrameworkContract[]> {
    return await this.#service.contracts();
  }

  #judged({ agreement, findings }: Judged): JudgedAgreement {
    return { agreement: toAgreement(agreement, this.#now()), findings };
  }
}
