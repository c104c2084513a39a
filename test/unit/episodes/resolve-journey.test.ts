import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyOf } from "../../../src/episodes/link-words.ts";
import type { ResolvedItem } from "../../../src/episodes/resolve-item.ts";
import { type JourneyEvent, type PersonRows, resolveJourney } from "../../../src/episodes/resolve-journey.ts";
import { RANKINGS, WINNER_RULE_NAMES, WINNER_RULES } from "../../../src/episodes/winner-rules.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import { anyPerson, eventOf, patientOf, personOf, resolving, treatmentOf } from "./journey-rows.ts";

const LATER = "2026-03-02T09:00:00.000Z";
const RUNS = { numRuns: 400, seed: 11 };

const resolve = (rows: PersonRows) => resolveJourney(rows, resolving);
const episodeOf = (...events: JourneyEvent[]) => resolve(personOf({ events })).episodes[0];
/** `MI_STEMI of RAA by PRECEDENCE_OF_VALUES` */
const inWords = (item: ResolvedItem | null | undefined) =>
  item ? `${item.winner.value} of ${item.winner.row.ods} by ${item.rule}` : "nothing";
const typeOf = (...events: JourneyEvent[]) => inWords(episodeOf(...events)?.items.eventType);
const dateOf = (...events: JourneyEvent[]) => inWords(episodeOf(...events)?.items.eventDate);
const said = (claims: ResolvedItem["conflicts"] = []) => claims.map(({ value, row }) => `${value} of ${row.ods}`);
const gendersOf = (...patients: Parameters<typeof patientOf>[]) =>
  resolve(personOf({ patients: patients.map((each) => patientOf(...each)) })).items.gender;

describe("the value that stands", () => {
  it("is the only one there is, or the one on which all agree", () => {
    expect(inWords(gendersOf(["RAA", { gender: "MALE" }], ["RBB", {}]))).toBe("MALE of RAA by ONLY_CLAIM");
    expect(inWords(gendersOf(["RBB", { gender: "MALE" }], ["RAA", { gender: "MALE" }]))).toBe("MALE of RAA by ALL_AGREE");
    expect(inWords(gendersOf(["RAA", { gender: "NOT_KNOWN" }]))).toBe("NOT_KNOWN of RAA by ONLY_CLAIM");
    expect(gendersOf(["RAA", {}])).toBeNull();
  });

  it("is a known one, however late Unknown was stated; Unknown is listed as having lost, and is no conflict", () => {
    const gender = gendersOf(["RAA", { gender: "MALE" }], ["RBB", { gender: "NOT_KNOWN" }, { sourceTime: LATER }]);
    expect(inWords(gender)).toBe("MALE of RAA by KNOWN_OVER_UNKNOWN");
    expect([said(gender?.conflicts), said(gender?.unknowns)]).toEqual([[], ["NOT_KNOWN of RBB"]]);
  });

  it("is the later one by the source's time, then by the time it was stored, then the first by code", () => {
    const earlier = ["RAA", { gender: "MALE" }] as const;
    expect(inWords(gendersOf([...earlier], ["RBB", { gender: "FEMALE" }, { sourceTime: LATER }]))).toBe(
      "FEMALE of RBB by LATER_OVER_EARLIER",
    );
    expect(inWords(gendersOf([...earlier], ["RBB", { gender: "FEMALE" }, { updatedAt: LATER }]))).toBe(
      "FEMALE of RBB by LATER_OVER_EARLIER",
    );
    const tied = gendersOf(["RBB", { gender: "FEMALE" }], [...earlier]);
    expect(inWords(tied)).toBe("MALE of RAA by FIRST_BY_CODE");
    expect(said(tied?.conflicts)).toEqual(["FEMALE of RBB"]);
  });

  it("is the type that tells most of why the patient came in", () => {
    const later = { sourceTime: LATER };
    const pairs = [
      ["MI_STEMI", "MI_UNKNOWN"],
      ["MI_UNKNOWN", "ANGINA"],
      ["ANGINA", "USE_TREATMENT"],
      ["USE_TREATMENT", "OTHER"],
    ] as const;
    for (const [stands, loses] of pairs) {
      expect(typeOf(eventOf("RAA", stands, "2026-01-02"), eventOf("RBB", loses, "2026-01-02", later))).toBe(
        `${stands} of RAA by PRECEDENCE_OF_VALUES`,
      );
    }
    expect(typeOf(eventOf("RAA", "OTHER", "2026-01-02"), eventOf("RBB", "UNKNOWN", "2026-01-02", later))).toBe(
      "OTHER of RAA by KNOWN_OVER_UNKNOWN",
    );
    expect(typeOf(eventOf("RAA", "MI_STEMI", "2026-01-02"), eventOf("RBB", "MI_NSTEMI", "2026-01-02", later))).toBe(
      "MI_NSTEMI of RBB by LATER_OVER_EARLIER",
    );
  });

  it("of the date is that of the event whose type stands", () => {
    const infarction = eventOf("RAA", "MI_STEMI", "2026-01-02");
    const treatment = eventOf("RBB", "USE_TREATMENT", "2026-01-05", { sourceTime: LATER });
    expect(dateOf(treatment, infarction)).toBe("2026-01-02 of RAA by WITH_ITS_EVENT_TYPE");
    expect(said(episodeOf(infarction, treatment)?.items.eventDate?.conflicts)).toEqual(["2026-01-05 of RBB"]);
    expect(dateOf(eventOf("RAA", "MI_STEMI", null), treatment)).toBe("2026-01-05 of RBB by ONLY_CLAIM");
  });

  it("is that of the organisation that another one names as the referring one, not the later copy", () => {
    const own = eventOf("RBB", "MI_STEMI", "2026-01-02");
    const copy = eventOf("RAA", "MI_NSTEMI", "2026-01-03", { sourceTime: LATER, referringOrganisation: "RBB" });
    expect(typeOf(copy, own)).toBe("MI_STEMI of RBB by OWN_OVER_COPY");
    expect(typeOf({ ...copy, referringOrganisation: "RXX" }, own)).toBe("MI_NSTEMI of RAA by LATER_OVER_EARLIER");
    expect(typeOf({ ...copy, referringOrganisation: "RAA" }, own)).toBe("MI_NSTEMI of RAA by LATER_OVER_EARLIER");
  });

  it("is no copy of what the named organisation does not know, nor where the two name each other", () => {
    const silent = eventOf("RBB", "UNKNOWN", "2026-01-02");
    const naming = eventOf("RAA", "ANGINA", "2026-01-02", { referringOrganisation: "RBB", sourceTime: LATER });
    const third = eventOf("RCC", "HEART_FAILURE", "2026-01-02");
    expect(typeOf(silent, naming, third)).toBe("ANGINA of RAA by LATER_OVER_EARLIER");
    const back = eventOf("RBB", "HEART_FAILURE", "2026-01-02", { referringOrganisation: "RAA" });
    expect(typeOf(naming, back)).toBe("ANGINA of RAA by LATER_OVER_EARLIER");
  });
});

