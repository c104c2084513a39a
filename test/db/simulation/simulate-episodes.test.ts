/** Proposed episode rules and another dataset version over what is stored. */
import { describe, expect, it } from "vitest";
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import { event, recordOf } from "../../support/journey-records.ts";
import { city, coast, hill, NORTH, provideBench } from "../submission/submission-bench.ts";
import { simulateAll, simulateOver, team } from "./simulation-bench.ts";

const bench = provideBench();

const product = (name: string) => ({ sourceSystem: { vendor: "Vendor", product: name, version: "1" } });
/** Two events of one type, a day apart. */
const twice = (seed: number) =>
  recordOf(seed, { initiatingEvents: [event({ eventDate: "2026-01-02" }), event({ eventDate: "2026-01-03" })] });
const NAME = "SAME_TYPE_NEARLY_SAME_DATE";
/** Without the rule such a pair is linked by, and those that would then fit. */
const without = (...names: readonly string[]) => ({
  episodeRules: { ...EPISODE_RULES, rules: EPISODE_RULES.rules.filter(({ name }) => !names.includes(name)) },
});
const onlySeparate = {
  episodeRules: { ...EPISODE_RULES, rules: EPISODE_RULES.rules.filter(({ action }) => action === "SEPARATE") },
};

const idsOf = async (): Promise<readonly string[]> =>
  (await bench().test.query("select id::text as id from initiating_event where ods = $1 order by id", [NORTH])).map(({ id }) =>
    String(id),
  );

describe("episodes", () => {
  it("pairs that would come apart are counted by rule and product, with the ids of own events", async () => {
    await bench().send(city, [twice(1), twice(2), recordOf(3, { initiatingEvents: [event()] })], product("First"));
    await bench().send(coast, [twice(4)]);
    const { sources, persons, links } = await simulateAll(simulateOver(bench()), onlySeparate);
    expect([sources, persons]).toEqual([[], 2]);
    expect(links).toEqual([
      {
        ...{ before: "LINKED", after: "APART", ruleBefore: NAME, ruleAfter: null, pairs: 2 },
        sourceSystems: [product("First").sourceSystem],
        examples: expect.any(Array),
      },
    ]);
    const ids = await idsOf();
    for (const { a, b } of links[0]?.examples ?? []) expect([ids.includes(a), ids.includes(b)]).toEqual([true, true]);
  });

  it("the rules in force make no difference: the control", async () => {
    const { links, persons } = await simulateAll(simulateOver(bench()), { episodeRules: EPISODE_RULES });
    expect([links, persons]).toEqual([[], 2]);
  });

  it("a pair that another rule then links is no difference; one that is only proposed then is", async () => {
    expect((await simulateAll(simulateOver(bench()), without(NAME))).links).toEqual([]);
    const rules = EPISODE_RULES.rules.map((rule) => (rule.name === NAME ? { ...rule, action: "PROPOSE" } : rule));
    const { links } = await simulateAll(simulateOver(bench()), { episodeRules: { ...EPISODE_RULES, rules } });
    expect(links).toMatchObject([{ before: "LINKED", after: "PROPOSED", ruleBefore: NAME, ruleAfter: NAME, pairs: 2 }]);
  });

  it("patients that are linked as one person are worked out together, once", async () => {
    await bench().send(
      city,
      [recordOf(5, { initiatingEvents: [event()] }), recordOf(6, { initiatingEvents: [event()] })],
      product("Two"),
    );
    const patients = await bench().test.query(
      "select p.id::text as id from patient p join initiating_event e on e.ods = p.ods and e.patient_id = p.id where p.ods = $1 order by p.id desc limit 2",
      [NORTH],
    );
    for (const { id } of patients)
      await bench().test.query("insert into link.person_member (ods, patient_id, person_id) values ($1, $2::uuid, $3::uuid)", [
        NORTH,
        id,
        patients[0]?.id,
      ]);
    const { persons, links } = await simulateAll(simulateOver(bench()), onlySeparate);
    expect(persons).toBe(3);
    expect(links.find(({ ruleBefore }) => ruleBefore === "SAME_TYPE_SAME_DATE")).toMatchObject({ pairs: 1 });
  });

  it("a decision of people stands whatever the rules say", async () => {
    const [first, second] = await idsOf();
    await bench().test.query(
      `insert into link.decision (id, kind, a_ods, a_id, b_ods, b_id, decision, decided_by_ods, decided_at, sealed)
       values (gen_random_uuid(), 'EPISODE', $1, $2::uuid, $1, $3::uuid, 'CONFIRMED', $1, now(), ''::bytea)`,
      [NORTH, first, second],
    );
    const { links } = await simulateAll(simulateOver(bench()), onlySeparate);
    expect(links.find(({ ruleBefore }) => ruleBefore === NAME)).toMatchObject({ pairs: 1 });
  });

  it("what sent an event of a programme the caller has not is not told", async () => {
    const { links } = await simulateAll(simulateOver(bench()), onlySeparate, hill);
    expect(links.length).toBeGreaterThan(0);
    expect(links.flatMap(({ sourceSystems }) => sourceSystems)).toEqual([]);
  });
});

describe("another dataset version", () => {
  it("says what senders of the older one would meet", async () => {
    const undated = recordOf(20, { initiatingEvents: [event({ treatments: [{ type: "PCI" }] })] });
    const { outcomes } = await bench().send(city, [undated], product("Older"));
    expect(outcomes).toContain("TREATMENT CREATED");
    const { sources } = await simulateAll(simulateOver(bench()), { datasetVersion: "gw-1.1" });
    const older = sources.find(({ sourceSystem }) => sourceSystem.product === "Older");
    expect(older).toMatchObject({ newlyRejected: 1, unmatched: 0 });
    expect(older?.findings[0]).toMatchObject({
      change: "NEWLY_REJECTED",
      rule: "C-TREATMENT-DATE",
      recordType: "TREATMENT",
      records: 1,
    });
  });

  it("records first, episodes then, where both are proposed; pages add up over the change", async () => {
    const proposal = { datasetVersion: "gw-1.1", ...onlySeparate };
    const whole = await simulateAll(simulateOver(bench()), proposal, team);
    const piecewise = await simulateAll(simulateOver(bench(), 1), proposal, team);
    expect(whole.links.length * whole.sources.length).toBeGreaterThan(0);
    expect({ ...piecewise, pages: 1 }).toEqual(whole);
  });
});
