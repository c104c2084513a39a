/**
 * Z7 (oracles), Z8 (loaders) and Z9 (injection) over one gateway with two organisations' data. The gate asks each question once; the
 * figures asked for: `NACR_TIMINGS=100 NACR_REQUESTS=1000 NACR_PAYLOADS=500 vitest run --project api test/api/tenancy`.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REFUSING_DEPS } from "../../../scripts/generate/refusing-deps.ts";
import { createLoaders } from "../../../src/graphql/loaders.ts";
import { buildGatewaySchema } from "../../../src/graphql/schema.ts";
import { createSeededRandom } from "../../../src/lib/seeded-random.ts";
import { actorOf, createStores } from "../../db/stores/store-fixture.ts";
import { databaseKind } from "../../support/database.ts";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { listOperations, type Operation, type Owners, readSchema } from "../access/matrix-runner.ts";
import { makeCoast, makeValley, nothing, type Things } from "../access/matrix-things.ts";
import { countRows, inTurns, isOfRecords, judgeAnswer, listTargets, toCall } from "./injection-runner.ts";
import { findShared, LoaderWatch } from "./loader-watch.ts";
import {
  type Ask,
  askWhole,
  comparePair,
  listNamingPaths,
  listPairs,
  listUnasked,
  measureAll,
  type Pair,
} from "./oracle-runner.ts";
import { askPatiently } from "./patient-client.ts";
import { createPayloads } from "./payloads.ts";
import { plantRows } from "./planted-rows.ts";

const MINUTES = 60_000;
const TIMINGS = Number(process.env.NACR_TIMINGS ?? 0);
const REQUESTS = Number(process.env.NACR_REQUESTS ?? 60);
const PAYLOADS = Number(process.env.NACR_PAYLOADS ?? 0);
const GATE_PAYLOADS = 20;
/** An audit administrator reads every organisation's certificates. */
const SEEN_BY_ALL = ["admin Query.destructionCertificate"];
const ROLES: readonly DemoIdentity[] = ["team", "vendor", "submitter", "guardian", "analyst", "admin", "newcomer"];

let gateway: TestGateway;
let things: Owners;
/** A line at error or above that is not the busy machine's: a background loop that was refused tries again. */
const isFault = (line: string): boolean => /"level":[5-9]\d/.test(line) && !line.includes('"errorCode":"OVERLOADED"');

const operationsOf = new Map<DemoIdentity, readonly Operation[]>();

/** Each operation by the first of the roles that has it. */
function listFirst(): (readonly [DemoIdentity, Operation])[] {
  const seen = new Set<string>();
  return ROLES.flatMap((as) =>
    (operationsOf.get(as) ?? []).flatMap((operation) => {
      if (seen.has(operation.name)) return [];
      seen.add(operation.name);
      return [[as, operation] as const];
    }),
  );
}

beforeAll(async () => {
  gateway = await startTestGateway({ config: { outboundAllow: ["127.0.0.0/8"] } });
  things = { own: await makeValley(gateway), other: await makeCoast(gateway), none: nothing() };
  await plantRows(gateway.database, "ZDM02", things.other);
  for (const as of ROLES) operationsOf.set(as, listOperations(await readSchema(gateway, as)));
}, MINUTES);
afterAll(() => gateway.close());

