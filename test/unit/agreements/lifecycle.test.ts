import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Agreement } from "../../../src/agreements/agreement.ts";
import {
  acknowledge,
  chaseBreaches,
  icoDueAt,
  isIcoOverdue,
  recordIcoDecision,
  recordOutcome,
  reportBreach,
} from "../../../src/agreements/breaches.ts";
import { certify } from "../../../src/agreements/destruction-certificate.ts";
import {
  approve,
  changeTerms,
  type Decider,
  decline,
  draft,
  maySee,
  newestDigest,
  proposeAmendment,
  sendBack,
  sign,
  submit,
  terminate,
} from "../../../src/agreements/lifecycle.ts";
import { isSuspended, statusOf, versionAt } from "../../../src/agreements/standing.ts";
import { ADMIN, AGREEMENT_ID, ANALYST, by, NOW, OTHER_ADMIN, signedAgreement, soundTerms } from "../../support/agreements.ts";

const STRANGER = { clientId: "analyst-9", role: "ANALYST" } as const;
const PARTY = "DEMO_UNIVERSITY";
const SIGNER = { id: "key", sign: (text: string) => `signed ${text.length}` };
const STATEMENT = { what: "all", how: "deleted", destroyedOn: "2026-03-02", destroyedBy: "Pat Example", verification: "looked" };

type Step = (agreement: Agreement, decider: Decider) => Agreement;
const STEPS: Readonly<Record<string, Step>> = {
  change: (agreement, decider) => changeTerms(agreement, soundTerms({ title: "Another title" }), decider),
  submit,
  approve,
  sendBack: (agreement, decider) => sendBack(agreement, "more", decider),
  decline: (agreement, decider) => decline(agreement, "no", decider),
  sign: (agreement, decider) => sign(agreement, { party: PARTY, digest: newestDigest(agreement) }, decider),
  amend: (agreement, decider) => proposeAmendment(agreement, soundTerms(), decider),
  terminate: (agreement, decider) => terminate(agreement, "over", decider),
  certify: (agreement, decider) => certify(agreement, STATEMENT, SIGNER, decider),
};

const drafted = (): Agreement => draft(AGREEMENT_ID, soundTerms(), by(ANALYST));
const submitted = (): Agreement => submit(drafted(), by(ANALYST));
const approved = (): Agreement => approve(submitted(), by(ADMIN));
const amended = (): Agreement => proposeAmendment(signedAgreement(), soundTerms(), by(ANALYST));
const terminated = (): Agreement => terminate(signedAgreement(), "over", by(ADMIN));
const AT: Readonly<Record<string, () => Agreement>> = {
  DRAFT: drafted,
  SUBMITTED: submitted,
  APPROVED: approved,
  DECLINED: () => decline(submitted(), "no", by(ADMIN)),
  IN_FORCE: () => signedAgreement(),
  "IN_FORCE, amendment drafted": amended,
  "IN_FORCE, amendment submitted": () => submit(amended(), by(ANALYST)),
  "IN_FORCE, amendment declined": () => decline(submit(amended(), by(ANALYST)), "no", by(ADMIN)),
  TERMINATED: terminated,
  DESTROYED: () => certify(terminated(), STATEMENT, SIGNER, by(ANALYST)),
};
/** Who may take which step where; everything else is refused to everybody. */
const LEGAL: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  DRAFT: { change: ["analyst"], submit: ["analyst"] },
  SUBMITTED: { approve: ["admin"], sendBack: ["admin"], decline: ["admin"] },
  APPROVED: { sign: ["analyst"], decline: ["admin"] },
  DECLINED: {},
  IN_FORCE: { amend: ["analyst", "admin"], terminate: ["admin"] },
  "IN_FORCE, amendment drafted": { change: ["analyst"], submit: ["analyst"], decline: ["admin"], terminate: ["admin"] },
  "IN_FORCE, amendment submitted": { approve: ["admin"], sendBack: ["admin"], decline: ["admin"], terminate: ["admin"] },
  "IN_FORCE, amendment declined": { amend: ["analyst", "admin"], terminate: ["admin"] },
  TERMINATED: { certify: ["analyst", "admin"] },
  DESTROYED: {},
};
const PEOPLE = { analyst: ANALYST, admin: ADMIN, stranger: STRANGER } as const;

