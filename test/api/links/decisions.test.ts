/** Confirming, rejecting, unlinking and linking over HTTP, with the linker of the same process. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { DemoIdentity } from "../../support/gateway.ts";
import { event, named, person, recordOf } from "../../support/journey-records.ts";
import { provideSubmitter } from "../submission/submitting.ts";
import { type LinkAnswer, teamsOf } from "./link-client.ts";

const submitter = provideSubmitter();
const teams = teamsOf(submitter);
let seed = 41_000;
const next = (): number => ++seed;
const numberOf = (n: number): unknown => named(n).nhsNumber;

const reasonOf = (answer: { readonly errors: readonly { readonly extensions: object }[] }): object | undefined =>
  answer.errors[0]?.extensions;
/** What a decision changes of a link besides its decisions and time. */
const settled = ({ decisions: _, since: __, ...link }: LinkAnswer): object => link;

/** Two infarctions 49 days apart: a proposal, and only people may link them. */
async function twoInfarctions(): Promise<
  readonly [LinkAnswer, { readonly patientId: string; readonly events: readonly string[] }]
> {
  const n = next();
  const events = [event(), event({ eventDate: "2026-02-20" })];
  await teams.send("submitter", recordOf(n, { initiatingEvents: events }));
  const patient = await teams.patient("team", numberOf(n));
  const ids = patient.initiatingEvents.map(({ id }) => id);
  const [link] = await teams.awaitLinks("team", ids[0] ?? "");
  if (link === undefined) throw new Error("there is no proposal");
  return [link, { patientId: patient.id, events: ids }];
}

/** Patients of two organisations with one name and postcode, and two numbers: a proposal. */
async function twoTeams(): Promise<LinkAnswer> {
  const n = next();
  const name = { surname: `Canary-${n}`, forename: "Anne", postcode: "LS1 4AP" };
  await teams.send("submitter", recordOf(n, { patient: person(n, name) }));
  await teams.send("submitter2", recordOf(next(), { patient: person(seed, { ...name, hospitalNumber: `C-${n}` }) }));
  const { id } = await teams.patient("team", numberOf(n));
  const [link] = await teams.awaitLinks("team", id);
  if (link === undefined) throw new Error("there is no proposal");
  return link;
}

describe("a proposal between own events", () => {
  it("is listed with its rule and both events", async () => {
    const [link, { patientId, events }] = await twoInfarctions();
    expect(link).toMatchObject({
      kind: "EPISODE",
      state: "PROPOSED",
      rule: "RECURRENT_INFARCTION",
      says: expect.stringContaining("28 days"),
      madeBy: "RULE",
      decisions: [],
    });
    expect([link.a.recordId, link.b.recordId].toSorted()).toEqual(events.toSorted());
    expect(link.a).toMatchObject({ own: true, patientRecordId: patientId, eventType: "MI_STEMI", treatments: [] });
    const { proposedLinks } = await teams.read<{ proposedLinks: { nodes: readonly { id: string }[]; totalCount: number } }>(
      "team",
      "{ proposedLinks(kind: EPISODE, first: 100) { totalCount nodes { id } } }",
    );
    expect(proposedLinks.nodes).toContainEqual({ id: link.id });
    expect(proposedLinks.totalCount).toBe(proposedLinks.nodes.length);
  });

  it("is confirmed, unlinked, and confirmed again, and then is what it was after the first time", async () => {
    const [{ id }] = await twoInfarctions();
    const linked = (await teams.decide("team", "confirmLink", id, "  One stay  ")).data?.confirmLink;
    expect(linked).toMatchObject({
      id,
      state: "LINKED",
      madeBy: "PERSON",
      decisions: [{ decision: "CONFIRMED", reason: "One stay", clientId: "demo-team" }],
    });
    const apart = (await teams.decide("team", "unlink", id)).data?.unlink;
    expect(apart).toMatchObject({ id, state: "APART", madeBy: "PERSON" });
    const again = (await teams.decide("team", "confirmLink", id)).data?.confirmLink;
    expect(again?.decisions.map(({ decision }) => decision)).toEqual(["CONFIRMED", "UNLINKED", "CONFIRMED"]);
    if (linked === undefined || again === undefined) throw new Error("refused");
    expect(settled(again)).toEqual(settled(linked));
  });

  it("is rejected and not proposed again, whatever is sent afterwards", async () => {
    const [{ id, a }, { patientId }] = await twoInfarctions();
    expect((await teams.decide("team", "rejectLink", id)).data?.rejectLink).toMatchObject({ id, state: "APART" });
    const { nhsNumber } = named(seed);
    await teams.send("submitter", {
      sourceRecordId: "again",
      patient: { nhsNumber },
      initiatingEvents: [event({ riskLevel: "LOW" })],
    });
    expect((await teams.patient("team", nhsNumber)).id).toBe(patientId);
    expect(await teams.linksOf("team", a.recordId ?? "")).toMatchObject([{ id, state: "APART" }]);
  });
});

