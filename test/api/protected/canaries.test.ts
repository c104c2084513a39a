/**
 * Patients of whom every identifying item is a canary go through every door of the gateway, with success and without, and are then looked
 * for in everything that the gateway, its database and its answers leave behind (assurance D1). `NACR_CANARIES=10000` for the full figure.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseKind } from "../../support/database.ts";
import { eventually } from "../../support/webhook-receiver.ts";
import { CanaryClient, optionsOf, submitting, type Told } from "./canary-client.ts";
import { FAILURES } from "./canary-failures.ts";
import { type Ground, openGround, type RunningGateway, startGateway } from "./canary-gateway.ts";
import { type CanaryPatient, canaryPatient, toRecord } from "./canary-patients.ts";
import { lookAtDatabase, lookAtExport, lookAtGateway, readQuestions, sizeOfDatabasePlaces } from "./canary-places.ts";
import { listenToWebhooks, readAsOthers, readAsTeam } from "./canary-readers.ts";
import { CanarySearch, type Finding } from "./canary-search.ts";
import { type Party, WAYS, type Way } from "./canary-ways.ts";

const IS_FULL = process.env.NACR_CANARIES !== undefined;
const COUNT = Number(process.env.NACR_CANARIES ?? 60);
const AT_ONCE = 100;
const PATIENCE_MS = 3_600_000;

const patients = Array.from({ length: COUNT }, (_, index) => canaryPatient(index));
const search = new CanarySearch(patients);

let ground: Ground;
let gateway: RunningGateway;
let client: CanaryClient;

/** What a failure shows: which items where, and how many patients. */
function summarise(found: readonly Finding[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { place, item } of found) counts[`${place}: ${item}`] = (counts[`${place}: ${item}`] ?? 0) + 1;
  return counts;
}

async function lookAtAnswers(from: CanaryClient): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { place, text, allows } of from.told)
    found.push(...(await search.lookIn(place, text)).filter(({ item }) => !allows.includes(item)));
  return found;
}

/** They take a request or several for each patient: a full run gives them so many, and the rest to the others. */
const ONE_BY_ONE = new Set(["objections", "lookUps", "merges", "documents", "requests", "values"]);
const MOST_ONE_BY_ONE = 40;

/** Each way has its own share of the patients. */
function shareOut(): readonly (readonly [name: string, way: Way, share: readonly CanaryPatient[]])[] {
  const ways = [...Object.entries(WAYS), ...Object.entries(FAILURES)];
  const few = Math.min(MOST_ONE_BY_ONE, Math.floor(COUNT / ways.length));
  const many = Math.ceil((COUNT - few * ONE_BY_ONE.size) / (ways.length - ONE_BY_ONE.size));
  let next = 0;
  return ways.map(([name, way]) => {
    const from = next;
    next += ONE_BY_ONE.has(name) ? few : many;
    return [name, way, patients.slice(from, next)];
  });
}

async function sendAll(party: Party): Promise<void> {
  for (const [name, way, share] of shareOut()) {
    const begun = performance.now();
    for (let at = 0; at < share.length; at += AT_ONCE) await way(party, share.slice(at, at + AT_ONCE));
    if (IS_FULL) console.info(`${name}: ${share.length} patients, ${Math.round(performance.now() - begun)} ms`);
    // Its questions are to be understood: what is refused before it is looked at shows nothing.
    if (name in WAYS) expect(outcomesIn(party.client.told), name).not.toContain("GRAPHQL_VALIDATION_FAILED");
  }
}

/** What became of what was sent: outcomes of submissions, codes of refusals. */
const outcomesIn = (answers: readonly Told[]): readonly string[] => [
  ...new Set(answers.flatMap(({ text }) => [...text.matchAll(/"(?:outcome|code)":"(\w+)"/g)].map(([, said = ""]) => said))),
];

/** How much was looked through, for the record of a full run. */
async function printSizes(): Promise<void> {
  if (IS_FULL) console.info(`${COUNT} patients, ${client.told.length} answers`, await sizeOfDatabasePlaces(ground));
}

