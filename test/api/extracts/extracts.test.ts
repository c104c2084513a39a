/** Extracts over a whole gateway: asked for over GraphQL, made by its worker, fetched over HTTP; a cut of generated journeys in the database. */
import { setTimeout as wait } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_IDENTITIES } from "../../../src/access/demo-identities.ts";
import type { Terms } from "../../../src/agreements/terms.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createAgreementStore } from "../../../src/persistence/agreement-store.ts";
import { EXTRACT_FIELDS } from "../../../src/statistics/extracts/extract-groups.ts";
import { journeysOf } from "../../db/extracts/extract-bench.ts";
import { signedAgreement, soundTerms } from "../../support/agreements.ts";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { placeCut } from "../../support/place-cut.ts";
import { readZip } from "../../support/zip-files.ts";

const JOURNEYS = journeysOf(1, 300);
let gateway: TestGateway;
let cut: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  cut = await placeCut(gateway.database, JOURNEYS);
});
afterAll(() => gateway.close());

type Json = Readonly<Record<string, unknown>>;
const ANALYST_ID = DEMO_IDENTITIES.analyst?.clientId ?? "";
let number = 0;
async function agree(change: Partial<Terms>): Promise<string> {
  number += 1;
  const id = `DARS-NIC-${String(number).padStart(5, "0")}-OVERX`;
  const sound = soundTerms();
  const terms: Terms = {
    ...sound,
    ...{
      extractFrequency: "YEARLY",
      fields: [...EXTRACT_FIELDS],
      dimensions: ["sex", "nation"],
      measures: ["STARTED", "PERCENT_STARTED"],
    },
    ...{ nations: ["ENGLAND", "WALES", "NORTHERN_IRELAND"], years: [2024] },
    eventGroups: ["MI", "ANGINA", "HEART_FAILURE", "RHYTHM", "STRUCTURAL", "TREATMENT", "OTHER"],
    people: sound.people.map((person) => ({ ...person, clientId: ANALYST_ID })),
    ...change,
  };
  const entry = { action: "CREATE", type: "TEST", outcome: "DONE", ods: null, correlationId: null } as const;
  const store = createAgreementStore({ database: gateway.database.database, newId: createUuid7() });
  await store.insert(signedAgreement(terms, undefined, id), { ...entry, agent: { id: "t", role: null, ods: null } });
  return id;
}

const EXTRACT = `id agreementId state product period format madeAt handedOverAt downloads download files { name rows bytes sha256 }
  tables { measure dimensions }`;
interface Shown {
  readonly id: string;
  readonly state: string;
  readonly download: string | null;
  readonly downloads: number;
  readonly files: readonly { readonly name: string; readonly rows: number }[];
}
const ask = async <T>(as: DemoIdentity, document: string, variables: Json): Promise<T> => {
  const { data, errors } = await gateway.gql<Record<string, T>>(as, document, variables);
  expect(errors).toEqual([]);
  const [answer] = Object.values(data ?? {});
  if (answer === undefined) throw new Error("no answer");
  return answer;
};
const REQUEST = `mutation ($input: ExtractInput!) { requestExtract(input: $input) { ${EXTRACT} } }`;
const TABLES = `mutation ($input: ExactTablesInput!) { requestTables(input: $input) { ${EXTRACT} } }`;
const FIND = `query ($id: ID!) { extract(id: $id) { ${EXTRACT} } }`;
const input = (agreement: string, more: Json = {}) => ({
  input: { agreement, purpose: "SERVICE_EVALUATION", cut, period: "2024", location: "CAMPUS", ...more },
});

