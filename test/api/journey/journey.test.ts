/** The resolved journey over HTTP: two organisations, one person. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CountedDatabase, countDatabase } from "../../support/counted-database.ts";
import { openTestDatabase } from "../../support/database.ts";
import { type DemoIdentity, startTestGateway } from "../../support/gateway.ts";
import { event, type Input, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { type Submitter, submitterOf } from "../submission/submitting.ts";

let counted: CountedDatabase;
let submitter: Submitter;

beforeAll(async () => {
  counted = countDatabase(await openTestDatabase());
  submitter = submitterOf(await startTestGateway({ database: counted }));
});
afterAll(async () => {
  await submitter.gateway.close();
  await counted.close();
});

const SOURCE = "organisation { odsCode name own } recordId submission { submissionId programmeCode receivedAt } at";
const CLAIM = `value source { ${SOURCE} }`;
const ITEM = `field rule ${CLAIM} conflicts { ${CLAIM} } unknowns { ${CLAIM} }`;
const LINK = "id rule says confidence madeBy records { organisation { odsCode } recordId }";
const COURSE = "id referralDate completed assessments { id number date weightKg drugs { class } } acuteEvents { type }";
/** Every field there is. */
const JOURNEY = `query ($id: ID!) { journey(patientRecordId: $id) {
  patient { recordIds gender { ${ITEM} } ethnicGroup { ${ITEM} } maritalStatus { ${ITEM} } }
  organisations { odsCode name own } links { ${LINK} }
  episodes { eventType { ${ITEM} } eventDate { ${ITEM} } treatments { type date sources { ${SOURCE} } } links { ${LINK} }
    events { eventType eventDate ${SOURCE} rehabilitations { ${COURSE} } } } } }`;
const FIND = "query ($n: String) { patientRecord(nhsNumber: $n) { id initiatingEvents { id rehabilitations { id } } } }";

const ask = (as: DemoIdentity, query: string, variables: Input) => submitter.gateway.gql(as, query, variables);

/** The data of an answer without errors; its shape is the test's claim. */
async function answerOf(as: DemoIdentity, query: string, variables: Input) {
  const answer = await ask(as, query, variables);
  expect(answer.errors).toEqual([]);
  return { ...JSON.parse(answer.text).data, text: answer.text };
}

const recordFor = async (as: DemoIdentity, seed: number) =>
  (await answerOf(as, FIND, { n: named(seed).nhsNumber })).patientRecord;

/** Links are made after the answer: nothing is due any more. */
async function waitForLinks(): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const [row] = await counted.query("select count(*)::int as due from link.due");
    if (row?.due === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("links are still due after ten seconds");
}

async function linkedJourney(as: DemoIdentity, id: string) {
  await waitForLinks();
  const { journey, text } = await answerOf(as, JOURNEY, { id });
  return { ...journey, text };
}

/** Our infarction with a PCI, and what the other hospital sends of the same person. */
async function sendBoth(seed: number, ours: Input = {}, theirs: Input = {}) {
  const own = await submitter.records([
    recordOf(seed, {
      initiatingEvents: [event({ treatments: [{ type: "PCI", date: "2026-01-02" }], rehabilitations: [rehabilitation()] })],
      ...ours,
    }),
  ]);
  const other = await submitter.records(
    [recordOf(seed, { sourceRecordId: `canary-source-${seed}`, initiatingEvents: [event()], ...theirs })],
    undefined,
    "submitter2",
  );
  return { own, other };
}

const THEIRS = { odsCode: "ZDM02", name: "Demo Coast NHS Foundation Trust", own: false };