describe.skipIf(databaseKind === "embedded")("identifiers that were sent", () => {
  beforeAll(async () => {
    ground = await openGround();
    gateway = await startGateway(ground);
    client = new CanaryClient(gateway.url);
    const webhooks = await listenToWebhooks(client);
    await sendAll({ client, ground, mllpPort: gateway.mllpPort });
    await readAsOthers(client);
    await readAsTeam(client);
    webhooks.report();
    await webhooks.close();
  }, PATIENCE_MS);
  afterAll(async () => {
    await gateway?.stop();
    await ground?.remove();
  });

  it("are in no answer but to whom they belong", async () => {
    expect(summarise(await lookAtAnswers(client))).toEqual({});
    const shown = client.told.filter(({ place }) => place.startsWith("the clinical team's patients"));
    const seen = await search.lookIn("", shown.map(({ text }) => text).join(""));
    expect(new Set(seen.map(({ index }) => index)).size, "a page of them, which are there to be found").toBeGreaterThan(
      Math.min(COUNT / 4, 90),
    );
    expect(client.told.filter(({ place }) => place === "webhook").length).toBeGreaterThan(5);
    expect(outcomesIn(client.told)).toEqual(expect.arrayContaining(OUTCOMES));
  });

  it("are in no log line, metric, or file of the data folder", async () => {
    expect(summarise(await lookAtGateway(search, ground, gateway))).toEqual({});
  });

  it(
    "are in clear in no table, no log ahead, no server log that says all it can, and in no export of the audit trail",
    async () => {
      const found = (await Promise.all([lookAtDatabase(search, ground), lookAtExport(search, ground)])).flat();
      expect(summarise(found)).toEqual({});
      await printSizes();
    },
    PATIENCE_MS,
  );

  it(
    "are asked of the opt-out check in files for their owner alone, which are gone with the answer",
    async () => {
      await gateway.stop();
      // A worker asks every ten minutes, whichever it is: this one is to ask now.
      await ground.query("delete from pgboss.job where name = 'maintenance'");
      gateway = await startGateway(ground, "leaking");
      await eventually(async () => (await readQuestions(ground)).length > 0, "a question of the opt-out check");
      const questions = await readQuestions(ground);
      expect(new Set(questions.map(({ mode }) => mode))).toEqual(new Set([0o600]));
      expect((await search.lookIn("", questions.map(({ text }) => text).join())).length).toBeGreaterThan(COUNT / 4);

      const team = new CanaryClient(gateway.url);
      for (const { text } of questions) await answerQuestion(team, text);
      expect(await readQuestions(ground)).toEqual([]);
      expect(summarise([...(await lookAtAnswers(team)), ...(await lookAtGateway(search, ground, gateway))])).toEqual({});
    },
    PATIENCE_MS,
  );

  it(
    "are found where a gateway tells them to its log, and where a column is not sealed (control)",
    async () => {
      const [patient] = patients;
      if (patient === undefined) throw new RangeError("there are patients");
      const input = { options: optionsOf(), records: [toRecord(patient)] };
      await new CanaryClient(gateway.url).ask(submitting("Records"), { input }, { place: "the control" });
      const { surname, nhsNumber, dateOfBirth } = patient;
      await ground.query("create table scratch (surname text, number bytea, born date)");
      await ground.query("insert into scratch values ($1, $2, $3)", [surname, Buffer.from(nhsNumber), dateOfBirth]);
      const found = [...(await lookAtGateway(search, ground, gateway)), ...(await lookAtDatabase(search, ground))];
      const places = Object.keys(summarise(found)).map((place) => place.replace(/: [0-9A-F]+:/, ":"));
      expect(places).toEqual(expect.arrayContaining(LEAKS));
    },
    PATIENCE_MS,
  );
});

/** What was to come about, so that a way that no longer leads anywhere does not pass for one without a leak. */
const OUTCOMES = [
  "ACCEPTED_WITH_WARNINGS",
  "ACCEPTED_WITH_REJECTIONS",
  "REJECTED",
  "BAD_USER_INPUT",
  "FORBIDDEN",
  "FORMAT_UNRECOGNISED",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "IDEMPOTENCY_KEY_REUSED",
  "INTERNAL_SERVER_ERROR",
  "DATABASE_UNAVAILABLE",
  "OVERLOADED",
];

/** Of the control: each place that leaks, and what. */
const LEAKS = [
  "pg_dump: dateOfBirth",
  "pg_dump: nhsNumber",
  "pg_dump: surname",
  "pg_wal: nhsNumber",
  "pg_wal: surname",
  "server log: server.log: surname",
  "table file: surname",
  "the gateway's output: address",
  "the gateway's output: dateOfBirth",
  "the gateway's output: nhsNumber",
  "the gateway's output: postcode",
  "the gateway's output: surname",
];

/** All of them may be used: the question is the answer. */
async function answerQuestion(team: CanaryClient, text: string): Promise<void> {
  const uploadId = await team.upload(text, { place: "an answer's upload", as: "team" });
  const list = "{optOutRequests(first:10){nodes{id state}}}";
  const { text: listed } = await team.ask(list, {}, { place: "optOutRequests", as: "team" });
  const requestId = /"id":"([^"]+)","state":"SENT"/.exec(listed)?.[1];
  const take = "mutation($input:ImportOptOutResultInput!){importOptOutResult(input:$input){id state asked}}";
  const { data } = await team.ask(take, { input: { requestId, uploadId } }, { place: "importOptOutResult", as: "team" });
  expect(data).toMatchObject({ importOptOutResult: { state: "ANSWERED" } });
}
