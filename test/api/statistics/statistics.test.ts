/** Statistics over HTTP: one answer to one question however it is asked, and refusals that tell nothing of data. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AGREEMENT_ID } from "../../support/agreements.ts";
import { CUT_ID, sampleCuts, WITHDRAWN_CUT_ID } from "../../support/sample-cuts.ts";
import {
  inputOf,
  NARROW_ID,
  PURPOSE,
  QUERY,
  readTold,
  type StatisticsServer,
  startStatisticsServer,
  TABLE,
} from "./statistics-server.ts";

let server: StatisticsServer;
beforeAll(async () => {
  server = await startStatisticsServer();
});
afterAll(async () => {
  expect(server.faults).toEqual([]);
  await server.close();
});

interface Table {
  readonly rows: readonly {
    readonly categories: readonly { readonly category: string }[];
    readonly value: { readonly display: string; readonly number: number | null; readonly suppressed: boolean };
  }[];
  readonly suppressedCells: number;
}
const tableOf = (data: Readonly<Record<string, unknown>> | null): Table => {
  const table = Object.values(data ?? {})[0];
  if (table === undefined) throw new Error("no answer");
  return table as Table;
};
const suggestionsOf = ({ suggestions }: Readonly<Record<string, unknown>>) =>
  suggestions as readonly Readonly<Record<string, unknown>>[];
const ask = (change: Readonly<Record<string, unknown>> = {}, bearer?: string) =>
  server.ask(QUERY, { input: inputOf(change) }, bearer);
const askTable = async (change: Readonly<Record<string, unknown>> = {}): Promise<Table> => tableOf((await ask(change)).data);

describe("one question", () => {
  const where = (...categories: readonly string[]) => categories.map((category) => ({ dimension: "STAGE", category }));
  const asked = `agreement: "${AGREEMENT_ID}", purpose: "${PURPOSE}"`;

  it("has the same bytes of data asked in twelve ways (S6)", async () => {
    const literal = `{ statistics(input: { ${asked}, measure: STARTED, dimensions: [REGION, SEX] }) { ${TABLE} } }`;
    const reordered = `{ statistics(input: { dimensions: [SEX, REGION], measure: STARTED, purpose: "${PURPOSE}", agreement: "${AGREEMENT_ID}" }) { ${TABLE} } }`;
    const fragment = `query ($input: StatisticsInput!) { statistics(input: $input) { ...All } } fragment All on StatisticsTable { ${TABLE} }`;
    const partly = `query ($dimensions: [Dimension!]!) { statistics(input: { ${asked}, measure: STARTED, dimensions: $dimensions }) { ${TABLE} } }`;
    const parameters = new URLSearchParams({ query: literal });
    const got = await server.get(`/graphql?${parameters}`).then(readTold);
    const answers = [
      await ask(),
      await ask({ dimensions: ["SEX", "REGION"] }),
      await ask({ dimensions: ["SEX", "REGION", "SEX"] }),
      await ask({ where: where("STARTED") }),
      await ask({ where: where("COMPLETED", "STARTED_NOT_COMPLETED") }),
      await ask({ measure: "JOURNEYS", where: where("STARTED", "STARTED") }),
      await ask({
        measure: "JOURNEYS",
        where: where("STARTED_NOT_COMPLETED", "COMPLETED"),
        dimensions: ["STAGE", "SEX", "REGION"],
      }),
      await server.ask(literal),
      await server.ask(reordered),
      await server.ask(fragment, { input: inputOf() }),
      await server.ask(partly, { dimensions: ["SEX", "REGION"] }),
      got,
    ];
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(answers[0]?.data).not.toBeNull();
    expect(JSON.stringify(answers[0]?.data)).toContain('"footnotes":["The cut is of a generated population');
    const other = await ask({ measure: "COMPLETED" });
    expect(JSON.stringify(other.data)).not.toBe(JSON.stringify(answers[0]?.data));
  });

  it("is one look-up and one line of the log for each alias", async () => {
    const before = server.uses.length;
    const aliases = Array.from({ length: 5 }, (_, index) => `a${index}: statistics(input: $input) { suppressedCells }`);
    const { data } = await server.ask(`query ($input: StatisticsInput!) { ${aliases.join(" ")} }`, { input: inputOf() });
    expect(Object.keys(data ?? {})).toHaveLength(5);
    expect(server.uses.slice(before)).toHaveLength(5);
    expect(new Set(server.uses.slice(before).map(({ questionDigest }) => questionDigest)).size).toBe(1);
    expect(server.uses.at(-1)).toMatchObject({ outcome: "PERMITTED", cutId: CUT_ID, purpose: PURPOSE, cellsReturned: 4 });
  });

  it.each([12, 200, 10_000])("asked with %i aliases is refused with a code before anything is looked up", async (count) => {
    const before = server.uses.length;
    const aliases = Array.from({ length: count }, (_, index) => `a${index}: statistics(input: $input) { suppressedCells }`);
    const { refusal, data, text } = await server.ask(`query ($input: StatisticsInput!) { ${aliases.join(" ")} }`, {
      input: inputOf(),
    });
    expect([data, server.uses.length]).toEqual([null, before]);
    expect(["LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED"]).toContain(refusal.code);
    expect(text).not.toContain(AGREEMENT_ID);
  });

  it("says what it costs by its rows, so that many at once are over the limit", async () => {
    const { text } = await ask();
    const { extensions }: { extensions: { cost: number } } = JSON.parse(text);
    expect(extensions.cost).toBeGreaterThan(100);
  });
});

describe("what is not shown", () => {
  it("reads the same where it is withheld, unknown or not permitted", async () => {
    const region = (category: string) => [{ dimension: "REGION", category }];
    const unknown = await askTable({ dimensions: ["REGION"], where: region("Y99") });
    const abroad = await askTable({
      agreement: NARROW_ID,
      measure: "JOURNEYS",
      dimensions: ["REGION", "EVENT_GROUP"],
      where: [...region("Y58"), { dimension: "EVENT_GROUP", category: "MI" }],
    });
    const beyond = await askTable({ agreement: NARROW_ID, dimensions: ["REGION"], where: region("Y56") });
    for (const { rows, suppressedCells } of [unknown, abroad, beyond]) {
      expect(rows.map(({ value }) => value)).toEqual([{ display: "*", number: null, suppressed: true }]);
      expect(suppressedCells).toBe(1);
    }
  });

  it("is every figure beyond the agreement's nations and events, in rows that are all there", async () => {
    const mi = [{ dimension: "EVENT_GROUP", category: "MI" }];
    const own = await askTable({ agreement: NARROW_ID, measure: "JOURNEYS", dimensions: ["PROGRAMME", "SEX"], where: [] });
    expect(own.rows).toHaveLength(4);
    expect(own.suppressedCells).toBe(4);
    const all = await askTable({ measure: "JOURNEYS", dimensions: ["PROGRAMME", "EVENT_GROUP"], where: mi });
    const narrow = await askTable({
      agreement: NARROW_ID,
      measure: "JOURNEYS",
      dimensions: ["PROGRAMME", "EVENT_GROUP"],
      where: mi,
    });
    expect(narrow.rows.map(({ categories }) => categories)).toEqual(all.rows.map(({ categories }) => categories));
    expect(narrow.rows[0]?.value).toEqual(all.rows[0]?.value);
    expect(narrow.rows[1]?.value.display).toBe("*");
    const kingdom = await askTable({ agreement: NARROW_ID, measure: "JOURNEYS", dimensions: ["EVENT_GROUP"], where: mi });
    expect(kingdom.rows.map(({ value }) => value.display)).toEqual(["*"]);
  });
});

describe("refusals", () => {
  const four = ["SEX", "AGE", "EVENT_GROUP", "ETHNIC_GROUP"];
  const sex = (category: string) => ({ where: [{ dimension: "SEX", category }] });
  type Change = Readonly<Record<string, unknown>>;
  type Case = readonly [title: string, change: Change, code: string, reasons: readonly string[] | null];
  const refused = (title: string, change: Change, code: string, reasons: readonly string[] | null = null): Case => [
    title,
    change,
    code,
    reasons,
  ];
  const CASES: readonly Case[] = [
    refused("four dimensions", { measure: "JOURNEYS", dimensions: four }, "NOT_PUBLISHED"),
    refused("an undeclared category", sex("OTHER"), "NOT_PUBLISHED"),
    refused("a range of a place's codes", { where: [{ dimension: "REGION", category: "Y%' or 1=1" }] }, "NOT_PUBLISHED"),
    refused("ten digits for a place", { where: [{ dimension: "PROGRAMME", category: "9990000018" }] }, "NOT_PUBLISHED"),
    refused(
      "two programmes",
      { where: ["CR-1", "CR-2"].map((category) => ({ dimension: "PROGRAMME", category })) },
      "NOT_PUBLISHED",
    ),
    refused("a misspelt purpose", { purpose: "Service_evaluation" }, "FORBIDDEN", ["PURPOSE_NOT_DECLARED"]),
    refused("a purpose of 100,000 characters", { purpose: "X".repeat(100_000) }, "FORBIDDEN", ["PURPOSE_NOT_DECLARED"]),
    refused("a year outside the agreement", { auditYear: 1999 }, "FORBIDDEN", ["PERIOD_NOT_PERMITTED"]),
    refused(
      "a nation outside it",
      { agreement: NARROW_ID, dimensions: [], where: [{ dimension: "NATION", category: "WALES" }] },
      "FORBIDDEN",
      ["NATION_NOT_PERMITTED"],
    ),
    refused(
      "an event outside it",
      { agreement: NARROW_ID, measure: "JOURNEYS", where: [{ dimension: "EVENT_GROUP", category: "ANGINA" }] },
      "FORBIDDEN",
      ["EVENT_GROUP_NOT_PERMITTED"],
    ),
    refused("a withdrawn cut", { cut: WITHDRAWN_CUT_ID }, "CUT_WITHDRAWN"),
    refused("an unknown cut", { cut: "01890000-0000-7000-8000-0000000000ff" }, "NOT_FOUND"),
    refused("an unknown agreement", { agreement: "DARS-NIC-99999-ZZZZZ" }, "NOT_FOUND"),
  ];

  it.each(CASES)("%s: coded, with reasons, without what was sent", async (_, change, code, refusals) => {
    const { refusal, data, text } = await ask(change);
    expect([refusal.code, data]).toEqual([code, null]);
    if (refusals !== null) expect(refusal.refusals).toEqual(refusals);
    expect(text).not.toContain("1=1");
    expect(text.length).toBeLessThan(2_000);
  });

  it("suggest questions that are published, as they are asked", async () => {
    const { refusal } = await ask({ measure: "JOURNEYS", dimensions: four });
    const [suggestion] = suggestionsOf(refusal);
    expect(suggestion).toEqual({ measure: "JOURNEYS", dimensions: ["SEX", "AGE", "ETHNIC_GROUP"], where: [] });
    expect((await ask(suggestion)).refusal).toEqual({});
  });

  it("are the same bytes whatever the figures, and for a stranger those of nothing", async () => {
    const other = await startStatisticsServer(sampleCuts(3));
    try {
      for (const [, change] of CASES) {
        const here = await ask(change);
        const there = await other.ask(QUERY, { input: inputOf(change) });
        expect([there.status, there.text]).toEqual([here.status, here.text]);
      }
      const strange = await ask({}, "stranger");
      expect(strange.text).toBe((await ask({ agreement: "DARS-NIC-99999-ZZZZZ" })).text);
    } finally {
      await other.close();
    }
  });

  it("say so where no cut was published", async () => {
    const empty = await startStatisticsServer(sampleCuts(7, true));
    try {
      expect((await empty.ask(QUERY, { input: inputOf() })).refusal).toMatchObject({ code: "NOT_PUBLISHED", auditYears: [] });
    } finally {
      await empty.close();
    }
  });

  it("keep administrators from asking", async () => {
    expect((await ask({}, "admin")).refusal.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });
});

describe("cuts and what can be asked of them", () => {
  it("are listed with those withdrawn, for analysts and administrators", async () => {
    for (const bearer of ["analyst", "admin"]) {
      const { data } = await server.ask(
        "{ cuts { totalCount nodes { number state withdrawn { reason } cubes { auditYear } } } }",
        {},
        bearer,
      );
      expect(data).toMatchObject({
        cuts: {
          totalCount: 2,
          nodes: [
            { number: 2, state: "IN_FORCE" },
            { number: 1, state: "WITHDRAWN" },
          ],
        },
      });
    }
    expect((await server.ask(`{ cut(id: "${CUT_ID}") { number } }`)).data).toEqual({ cut: { number: 2 } });
    expect((await server.ask('{ cut(id: "x") { number } }')).refusal.code).toBe("NOT_FOUND");
  });

  it("every listed table can be asked for each of its measures, and has as many rows as it says", async () => {
    const { data } = await server.ask(
      "{ publishedTables { auditYear dimensions { dimension term isPlace categories { category label } rollUps { category of } } measures { measure unit } tables { dimensions measures cells } } }",
    );
    const listed = data?.publishedTables as {
      readonly auditYear: number;
      readonly tables: readonly {
        readonly dimensions: readonly string[];
        readonly measures: readonly string[];
        readonly cells: number;
      }[];
    };
    expect(listed.auditYear).toBe(2024);
    expect(listed.tables.length).toBeGreaterThan(200);
    for (const table of listed.tables.filter((_, index) => index % 40 === 0))
      for (const measure of table.measures.slice(0, 2)) {
        const { rows } = await askTable({ measure, dimensions: table.dimensions });
        expect(rows).toHaveLength(table.cells);
      }
    expect((await server.ask(`{ publishedTables(cut: "${WITHDRAWN_CUT_ID}") { auditYear } }`)).refusal.code).toBe(
      "CUT_WITHDRAWN",
    );
  });
});
