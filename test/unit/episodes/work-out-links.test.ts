import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import { readDigest } from "../../../src/episodes/judge-persons.ts";
import { toLines } from "../../../src/episodes/link-lines.ts";
import type { LinkEvent, LinkLines, LinkPatient, LinkRows, PairLine, TeamDecision } from "../../../src/episodes/link-ports.ts";
import { toPair } from "../../../src/episodes/link-words.ts";
import { PERSON_RULES } from "../../../src/episodes/person-rules.ts";
import { type WorkedOut, workOutLinks } from "../../../src/episodes/work-out-links.ts";
import { LIMITS } from "../../../src/lib/limits.ts";
import { LongWork } from "../../../src/lib/long-work.ts";

const RULES = { persons: PERSON_RULES, episodes: EPISODE_RULES };
const digest = (text: string) => readDigest(Buffer.from(text).toString("hex").padEnd(64, "0"));
const NOTHING: LinkLines = { persons: [], episodes: [], pairs: [], grants: [] };

interface Told {
  readonly nhs?: string;
  readonly former?: readonly string[];
  readonly birth?: string;
  readonly name?: string;
}

/** `N1` is the patient 1 of the organisation N. */
const patient = (name: string, { nhs, former = [], birth = "1951", name: called }: Told): LinkPatient => ({
  ods: name.slice(0, 1),
  id: name.slice(1),
  nhsNumber: nhs === undefined ? null : digest(nhs),
  formerNhsNumbers: former.map(digest),
  dateOfBirth: digest(birth),
  nameAndPostcode: called === undefined ? null : digest(called),
});

const eventOf = (of: string, id: string, eventDate: string, eventType = "MI_STEMI"): LinkEvent => ({
  ods: of.slice(0, 1),
  id,
  patientId: of.slice(1),
  eventType,
  eventDate,
  treatments: [],
});

const rowsOf = (patients: readonly LinkPatient[], more: Partial<LinkRows> = {}): LinkRows => ({
  patients,
  events: [],
  merges: [],
  decisions: { PERSON: [], EPISODE: [] },
  ...more,
});

const ref = (name: string) => ({ ods: name.slice(0, 1), id: name.slice(1) });
const decide = (one: string, other: string, decision: TeamDecision["decision"], by: string, hour: number): TeamDecision => ({
  ...toPair(ref(one), ref(other)),
  decision,
  decidedBy: by,
  decidedAt: `2026-07-01T${hour}:00:00Z`,
});

const workOut = (rows: LinkRows): Promise<WorkedOut> => workOutLinks(rows, RULES, new LongWork());
const pairText = ({ kind, state, rule, madeBy, a, b }: PairLine): string =>
  `${kind} ${state} ${rule} ${madeBy} ${a.ods}${a.id} ${b.ods}${b.id}`;
const pairsOf = async (rows: LinkRows): Promise<readonly string[]> => (await workOut(rows)).pairs.map(pairText).toSorted();
const personsOf = async (rows: LinkRows): Promise<readonly string[]> =>
  (await workOut(rows)).persons.map(({ patients }) => patients.map(({ ods, id }) => `${ods}${id}`).join(" ")).toSorted();
/** Lines with ids that are named after what comes first: equal for equal groups. */
const linesOf = async (rows: LinkRows): Promise<LinkLines> => toLines(await workOut(rows), NOTHING, () => "new");

const one = patient("N1", { nhs: "1" });
const same = patient("S1", { nhs: "1" });

