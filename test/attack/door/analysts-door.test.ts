/**
 * Hostile analysts over HTTP, against a gateway with a published cut of a generated population: S1 as a sample of tables and
 * targets (`NACR_ATTACK=full`: every table, ten targets, and the time of answers), what answers tell beside their figures (S6), and bad input.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { DEMO_AGREEMENT_ID } from "../../../src/agreements/demo-agreement.ts";
import { COLLUDING } from "../black-box/agreements.ts";
import type { Person } from "../black-box/attack-door.ts";
import { attack } from "../black-box/campaign.ts";
import { everything } from "../black-box/collect.ts";
import { drawAttackedPopulation, findTargets } from "../black-box/people.ts";
import { type AttackedGateway, PURPOSE, startAttackedGateway } from "./attacked-gateway.ts";
import { openHttpDoor } from "./http-door.ts";

const isFull = process.env.NACR_ATTACK === "full";
const SIZE = isFull ? { seed: 9, journeys: 9_000, programmes: 40 } : { seed: 9, journeys: 3_000, programmes: 30 };
const TIME = 3_600_000;
/** Tables of these are asked for where it is to be quick. */
const SAMPLE = new Set(["region", "sex", "stage"]);

let gateway: AttackedGateway;
let people: readonly Person[];
let agreements: readonly string[];
let cutId: string;

beforeAll(async () => {
  const population = drawAttackedPopulation(SIZE);
  people = population.people;
  gateway = await startAttackedGateway(population.journeys);
  cutId = (await gateway.ask<{ nodes: readonly { id: string }[] }>("admin", "{ cuts { nodes { id } } }")).nodes[0]?.id ?? "";
  agreements = await Promise.all(
    COLLUDING.map(({ nations, dimensions, eventGroups }) =>
      gateway.agree({ nations, dimensions: dimensions.filter((key) => key !== "UNITED_KINGDOM"), eventGroups }),
    ),
  );
}, TIME);
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => gateway?.close());

describe("three colluding agreements over HTTP (S1)", () => {
  it(
    "solve none of the targets, and every agreement is shown the same figure or none",
    async () => {
      const targets = findTargets(people, isFull ? 10 : 1);
      const door = openHttpDoor(gateway);
      const whole = [...everything()].filter(({ dimensions }) => isFull || dimensions.every((key) => SAMPLE.has(key)));
      const colluders = { door, agreements };
      const found = await attack({ colluders, people, targets, whole, questions: isFull ? 40 : 5 });
      if (isFull) console.log(JSON.stringify({ ...found, guesses: targets.length }));
      expect(found).toMatchObject({ tracked: 0, differed: 0, reasoned: 0, pinned: 0, contradictions: 0, unsound: 0 });
      expect(found.published).toBeGreaterThan(30);
    },
    TIME,
  );
});

/** Of every answer the same: what follows from the request or from the hour. */
const OF_THE_HOUR = new Set(["date", "ratelimit", "x-correlation-id", "x-request-id", "correlation-id"]);
const headersOf = (headers: Headers): readonly string[] =>
  [...headers].filter(([name]) => !OF_THE_HOUR.has(name)).map(([name, value]) => `${name}: ${value}`);

interface Seen {
  readonly status: number;
  readonly headers: readonly string[];
  readonly text: string;
}
/** @param hidden names that were asked for, all of one length */
async function see(input: Readonly<Record<string, unknown>>, hidden: readonly string[]): Promise<Seen> {
  const { status, headers, text } = await gateway.look(input);
  const neutral = hidden.reduce((told, name) => told.replaceAll(name, "#"), text);
  return { status, headers: headersOf(headers), text: neutral.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "@") };
}

const programmesOf = (nation: string): readonly string[] =>
  [...new Set(people.filter((person) => person.nation === nation).flatMap(({ programme }) => programme ?? []))].toSorted();

