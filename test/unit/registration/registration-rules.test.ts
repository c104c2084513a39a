import { describe, expect, it } from "vitest";
import type { Registration } from "../../../src/access/registration.ts";
import {
  approve,
  attest,
  confirm,
  confirmRemoval,
  decline,
  end,
  proposeRemoval,
} from "../../../src/access/registration-decisions.ts";
import type { DecisionFacts, JudgeChange } from "../../../src/access/registration-ports.ts";
import { type Decider, isInForceNow, placesOf, standingOf } from "../../../src/access/registration-rules.ts";
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import { actorOf } from "../graphql/fake-deps.ts";

const MOMENT = { now: "2026-06-01T10:00:00.000Z", today: "2026-06-01" };
const ISSUER = "https://login.test";
const daysAgo = (days: number): string => new Date(Date.parse(MOMENT.now) - days * 86_400_000).toISOString();

const registrationOf = (more: Partial<Registration> = {}): Registration => ({
  id: "01890000-0000-7000-8000-000000000001",
  kind: "PERSON",
  odsCode: "RTEST",
  role: "CLINICAL_TEAM",
  programmes: null,
  scopes: [],
  identity: { issuer: ISSUER, subject: "clinician" },
  clientId: null,
  name: "A person",
  evidence: "seen",
  requestedBy: "person/clinician",
  requestedAt: daysAgo(2),
  state: "ACTIVE",
  decidedBy: "person/guardian",
  decidedAt: daysAgo(1),
  decisionReason: null,
  startsOn: null,
  endsOn: "2027-06-01",
  effectiveAt: null,
  attestedAt: null,
  attestedBy: null,
  lastUsedAt: null,
  endProposedBy: null,
  endProposedAt: null,
  endedBy: null,
  endedAt: null,
  endReason: null,
  ...more,
});
const OPEN = { state: "REQUESTED", decidedBy: null, decidedAt: null } as const;

describe("the standing of a registration", () => {
  it.each<readonly [string, Partial<Registration>, string]>([
    ["a new one", {}, "IN_FORCE"],
    ["one that nobody has decided about", OPEN, "REQUESTED"],
    ["one that was declined", { state: "DECLINED" }, "DECLINED"],
    ["one that has ended", { state: "ENDED" }, "ENDED"],
    ["one on its last day", { endsOn: "2026-06-01" }, "IN_FORCE"],
    ["one after its last day", { endsOn: "2026-05-31" }, "EXPIRED"],
    ["one before its first day", { startsOn: "2026-06-02" }, "NOT_YET"],
    ["one that is not effective yet", { effectiveAt: "2026-06-01T10:00:00.001Z" }, "NOT_YET"],
    ["one that was decided 92 days ago and is used", { decidedAt: daysAgo(92), lastUsedAt: daysAgo(1) }, "IN_FORCE"],
    ["one whose attestation is due", { decidedAt: daysAgo(93), lastUsedAt: daysAgo(1) }, "ATTESTATION_DUE"],
    ["one in its last day of grace", { decidedAt: daysAgo(106), lastUsedAt: daysAgo(1) }, "ATTESTATION_DUE"],
    ["one that nobody attested", { decidedAt: daysAgo(107), lastUsedAt: daysAgo(1) }, "UNATTESTED"],
    ["one that was attested since", { decidedAt: daysAgo(400), attestedAt: daysAgo(3), lastUsedAt: daysAgo(1) }, "IN_FORCE"],
    ["one that was never used for 90 days", { decidedAt: daysAgo(90) }, "IN_FORCE"],
    ["one that was never used for longer", { decidedAt: daysAgo(91) }, "UNUSED"],
    ["one that was used last 91 days ago", { decidedAt: daysAgo(92), lastUsedAt: daysAgo(91) }, "UNUSED"],
    ["one that was attested after it had lapsed", { decidedAt: daysAgo(92), attestedAt: daysAgo(1) }, "IN_FORCE"],
    ["a system's that nobody attested", { kind: "CLIENT", decidedAt: daysAgo(300) }, "ATTESTATION_DUE"],
    ["a glass broken 59 minutes ago", { kind: "BREAK_GLASS", effectiveAt: daysAgo(59 / 1_440) }, "IN_FORCE"],
    ["one broken an hour ago", { kind: "BREAK_GLASS", effectiveAt: daysAgo(60 / 1_440) }, "EXPIRED"],
    ["one to be broken, for a day", { ...OPEN, kind: "BREAK_GLASS", requestedAt: daysAgo(1) }, "REQUESTED"],
    ["one to be broken, for longer", { ...OPEN, kind: "BREAK_GLASS", requestedAt: daysAgo(1.01) }, "EXPIRED"],
  ])("of %s is as it should be", (_name, more, standing) => {
    const registration = registrationOf(more);
    expect(standingOf(registration, MOMENT)).toBe(standing);
    expect(isInForceNow(registration, MOMENT)).toBe(["IN_FORCE", "ATTESTATION_DUE"].includes(standing));
  });

  it("is that of a Guardian where the same person is of the clinical team too, and of an administrator alone", () => {
    const team = registrationOf();
    const guardian = registrationOf({ role: "CALDICOTT_GUARDIAN" });
    const elsewhere = registrationOf({ odsCode: "ROTHER" });
    expect(placesOf([team, guardian, elsewhere])).toEqual([guardian, elsewhere]);
    const admin = registrationOf({ kind: "ADMIN", role: "AUDIT_ADMIN", odsCode: null });
    expect(placesOf([team, admin])).toEqual([admin]);
  });
});

