/** What must not come back, be decided or be ended by the wrong person: expiry, own breaches, people whom an amendment left out. */
import { describe, expect, it } from "vitest";
import { readProse } from "../../../src/access/registration-texts.ts";
import type { Agreement } from "../../../src/agreements/agreement.ts";
import { acknowledge, recordOutcome, reportBreach } from "../../../src/agreements/breaches.ts";
import { certify } from "../../../src/agreements/destruction-certificate.ts";
import { judgeUse } from "../../../src/agreements/judge-use.ts";
import {
  approve,
  changeTerms,
  type Decider,
  decline,
  draft,
  maySee,
  mayTakePart,
  newestDigest,
  proposeAmendment,
  sign,
  submit,
  terminate,
} from "../../../src/agreements/lifecycle.ts";
import { readTerms } from "../../../src/agreements/read-agreement.ts";
import { statusOf } from "../../../src/agreements/standing.ts";
import { ADMIN, AGREEMENT_ID, ANALYST, by, NOW, OTHER_ADMIN, signedAgreement, soundTerms } from "../../support/agreements.ts";

const PARTY = "DEMO_UNIVERSITY";
const LEAVER = { clientId: "analyst-2", role: "ANALYST" } as const;
const SIGNER = { id: "key", sign: (text: string) => `signed ${text.length}` };
const STATEMENT = { what: "all", how: "deleted", destroyedOn: "2026-03-02", destroyedBy: "Pat Example", verification: "looked" };
const signNewest = (agreement: Agreement, decider: Decider): Agreement =>
  sign(agreement, { party: PARTY, digest: newestDigest(agreement) }, decider);
const named = (...people: readonly { readonly clientId: string }[]) => ({
  people: people.map(({ clientId }) => ({ clientId, name: "Somebody", party: PARTY, employment: "SUBSTANTIVE" as const })),
});

describe("an agreement that has expired", () => {
  const [BEFORE, AFTER] = ["2026-03-20T09:00:00.000Z", "2026-03-29T09:00:00.000Z"];
  const ending = signedAgreement(soundTerms({ endsOn: "2026-03-28" }));
  const proposed = proposeAmendment(ending, soundTerms(), by(ANALYST, BEFORE));
  const submitted = submit(proposed, by(ANALYST, BEFORE));
  const approved = approve(submitted, by(ADMIN, BEFORE));

  it("does not come back by an amendment that was proposed, handed in or approved before its end", () => {
    expect(statusOf(approved, AFTER)).toBe("EXPIRED");
    expect(() => submit(proposed, by(ANALYST, AFTER))).toThrow("expired");
    expect(() => approve(submitted, by(ADMIN, AFTER))).toThrow("expired");
    expect(() => signNewest(approved, by(ANALYST, AFTER))).toThrow("expired");
    expect(statusOf(signNewest(approved, by(ANALYST, "2026-03-28T23:59:59.000Z")), AFTER)).toBe("IN_FORCE");
  });

  it("is not left for some days by an amendment that begins later", () => {
    const from = (startsOn: string): Agreement => proposeAmendment(ending, soundTerms({ startsOn }), by(ANALYST, BEFORE));
    expect(() => submit(from("2026-03-30"), by(ANALYST, BEFORE))).toThrow("begins after");
    expect(statusOf(submit(from("2026-03-29"), by(ANALYST, BEFORE)), BEFORE)).toBe("IN_FORCE");
  });

  it("is not begun by a signature after its last day", () => {
    const late = approve(submit(draft(AGREEMENT_ID, soundTerms({ endsOn: "2026-03-28" }), by(ANALYST)), by(ANALYST)), by(ADMIN));
    expect(() => signNewest(late, by(ANALYST, AFTER))).toThrow("over");
  });
});