describe("a journey over two organisations", () => {
  it("has each item with its winner, the rule, the sources and what was said against it", async () => {
    const { own } = await sendBoth(
      1,
      { patient: person(1, { ethnicGroup: "NOT_STATED", maritalStatus: "SINGLE" }) },
      {
        patient: person(1, { hospitalNumber: "X-1", gender: "FEMALE", ethnicGroup: "WHITE_IRISH" }),
        initiatingEvents: [
          event({
            eventType: "USE_TREATMENT",
            treatments: [{ type: "PCI", date: "2026-01-02" }],
            referringOrganisation: "ZDM01",
          }),
        ],
      },
    );
    const { id, initiatingEvents } = await recordFor("submitter", 1);
    const journey = await linkedJourney("team", id);
    const source = { organisation: { odsCode: "ZDM01", own: true }, recordId: id, submission: { submissionId: own.id } };
    expect(journey.patient).toMatchObject({
      recordIds: [id],
      gender: { rule: "LATER_OVER_EARLIER", value: "FEMALE", source: { organisation: THEIRS, recordId: null, submission: null } },
      ethnicGroup: {
        rule: "KNOWN_OVER_UNKNOWN",
        value: "WHITE_IRISH",
        conflicts: [],
        unknowns: [{ value: "NOT_STATED", source }],
      },
      maritalStatus: { rule: "ONLY_CLAIM", value: "SINGLE", source: { ...source, submission: { programmeCode: "CR-VALLEY" } } },
    });
    expect(journey.patient.gender.conflicts).toMatchObject([{ value: "MALE", source }]);
    expect(journey.organisations).toMatchObject([{ odsCode: "ZDM01", own: true }, THEIRS]);
    expect(journey.links).toMatchObject([{ rule: "SAME_NUMBER_SAME_BIRTH", confidence: "CERTAIN", madeBy: "RULE" }]);
    expect(journey.episodes).toHaveLength(1);
    const [episode] = journey.episodes;
    expect(episode).toMatchObject({
      eventType: { value: "MI_STEMI", rule: "PRECEDENCE_OF_VALUES", conflicts: [{ value: "USE_TREATMENT" }] },
      eventDate: { value: "2026-01-02", rule: "ALL_AGREE", source: { recordId: initiatingEvents[0].id } },
      treatments: [{ type: "PCI", date: "2026-01-02", sources: [{ recordId: expect.any(String) }, { recordId: null }] }],
      links: [{ madeBy: "RULE", says: expect.any(String) }],
    });
    expect(episode.events).toMatchObject([
      { recordId: initiatingEvents[0].id, rehabilitations: [{ assessments: [{ number: 1, weightKg: 82 }] }] },
      { organisation: THEIRS, recordId: null, submission: null, eventType: "USE_TREATMENT", rehabilitations: [] },
    ]);
  });

  it("of the other organisation tells nothing that identifies, no rehabilitation, no id", async () => {
    const { other } = await sendBoth(
      2,
      {},
      {
        patient: person(2, { hospitalNumber: "CANARY-H", surname: "Canaryname", forename: "Canaryfore", postcode: "ZZ99 9ZZ" }),
        initiatingEvents: [
          event({
            dischargeDate: "2026-01-11",
            rehabilitations: [
              rehabilitation({ referralDate: "2026-01-13", assessments: [{ number: 1, date: "2026-01-29", weightKg: 191.5 }] }),
            ],
          }),
        ],
        comorbidities: [{ type: "EMPHYSEMA_COPD" }],
      },
    );
    const { id } = await recordFor("submitter", 2);
    const theirs = await recordFor("submitter2", 2);
    const { text } = await linkedJourney("team", id);
    expect(text).toContain("ZDM02");
    const hidden = [
      ...[theirs.id, theirs.initiatingEvents[0].id, theirs.initiatingEvents[0].rehabilitations[0].id, other.id],
      ...["CR-COAST", "canary-source", "CANARY-H", "Canaryname", "Canaryfore", "ZZ99", "191.5", "EMPHYSEMA"],
      ...["2026-01-11", "2026-01-13", "2026-01-29", String(named(2).nhsNumber), "1951-03-14"],
    ];
    for (const value of hidden) expect(text).not.toContain(value);
    // Control: the other organisation's own answers hold what is looked for.
    const record = await answerOf(
      "submitter2",
      "query ($id: ID) { patientRecord(id: $id) { comorbidities { type } initiatingEvents { dischargeDate } } }",
      { id: theirs.id },
    );
    expect(record.text).toMatch(/EMPHYSEMA.*2026-01-11/);
  });

  it("is the same person seen from the other side", async () => {
    const theirs = await recordFor("submitter2", 2);
    const { organisations, episodes, text } = await linkedJourney("team2", theirs.id);
    expect(organisations).toMatchObject([
      { odsCode: "ZDM02", own: true },
      { odsCode: "ZDM01", own: false },
    ]);
    expect(episodes[0].events).toMatchObject([
      { recordId: null, rehabilitations: [] },
      { recordId: theirs.initiatingEvents[0].id, rehabilitations: [{ assessments: [{ weightKg: 191.5 }] }] },
    ]);
    expect(text).not.toContain("CR-VALLEY");
  });

  it("is written into both organisations' access logs", async () => {
    const [ours, theirs] = [await recordFor("submitter", 2), await recordFor("submitter2", 2)];
    const read = () =>
      counted.query(
        `select ods, patient_ids[1]::text as patient, agent_ods as reader_ods, agent_id as client_id, type as action from audit.event
         where agent_ods = 'ZDM01' and patient_ids && array[$1, $2]::uuid[] and person_ids is not null order by at, ods`,
        [ours.id, theirs.id],
      );
    const before = (await read()).length;
    await answerOf("team", JOURNEY, { id: ours.id });
    const line = { reader_ods: "ZDM01", client_id: "demo-team", action: "READ_JOURNEY" };
    expect((await read()).slice(before)).toEqual([
      { ods: "ZDM01", patient: ours.id, ...line },
      { ods: "ZDM02", patient: theirs.id, ...line },
    ]);
  });
});