const deciderOf = (role: "CALDICOTT_GUARDIAN" | "AUDIT_ADMIN" | "CLINICAL_TEAM", name: string, ods = "RTEST"): Decider => ({
  actor: actorOf(role, { clientId: `person/${name}`, ods: role === "AUDIT_ADMIN" ? null : ods }),
  identity: { issuer: ISSUER, subject: name },
});
const guardian = deciderOf("CALDICOTT_GUARDIAN", "guardian");
const admin = deciderOf("AUDIT_ADMIN", "admin");
const ADMINISTRATORS = ["admin", "admin-2", "admin-3"].map((subject, index) =>
  registrationOf({ id: `id-${index}`, kind: "ADMIN", role: "AUDIT_ADMIN", odsCode: null, identity: { issuer: ISSUER, subject } }),
);
const FACTS: DecisionFacts = { programmesOf: () => ["P1", "P2"], administrators: ADMINISTRATORS };
const YES = { endsOn: null, programmes: null };

/** What a judgement comes to: the state it leads to, or the code of its refusal. */
function outcomeOf(judge: JudgeChange, more: Partial<Registration>, facts = FACTS): string {
  try {
    const { fields } = judge(registrationOf(more), facts);
    return fields.state ?? "CHANGED";
  } catch (error) {
    return error instanceof GatewayError ? error.code : "FAULT";
  }
}

describe("the decision about a request", () => {
  it.each<readonly [string, JudgeChange, Partial<Registration>, string]>([
    ["is the Guardian's", approve(guardian, MOMENT, YES), OPEN, "ACTIVE"],
    ["may be no", decline(guardian, MOMENT, "unknown"), OPEN, "DECLINED"],
    ["of another organisation is not there", approve(guardian, MOMENT, YES), { ...OPEN, odsCode: "ROTHER" }, "NOT_FOUND"],
    ["is never the own one's", approve(guardian, MOMENT, YES), { ...OPEN, identity: guardian.identity }, "FORBIDDEN"],
    ["nor on a client one registered", approve(guardian, MOMENT, YES), { ...OPEN, requestedBy: "person/guardian" }, "FORBIDDEN"],
    ["is not an own no either", decline(guardian, MOMENT, "x"), { ...OPEN, identity: guardian.identity }, "FORBIDDEN"],
    ["is made once", approve(guardian, MOMENT, YES), {}, "CONFLICT"],
    ["is not an administrator's", approve(admin, MOMENT, YES), OPEN, "NOT_FOUND"],
    ["is not a clinician's", approve(deciderOf("CLINICAL_TEAM", "c2"), MOMENT, YES), OPEN, "NOT_FOUND"],
    ["about a proposal is not the Guardian's", approve(guardian, MOMENT, YES), { ...OPEN, kind: "GUARDIAN" }, "FORBIDDEN"],
    ["may say of another Guardian yes", approve(guardian, MOMENT, YES), { ...OPEN, role: "CALDICOTT_GUARDIAN" }, "ACTIVE"],
    ["has an end within two years", approve(guardian, MOMENT, { ...YES, endsOn: "2028-06-01" }), OPEN, "ACTIVE"],
    ["has no later end", approve(guardian, MOMENT, { ...YES, endsOn: "2028-06-02" }), OPEN, "BAD_USER_INPUT"],
    ["has no end in the past", approve(guardian, MOMENT, { ...YES, endsOn: "2026-05-31" }), OPEN, "BAD_USER_INPUT"],
    ["may narrow", approve(guardian, MOMENT, { ...YES, programmes: ["P1"] }), OPEN, "ACTIVE"],
    [
      "may not widen",
      approve(guardian, MOMENT, { ...YES, programmes: ["P2"] }),
      { ...OPEN, programmes: ["P1"] },
      "BAD_USER_INPUT",
    ],
    ["names programmes of its own", approve(guardian, MOMENT, YES), { ...OPEN, programmes: ["P9"] }, "BAD_USER_INPUT"],
  ])("%s", (_name, judge, more, expected) => {
    expect(outcomeOf(judge, more)).toBe(expected);
  });
});