describe("an answer without a figure (S6)", () => {
  const whereOf = (programme: string, category: string) => ({
    dimensions: ["EVENT_GROUP"],
    where: [
      { dimension: "PROGRAMME", category: programme },
      { dimension: "EVENT_GROUP", category },
    ],
  });

  it("is the same bytes and headers for a small count, for nobody, for a place that is not permitted and one that is not there", async () => {
    const [england = ""] = agreements;
    const countOf = (programme: string, event: string): number =>
      people.filter((person) => person.programme === programme && person.eventGroup === event).length;
    const ours = programmesOf("ENGLAND");
    const small = ours.find((programme) => countOf(programme, "RHYTHM") >= 1 && countOf(programme, "RHYTHM") <= 4) ?? "";
    const nobody = ours.find((programme) => programme.length === small.length && countOf(programme, "RHYTHM") === 0) ?? "";
    const foreign = programmesOf("WALES").find((programme) => countOf(programme, "RHYTHM") >= 0) ?? "";
    const unknown = `${small.slice(0, -1)}X`;
    const seen = await Promise.all(
      [small, nobody, foreign, unknown].map((programme) =>
        see({ agreement: england, ...whereOf(programme, "RHYTHM") }, [programme]),
      ),
    );
    const [first, ...others] = seen.filter(({ text }) => text.includes("#"));
    expect([small, nobody, foreign].every((name) => name !== "")).toBe(true);
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const withoutLength = (one: Seen | undefined) => ({
      ...one,
      headers: one?.headers.filter((line) => !line.startsWith("content-length")),
    });
    for (const other of others) expect(withoutLength(other)).toEqual(withoutLength(first));
    // Of names of one length the length is one, too.
    const lengths = await Promise.all(
      [small, unknown].map((name) => gateway.look({ agreement: england, ...whereOf(name, "RHYTHM") })),
    );
    expect(new Set(lengths.map(({ text }) => text.length)).size).toBe(1);
    expect(first?.text).toContain('"display":"*","suppressed":true');
  });

  it.runIf(isFull)(
    "takes as long as another: medians of 200 paired requests within 5 %",
    async () => {
      const [england = ""] = agreements;
      const names = [programmesOf("ENGLAND")[0] ?? "", programmesOf("WALES")[0] ?? "", "CR-ZZZZZ-9"];
      const times = names.map((): number[] => []);
      for (let turn = 0; turn < 200; turn++) {
        // Turn by turn another one goes first.
        for (const at of names.keys()) {
          const which = (at + turn) % names.length;
          const began = performance.now();
          await gateway.look({ agreement: england, ...whereOf(names[which] ?? "", "RHYTHM") });
          times[which]?.push(performance.now() - began);
        }
      }
      const medians = times.map((own) => own.toSorted((a, b) => a - b)[100] ?? 0);
      console.log(JSON.stringify({ medians }));
      expect(Math.max(...medians) / Math.min(...medians)).toBeLessThan(1.05);
    },
    TIME,
  );

  it("differs where there is a figure (control)", async () => {
    const shown = await gateway.look({ dimensions: ["SEX"] });
    expect(shown.data?.statistics.rows.some(({ value }) => value.number !== null)).toBe(true);
  });

  it("has a row for each declared category, in one order, whatever the agreement has", async () => {
    const asked = { dimensions: ["PROGRAMME", "EVENT_GROUP"] };
    const rows = await Promise.all(
      [DEMO_AGREEMENT_ID, ...agreements].map(async (agreement) =>
        (await gateway.look({ agreement, ...asked })).data?.statistics.rows.map(({ categories }) => categories),
      ),
    );
    expect(new Set(rows.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(rows[0]?.length).toBeGreaterThan(100);
  });

  it.each(["CSV", "JSON", "SDMX_CSV"])("has a file as %s of one size, suppressed or not permitted", async (format) => {
    const sizes = await Promise.all(
      [...programmesOf("ENGLAND").slice(0, 1), "CR-ZZZZZ-9"].map(async (programme) => {
        const where = [
          { dimension: "PROGRAMME", category: programme.padEnd(10, "X") },
          { dimension: "EVENT_GROUP", category: "RHYTHM" },
        ];
        const { data } = await gateway.look({ dimensions: ["EVENT_GROUP"], where });
        const path = data?.statistics.exports.find((one) => one.format === format)?.path ?? "";
        const file = await fetch(`${gateway.url}${path}`, {
          headers: { authorization: `Bearer ${await gateway.token("analyst")}` },
        });
        expect(file.status).toBe(200);
        return (await file.arrayBuffer()).byteLength;
      }),
    );
    // A zip is as long as its text is compressible: the two names may differ by a few bytes, a figure would by more.
    expect(Math.abs((sizes[0] ?? 0) - (sizes[1] ?? 0))).toBeLessThanOrEqual(format === "CSV" ? 8 : 0);
  });
});

describe("bad input over HTTP", () => {
  const NUL = String.fromCharCode(0);
  const LONE = String.fromCharCode(0xd800);
  const CASES: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ["a purpose in other letters", { purpose: PURPOSE.toLowerCase() }, "FORBIDDEN"],
    ["a purpose with a look-alike letter", { purpose: PURPOSE.replace("E", "Е") }, "FORBIDDEN"],
    ["a purpose with a space after it", { purpose: `${PURPOSE} ` }, "FORBIDDEN"],
    ["a purpose with NUL", { purpose: `${PURPOSE}${NUL}` }, "BAD_USER_INPUT"],
    ["a purpose of half a character", { purpose: LONE }, "FORBIDDEN"],
    ["a purpose of 100,000 characters", { purpose: "x".repeat(100_000) }, "FORBIDDEN"],
    ["an agreement with NUL", { agreement: `${DEMO_AGREEMENT_ID}${NUL}` }, "BAD_USER_INPUT"],
    ["an agreement of 100,000 characters", { agreement: "x".repeat(100_000) }, "NOT_FOUND"],
    ["a cut with NUL", { cut: NUL }, "BAD_USER_INPUT"],
    ["a cut that is none", { cut: "' or 1=1 --" }, "NOT_FOUND"],
    ["a place with NUL", { where: [{ dimension: "PROGRAMME", category: NUL }] }, "BAD_USER_INPUT"],
    ["a category in other letters", { where: [{ dimension: "SEX", category: "male" }] }, "NOT_PUBLISHED"],
    ["a category with a look-alike letter", { where: [{ dimension: "SEX", category: "MАLE" }] }, "NOT_PUBLISHED"],
    ["a category of Object.prototype", { where: [{ dimension: "SEX", category: "constructor" }] }, "NOT_PUBLISHED"],
    ["an undeclared category", { where: [{ dimension: "SEX", category: "UNKNOWN" }] }, "NOT_PUBLISHED"],
    ["four dimensions", { dimensions: ["SEX", "AGE", "EVENT_GROUP", "ETHNIC_GROUP"] }, "NOT_PUBLISHED"],
    ["two kinds of places", { dimensions: ["REGION", "PROGRAMME"] }, "NOT_PUBLISHED"],
    ["a year far away", { auditYear: 2_147_483_647 }, "FORBIDDEN"],
    ["a year that is none", { auditYear: -1 }, "FORBIDDEN"],
    [
      "5,000 programmes",
      { where: Array.from({ length: 5_000 }, (_, index) => ({ dimension: "PROGRAMME", category: `CR-${index}` })) },
      "NOT_PUBLISHED",
    ],
  ];

  it.each(CASES)("%s is refused by its code, tells nothing and is no fault", async (_, change, code) => {
    const faults = () => gateway.logs.filter((line) => line.includes('"event":"fault"')).length;
    const before = faults();
    const { status, text, data, errors } = await gateway.look(change);
    expect([errors[0]?.extensions.code, data ?? null]).toEqual([code, null]);
    expect(status).toBeLessThan(500);
    expect(text.length).toBeLessThan(3_000);
    expect(text).not.toMatch(/x{50}|1=1|constructor|postgres|pglite|syntax/i);
    expect(faults()).toBe(before);
    expect((await gateway.look(change)).text.replaceAll(/[0-9a-f-]{36}/g, "")).toBe(text.replaceAll(/[0-9a-f-]{36}/g, ""));
  });

  it("has no dimension in other letters, nor one that is none", async () => {
    for (const dimensions of [["sex"], ["SEХ"], ["SEX; drop table"], ["__proto__"]]) {
      const { data, errors } = await gateway.look({ dimensions });
      expect(data ?? null).toBeNull();
      expect(errors[0]?.extensions.code).toMatch(/BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/);
    }
  });

  it("gives duplicates and long lists of the same the bytes of the question", async () => {
    const plain = await gateway.look({ dimensions: ["SEX"], where: [{ dimension: "AGE", category: "FROM_65_TO_74" }] });
    const many = await gateway.look({
      dimensions: Array.from({ length: 500 }, () => "SEX"),
      where: Array.from({ length: 500 }, () => ({ dimension: "AGE", category: "FROM_65_TO_74" })),
    });
    expect(plain.data?.statistics.rows.length).toBe(2);
    expect(many.data).toEqual(plain.data);
  });

  it("answers 10,000 aliases of one question with one refusal", async () => {
    const input = `{ agreement: "${DEMO_AGREEMENT_ID}", purpose: "${PURPOSE}", measure: JOURNEYS, dimensions: [] }`;
    const aliases = Array.from({ length: 10_000 }, (_, index) => `a${index}:statistics(input:${input}){suppressedCells}`);
    const uses = async () => Number((await gateway.database.query("select count(*)::int as n from agreement.use"))[0]?.n);
    const before = await uses();
    const { data, errors, status, text } = await gateway.gql("analyst", `{${aliases.join(" ")}}`);
    expect(data ?? null).toBeNull();
    expect(errors).toHaveLength(1);
    expect([status < 500, text.length < 2_000, await uses()]).toEqual([true, true, before]);
  });

  it("says of another's agreement what it says of none", async () => {
    const terms = await gateway.ask<{ agreement: { id: string } }>(
      "admin",
      "mutation ($terms: AgreementTermsInput!) { draftAgreement(terms: $terms) { agreement { id } } }",
      {
        terms: {
          title: "Of others",
          extractFrequency: "NONE",
          parties: [],
          locations: [],
          people: [],
          purposes: [],
          measures: [],
          dimensions: [],
          fields: [],
          years: [],
          nations: [],
          eventGroups: [],
          answers: [],
        },
      },
    );
    const [there, nowhere] = await Promise.all(
      [terms.agreement.id, "DARS-NIC-99999-ZZZZZ"].map((agreement) => see({ agreement }, [agreement])),
    );
    expect(there).toEqual(nowhere);
    expect(there?.status).toBe(200);
  });

  it("keeps an agreement's term to the second, on the leap day and across the change of the clock", async () => {
    gateway.at("2028-02-20T12:00:00.000Z");
    const agreement = await gateway.agree({ startsOn: "2028-02-29", endsOn: "2028-03-26" });
    const at = async (instant: string): Promise<readonly unknown[]> => {
      gateway.at(instant);
      const { errors, data } = await gateway.look({ agreement, dimensions: ["SEX"] });
      return data === null ? [errors[0]?.extensions.code, errors[0]?.extensions.refusals] : ["ANSWERED"];
    };
    expect(await at("2028-02-28T23:59:59.000Z")).toEqual(["FORBIDDEN", ["OUT_OF_TERM"]]);
    expect(await at("2028-02-29T00:00:00.000Z")).toEqual(["ANSWERED"]);
    // The clocks go forward on the last day: its midnight comes an hour sooner.
    expect(await at("2028-03-26T22:59:59.000Z")).toEqual(["ANSWERED"]);
    expect(await at("2028-03-26T23:00:00.000Z")).toEqual(["FORBIDDEN", ["OUT_OF_TERM"]]);
  });
});

describe("beside the figures", () => {
  it("no role but analysts asks, and no field leads to the ledger or the rows of a cut", async () => {
    const { errors } = await gateway.look({}, "admin");
    expect(errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    for (const as of ["analyst", "admin", "guardian", "team", "submitter", "vendor"] as const) {
      const { text } = await gateway.gql(as, "{ __schema { types { name fields { name } } } }");
      expect(text).not.toMatch(/ledger|rowsDigest|fromSmall/i);
    }
  });

  it("of two readings of metrics and logs none holds a count of a cell or a code of a place", async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    const lines = gateway.logs.filter((line) => /cut|cube|statistic/.test(line)).join("");
    for (const place of programmesOf("ENGLAND")) {
      expect(metrics).not.toContain(place);
      expect(lines).not.toContain(place);
    }
  });

  it("ends at once for a cut that is withdrawn, whether it is named or not", async () => {
    await gateway.ask("admin", 'mutation ($id: ID!) { withdrawCut(id: $id, reason: "An attack") { state } }', { id: cutId });
    const [named, latest] = [await gateway.look({ cut: cutId }), await gateway.look({})];
    expect([named.errors[0]?.extensions.code, latest.errors[0]?.extensions.code]).toEqual(["CUT_WITHDRAWN", "NOT_PUBLISHED"]);
    expect(
      (await gateway.gql("analyst", "query ($cut: ID) { publishedTables(cut: $cut) { auditYear } }", { cut: cutId })).errors[0]
        ?.extensions.code,
    ).toBe("CUT_WITHDRAWN");
  });
});
