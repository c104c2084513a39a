/** The lists of a clinical team: what other organisations' records show in them, and what they never do. */
import { describe, expect, it } from "vitest";
import { event, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { provideSubmitter } from "../submission/submitting.ts";
import { type EndAnswer, GROUP, LINK, type LinkAnswer, type Team, teamsOf } from "./link-client.ts";

const submitter = provideSubmitter();
const teams = teamsOf(submitter);
let seed = 43_000;
const next = (): number => ++seed;
const numberOf = (n: number): unknown => named(n).nhsNumber;

interface GroupAnswer {
  readonly patientRecordIds: readonly string[];
  readonly since: string;
  readonly events: readonly EndAnswer[];
  readonly links: readonly LinkAnswer[];
  readonly proposals: readonly {
    readonly link: LinkAnswer;
    readonly onConfirming: {
      readonly episode: readonly EndAnswer[];
      readonly leaving: readonly EndAnswer[];
      readonly conflicts: readonly string[];
    };
  }[];
}
interface GroupPage {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly GroupAnswer[];
}

const duplicates = async (as: Team, first = 100, after: string | null = null): Promise<GroupPage> =>
  (
    await teams.read<{ duplicates: GroupPage }>(
      as,
      `query ($first: Int!, $after: String) { duplicates(first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes ${GROUP} } }`,
      { first, after },
    )
  ).duplicates;

async function groupOf(as: Team, patientId: string): Promise<GroupAnswer> {
  const found = (await duplicates(as, 40)).nodes.find(({ patientRecordIds }) => patientRecordIds.includes(patientId));
  if (found === undefined) throw new Error("the patient is in no group");
  return found;
}

const datesOf = (ends: readonly EndAnswer[]): readonly (string | null)[] => ends.map(({ eventDate }) => eventDate);

describe("an event of another organisation", () => {
  it("shows type, date and treatments through a link, and nothing else", async () => {
    const n = next();
    const pci = { type: "PCI", date: "2026-01-02" };
    await teams.send("submitter", recordOf(n, { initiatingEvents: [event({ treatments: [pci] })] }));
    const foreign = { eventType: "MI_NSTEMI", eventDate: "2026-01-03", treatments: [pci], rehabilitations: [rehabilitation()] };
    await teams.send(
      "submitter2",
      recordOf(n, { patient: person(n, { hospitalNumber: "CANARYH" }), initiatingEvents: [foreign] }),
    );
    const own = (await teams.patient("team", numberOf(n))).initiatingEvents[0]?.id ?? "";
    const theirs = await teams.patient("team2", numberOf(n));
    const [link] = await teams.awaitLinks("team", own);
    expect(link).toMatchObject({ kind: "EPISODE", state: "LINKED", rule: "SAME_PROCEDURE", madeBy: "RULE" });
    expect([link?.a, link?.b]).toContainEqual({
      organisation: { odsCode: "ZDM02", name: "Demo Coast NHS Foundation Trust" },
      own: false,
      recordId: null,
      patientRecordId: null,
      eventType: "MI_NSTEMI",
      eventDate: "2026-01-03",
      treatments: [pci],
    });
    const { text } = await teams.ask("team", `query ($id: ID!) { recordLinks(recordId: $id) { nodes ${LINK} } }`, { id: own });
    for (const hidden of [theirs.id, theirs.initiatingEvents[0]?.id ?? "no event", "CANARYH"]) expect(text).not.toContain(hidden);
    // The control: those who own it see it.
    expect((await teams.linksOf("team2", theirs.initiatingEvents[0]?.id ?? "")).length).toBe(1);
    const lines = await submitter().gateway.database.query(
      `select ods, agent_ods as reader_ods, type as action, agent_id as client_id from audit.event
       where type = 'READ_PROPOSALS' and patient_ids && array[$1, $2]::uuid[] order by ods limit 1`,
      [theirs.id, theirs.id],
    );
    expect(lines).toEqual([{ ods: "ZDM02", reader_ods: "ZDM01", action: "READ_PROPOSALS", client_id: "demo-team" }]);
  });
});

describe("duplicates", () => {
  it("group own events that may be one, with what confirming would do, and that is what comes of it", async () => {
    const n = next();
    await teams.send("submitter", recordOf(n, { initiatingEvents: [event(), event({ eventDate: "2026-02-20" })] }));
    const patient = await teams.patient("team", numberOf(n));
    await teams.awaitLinks("team", patient.initiatingEvents[0]?.id ?? "");
    const group = await groupOf("team", patient.id);
    expect(group.patientRecordIds).toEqual([patient.id]);
    expect(datesOf(group.events)).toEqual(["2026-01-02", "2026-02-20"]);
    expect(group.links).toEqual([]);
    const [proposal] = group.proposals;
    expect(proposal?.onConfirming).toEqual({ episode: group.events, leaving: [], conflicts: ["eventDate"] });
    await teams.decide("team", "confirmLink", proposal?.link.id ?? "");
    const then = await groupOf("team", patient.id);
    expect(then).toMatchObject({ events: group.events, proposals: [], links: [{ id: proposal?.link.id, state: "LINKED" }] });
  });

  it("say that an event leaves the episode where its rule gives way to the confirmation, and so it does", async () => {
    const n = next();
    const events = [event(), event({ eventType: "MI_NSTEMI", eventDate: "2026-01-03" }), event({ eventDate: "2026-02-20" })];
    await teams.send("submitter", recordOf(n, { initiatingEvents: events }));
    const patient = await teams.patient("team", numberOf(n));
    await teams.awaitLinks("team", patient.initiatingEvents[2]?.id ?? "");
    const group = await groupOf("team", patient.id);
    expect(group.links).toMatchObject([{ state: "LINKED", madeBy: "RULE" }]);
    const [proposal] = group.proposals;
    expect(datesOf(proposal?.onConfirming.episode ?? [])).toEqual(["2026-01-03", "2026-02-20"]);
    expect(datesOf(proposal?.onConfirming.leaving ?? [])).toEqual(["2026-01-02"]);
    expect(proposal?.onConfirming.conflicts).toEqual(["eventType", "eventDate"]);
    await teams.decide("team", "confirmLink", proposal?.link.id ?? "");
    const then = await groupOf("team", patient.id);
    expect(then.links).toMatchObject([{ id: proposal?.link.id, madeBy: "PERSON" }]);
    const [heldBack] = then.proposals;
    expect(heldBack?.link.heldBackBy.toSorted()).toEqual(
      [patient.initiatingEvents[0]?.id, patient.initiatingEvents[2]?.id].toSorted(),
    );
  });

  it("hold the event of another organisation that a link of the person shows, and decide about it", async () => {
    const n = next();
    await teams.send("submitter", recordOf(n, { initiatingEvents: [event()] }));
    const foreign = event({ eventDate: "2026-02-20", treatments: [{ type: "PCI", date: "2026-02-20" }] });
    await teams.send(
      "submitter2",
      recordOf(n, { patient: person(n, { hospitalNumber: `C-${n}` }), initiatingEvents: [foreign] }),
    );
    const patient = await teams.patient("team", numberOf(n));
    const theirs = await teams.patient("team2", numberOf(n));
    const [link] = await teams.awaitLinks("team", patient.initiatingEvents[0]?.id ?? "");
    expect(link).toMatchObject({ kind: "EPISODE", state: "PROPOSED" });
    const group = await groupOf("team", patient.id);
    expect(group.events.map(({ own, recordId, eventDate }) => ({ own, recordId, eventDate }))).toEqual([
      { own: true, recordId: patient.initiatingEvents[0]?.id, eventDate: "2026-01-02" },
      { own: false, recordId: null, eventDate: "2026-02-20" },
    ]);
    expect(group.proposals[0]?.onConfirming.episode).toEqual(group.events);
    expect(JSON.stringify(group)).not.toContain(theirs.initiatingEvents[0]?.id);
    // Between events of one person one team is enough; the other one may take it back.
    expect((await teams.decide("team", "confirmLink", link?.id ?? "")).data?.confirmLink?.state).toBe("LINKED");
    expect((await teams.decide("team2", "unlink", link?.id ?? "")).data?.unlink?.state).toBe("APART");
    expect((await duplicates("team", 40)).nodes.some(({ patientRecordIds }) => patientRecordIds.includes(patient.id))).toBe(
      false,
    );
  });

  it("are paged without a gap, oldest first, and are each organisation's own", async () => {
    const known = await duplicates("team", 40);
    expect(known.totalCount).toBe(known.nodes.length);
    expect(known.nodes.map(({ since }) => since)).toEqual(known.nodes.map(({ since }) => since).toSorted());
    const pages: GroupAnswer[] = [];
    for (let after: string | null = null; ; ) {
      const page: GroupPage = await duplicates("team", 1, after);
      expect(page.nodes.length).toBeLessThanOrEqual(1);
      pages.push(...page.nodes);
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(pages).toEqual(known.nodes);
    expect((await duplicates("team2", 40)).nodes.every(({ patientRecordIds }) => patientRecordIds.length === 1)).toBe(true);
  });

  it("refuse a position that they have not given out", async () => {
    const { errors } = await teams.ask("team", `{ duplicates(after: "bm8") { totalCount } }`);
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", path: "after" });
  });
});

describe("identities in conflict", () => {
  const ASK = "{ identityConflicts { totalCount nodes { patientRecordId since } } }";

  it("are told to both teams from the next day on, say nothing of each other, and are no proposal", async () => {
    const n = next();
    await teams.send("submitter", recordOf(n));
    await teams.send("submitter2", recordOf(n, { patient: person(n, { dateOfBirth: "1952-04-15", hospitalNumber: "C-9" }) }));
    const [own, theirs] = [await teams.patient("team", numberOf(n)), await teams.patient("team2", numberOf(n))];
    const { query } = submitter().gateway.database;
    const find = () =>
      query("select id::text as id from link.pair where state = 'CONFLICT' and $1::uuid in (a_id, b_id)", [own.id]);
    await expect.poll(find, { timeout: 10_000, interval: 50 }).toHaveLength(1);
    const [pair] = await find();
    expect(await teams.read("team", ASK)).toEqual({ identityConflicts: { totalCount: 0, nodes: [] } });
    await query("update link.pair set since = '2026-03-29T23:30:00Z' where id = $1::uuid", [pair?.id]);
    // Half past midnight in London: summer time has begun that day.
    for (const [as, id] of [
      ["team", own.id],
      ["guardian", own.id],
      ["team2", theirs.id],
    ] as const)
      expect(await teams.read(as, ASK)).toEqual({
        identityConflicts: { totalCount: 1, nodes: [{ patientRecordId: id, since: "2026-03-30" }] },
      });
    expect((await teams.ask("submitter", ASK)).errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    expect(await teams.linksOf("team", own.id)).toEqual([]);
    expect((await teams.decide("team", "confirmLink", String(pair?.id))).errors[0]?.extensions.code).toBe("NOT_FOUND");
  });
});

describe("over the limit of persons", () => {
  it("no list shows another one, and nothing is decided that the answer could not show", async () => {
    const n = next();
    await teams.send("submitter", recordOf(n, { initiatingEvents: [event()] }));
    const foreign = event({ eventDate: "2026-02-20" });
    await teams.send(
      "submitter2",
      recordOf(n, { patient: person(n, { hospitalNumber: `C-${n}` }), initiatingEvents: [foreign] }),
    );
    const own = (await teams.patient("team", numberOf(n))).initiatingEvents[0]?.id ?? "";
    const theirs = (await teams.patient("team2", numberOf(n))).initiatingEvents[0]?.id ?? "";
    const [link] = await teams.awaitLinks("team2", theirs);
    await submitter().gateway.database.query(
      `insert into audit.event (ods, id, patient_ids, agent_ods, agent_id, agent_role, action, type, outcome, person_ids)
       select 'ZDM01', gen_random_uuid(), array[gen_random_uuid()], 'ZDM01', 'demo-team', 'CLINICAL_TEAM', 'R', 'READ_JOURNEY', 'DONE',
         array[gen_random_uuid()]
       from generate_series(1, 60)`,
    );
    const limit = { code: "LIMIT_EXCEEDED", limit: "linkedPersonsPerHour", value: 60 };
    const listed = await teams.ask("team", `query ($id: ID!) { recordLinks(recordId: $id) { nodes ${LINK} } }`, { id: own });
    expect(listed.errors[0]?.extensions).toMatchObject(limit);
    expect((await teams.decide("team", "confirmLink", link?.id ?? "")).errors[0]?.extensions).toMatchObject(limit);
    expect(await teams.linksOf("team2", theirs)).toMatchObject([{ state: "PROPOSED", decisions: [] }]);
  });
});
