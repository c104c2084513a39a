/** The history of a record and the record as of an instant, over HTTP: to whom, in which words, and at what cost. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CountedDatabase, countDatabase } from "../../support/counted-database.ts";
import { openTestDatabase } from "../../support/database.ts";
import { type DemoIdentity, startTestGateway } from "../../support/gateway.ts";
import { event, journey, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { type Submitter, submitterOf } from "../submission/submitting.ts";

let counted: CountedDatabase;
/** What loops ask the database by the clock is nobody's question. */
const API_ALONE = new Set(["api"] as const);
let submitter: Submitter;

beforeAll(async () => {
  counted = countDatabase(await openTestDatabase());
  submitter = submitterOf(await startTestGateway({ database: counted, config: { roles: API_ALONE } }));
});
afterAll(async () => {
  await submitter.gateway.close();
  await counted.close();
});

const HISTORY = `query ($id: ID!, $field: String, $first: Int! = 20, $after: String) {
  history(recordId: $id, field: $field, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    edges { cursor } nodes { version field before after decision at kind withdrawn source { submissionId programmeCode receivedAt } } } }`;
const treeOf = (
  identity: string,
) => `query ($id: ID, $n: String, $asOf: DateTime) { patientRecord(id: $id, nhsNumber: $n, asOf: $asOf) {
  id version updatedAt patient { version ${identity} gender maritalStatus yearOfBirth }
  initiatingEvents { id version eventType eventDate treatments { type date }
    rehabilitations { version referralDate completed assessments { version number weightKg drugs { class } } acuteEvents { type } } }
  previousEvents { type } comorbidities { type } } }`;
const TREE = treeOf("");
const BY_ID = "query ($id: ID) { patientRecord(id: $id) { id } }";
/** As the clinical team's schema has it. */
const IDENTIFIED_TREE = treeOf("surname dateOfBirth nhsNumber");

type Variables = Readonly<Record<string, unknown>>;

/** The data of an answer without errors; its shape is the test's claim. */
async function ask(query: string, variables: Variables, as: DemoIdentity = "submitter") {
  await submitter.gateway.token(as);
  counted.takeCount();
  const answer = await submitter.gateway.gql(as, query, variables);
  expect(answer.errors).toEqual([]);
  return { ...JSON.parse(answer.text).data, count: counted.takeCount() };
}

async function refusal(query: string, variables: Variables, as: DemoIdentity = "submitter") {
  const { errors, status } = await submitter.gateway.gql(as, query, variables);
  return { status, ...errors[0]?.extensions };
}

/** The id of the patient of a seed. */
async function idOf(seed: number): Promise<string> {
  const { patientRecord } = await ask(TREE, { n: named(seed).nhsNumber });
  return patientRecord.id;
}

const withdraw = (id: string) =>
  ask('mutation ($id: ID!) { withdrawSubmission(id: $id, reason: "The wrong ward") { withdrawal { at } } }', { id });