describe("the query", () => {
  it("is for the clinical team, by a record of its own organisation", async () => {
    const [ours, theirs] = [await recordFor("submitter", 2), await recordFor("submitter2", 2)];
    for (const as of ["submitter", "vendor", "guardian", "analyst", "admin"] as const)
      expect((await ask(as, JOURNEY, { id: ours.id })).errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    for (const id of [theirs.id, "01890000-0000-7000-8000-00000000dead", "no id"])
      expect((await ask("team", JOURNEY, { id })).errors[0]?.extensions.code).toBe("NOT_FOUND");
  });

  it("is refused on GET", async () => {
    const { id } = await recordFor("submitter", 2);
    const query = encodeURIComponent(`{ journey(patientRecordId: "${id}") { organisations { odsCode } } }`);
    const answer = await fetch(`${submitter.gateway.url}/graphql?query=${query}`, {
      headers: { authorization: `Bearer ${await submitter.gateway.token("team")}`, "apollo-require-preflight": "1" },
    });
    expect(answer.status).toBe(405);
  });

  it("of a patient of one organisation alone has its own events, each an episode", async () => {
    await submitter.records([recordOf(5, { initiatingEvents: [event(), event({ eventDate: "2020-01-02" })] })]);
    const { id } = await recordFor("submitter", 5);
    const { journey } = await answerOf("team", JOURNEY, { id });
    expect(journey.organisations).toHaveLength(1);
    expect(journey.episodes.map(({ eventDate }: { eventDate: { value: string } }) => eventDate.value)).toEqual([
      "2020-01-02",
      "2026-01-02",
    ]);
  });
});

describe("the limit of linked persons", () => {
  it("refuses the 61st person within the hour, not one that was read before, nor one of the own organisation alone", async () => {
    const seeds = Array.from({ length: 61 }, (_, at) => 1_000 + at);
    const events = { initiatingEvents: [event()] };
    await submitter.records(seeds.map((seed) => recordOf(seed, events)));
    await submitter.records(
      seeds.map((seed) => recordOf(seed, events)),
      undefined,
      "submitter2",
    );
    await waitForLinks();
    const ids: string[] = [];
    for (const seed of seeds) ids.push((await recordFor("submitter2", seed)).id);
    const seen: unknown[] = [];
    for (const id of ids) {
      const { errors, text } = await ask("team2", JOURNEY, { id });
      seen.push(errors[0]?.extensions.code ?? (text.includes("ZDM01") ? "LINKED" : "ALONE"));
    }
    // One person of the tests before counts, too.
    expect(seen.filter((word) => word === "LINKED")).toHaveLength(59);
    const refused = ids[seen.indexOf("LIMIT_EXCEEDED")] ?? "";
    const { errors } = await ask("team2", JOURNEY, { id: refused });
    expect(errors[0]?.extensions).toMatchObject({ code: "LIMIT_EXCEEDED", limit: "linkedPersonsPerHour", value: 60 });
    expect((await ask("team2", JOURNEY, { id: ids[0] })).errors).toEqual([]);
    const { limits } = await answerOf("team2", "{ limits { linkedPersonsPerHour } }", {});
    expect(limits).toEqual({ linkedPersonsPerHour: 60 });
  });
});

it("asks the database no more than this", async () => {
  const counts: Record<string, string> = {};
  const { id } = await recordFor("submitter", 2);
  for (const [name, as, record] of [
    ["linked, with rehabilitations", "team", id],
    ["alone, with rehabilitations", "team", (await recordFor("submitter", 5)).id],
  ] as const) {
    await answerOf(as, JOURNEY, { id: record });
    counted.takeCount();
    await answerOf(as, JOURNEY, { id: record });
    counts[name] = counted.takeCount();
  }
  expect(counts).toMatchInlineSnapshot(`
    {
      "alone, with rehabilitations": "3 transactions, 7 statements",
      "linked, with rehabilitations": "6 transactions, 18 statements",
    }
  `);
});