const BROKEN = {
  kind: "BREAK_GLASS",
  requestedAt: daysAgo(0.1),
  requestedBy: "person/admin-2",
  identity: { issuer: ISSUER, subject: "admin-2" },
} as const;

describe("the review and the end of a registration", () => {
  const another = { role: "CALDICOTT_GUARDIAN", identity: { issuer: ISSUER, subject: "g2" } } as const;
  it.each<readonly [string, JudgeChange, Partial<Registration>, string]>([
    ["attested by the Guardian", attest(guardian, MOMENT), {}, "CHANGED"],
    ["not attested by the person", attest(guardian, MOMENT), { identity: guardian.identity }, "FORBIDDEN"],
    ["not attested elsewhere", attest(guardian, MOMENT), { odsCode: "ROTHER" }, "NOT_FOUND"],
    ["not attested after its end", attest(guardian, MOMENT), { endsOn: "2026-05-31" }, "CONFLICT"],
    ["a Guardian's attested by an administrator", attest(admin, MOMENT), another, "CHANGED"],
    ["a clinician's unknown to an administrator", attest(admin, MOMENT), {}, "NOT_FOUND"],
    ["ended by the Guardian", end(guardian, MOMENT, "left"), {}, "ENDED"],
    ["ended by the person", end(deciderOf("CLINICAL_TEAM", "clinician"), MOMENT, "left"), {}, "ENDED"],
    ["taken back by whoever asked", end(deciderOf("CLINICAL_TEAM", "clinician"), MOMENT, "left"), OPEN, "ENDED"],
    ["not ended by a colleague", end(deciderOf("CLINICAL_TEAM", "c2"), MOMENT, "left"), {}, "NOT_FOUND"],
    ["a Guardian's not ended by another Guardian", end(guardian, MOMENT, "x"), another, "FORBIDDEN"],
    ["a Guardian's ended by that Guardian", end(guardian, MOMENT, "x"), { ...another, identity: guardian.identity }, "ENDED"],
    ["a client's not ended here", end(guardian, MOMENT, "x"), { kind: "CLIENT", identity: null, clientId: "c" }, "FORBIDDEN"],
    ["of a broken glass ended by the Guardian", end(guardian, MOMENT, "enough"), BROKEN, "ENDED"],
    ["of a broken glass ended by any administrator", end(admin, MOMENT, "enough"), BROKEN, "ENDED"],
    ["of a broken glass seen by the Guardian", attest(guardian, MOMENT), BROKEN, "CHANGED"],
    ["of a broken glass not seen for the Guardian by an administrator", attest(admin, MOMENT), BROKEN, "FORBIDDEN"],
    ["not ended twice", end(guardian, MOMENT, "left"), { state: "ENDED" }, "CONFLICT"],
  ])("is %s", (_name, judge, more, expected) => {
    expect(outcomeOf(judge, more)).toBe(expected);
  });
});

