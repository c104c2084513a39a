/** What the lists of links ask the database for. What is read under the linker's role is not counted: one statement of `duplicates`. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type CountedDatabase, countDatabase } from "../../support/counted-database.ts";
import { openTestDatabase } from "../../support/database.ts";
import { startTestGateway } from "../../support/gateway.ts";
import { event, named, person, recordOf } from "../../support/journey-records.ts";
import { type Submitter, submitterOf } from "../submission/submitting.ts";
import { GROUP, LINK, teamsOf } from "./link-client.ts";

let counted: CountedDatabase;
let submitter: Submitter;
const teams = teamsOf(() => submitter);

beforeAll(async () => {
  counted = countDatabase(await openTestDatabase());
  submitter = submitterOf(await startTestGateway({ database: counted }));
});

afterAll(async () => {
  await submitter.gateway.close();
  await counted.close();
});

/** A proposal across organisations, and one between own events. */
async function send(n: number): Promise<void> {
  const events = [event(), event({ eventDate: "2026-02-20" })];
  const foreign = { ...event({ eventDate: "2026-04-10" }), treatments: [{ type: "PCI", date: "2026-04-10" }] };
  await teams.send("submitter", recordOf(n, { initiatingEvents: events }));
  await teams.send("submitter2", recordOf(n, { patient: person(n, { hospitalNumber: `C-${n}` }), initiatingEvents: [foreign] }));
  const { initiatingEvents } = await teams.patient("team", named(n).nhsNumber);
  await teams.awaitLinks("team", initiatingEvents[1]?.id ?? "", 2);
}

const LISTS = {
  proposedLinks: `{ proposedLinks(first: 50) { totalCount nodes ${LINK} } }`,
  duplicates: `{ duplicates(first: 40) { totalCount nodes ${GROUP} } }`,
  identityConflicts: "{ identityConflicts { totalCount nodes { patientRecordId } } }",
};

async function count(): Promise<Readonly<Record<string, string>>> {
  const counts: Record<string, string> = {};
  for (const [name, query] of Object.entries(LISTS)) {
    await submitter.gateway.gql("team", query);
    counted.takeCount();
    const { errors } = await submitter.gateway.gql("team", query);
    expect(errors).toEqual([]);
    counts[name] = counted.takeCount();
  }
  return counts;
}

it("ask the same of one person as of four", async () => {
  await send(45_001);
  const one = await count();
  for (const n of [45_002, 45_003, 45_004]) await send(n);
  expect(await count()).toEqual(one);
  expect(one).toMatchInlineSnapshot(`
    {
      "duplicates": "4 transactions, 13 statements",
      "identityConflicts": "1 transactions, 3 statements",
      "proposedLinks": "2 transactions, 11 statements",
    }
  `);
});
