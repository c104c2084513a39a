/** Objections, the check and the gate over the stores of a submission bench. */
import { createCarryOut } from "../../../src/consent/carry-out-objection.ts";
import type { LedgerKeeper, ObjectionLedger } from "../../../src/consent/objection-ports.ts";
import { createObjectionService, type ObjectionService } from "../../../src/consent/objection-service.ts";
import { createOptOutCheck, type OptOutCheck, type OptOutCheckDependencies } from "../../../src/consent/opt-out-check.ts";
import type { OptOutExchange, OptOutStore } from "../../../src/consent/opt-out-ports.ts";
import type { GateStage, JudgeRelease, OwnPatient, WithholdingReason } from "../../../src/consent/ports.ts";
import type { NdoStage } from "../../../src/consent/release-policy.ts";
import { toCheckDigit } from "../../../src/dataset/nhs-number.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import type { Transaction } from "../../../src/persistence/database/unit.ts";
import { createLedgerKeeper } from "../../../src/persistence/ledger-keeper.ts";
import { createForgettingLedger } from "../../../src/persistence/objection-ledger.ts";
import { createObjectionStore } from "../../../src/persistence/objection-store.ts";
import { createOptOutStore } from "../../../src/persistence/opt-out-store.ts";
import { PatientIdentities } from "../../../src/persistence/patient-identities.ts";
import { createReleaseGate } from "../../../src/persistence/release-gate.ts";
import { createSection251Store } from "../../../src/persistence/section-251-store.ts";
import type { StoreDependencies } from "../../../src/persistence/unit-runner.ts";
import type { Actor, OrganisationActor } from "../../../src/records/actor.ts";

const newId = createUuid7();

const ADMIN: Actor = { clientId: "admin", role: "AUDIT_ADMIN", ods: null, programmes: [], scopes: [] };
export const teamOf = (actor: OrganisationActor): OrganisationActor => ({
  ...actor,
  clientId: `team-${actor.ods}`,
  role: "CLINICAL_TEAM",
});

export interface ConsentBench {
  /** ISO instant. */
  now: string;
  readonly ledger: ObjectionLedger;
  readonly keeper: LedgerKeeper;
  readonly objections: ObjectionService;
  readonly optOuts: OptOutStore;
  check(exchange: OptOutExchange | null, more?: Partial<OptOutCheckDependencies>): OptOutCheck;
  /** Support for the whole of 2026. */
  support(): Promise<void>;
  judge(patients: readonly OwnPatient[], stage?: GateStage, applyAt?: NdoStage): Promise<ReadonlyMap<string, WithholdingReason>>;
}

const nothingToCarryOut = { withdrawPatients: async () => undefined, destroyPatient: async () => "certificate" };

export async function createConsentBench(stores: StoreDependencies, now: string): Promise<ConsentBench> {
  const { database, keys, dictionary } = stores;
  const clock = { now: () => bench.now, today: () => bench.now.slice(0, 10) };
  const ledger = createForgettingLedger();
  const keeper = createLedgerKeeper({ database, ledger, newId });
  const store = createObjectionStore({ database, keys, newId });
  const carryOut = createCarryOut({ store, ledger: keeper, clock, ...nothingToCarryOut });
  const reportFault = (error: unknown): never => {
    throw error;
  };
  const openIdentities = async (ods: string) => {
    const [organisation, link] = await Promise.all([keys.organisation(ods), keys.link()]);
    const identities = new PatientIdentities(ods, organisation, link, dictionary.recordType("PATIENT"));
    return identities.open.bind(identities);
  };
  const optOuts = createOptOutStore({ database, keys, newId, openIdentities, answerHours: 48, cacheDays: 7 });
  const gates = new Map<NdoStage, JudgeRelease<Transaction>>();
  for (const applyAt of ["SUBMISSION", "RELEASE", "BOTH", "NONE"] as const)
    gates.set(applyAt, await createReleaseGate({ keys, clock, applyAt }));
  const terms = { store: optOuts, clock, answerHours: 48, renewalHours: 24, openSentAnswer: async () => null };
  const bench: ConsentBench = {
    now,
    ledger,
    keeper,
    objections: createObjectionService({ store, ledger: keeper, carryOut, clock, newId, reportFault }),
    optOuts,
    check: (exchange, more = {}) => createOptOutCheck({ ...terms, exchange, ...more }),
    support: async () => {
      const reference = { id: newId(), reference: "CAG 1", validFrom: "2026-01-01", validTo: "2026-12-31", evidence: "letter" };
      await createSection251Store({ database, newId }).add(ADMIN, reference);
    },
    judge: (patients, stage = "SUBMISSION", applyAt = "BOTH") =>
      database.withRole({ role: "nacr_feed" }, async (tx) => {
        const gate = gates.get(applyAt);
        if (gate === undefined) throw new Error("no such gate");
        return await gate(tx, patients, stage, clock.today());
      }),
  };
  return bench;
}

/** Valid numbers outside the range of test numbers, which are warned of; invented. */
export function nhsNumberAt(index: number): string {
  const digits = String(400_000_000 + index);
  const check = toCheckDigit(digits);
  return check === null ? nhsNumberAt(index + 1_000_000) : digits + check;
}