describe("another organisation's thing and nobody's", () => {
  const pairsOf = (as: DemoIdentity, operations: readonly Operation[] = operationsOf.get(as) ?? []): Pair[] =>
    operations.filter(({ name }) => !SEEN_BY_ALL.includes(`${as} ${name}`)).flatMap((operation) => listPairs(operation, things));
  const pairsOfAll = () => ROLES.flatMap((as) => pairsOf(as).map((pair) => ({ as, pair })));
  const pairsOfFirst = () => listFirst().flatMap(([as, operation]) => pairsOf(as, [operation]).map((pair) => ({ as, pair })));

  const slowTo =
    (ask: Ask, pair: Pair): Ask =>
    async (operation, document, values) => {
      const isOther = JSON.stringify(values) === JSON.stringify(pair.make("other").values);
      if (isOther) await new Promise((resolve) => setTimeout(resolve, 20));
      return await ask(operation, document, values);
    };

  it("are asked for by every argument that names one, two hundred times and more", () => {
    const { paths, unsorted } = listNamingPaths(buildGatewaySchema(REFUSING_DEPS));
    expect(unsorted).toEqual([]);
    expect(listUnasked(paths, things)).toEqual([]);
    expect(pairsOfAll().length).toBeGreaterThanOrEqual(200);
  });

  it(
    "are answered with the same bytes and the same headers, whoever asks and whatever comes to be",
    async () => {
      const faults: string[] = [];
      // The embedded database takes three times as long, and the matrix has asked it as every role.
      const asked = databaseKind === "embedded" ? pairsOfFirst() : pairsOfAll();
      // What comes to be in one's own organisation is nobody's no more: last.
      for (const { as, pair } of asked.toSorted((a, b) => Number(a.pair.creates) - Number(b.pair.creates))) {
        const found = await comparePair(askWhole(gateway, as), pair, things);
        faults.push(...found.map((fault) => `${as} ${fault}`));
      }
      expect(faults).toEqual([]);
    },
    2 * MINUTES,
  );

  it("would be told apart where one operation answers otherwise (control)", async () => {
    const ask = askWhole(gateway, "team");
    const leaking: Ask = async (operation, document, values) => {
      const text = await ask(operation, document, values);
      return JSON.stringify(values).includes(things.other.submission) ? text.replace("null", "false") : text;
    };
    const faults: string[] = [];
    for (const pair of pairsOf("team").filter(({ name }) => ["Query.submission", "Query.patientRecord"].includes(name)))
      faults.push(...(await comparePair(leaking, pair, things)));
    expect(faults.map((fault) => fault.split(":")[0])).toEqual(["Query.submission"]);
  });

  it.runIf(TIMINGS > 0)(
    "take the same time: medians within a twentieth; an answer that takes longer is told (control)",
    async () => {
      const pairs = pairsOfFirst().filter(({ pair }) => !pair.creates && pair.operation.kind !== "subscription");
      const measured = await measureAll(
        pairs.map(({ as, pair }) => [askWhole(gateway, as), pair] as const),
        TIMINGS,
      );
      expect(measured.told).toEqual([]);
      expect(measured.overall).toBeCloseTo(1, 1);
      const slowed = pairs.slice(0, 1).map(({ as, pair }) => [slowTo(askWhole(gateway, as), pair), pair] as const);
      expect((await measureAll(slowed, TIMINGS)).told, "control").toHaveLength(1);
    },
    120 * MINUTES,
  );
});