describe("the journey", () => {
  it("has the episodes that are stored, the earliest first; an event of none is one by itself", () => {
    const [first, second, alone] = [
      eventOf("RAA", "MI_STEMI", "2026-01-02"),
      eventOf("RBB", "USE_TREATMENT", "2026-01-05"),
      eventOf("RAA", "ANGINA", "2025-06-01", { id: "earlier" }),
    ];
    const episodes = new Map([first, second].map((event) => [keyOf(event), "one"]));
    const { episodes: resolved } = resolve(personOf({ events: [second, first, alone], episodeOf: episodes }));
    expect(resolved.map(({ events }) => events.map(({ id }) => id))).toEqual([["earlier"], ["event-RAA", "event-RBB"]]);
  });

  it("lists every treatment once, with everybody who lists it", () => {
    const events = [eventOf("RAA", "MI_STEMI", "2026-01-02"), eventOf("RBB", "USE_TREATMENT", "2026-01-02")];
    const treatments = [
      treatmentOf("RBB", "PCI", "2026-01-02"),
      treatmentOf("RAA", "PCI", "2026-01-02"),
      treatmentOf("RAA", "PCI", null),
      treatmentOf("RBB", "BYPASS_SURGERY", "2026-01-01"),
    ];
    const [episode] = resolve(personOf({ events, treatments })).episodes;
    expect(episode?.treatments.map(({ type, date, rows }) => [type, date, rows.map(({ ods }) => ods)])).toEqual([
      ["BYPASS_SURGERY", "2026-01-01", ["RBB"]],
      ["PCI", "2026-01-02", ["RAA", "RBB"]],
      ["PCI", null, ["RAA"]],
    ]);
  });

  it("is the same whatever the order of the rows", () => {
    const anyOrder = anyPerson.chain((person) =>
      fc.tuple(
        fc.constant(person),
        fc.record({
          patients: fc.shuffledSubarray([...person.patients], { minLength: person.patients.length }),
          events: fc.shuffledSubarray([...person.events], { minLength: person.events.length }),
          treatments: fc.shuffledSubarray([...person.treatments], { minLength: person.treatments.length }),
        }),
      ),
    );
    fc.assert(
      fc.property(anyOrder, ([person, shuffled]) => {
        expect(resolve({ ...person, ...shuffled })).toEqual(resolve(person));
      }),
      RUNS,
    );
  });

  it("would be found to depend on the order if the first row stood (control)", () => {
    const first = (person: PersonRows) => person.events[0]?.values.eventType ?? null;
    const turned = fc.property(anyPerson, (person) => {
      expect(first({ ...person, events: person.events.toReversed() })).toBe(first(person));
    });
    expect(() => fc.assert(turned, RUNS)).toThrow();
  });

  it("never changes a known winner when somebody adds an Unknown", () => {
    const unknowns = fc.record({
      ods: fc.constantFrom("RAA", "RBB", "REE"),
      sourceTime: fc.constantFrom("2020-01-01T00:00:00.000Z", "2030-01-01T00:00:00.000Z"),
      referrer: fc.constantFrom(null, "RAA", "RCC"),
    });
    fc.assert(
      fc.property(anyPerson, unknowns, (person, { ods, sourceTime, referrer }) => {
        const event = eventOf(ods, "UNKNOWN", null, { id: "new", sourceTime, referringOrganisation: referrer });
        const patient = patientOf(ods, { gender: "NOT_KNOWN" }, { id: "new", sourceTime });
        const more = personOf({
          ...person,
          patients: [...person.patients, patient],
          events: [...person.events, event],
          episodeOf: new Map([...person.episodeOf, [keyOf(event), "episode"]]),
        });
        const [before, after] = [resolve(person), resolve(more)];
        const pairs = [
          [before.items.gender, after.items.gender],
          [before.episodes[0]?.items.eventType, after.episodes[0]?.items.eventType],
        ] as const;
        for (const [was, is] of pairs) {
          if (!was || resolving.isUnknown("gender", was.winner.value)) continue;
          expect(is?.winner).toEqual(was.winner);
        }
      }),
      RUNS,
    );
  });

  it("hides no known value: each stands, or equals what stands, or is a conflict", () => {
    fc.assert(
      fc.property(anyPerson, (person) => {
        const { items, episodes } = resolve(person);
        const checks = [
          [person.patients.map(({ values }) => values.gender), items.gender],
          [person.events.map(({ values }) => values.eventType), episodes[0]?.items.eventType ?? null],
          [person.events.map(({ values }) => values.eventDate), episodes[0]?.items.eventDate ?? null],
        ] as const;
        for (const [values, item] of checks) {
          const stated = values.filter((value) => value !== null);
          const told = item === null ? [] : [...item.conflicts, ...item.unknowns].map(({ value }) => value);
          const agreeing = stated.filter((value) => value === item?.winner.value);
          expect([...agreeing, ...told].toSorted()).toEqual(stated.toSorted());
          expect(item?.conflicts.every(({ value }) => !resolving.isUnknown("gender", value)) ?? true).toBe(true);
          if (stated.length === 1) expect(item?.rule).toBe("ONLY_CLAIM");
        }
      }),
      RUNS,
    );
  });
});

describe("the rules", () => {
  it("are each there once, with a sentence and a source", () => {
    expect(WINNER_RULES.rules.map(({ name }) => name)).toEqual([...WINNER_RULE_NAMES]);
    for (const { says, source } of WINNER_RULES.rules) expect([says.length > 20, source.length > 5]).toEqual([true, true]);
    expect(WINNER_RULES.rules.slice(-RANKINGS.length).map(({ name }) => name)).toEqual([...RANKINGS]);
  });

  it("give every event type of the dictionary that is not Unknown one level", () => {
    const list = dictionaryOf(LATEST_DATASET_VERSION)?.codeLists.get("EventType");
    const known = [...(list?.keys ?? [])].filter((key) => !list?.unknown.has(key));
    expect(WINNER_RULES.event.eventType.precedence.flat().toSorted()).toEqual(known.toSorted());
  });
});