describe("the lifecycle", () => {
  const trials = Object.keys(AT).flatMap((state) =>
    Object.keys(STEPS).flatMap((step) => Object.keys(PEOPLE).map((person) => [state, step, person] as const)),
  );

  it("lets who is in the table take a step, and nobody any other (strangers see none of it, either)", () => {
    const taken = trials.filter(([state, step, person]) => {
      const decider = by(person === "analyst" ? ANALYST : person === "admin" ? ADMIN : STRANGER);
      const agreement = AT[state]?.();
      try {
        return agreement !== undefined && STEPS[step]?.(agreement, decider) !== agreement;
      } catch (error) {
        expect(error).toMatchObject({ name: "GatewayError" });
        return false;
      }
    });
    const legal = trials.filter(([state, step, person]) => LEGAL[state]?.[step]?.includes(person));
    expect(taken).toEqual(legal);
  });

  it("shows an agreement to who drafted it, is named in it or administers, and to nobody else", () => {
    expect([ANALYST, ADMIN, STRANGER].map((person) => maySee(drafted(), person))).toEqual([true, true, false]);
    const signatory = soundTerms().parties.map((party) => ({ ...party, signatory: STRANGER.clientId }));
    expect(maySee(draft(AGREEMENT_ID, soundTerms({ parties: signatory }), by(ADMIN)), STRANGER)).toBe(true);
  });

  it("never lets an administrator approve what names or was drafted by the same person", () => {
    const parties = soundTerms().parties.map((party) => ({ ...party, signatory: ADMIN.clientId }));
    const named = submit(draft(AGREEMENT_ID, soundTerms({ parties }), by(ANALYST)), by(ANALYST));
    expect(() => approve(named, by(ADMIN))).toThrow("own agreement");
    expect(approve(named, by(OTHER_ADMIN)).versions[0]?.state).toBe("APPROVED");
    const own = submit(draft(AGREEMENT_ID, soundTerms(), by(ADMIN)), by(ADMIN));
    expect(() => approve(own, by(ADMIN))).toThrow("own agreement");
  });

  it("is in force only when the last of several parties has signed", () => {
    const [first] = soundTerms().parties;
    const parties = first === undefined ? [] : [first, { ...first, code: "SECOND", signatory: STRANGER.clientId }];
    const two = approve(submit(draft(AGREEMENT_ID, soundTerms({ parties }), by(ANALYST)), by(ANALYST)), by(ADMIN));
    const digest = newestDigest(two);
    const half = sign(two, { party: PARTY, digest }, by(ANALYST));
    expect([statusOf(half, NOW), half.versions[0]?.signedAt]).toEqual(["APPROVED", null]);
    expect(() => sign(half, { party: PARTY, digest }, by(ANALYST))).toThrow("has signed");
    expect(() => sign(half, { party: "SECOND", digest }, by(ANALYST))).toThrow("signatory");
    const whole = sign(half, { party: "SECOND", digest }, by(STRANGER, "2026-03-03T10:00:00.000Z"));
    expect(statusOf(whole, "2026-03-03T09:59:59.999Z")).not.toBe("IN_FORCE");
    expect(statusOf(whole, "2026-03-03T10:00:00.000Z")).toBe("IN_FORCE");
  });

  it("gives an amendment effect with its last signature and no instant before", () => {
    const later = "2026-04-01T12:00:00.000Z";
    const [first] = soundTerms().locations;
    const locations = first === undefined ? [] : [{ ...first, code: "ANNEX" }];
    const proposed = proposeAmendment(signedAgreement(), soundTerms({ locations }), by(ANALYST));
    const ready = approve(submit(proposed, by(ANALYST)), by(ADMIN));
    const done = sign(ready, { party: PARTY, digest: newestDigest(ready) }, by(ANALYST, later));
    const placesAt = (at: string) => versionAt(done, at)?.terms.locations.map(({ code }) => code);
    expect([placesAt("2026-04-01T11:59:59.999Z"), placesAt(later)]).toEqual([["CAMPUS"], ["ANNEX"]]);
  });

  it("whatever is tried in whatever order: signed terms never change, and nothing is in force that was not approved by another and signed", () => {
    const act = fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.constantFrom(ANALYST, ADMIN, OTHER_ADMIN));
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        let agreement = drafted();
        const seen = new Map<number, string>();
        for (const [step, person] of acts) {
          try {
            agreement = STEPS[step]?.(agreement, by(person)) ?? agreement;
          } catch {
            continue;
          }
          for (const { number, state, digest } of agreement.versions)
            if (state === "SIGNED") {
              expect(seen.get(number) ?? digest).toBe(digest);
              seen.set(number, digest);
            }
          if (statusOf(agreement, NOW) !== "IN_FORCE") continue;
          const counted = versionAt(agreement, NOW);
          expect(counted?.approvedBy).not.toBe(counted?.draftedBy);
          expect(counted?.signatures.map(({ digest }) => digest)).toEqual([counted?.digest]);
        }
      }),
      { numRuns: 300, seed: 39 },
    );
  });
});