describe("interleaved requests of two organisations", () => {
  const READ = `query ($own: ID!, $foreign: ID!, $patient: ID!) {
    own: submission(id: $own) { id organisation { odsCode } records(first: 2) { nodes { index } } }
    foreign: submission(id: $foreign) { id }
    patientRecord(id: $patient) { id initiatingEvents { id rehabilitations { id } } } }`;
  const ownerOf = (key: string): string | null => {
    const isOf = (owner: Things): boolean => Object.values(owner).some((name) => key.includes(name));
    return isOf(things.own) ? "Valley" : isOf(things.other) ? "Coast" : null;
  };

  it(
    "share no key: each has loaders of its own",
    async () => {
      const watch = new LoaderWatch();
      const foreign: string[] = [];
      await inTurns([...Array(REQUESTS).keys()], 6, async (number) => {
        const isValley = number % 2 === 0;
        const [own, other] = isValley ? [things.own, things.other] : [things.other, things.own];
        const values = { own: own.submission, foreign: other.submission, patient: own.patient };
        const { data, text } = await askPatiently(gateway, isValley ? "team" : "team2", READ, values);
        const ofOwn = { id: own.submission, organisation: { odsCode: isValley ? "ZDM01" : "ZDM02" } };
        expect(data, text).toMatchObject({ own: ofOwn, foreign: null, patientRecord: { id: own.patient } });
        foreign.push(...Object.values(other).filter((name) => text.includes(name)));
      });
      const loaders = watch.list();
      watch.stop();
      expect(foreign).toEqual([]);
      expect(findShared(loaders, ownerOf)).toEqual([]);
      // The organisation, a page of results, the events of a patient, the rehabilitations of an event; more where a request was repeated.
      expect(loaders.length).toBeGreaterThanOrEqual(4 * REQUESTS);
    },
    10 * MINUTES,
  );

  it("would be caught sharing them (control), where the one is shown what was read for the other", async () => {
    const watch = new LoaderWatch();
    const { status } = createStores(gateway.database.database);
    const shared = createLoaders({ ...REFUSING_DEPS, status }, actorOf("ZDM01", "CR-VALLEY"));
    const valley = await shared.submission(things.own.submission);
    const [coast, coastOfValley] = [
      await shared.submission(things.other.submission),
      await shared.submission(things.own.submission),
    ];
    const loaders = watch.list();
    watch.stop();
    expect([valley?.ods, coast, coastOfValley?.ods]).toEqual(["ZDM01", null, "ZDM01"]);
    expect(findShared(loaders, ownerOf)).toEqual([
      "one loader was asked for keys of Valley and Coast",
      "one loader was asked for a key again",
    ]);
  });
});

describe("payloads in every argument that takes a text", () => {
  const payloads = createPayloads(Math.max(PAYLOADS, GATE_PAYLOADS), createSeededRandom(2_026));

  it(
    "break no statement, show no foreign row and change none",
    async () => {
      const targets = listFirst().flatMap(([as, operation]) =>
        operation.kind === "subscription" ? [] : listTargets(operation).map((target) => ({ as, target })),
      );
      // The gate deals its payloads out over the arguments; the full run puts each into every one, of records all in one submission.
      const calls = targets.flatMap(({ as, target }, index) => {
        if (PAYLOADS === 0) return [{ as, target, put: [payloads[index % payloads.length]] }];
        return isOfRecords(target)
          ? [{ as, target, put: payloads }]
          : payloads.map((payload) => ({ as, target, put: [payload] }));
      });
      const foreign = [...new Set([...Object.values(things.other), "Demo Coast"])];
      const [before, logged] = [await countRows(gateway.database, "ZDM02"), gateway.logs.length];
      const faults: string[] = [];
      await inTurns(calls, 4, async ({ as, target, put }) => {
        const { document, values } = toCall(target, things.own, put);
        const { text } = await askPatiently(gateway, as, document, values);
        const where = `${target.operation.name} ${target.place.join(".")} ${JSON.stringify(put).slice(0, 80)}`;
        faults.push(...judgeAnswer(text, foreign).map((fault) => `${where}: ${fault}`));
      });
      expect(calls.length).toBeGreaterThan(300);
      expect(faults).toEqual([]);
      expect(gateway.logs.slice(logged).filter(isFault)).toEqual([]);
      expect(await countRows(gateway.database, "ZDM02")).toEqual(before);
    },
    240 * MINUTES,
  );

  it("would be caught by a statement that is put together from them (control)", async () => {
    await gateway.database.query("create table public.scratch as select 'ZDM02' as ods, 'Demo Coast' as name");
    const faults: string[] = [];
    for (const payload of createPayloads(200, createSeededRandom(1))) {
      const asked = `select name from public.scratch where ods = 'ZDM01' and name = '${typeof payload === "string" ? payload : JSON.stringify(payload)}'`;
      const text = await gateway.database.query(asked).then(
        (rows) => JSON.stringify(rows),
        () => '{"code":"INTERNAL_SERVER_ERROR"}',
      );
      faults.push(...judgeAnswer(text, ["Demo Coast"]));
    }
    await gateway.database.query("drop table public.scratch");
    expect(new Set(faults)).toEqual(new Set(["answered INTERNAL_SERVER_ERROR", "shows Demo Coast"]));
  });
});