async function whenReady(id: string): Promise<Shown> {
  for (let look = 0; look < 300; look++) {
    const extract = await ask<Shown>("analyst", FIND, { id });
    if (extract.state !== "REQUESTED") return extract;
    await wait(100);
  }
  throw new Error("it is not made");
}
const fetchZip = async (as: DemoIdentity, path: string) =>
  fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${await gateway.token(as)}` } });

describe("a record-level extract", () => {
  it("is asked for, made by the worker, fetched by a named person, and every time is in the agreement's log", async () => {
    const agreement = await agree({ productClass: "PSEUDONYMISED_RECORD_LEVEL" });
    const asked = await ask<Shown>(
      "analyst",
      REQUEST,
      input(agreement, { format: "CSV", fields: ["journey.age", "journey.nation"] }),
    );
    expect(asked).toMatchObject({ state: "REQUESTED", download: null });
    const made = await whenReady(asked.id);
    expect(made).toMatchObject({ state: "READY", downloads: 0, download: `/extracts/${asked.id}/files.zip` });

    const answer = await fetchZip("analyst", made.download ?? "");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/zip"]);
    const files = await readZip(Buffer.from(await answer.arrayBuffer()));
    const rows: readonly Json[] = parse(files.get("journey.csv") ?? "", { columns: true });
    expect(rows).toHaveLength(JOURNEYS.filter(({ row }) => row.nation !== null).length);
    expect(Object.keys(rows[0] ?? {})).toEqual(["patientId", "journeyId", "nation", "age"]);

    const foreign = await fetchZip("admin", made.download ?? "");
    expect([foreign.status, await foreign.json()]).toMatchObject([403, { errors: [{ extensions: { code: "FORBIDDEN" } }] }]);
    const uses = await gateway.database.query(
      `select outcome, question, cells_returned from agreement.use where agreement_id = '${agreement}' order by at, id`,
    );
    expect(uses.map(({ outcome, cells_returned }) => [outcome, cells_returned])).toEqual([
      ["PERMITTED", 0],
      ["PERMITTED", made.files.reduce((sum, file) => sum + file.rows, 0)],
      ["REFUSED", null],
    ]);
    const list = await ask<{ totalCount: number; nodes: Shown[] }>(
      "admin",
      `query ($agreement: ID!) { extracts(agreement: $agreement) { totalCount nodes { ${EXTRACT} } } }`,
      { agreement },
    );
    expect(list).toMatchObject({ totalCount: 1, nodes: [{ id: asked.id, downloads: 1 }] });
    const pack = await ask<{ files: { name: string; content: string }[] }>(
      "admin",
      "query ($agreement: ID!) { auditPack(agreement: $agreement) { files { name content } } }",
      { agreement },
    );
    expect(pack.files.find(({ name }) => name === "extracts.csv")?.content).toContain(asked.id);
    expect(await ask("guardian", "{ extractsHoldingWithheld { id persons } }", {})).toEqual([]);
  });

  it("is refused by code where the class or the frequency has none, and unknown ones like foreign ones", async () => {
    const suppressed = await agree({ productClass: "AGGREGATED_SUPPRESSED", extractFrequency: "NONE", fields: [] });
    const { errors } = await gateway.gql("analyst", REQUEST, input(suppressed, { format: "CSV" }));
    expect(errors[0]?.extensions).toMatchObject({ code: "FORBIDDEN", refusals: ["PRODUCT_NOT_PERMITTED"] });
    const nobody = "01890000-0000-7000-8000-000000000000";
    expect((await gateway.gql("analyst", FIND, { id: nobody })).errors[0]?.extensions.code).toBe("NOT_FOUND");
    expect((await fetchZip("analyst", `/extracts/${nobody}/files.zip`)).status).toBe(404);
    expect((await fetchZip("analyst", "/extracts/none/files.zip")).status).toBe(404);
  });
});

describe("exact tables", () => {
  it("are made for the class that may hold small numbers, under its profile, and for no other", async () => {
    const tables = [
      { measure: "STARTED", dimensions: ["SEX"] },
      { measure: "PERCENT_STARTED", dimensions: ["NATION"] },
    ];
    const agreement = await agree({ productClass: "AGGREGATED_SMALL_NUMBERS", disclosureProfile: "CSDS", fields: [] });
    const { id } = await ask<Shown>("analyst", TABLES, input(agreement, { tables }));
    const made = await whenReady(id);
    expect(made).toMatchObject({ state: "READY", tables: [tables[0], tables[1]] });
    const files = await readZip(Buffer.from(await (await fetchZip("analyst", made.download ?? "")).arrayBuffer()));
    expect([...files.keys()]).toEqual(["data_dictionary.csv", "footnotes.txt", "table_1.csv", "table_2.csv", "manifest.json"]);
    const started = (sex: string): number =>
      JOURNEYS.filter(
        ({ row }) =>
          row.gender === sex && row.nation !== null && row.programme !== null && /^(STARTED|COMPLETED)/.test(row.stage ?? ""),
      ).length;
    const rounded = (count: number): string => (count < 5 ? "*" : String(Math.round(count / 5) * 5));
    expect(files.get("table_1.csv")?.toString()).toBe(
      `sex,STARTED\r\nMALE,${rounded(started("MALE"))}\r\nFEMALE,${rounded(started("FEMALE"))}\r\n`,
    );
    expect(files.get("footnotes.txt")?.toString()).toContain("Disclosure profile CSDS");
    const other = await agree({ productClass: "PSEUDONYMISED_RECORD_LEVEL" });
    const { errors } = await gateway.gql("analyst", TABLES, input(other, { tables }));
    expect(errors[0]?.extensions).toMatchObject({ code: "FORBIDDEN", refusals: ["PRODUCT_NOT_PERMITTED"] });
  });
});