describe("somebody whom an amendment left out", () => {
  const both = signedAgreement(soundTerms(named(ANALYST, LEAVER)));
  const left = signNewest(
    approve(submit(proposeAmendment(both, soundTerms(named(ANALYST)), by(ANALYST)), by(ANALYST)), by(ADMIN)),
    by(ANALYST),
  );

  it("is served no more, and neither proposes amendments nor certifies destruction, but reads what became of it", () => {
    const use = { purpose: "SERVICE_EVALUATION", product: "AGGREGATED_SUPPRESSED", location: null } as const;
    const lists = { measures: [], dimensions: [], fields: [], years: [], nations: [], eventGroups: [] };
    const asked = { ...use, ...lists, person: LEAVER.clientId, at: NOW };
    expect(judgeUse(both, asked).permitted).toBe(true);
    expect(judgeUse(left, asked)).toEqual({ permitted: false, refusals: ["PERSON_NOT_NAMED"] });
    expect([mayTakePart(both, LEAVER), mayTakePart(left, LEAVER), maySee(left, LEAVER)]).toEqual([true, false, true]);
    expect(() => proposeAmendment(left, soundTerms(), by(LEAVER))).toThrow("does not name you");
    expect(() => certify(terminate(left, "over", by(ADMIN)), STATEMENT, SIGNER, by(LEAVER))).toThrow("does not name you");
    expect(reportBreach(left, { description: "seen", discoveredAt: null }, by(LEAVER)).breaches).toHaveLength(1);
  });

  it("keeps nobody from amending by a draft that is never handed in: an administrator declines it", () => {
    const blocked = proposeAmendment(both, soundTerms(), by(LEAVER));
    expect(() => proposeAmendment(blocked, soundTerms(), by(ANALYST))).toThrow("DRAFT");
    const freed = decline(blocked, "never handed in", by(ADMIN));
    expect(proposeAmendment(freed, soundTerms(), by(ANALYST)).versions).toHaveLength(3);
  });
});

describe("whoever decides", () => {
  const report = { description: "A file went astray", discoveredAt: null };

  it("does not let work go on under an agreement that names or was drafted by the same person", () => {
    const own = reportBreach(signedAgreement(soundTerms(named(ANALYST, OTHER_ADMIN))), report, by(ANALYST));
    const id = own.breaches[0]?.id ?? "";
    const known = acknowledge(own, id, by(ADMIN));
    const resumed = { outcome: "RESUMED", reasons: "contained" } as const;
    expect(() => recordOutcome(known, id, resumed, by(OTHER_ADMIN))).toThrow("own agreement");
    expect(recordOutcome(known, id, resumed, by(ADMIN)).breaches[0]?.outcome).toBe("RESUMED");
    expect(recordOutcome(known, id, { ...resumed, outcome: "TERMINATED" }, by(OTHER_ADMIN)).terminatedAt).toBe(NOW);
  });

  it("certifies no destruction of before anything was signed", () => {
    const ended = terminate(signedAgreement(), "over", by(ADMIN));
    expect(() => certify(ended, { ...STATEMENT, destroyedOn: "2026-03-01" }, SIGNER, by(ANALYST))).toThrow("by then");
  });
});

describe("what an agreement holds", () => {
  it("does not grow without end: a step for the changes of a day, and 50 breaches that nobody has decided about", () => {
    let agreement = draft(AGREEMENT_ID, soundTerms(), by(ANALYST));
    for (let change = 0; change < 100; change += 1)
      agreement = changeTerms(agreement, soundTerms({ title: `T ${change}` }), by(ANALYST));
    agreement = changeTerms(agreement, soundTerms(), by(ANALYST, "2026-03-03T09:00:00.000Z"));
    expect(agreement.steps.map(({ step }) => step)).toEqual(["DRAFTED", "CHANGED", "CHANGED"]);
    let breached = signedAgreement();
    const again = (): Agreement => reportBreach(breached, { description: "again", discoveredAt: null }, by(ANALYST));
    for (let count = 0; count < 50; count += 1) breached = again();
    expect(again).toThrow("50 breaches");
  });

  it("is text that the database stores, names no patient, and days that can be reckoned with", () => {
    const [purpose] = soundTerms().purposes;
    const number = "About 943 476 5919";
    const bad = [
      { title: "half \ud800 a character" },
      { title: number },
      { purposes: [{ code: purpose?.code ?? "", description: number }] },
      { people: named(ANALYST).people.map((person) => ({ ...person, name: number })) },
      { startsOn: "9999-12-31", endsOn: "9999-12-31" },
      { startsOn: "0001-01-01" },
    ];
    for (const change of bad) expect(() => readTerms(soundTerms(change)), JSON.stringify(change)).toThrow();
    expect(() => readProse("reason", "half \ud800 a character")).toThrow("control");
    expect(readTerms(soundTerms())).toEqual(soundTerms());
  });
});