describe("what two administrators do", () => {
  const proposal = { ...OPEN, kind: "GUARDIAN", role: "CALDICOTT_GUARDIAN", requestedBy: "person/admin-2" } as const;
  const leaving = {
    kind: "ADMIN",
    role: "AUDIT_ADMIN",
    odsCode: null,
    endReason: "left",
    endProposedBy: "person/admin-2",
  } as const;
  const third = { ...leaving, id: "id-2", identity: { issuer: ISSUER, subject: "admin-3" } };
  it.each<readonly [string, JudgeChange, Partial<Registration>, string]>([
    ["confirm another's proposal", confirm(admin, MOMENT, "GUARDIAN", 24), proposal, "ACTIVE"],
    ["not the own proposal", confirm(admin, MOMENT, "GUARDIAN", 24), { ...proposal, requestedBy: "person/admin" }, "FORBIDDEN"],
    ["not themselves", confirm(admin, MOMENT, "GUARDIAN", 24), { ...proposal, identity: admin.identity }, "FORBIDDEN"],
    ["not as something else", confirm(admin, MOMENT, "ADMIN", 24), proposal, "NOT_FOUND"],
    ["not a clinician's request", confirm(admin, MOMENT, "GUARDIAN", 24), OPEN, "NOT_FOUND"],
    ["not what a Guardian may do", confirm(guardian, MOMENT, "GUARDIAN", 24), { ...proposal, odsCode: "ROTHER" }, "NOT_FOUND"],
    ["confirm that a glass is broken", confirm(admin, MOMENT, "BREAK_GLASS", 0), { ...OPEN, ...BROKEN }, "ACTIVE"],
    [
      "not a day after it was asked for",
      confirm(admin, MOMENT, "BREAK_GLASS", 0),
      { ...OPEN, ...BROKEN, requestedAt: daysAgo(1.01) },
      "CONFLICT",
    ],
    ["decline a proposal", decline(admin, MOMENT, "no"), proposal, "DECLINED"],
    ["propose a removal", proposeRemoval(admin, MOMENT, "left"), leaving, "CHANGED"],
    ["not remove what nobody proposed", confirmRemoval(admin, MOMENT), { ...leaving, endProposedBy: null }, "CONFLICT"],
    ["remove one of three", confirmRemoval(admin, MOMENT), third, "ENDED"],
    ["not by the one who proposed it", confirmRemoval(admin, MOMENT), { ...third, endProposedBy: "person/admin" }, "FORBIDDEN"],
    ["not by the one to go", confirmRemoval(admin, MOMENT), { ...third, identity: admin.identity }, "FORBIDDEN"],
  ])("is to %s", (_name, judge, more, expected) => {
    expect(outcomeOf(judge, more)).toBe(expected);
  });

  it("leaves two of them, whoever goes", () => {
    const two = { ...FACTS, administrators: ADMINISTRATORS.slice(1) };
    expect(outcomeOf(confirmRemoval(admin, MOMENT), third, two)).toBe("CONFLICT");
  });

  it("is news to a Guardian who saw only that a glass was to be broken", () => {
    const seen = registrationOf({ ...OPEN, ...BROKEN, attestedAt: daysAgo(0.01), attestedBy: "person/guardian" });
    expect(confirm(admin, MOMENT, "BREAK_GLASS", 0)(seen, FACTS).fields).toMatchObject({ attestedAt: null, attestedBy: null });
  });

  it("takes effect a day later", () => {
    const { fields } = confirm(admin, MOMENT, "GUARDIAN", 24)(registrationOf(proposal), FACTS);
    expect(fields.effectiveAt).toBe("2026-06-02T10:00:00.000Z");
    const confirmed = registrationOf({
      ...proposal,
      decidedAt: MOMENT.now,
      state: "ACTIVE",
      effectiveAt: fields.effectiveAt ?? null,
    });
    expect(standingOf(confirmed, MOMENT)).toBe("NOT_YET");
    expect(standingOf(confirmed, { now: "2026-06-02T10:00:00.000Z", today: "2026-06-02" })).toBe("IN_FORCE");
  });
});