describe("a decision that would change nothing", () => {
  it("is a conflict with its reason", async () => {
    const [{ id }] = await twoInfarctions();
    expect(reasonOf(await teams.decide("team", "unlink", id))).toMatchObject({ code: "CONFLICT", reason: "NOT_LINKED" });
    await teams.decide("team", "confirmLink", id);
    expect(reasonOf(await teams.decide("team", "confirmLink", id))).toMatchObject({ code: "CONFLICT", reason: "ALREADY_LINKED" });
    expect(reasonOf(await teams.decide("team", "rejectLink", id))).toMatchObject({ code: "CONFLICT", reason: "LINKED" });
    await teams.decide("team", "unlink", id);
    expect(reasonOf(await teams.decide("team", "unlink", id))).toMatchObject({ code: "CONFLICT", reason: "NOT_LINKED" });
    expect(reasonOf(await teams.decide("team", "rejectLink", id))).toMatchObject({ code: "CONFLICT", reason: "ALREADY_APART" });
  });

  it("is no fault where two decide at once: the latest stands", async () => {
    const [{ id, a }] = await twoInfarctions();
    const answers = await Promise.all([teams.decide("team", "confirmLink", id), teams.decide("team", "confirmLink", id)]);
    for (const { errors } of answers) for (const { extensions } of errors) expect(extensions.reason).toBe("ALREADY_LINKED");
    expect(await teams.linksOf("team", a.recordId ?? "")).toMatchObject([{ id, state: "LINKED" }]);
  });

  it("needs a reason of its own length", async () => {
    const [{ id }] = await twoInfarctions();
    for (const reason of ["  ", "x".repeat(501)])
      expect(reasonOf(await teams.decide("team", "confirmLink", id, reason))).toMatchObject({
        code: "BAD_USER_INPUT",
        path: "reason",
      });
  });
});

describe("a confirmation against a rejection", () => {
  it("is refused with the own records that people keep apart, and possible once they are not", async () => {
    const n = next();
    const dates = ["2026-01-02", "2026-02-20", "2026-04-10"];
    const events = dates.map((eventDate) => event({ eventDate }));
    await teams.send("submitter", recordOf(n, { initiatingEvents: events }));
    const [first = "", second = "", third = ""] = (await teams.patient("team", numberOf(n))).initiatingEvents.map(({ id }) => id);
    await teams.awaitLinks("team", second, 2);
    const link = (a: string, b: string) => teams.linkRecords("team", { kind: "EPISODE", a, b, reason: "One episode" });
    const joined = (await link(first, third)).data?.linkRecords;
    expect(joined).toMatchObject({ state: "LINKED" });
    await teams.decide("team", "unlink", joined?.id ?? "");
    expect((await link(first, second)).data?.linkRecords.state).toBe("LINKED");
    const refused = reasonOf(await link(second, third));
    expect(refused).toMatchObject({ code: "CONFLICT", reason: "CONTRADICTS_REJECTION" });
    expect(refused).toHaveProperty("records", expect.arrayContaining([first, third]));
    await teams.decide("team", "confirmLink", joined?.id ?? "");
    expect((await link(second, third)).data?.linkRecords.state).toBe("LINKED");
  });
});

