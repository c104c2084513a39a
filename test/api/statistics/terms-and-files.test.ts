/** When an agreement answers, to the second in London; and answers as files. */
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromBufferPromise } from "yauzl";
import { AGREEMENT_ID, NOW, signedAgreement } from "../../support/agreements.ts";
import { CUT_ID, sampleCuts } from "../../support/sample-cuts.ts";
import {
  everything,
  inputOf,
  NARROW_ID,
  QUERY,
  readTold,
  type StatisticsServer,
  startStatisticsServer,
} from "./statistics-server.ts";

describe("an agreement answers from 00:00 of its first to 24:00 of its last day in London", () => {
  const BEFORE = "2020-01-01T00:00:00.000Z";
  /** With the instants in UTC at which the first day begins and the last one is over. */
  const TERMS = [
    ["an ordinary last day in winter", "2026-01-01", "2026-01-31", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"],
    [
      "days in summer, which begin an hour before those of Greenwich",
      "2026-06-01",
      "2026-06-30",
      "2026-05-31T23:00:00Z",
      "2026-06-30T23:00:00Z",
    ],
    ["to the leap day", "2028-02-01", "2028-02-29", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"],
    ["from the leap day on", "2028-02-29", "2028-03-01", "2028-02-29T00:00:00Z", "2028-03-02T00:00:00Z"],
    ["over the day on which the clocks go forward", "2026-03-29", "2026-03-29", "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z"],
    ["over the day on which they go back", "2026-10-25", "2026-10-25", "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z"],
  ] as const;
  const idOf = (index: number): string => `DARS-NIC-0000${index}-TERMS`;
  let server: StatisticsServer;
  beforeAll(async () => {
    const agreements = TERMS.map(([, startsOn, endsOn], index) =>
      signedAgreement(everything({ startsOn, endsOn }), BEFORE, idOf(index)),
    );
    server = await startStatisticsServer(sampleCuts(), agreements);
  });
  afterAll(() => server.close());

  it.each(TERMS.map((term, index) => [term[0], index, term[3], term[4]] as const))(
    "%s, to the second",
    async (_, index, first, over) => {
      const askAt = async (instant: string, seconds: number): Promise<unknown> => {
        server.at(new Date(Date.parse(instant) + seconds * 1_000).toISOString());
        const { data, refusal } = await server.ask(QUERY, { input: inputOf({ agreement: idOf(index) }) });
        return data === null ? [refusal.code, refusal.refusals] : "answered";
      };
      const refused = ["FORBIDDEN", ["OUT_OF_TERM"]];
      expect([await askAt(first, -1), await askAt(first, 0), await askAt(over, -1), await askAt(over, 0)]).toEqual([
        refused,
        "answered",
        "answered",
        refused,
      ]);
      expect(server.uses.slice(-4).map(({ outcome }) => outcome)).toEqual(["REFUSED", "PERMITTED", "PERMITTED", "REFUSED"]);
    },
  );
});

async function openZip(zip: Buffer): Promise<ReadonlyMap<string, string>> {
  const file = await fromBufferPromise(zip);
  const texts = new Map<string, string>();
  for await (const entry of file.eachEntry())
    texts.set(entry.fileName, (await buffer(await file.openReadStreamPromise(entry))).toString());
  return texts;
}

describe("an answer as a file", () => {
  let server: StatisticsServer;
  beforeAll(async () => {
    server = await startStatisticsServer();
  });
  afterAll(() => server.close());

  interface Shown {
    readonly rows: readonly { readonly value: { readonly number: number | null } }[];
    readonly exports: readonly { readonly format: string; readonly path: string }[];
  }
  const answer = async (change: Readonly<Record<string, unknown>> = {}): Promise<Shown> =>
    (await server.ask(QUERY, { input: inputOf({ dimensions: ["PROGRAMME", "SEX"], ...change }) })).data?.statistics as Shown;
  const pathOf = (shown: Shown, format: string): string => shown.exports.find((file) => file.format === format)?.path ?? "";

  it("has the figures of the answer in JSON, CSV and SDMX-CSV, and each is a use of its own", async () => {
    const shown = await answer();
    const figures = shown.rows.map(({ value }) => value.number);
    expect(figures).toContain(null);
    const before = server.uses.length;
    const json: { rows: readonly { value: number | null }[]; metadata: Readonly<Record<string, string>> } = JSON.parse(
      await (await server.get(pathOf(shown, "JSON"))).text(),
    );
    expect(json.rows.map(({ value }) => value)).toEqual(figures);
    expect(json.metadata).toMatchObject({ purpose: "SERVICE_EVALUATION", auditYear: "2024/25", cut: `2 (${CUT_ID}), synthetic` });
    const sdmx = (await (await server.get(pathOf(shown, "SDMX_CSV"))).text())
      .trimEnd()
      .split("\r\n")
      .map((line) => line.split(","));
    expect(sdmx[0]).toEqual([
      "STRUCTURE",
      "STRUCTURE_ID",
      "ACTION",
      "MEASURE",
      "PROGRAMME",
      "SEX",
      "TIME_PERIOD",
      "OBS_VALUE",
      "OBS_STATUS",
      "CONF_STATUS",
    ]);
    expect(sdmx.slice(1).map((cells) => (cells[7] === "" ? null : Number(cells[7])))).toEqual(figures);
    expect(new Set(sdmx.slice(1).map((cells) => [cells[7] === "", cells[8], cells[9]].join()))).toEqual(
      new Set(["true,Q,C", "false,A,F"]),
    );
    const files = await openZip(Buffer.from(await (await server.get(pathOf(shown, "CSV"))).arrayBuffer()));
    expect([...files.keys()]).toEqual(["data.csv", "metadata.csv"]);
    const data = (files.get("data.csv") ?? "")
      .trimEnd()
      .split("\r\n")
      .map((line) => line.split(","));
    expect(data[0]).toEqual(["\uFEFFPROGRAMME", "PROGRAMME_LABEL", "SEX", "SEX_LABEL", "STARTED", "DISPLAY"]);
    expect(data.slice(1).map((cells) => (cells[4] === "" ? null : Number(cells[4])))).toEqual(figures);
    expect(files.get("metadata.csv")).toContain("citation,");
    expect(server.uses.slice(before).map(({ question, outcome }) => [JSON.parse(question).as, outcome])).toEqual([
      ["JSON", "PERMITTED"],
      ["SDMX_CSV", "PERMITTED"],
      ["CSV", "PERMITTED"],
    ]);
  });

  it("is refused as the question is, with the status of the code", async () => {
    const path = pathOf(await answer(), "JSON");
    const at = async (change: string, bearer?: string) => {
      const response = await server.get(`${path}${change}`, bearer);
      return [response.status, (await readTold(response)).refusal.code];
    };
    expect(await at("&where=SEX%3AOTHER")).toEqual([404, "NOT_PUBLISHED"]);
    expect(await at("&where=SEX")).toEqual([400, "BAD_USER_INPUT"]);
    expect(await at("&purpose=B")).toEqual([400, "BAD_USER_INPUT"]);
    expect(await at("", "admin")).toEqual([403, "FORBIDDEN"]);
    const narrow = await server.get(
      path.replace(AGREEMENT_ID, NARROW_ID).replace("dimensions=PROGRAMME%2CSEX", "dimensions=NATION&where=NATION%3AWALES"),
    );
    expect([narrow.status, (await readTold(narrow)).refusal.refusals]).toEqual([403, ["NATION_NOT_PERMITTED"]]);
    server.at("2040-01-01T00:00:00.000Z");
    expect(await at("")).toEqual([403, "FORBIDDEN"]);
    server.at(NOW);
  });
});