describe("history", () => {
  it("is read page by page, and tells the same as one page", async () => {
    const first = await submitter.records([recordOf(1, { patient: person(1, { maritalStatus: "SINGLE", surname: "Lark" }) })]);
    const second = await submitter.records([recordOf(1, { patient: named(1, { maritalStatus: "MARRIED", surname: "Wren" }) })]);
    const id = await idOf(1);
    const { history: whole } = await ask(HISTORY, { id });
    expect(whole).toMatchObject({ totalCount: 8, pageInfo: { hasNextPage: false } });
    expect(whole.nodes.slice(0, 2)).toMatchObject([
      {
        version: 2,
        field: "maritalStatus",
        before: "SINGLE",
        after: "MARRIED",
        decision: "REPLACED",
        kind: "CHANGE",
        withdrawn: false,
        source: { submissionId: second.id, programmeCode: "CR-VALLEY" },
      },
      { version: 2, field: "surname", before: null, after: null, decision: "REPLACED" },
    ]);
    expect(whole.nodes.at(-1)).toMatchObject({ version: 1, kind: "CREATION", source: { submissionId: first.id } });
    const nodes: unknown[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { history } = await ask(HISTORY, { id, first: 3, after });
      nodes.push(...history.nodes);
      expect(history.totalCount).toBe(8);
      ({ hasNextPage: more, endCursor: after } = history.pageInfo);
    }
    expect(nodes).toEqual(whole.nodes);
  });

  it("shows values of identifying items to the clinical team, to nobody else", async () => {
    const id = await idOf(1);
    const surname = { id, field: "surname" };
    const { history: shown } = await ask(HISTORY, surname, "team");
    expect(shown.nodes).toMatchObject([
      { version: 2, before: "Lark", after: "Wren" },
      { version: 1, before: null, after: "Lark", kind: "CREATION" },
    ]);
    const { history: hidden } = await ask(HISTORY, surname);
    expect(hidden.nodes).toMatchObject([
      { version: 2, decision: "REPLACED", before: null, after: null },
      { version: 1, decision: "SET", before: null, after: null },
    ]);
  });

  it("is refused to whoever may not read the record, as the record is", async () => {
    const id = await idOf(1);
    const answered: string[] = [];
    for (const as of ["submitter", "team", "vendor", "guardian", "analyst", "admin"] as const) {
      const [history, record] = [await refusal(HISTORY, { id }, as), await refusal(BY_ID, { id }, as)];
      expect([as, history.code]).toEqual([as, record.code]);
      if (history.code === undefined) answered.push(as);
      // A vendor app's schema has both: its delegation lacks the scope.
      else expect(history.code).toBe(as === "vendor" ? "FORBIDDEN" : "GRAPHQL_VALIDATION_FAILED");
    }
    expect(answered).toEqual(["submitter", "team"]);
  });

  it("of another organisation's record is what that of no record is", async () => {
    const [theirs, none] = [await idOf(1), "01890000-0000-7000-8000-00000000dead"];
    const refusals = [
      await refusal(HISTORY, { id: theirs }, "submitter2"),
      await refusal(HISTORY, { id: none }, "submitter2"),
      await refusal(HISTORY, { id: "no id" }, "submitter2"),
    ];
    for (const { status, code } of refusals) expect([status, code]).toEqual([200, "NOT_FOUND"]);
    expect((await ask(TREE, { id: theirs }, "submitter2")).patientRecord).toBeNull();
  });

  it("names the nearest item to one that there is not, and never what was asked", async () => {
    const id = await idOf(1);
    expect(await refusal(HISTORY, { id, field: "martialStatus" })).toMatchObject({
      code: "BAD_USER_INPUT",
      path: "field",
      nearestName: "maritalStatus",
    });
    const odd = await submitter.gateway.gql("submitter", HISTORY, { id, field: "Canaryname 9434765919" });
    expect(odd.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(odd.text).not.toMatch(/Canaryname|9434765919/);
    expect(await refusal(HISTORY, { id, after: "nonsense" })).toMatchObject({ code: "BAD_USER_INPUT", path: "after" });
    expect(await refusal(HISTORY, { id, first: 101 })).toMatchObject({ code: "LIMIT_EXCEEDED" });
  });
});

describe("patientRecord with asOf", () => {
  it("is the whole tree that was read then: corrections, what came later, what was withdrawn", async () => {
    const read = async (as: DemoIdentity, asOf: string | null = null) =>
      (await ask(as === "team" ? IDENTIFIED_TREE : TREE, { id, asOf }, as)).patientRecord;
    const first = await submitter.records([journey(20, { patient: person(20, { surname: "Lark" }) })]);
    const id = await idOf(20);
    const atFirst = { team: await read("team"), submitter: await read("submitter") };
    const instant = new Date().toISOString();
    const second = await submitter.records([
      recordOf(20, {
        patient: named(20, { surname: "Wren", hospitalNumber: "H-20-new", maritalStatus: "SINGLE" }),
        initiatingEvents: [
          event({
            treatments: [{ type: "CABG", date: "2026-01-09" }],
            rehabilitations: [
              rehabilitation({ completed: "YES", assessments: [{ number: 1, date: "2026-01-28", weightKg: 90 }] }),
            ],
          }),
        ],
        comorbidities: [{ type: "DIABETES" }],
      }),
    ]);
    const atSecond = { team: await read("team"), submitter: await read("submitter") };
    const later = new Date().toISOString();
    expect(atSecond.team).not.toEqual(atFirst.team);
    await withdraw(second.id);
    await withdraw(first.id);
    for (const as of ["team", "submitter"] as const) {
      expect(await read(as)).toBeNull();
      expect(await read(as, instant)).toEqual(atFirst[as]);
      expect(await read(as, later)).toEqual(atSecond[as]);
      expect(await read(as, "2020-01-01T00:00:00Z")).toBeNull();
      expect(await read(as, new Date().toISOString())).toBeNull();
    }
    expect(atFirst.team.patient).toMatchObject({ surname: "Lark", dateOfBirth: "1951-03-14", yearOfBirth: 1951 });
    expect(atSecond.submitter.patient).toMatchObject({ maritalStatus: "SINGLE", yearOfBirth: 1951 });
    const { history } = await ask(HISTORY, { id, field: "surname" }, "team");
    expect(history.nodes.map(({ kind }: { kind: string }) => kind)).toEqual(["WITHDRAWAL", "WITHDRAWAL", "CHANGE", "CREATION"]);
    expect((await ask(TREE, { id, asOf: instant }, "submitter2")).patientRecord).toBeNull();
  });

  it("finds the patient by the number it has now", async () => {
    await submitter.records([recordOf(30, { patient: person(30, { maritalStatus: "SINGLE" }) })]);
    const instant = new Date().toISOString();
    await submitter.records([recordOf(30, { patient: named(30, { maritalStatus: "MARRIED" }) })]);
    const { patientRecord } = await ask(TREE, { n: named(30).nhsNumber, asOf: instant });
    expect(patientRecord.patient).toMatchObject({ version: 1, maritalStatus: "SINGLE" });
  });

  it("keeps the instants of one request apart", async () => {
    await submitter.records([journey(40)]);
    const instant = new Date().toISOString();
    await submitter.records([
      recordOf(40, { patient: named(40), initiatingEvents: [event({ treatments: [{ type: "CABG", date: "2026-01-09" }] })] }),
    ]);
    const tree = "{ initiatingEvents { treatments { type } } }";
    const { now, then } = await ask(
      `query ($n: String, $asOf: DateTime) { now: patientRecord(nhsNumber: $n) ${tree} then: patientRecord(nhsNumber: $n, asOf: $asOf) ${tree} }`,
      { n: named(40).nhsNumber, asOf: instant },
    );
    expect([now, then].map(({ initiatingEvents }) => initiatingEvents[0].treatments)).toEqual([
      [{ type: "PCI" }, { type: "BYPASS_SURGERY" }],
      [{ type: "PCI" }],
    ]);
  });
});

it("asks the database no more than this, however long a history is", async () => {
  const counts: Record<string, readonly string[]> = {};
  for (const weights of [[70], [71, 72, 73, 74, 75]]) {
    for (const weightKg of weights) {
      const course = rehabilitation({ assessments: [{ number: 1, date: "2026-01-28", weightKg }] });
      await submitter.records([
        journey(50, {
          patient: person(50, { surname: `Lark ${"abcdefgh"[weightKg - 70]}` }),
          initiatingEvents: [event(), event({ eventType: "MI_NSTEMI" })].map((each) => ({ ...each, rehabilitations: [course] })),
        }),
      ]);
    }
    const id = await idOf(50);
    const asOf = new Date().toISOString();
    const note = async (name: string, query: string, variables: Variables, as: DemoIdentity) => {
      counts[name] = [...(counts[name] ?? []), (await ask(query, variables, as)).count];
    };
    await note("history: a page", HISTORY, { id, first: 5 }, "submitter");
    await note("history: a page, with identity", HISTORY, { id, first: 100 }, "team");
    await note("patientRecord: whole tree", IDENTIFIED_TREE, { id }, "team");
    await note("patientRecord: whole tree as of an instant", IDENTIFIED_TREE, { id, asOf }, "team");
  }
  expect(counts).toMatchInlineSnapshot(`
    {
      "history: a page": [
        "1 transactions, 5 statements",
        "1 transactions, 5 statements",
      ],
      "history: a page, with identity": [
        "1 transactions, 5 statements",
        "1 transactions, 5 statements",
      ],
      "patientRecord: whole tree": [
        "9 transactions, 10 statements",
        "9 transactions, 10 statements",
      ],
      "patientRecord: whole tree as of an instant": [
        "9 transactions, 11 statements",
        "9 transactions, 11 statements",
      ],
    }
  `);
});