describe("patients of two organisations", () => {
  it("are linked when both teams have confirmed them, and neither is told what the other wrote", async () => {
    const { id, a, b } = await twoTeams();
    expect([a, b].filter(({ own }) => !own)).toEqual([
      {
        organisation: { odsCode: "ZDM02", name: "Demo Coast NHS Foundation Trust" },
        own: false,
        recordId: null,
        patientRecordId: null,
        eventType: null,
        eventDate: null,
        treatments: null,
      },
    ]);
    expect((await teams.decide("team", "confirmLink", id, "Canaryreason")).data?.confirmLink).toMatchObject({
      state: "PROPOSED",
    });
    expect(reasonOf(await teams.decide("team", "confirmLink", id))).toMatchObject({ reason: "ALREADY_CONFIRMED" });
    const seen = await teams.ask<Readonly<Record<string, unknown>>>(
      "team2",
      "{ proposedLinks { nodes { id decisions { clientId reason decision organisation { name } } } } }",
    );
    expect(seen.data).toMatchObject({
      proposedLinks: { nodes: [{ id, decisions: [{ clientId: null, reason: null, decision: "CONFIRMED" }] }] },
    });
    const linked = await teams.decide("team2", "confirmLink", id);
    expect(linked.data?.confirmLink).toMatchObject({ state: "LINKED", madeBy: "PERSON" });
    for (const canary of ["Canaryreason", "Canary-", "LS1 4AP"]) expect(`${seen.text} ${linked.text}`).not.toContain(canary);
    const apart = await teams.decide("team2", "unlink", id);
    expect(apart.data?.unlink).toMatchObject({ state: "APART" });
    expect((await teams.decide("team", "confirmLink", id)).errors[0]?.extensions).toMatchObject({ reason: "ALREADY_CONFIRMED" });
    expect((await teams.decide("team2", "confirmLink", id)).data?.confirmLink).toMatchObject({ state: "LINKED" });
    expect(submitter().gateway.logs.join("\n")).not.toContain("Canaryreason");
  });
});

describe("linkRecords", () => {
  it("links two own patients, and then their events", async () => {
    const [one, other] = [next(), next()];
    for (const n of [one, other]) await teams.send("submitter", recordOf(n, { initiatingEvents: [event()] }));
    const [a, b] = [await teams.patient("team", numberOf(one)), await teams.patient("team", numberOf(other))];
    const [x, y] = [a, b].map(({ initiatingEvents }) => initiatingEvents[0]?.id ?? "");
    const apart = await teams.linkRecords("team", { kind: "EPISODE", a: x, b: y, reason: "One" });
    expect(reasonOf(apart)).toMatchObject({ code: "CONFLICT", reason: "NOT_ONE_PERSON" });
    const linked = await teams.linkRecords("team", { kind: "PERSON", a: a.id, b: b.id, reason: "Married name" });
    expect(linked.data?.linkRecords).toMatchObject({ kind: "PERSON", state: "LINKED", rule: null, says: null, madeBy: "PERSON" });
    // Same type, same date, one person by now: the rule has linked them.
    const events = await teams.linkRecords("team", { kind: "EPISODE", a: x, b: y, reason: "One" });
    expect(reasonOf(events)).toMatchObject({ reason: "ALREADY_LINKED" });
  });

  it("knows own records of the kind only, and nothing is linked to itself", async () => {
    const n = next();
    await teams.send("submitter", recordOf(n, { initiatingEvents: [event()] }));
    await teams.send("submitter2", recordOf(n, { patient: person(n, { hospitalNumber: "C-1" }) }));
    const [own, foreign] = [await teams.patient("team", numberOf(n)), await teams.patient("team2", numberOf(n))];
    const refusals = await Promise.all(
      [foreign.id, randomUUID(), "no id", own.initiatingEvents[0]?.id].map(async (b) =>
        reasonOf(await teams.linkRecords("team", { kind: "PERSON", a: own.id, b, reason: "x" })),
      ),
    );
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: "NOT_FOUND" });
    expect(reasonOf(await teams.linkRecords("team", { kind: "PERSON", a: own.id, b: own.id, reason: "x" }))).toMatchObject({
      code: "BAD_USER_INPUT",
    });
  });
});

describe("who may decide", () => {
  it("is the clinical team of one of the two organisations; to others there is no such link", async () => {
    const [{ id }] = await twoInfarctions();
    for (const unknown of [randomUUID(), "no id"])
      expect(reasonOf(await teams.decide("team", "confirmLink", unknown))).toMatchObject({ code: "NOT_FOUND" });
    expect(reasonOf(await teams.decide("team2", "confirmLink", id))).toMatchObject({ code: "NOT_FOUND" });
  });

  it.each<DemoIdentity>(["submitter", "vendor", "guardian", "analyst", "admin"])("is not %s", async (as) => {
    const queries = ["{ proposedLinks { totalCount } }", "{ duplicates { totalCount } }"];
    for (const query of queries)
      expect((await teams.ask(as, query)).errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    for (const name of ["confirmLink", "rejectLink", "unlink"] as const)
      expect((await teams.decide(as, name, randomUUID())).errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });
});