describe("breaches", () => {
  const REPORT = { description: "A file went astray", discoveredAt: null };
  const reported = (): Agreement => reportBreach(signedAgreement(), REPORT, by(ANALYST));
  const idOf = (agreement: Agreement): string => agreement.breaches[0]?.id ?? "";

  it("are not of what was never signed, and not of tomorrow", () => {
    expect(() => reportBreach(drafted(), REPORT, by(ANALYST))).toThrow("never signed");
    expect(() => reportBreach(signedAgreement(), { ...REPORT, discoveredAt: "2026-03-02T09:00:00.001Z" }, by(ANALYST))).toThrow();
  });

  it("suspend until an outcome lets work go on; two of them until both do", () => {
    const two = reportBreach(reported(), REPORT, by(ANALYST));
    const resume = (agreement: Agreement, id: string): Agreement =>
      recordOutcome(acknowledge(agreement, id, by(ADMIN)), id, { outcome: "RESUMED", reasons: "contained" }, by(ADMIN));
    const [first = "", second = ""] = two.breaches.map(({ id }) => id);
    expect([two, resume(two, first), resume(resume(two, first), second)].map(isSuspended)).toEqual([true, true, false]);
  });

  it.each(["TERMINATED", "DESTRUCTION_ORDERED"] as const)("end the agreement by %s, with a task of destruction", (outcome) => {
    const agreement = reported();
    const id = idOf(agreement);
    const ended = recordOutcome(acknowledge(agreement, id, by(ADMIN)), id, { outcome, reasons: "grave" }, by(ADMIN));
    expect([statusOf(ended, NOW), ended.destruction?.reason, ended.destruction?.dueOn]).toEqual([
      "TERMINATED",
      outcome === "TERMINATED" ? "TERMINATED" : "BREACH",
      "2026-04-01",
    ]);
  });

  it("are closed by an administrator only, after acknowledgement, once, and not resumed by who reported them", () => {
    const agreement = reported();
    const id = idOf(agreement);
    const outcome = { outcome: "RESUMED", reasons: "contained" } as const;
    expect(() => acknowledge(agreement, id, by(ANALYST))).toThrow("administrator");
    expect(() => recordOutcome(agreement, id, outcome, by(ADMIN))).toThrow("Acknowledge");
    expect(() => acknowledge(agreement, "other", by(ADMIN))).toThrow("no such breach");
    const closed = recordOutcome(acknowledge(agreement, id, by(ADMIN)), id, outcome, by(ADMIN));
    expect(() => recordOutcome(closed, id, outcome, by(ADMIN))).toThrow("recorded");
    const own = reportBreach(signedAgreement(), REPORT, by(ADMIN));
    const known = acknowledge(own, idOf(own), by(ADMIN));
    expect(() => recordOutcome(known, idOf(own), outcome, by(ADMIN))).toThrow("another audit administrator");
    expect(isSuspended(recordOutcome(known, idOf(own), outcome, by(OTHER_ADMIN)))).toBe(false);
  });

  it("keep the duty towards the Commissioner apart: 72 hours from discovery, whatever became of the agreement", () => {
    const agreement = reportBreach(signedAgreement(), { ...REPORT, discoveredAt: "2026-03-01T20:00:00.000Z" }, by(ANALYST));
    const [breach] = agreement.breaches;
    if (breach === undefined) throw new Error("no breach");
    expect(icoDueAt(breach)).toBe("2026-03-04T20:00:00.000Z");
    const overdueAt = (at: string, of: Agreement = agreement) => of.breaches.map((one) => isIcoOverdue(one, at));
    expect([overdueAt("2026-03-04T20:00:00.000Z"), overdueAt("2026-03-04T20:00:00.001Z")]).toEqual([[false], [true]]);
    const late = "2026-03-05T00:00:00.000Z";
    const decide = (of: Agreement, reportable: boolean, reportedAt: string | null): Agreement =>
      recordIcoDecision(of, breach.id, { reportable, reasons: "why", reportedAt, reference: null }, by(ADMIN));
    expect(overdueAt(late, decide(agreement, false, null))).toEqual([false]);
    const open = decide(agreement, true, null);
    expect(overdueAt(late, open)).toEqual([true]);
    const told = decide(open, true, NOW);
    expect(overdueAt(late, told)).toEqual([false]);
    expect(() => decide(told, false, null)).toThrow("reported");
    expect(() => decide(agreement, false, NOW)).toThrow();
    expect(isSuspended(told)).toBe(true);
  });

  it("are chased a day after the report where nobody acknowledged them, and not otherwise", () => {
    const at = (instant: string) => chaseBreaches(reported(), by(null, instant)).breaches[0]?.timesChased;
    expect([at("2026-03-03T08:59:59.999Z"), at("2026-03-03T09:00:00.000Z")]).toEqual([0, 1]);
  });
});