describe("working out links", () => {
  it("counts a merge of the sender as confirmed, also against what the identities say", async () => {
    const other = patient("N2", { nhs: "2", birth: "1960" });
    const merges = [{ ods: "N", patientId: "1", mergedInto: "2", mergedAt: "2026-07-01T10:00:00Z" }];
    expect(await pairsOf(rowsOf([one, other], { merges }))).toEqual(["PERSON LINKED MERGED_BY_SENDER RULE N1 N2"]);
    expect(await pairsOf(rowsOf([one, other]))).toEqual([]);
  });

  it("takes the later word of a merge and a team", async () => {
    const other = patient("N2", { nhs: "2" });
    const merges = [{ ods: "N", patientId: "1", mergedInto: "2", mergedAt: "2026-07-01T10:00:00Z" }];
    const after = [decide("N1", "N2", "UNLINKED", "N", 11)];
    const before = [decide("N1", "N2", "UNLINKED", "N", 10)].map((decision) => ({
      ...decision,
      decidedAt: "2026-06-01T10:00:00Z",
    }));
    expect(await pairsOf(rowsOf([one, other], { merges, decisions: { PERSON: after, EPISODE: [] } }))).toEqual([
      "PERSON APART null PERSON N1 N2",
    ]);
    expect(await pairsOf(rowsOf([one, other], { merges, decisions: { PERSON: before, EPISODE: [] } }))).toEqual([
      "PERSON LINKED MERGED_BY_SENDER RULE N1 N2",
    ]);
  });

  it("says of a confirmation that what people keep apart stands against it", async () => {
    const patients = [one, same, patient("T1", { nhs: "9", name: "x" }), patient("U1", { nhs: "8", name: "x" })];
    const PERSON = [
      ...["N", "T"].map((by) => decide("N1", "T1", "CONFIRMED", by, 10)),
      decide("S1", "T1", "REJECTED", "S", 11),
      ...["N", "S"].map((by) => decide("N1", "S1", "CONFIRMED", by, 12)),
    ];
    expect(await pairsOf(rowsOf(patients, { decisions: { PERSON, EPISODE: [] } }))).toEqual([
      "PERSON APART SAME_NUMBER_SAME_BIRTH PERSON N1 S1",
      "PERSON APART null PERSON S1 T1",
      "PERSON LINKED null PERSON N1 T1",
      "PERSON PROPOSED SAME_NAME_AND_POSTCODE RULE T1 U1",
    ]);
  });

  it("looks for episodes within a person only", async () => {
    const events = [eventOf("N1", "a", "2026-01-01"), eventOf("S1", "b", "2026-01-01"), eventOf("T1", "c", "2026-01-01")];
    const patients = [one, same, patient("T1", { nhs: "1", birth: "1960" })];
    expect(await pairsOf(rowsOf(patients, { events }))).toEqual([
      "EPISODE LINKED SAME_TYPE_SAME_DATE RULE Na Sb",
      "PERSON CONFLICT SAME_NUMBER_OTHER_BIRTH RULE N1 T1",
      "PERSON CONFLICT SAME_NUMBER_OTHER_BIRTH RULE S1 T1",
      "PERSON LINKED SAME_NUMBER_SAME_BIRTH RULE N1 S1",
    ]);
  });

  it("grants what is linked to every other organisation of the person, and to none for its own", async () => {
    const events = [eventOf("N1", "a", "2026-01-01"), eventOf("N2", "b", "2020-01-01")];
    const merges = [{ ods: "N", patientId: "2", mergedInto: "1", mergedAt: "2026-07-01T10:00:00Z" }];
    const { grants } = await linesOf(rowsOf([one, patient("N2", {}), same], { events, merges }));
    expect(grants.map(({ reader, owner, recordType, recordId }) => `${reader} ${recordType} ${owner}${recordId}`)).toEqual([
      "S PATIENT N1",
      "S PATIENT N2",
      "N PATIENT S1",
      "S INITIATING_EVENT Na",
      "S INITIATING_EVENT Nb",
    ]);
  });

  it("leaves patients alone of whom too many may be one person, and works out the rest", async () => {
    const many = Array.from({ length: LIMITS.patientsPerPerson + 1 }, (_, n) => patient(`X${n}`, { name: "crowd" }));
    const { tooLarge, persons } = await workOut(rowsOf([...many, one, same]));
    expect(tooLarge).toHaveLength(many.length);
    expect(persons.map(({ patients }) => patients.length)).toEqual([2]);
    expect((await workOut(rowsOf(many.slice(1)))).tooLarge).toEqual([]);
  });

  it("keeps the episodes of a person with too many events as they were, as far as their events are there", async () => {
    const events = Array.from({ length: LIMITS.eventsPerPerson + 1 }, (_, n) => eventOf("N1", `e${n}`, "2026-01-01"));
    const kept = (id: string) => ({ ods: "N", id, patientId: "1", personId: "p", episodeId: "x" });
    const pair = (b: string): PairLine => ({
      ...{
        kind: "EPISODE",
        state: "LINKED",
        rule: "SAME_TYPE_SAME_DATE",
        confidence: "CERTAIN",
        madeBy: "RULE",
        heldBackBy: null,
      },
      ...{ a: { ods: "N", id: "e0" }, b: { ods: "N", id: b } },
    });
    const stored: LinkLines = {
      persons: [{ ods: "N", id: "1", personId: "p" }],
      episodes: [kept("e0"), kept("e1"), kept("gone")],
      pairs: [pair("e1"), pair("gone")],
      grants: [],
    };
    const lines = toLines(await workOut(rowsOf([one], { events })), stored, () => "new");
    expect(lines).toEqual({ ...stored, episodes: [kept("e0"), kept("e1")], pairs: [pair("e1")] });
    expect((await workOut(rowsOf([one], { events: events.slice(1) }))).persons[0]?.episodes).toHaveLength(1);
  });

  it("depends on neither the order of rows nor who else is worked out with them", async () => {
    const anyRows = fc
      .array(
        fc.record({
          nhs: fc.option(fc.constantFrom("1", "2", "3")),
          former: fc.subarray(["1", "2", "3"], { maxLength: 1 }),
          birth: fc.constantFrom("1951", "1960"),
          name: fc.option(fc.constantFrom("x", "y")),
          day: fc.integer({ min: 10, max: 28 }),
        }),
        { minLength: 2, maxLength: 8 },
      )
      .map((told) => ({
        patients: told.map(({ nhs, former, birth, name }, n) =>
          patient(`${"NST"[n % 3] ?? "N"}${n}`, {
            former,
            birth,
            ...(nhs === null ? {} : { nhs }),
            ...(name === null ? {} : { name }),
          }),
        ),
        events: told.map(({ day }, n) => eventOf(`${"NST"[n % 3] ?? "N"}${n}`, `e${n}`, `2026-01-${day}`)),
      }));
    const sorted = ({ persons, episodes, pairs, grants }: LinkLines) =>
      [persons, episodes, pairs, grants].map((lines) => lines.map((line) => JSON.stringify(line)).toSorted());
    await fc.assert(
      fc.asyncProperty(anyRows, fc.boolean(), async ({ patients, events }, alone) => {
        const rows = rowsOf(patients, { events });
        const stranger = alone ? [] : [patient("Q1", { nhs: "77" })];
        const turned = rowsOf([...stranger, ...patients.toReversed()], { events: events.toReversed() });
        expect(sorted(await linesOf(turned))).toEqual(sorted(await linesOf(rows)));
        expect(await personsOf(rowsOf(patients.toReversed(), { events }))).toEqual(await personsOf(rows));
      }),
      { numRuns: 200, seed: 11 },
    );
  });
});
