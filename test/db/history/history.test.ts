/** The history of one record, item by item: who wrote what, what was undone, and who may see which part of it. */
import { describe, expect, it } from "vitest";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { FieldHistory } from "../../../src/submission/history-ports.ts";
import { event, journey, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { city, coast, hill, type Sent } from "../submission/submission-bench.ts";
import { type HistoryBench, provideHistoryBench, team } from "./history-bench.ts";

const at = provideHistoryBench();
let seed = 0;
const next = (): number => ++seed;

/** Sent a minute after whatever was done before. */
const send = (actor: OrganisationActor, record: unknown): Promise<Sent> => {
  at().tick();
  return at().bench.send(actor, [record]);
};
const entries: HistoryBench["entries"] = (id, options) => at().entries(id, options);
const idOf = (sent: Sent, type: Parameters<Sent["only"]>[0]): string => sent.only(type).recordId ?? "";

/** `2 REPLACED SINGLE>MARRIED CHANGE`, and `withdrawn` where it was. */
const brief = ({ version, decision, before, after, kind, withdrawn }: FieldHistory): string =>
  `${version} ${decision} ${before}>${after} ${kind}${withdrawn ? " withdrawn" : ""}`;

describe("the history of a record", () => {
  it("begins with its creation, and tells of every change since, latest first, with its source", async () => {
    const n = next();
    const first = await send(city, recordOf(n, { patient: person(n, { maritalStatus: "SINGLE" }) }));
    const second = await send(
      hill,
      recordOf(n, { sourceRecordId: `hill-${n}`, patient: named(n, { maritalStatus: "MARRIED" }) }),
    );
    const third = await send(
      city,
      recordOf(n, { patient: named(n, { clear: ["maritalStatus"], ethnicGroup: "WHITE_BRITISH" }) }),
    );
    const found = await entries(idOf(first, "PATIENT"), { field: "maritalStatus" });
    expect(found.map(brief)).toEqual([
      "3 CLEARED MARRIED>null CHANGE",
      "2 REPLACED SINGLE>MARRIED CHANGE",
      "1 SET null>SINGLE CREATION",
    ]);
    const [cleared, replaced, created] = found;
    const expected = [third, second, first].map(({ header }) => ({
      submissionId: header.id,
      programmeCode: header.programmeCode,
      receivedAt: header.receivedAt,
    }));
    expect([cleared, replaced, created].map((entry) => entry?.source)).toEqual(expected);
    expect([cleared, replaced, created].map((entry) => entry?.at)).toEqual(
      [third, second, first].map(({ header }) => header.completedAt),
    );
    const all = await entries(idOf(first, "PATIENT"));
    expect(all.map(({ version, field }) => `${version} ${field}`)).toEqual([
      ...["3 ethnicGroup", "3 maritalStatus", "2 maritalStatus"],
      ...["1 dateOfBirth", "1 gender", "1 hospitalNumber", "1 maritalStatus", "1 nhsNumber"],
    ]);
  });

  it("is there for a record of every type", async () => {
    const n = next();
    const sent = await send(
      city,
      journey(n, {
        previousEvents: [{ type: "MI", date: "2020" }],
        comorbidities: [{ type: "DIABETES" }],
        initiatingEvents: [
          event({
            treatments: [{ type: "PCI", date: "2026-01-02" }],
            rehabilitations: [
              rehabilitation({
                components: ["EXERCISE_GROUP", "EDUCATION"],
                assessments: [{ number: 1, date: "2026-01-28", weightKg: 82.5, drugs: [{ class: "STATIN", taking: "YES" }] }],
                acuteEvents: [{ type: "MI", date: "2026-03-01" }],
              }),
            ],
          }),
        ],
      }),
    );
    for (const { recordId, recordType } of sent.results) {
      const found = await entries(recordId ?? "");
      expect(found.length, recordType).toBeGreaterThan(0);
      for (const { kind, version, decision } of found) expect([kind, version, decision]).toEqual(["CREATION", 1, "SET"]);
    }
    expect((await entries(idOf(sent, "REHABILITATION"), { field: "components" })).map(({ after }) => after)).toEqual([
      ["EDUCATION", "EXERCISE_GROUP"],
    ]);
    expect((await entries(idOf(sent, "ASSESSMENT"), { field: "weightKg" })).map(({ after }) => after)).toEqual([82.5]);
  });

  it("says which change was withdrawn, and has a line of the withdrawal itself", async () => {
    const n = next();
    const first = await send(city, recordOf(n, { patient: person(n, { maritalStatus: "SINGLE" }) }));
    const second = await send(city, recordOf(n, { patient: named(n, { maritalStatus: "MARRIED" }) }));
    const withdrawnAt = at().tick();
    await at().withdraw(city, second.header.id);
    await send(city, recordOf(n, { patient: named(n, { maritalStatus: "WIDOWED" }) }));
    const found = await entries(idOf(first, "PATIENT"), { field: "maritalStatus" });
    expect(found.map(brief)).toEqual([
      "4 REPLACED SINGLE>WIDOWED CHANGE",
      "3 REPLACED MARRIED>SINGLE WITHDRAWAL",
      "2 REPLACED SINGLE>MARRIED CHANGE withdrawn",
      "1 SET null>SINGLE CREATION",
    ]);
    expect(found[1]).toMatchObject({ at: withdrawnAt, source: { submissionId: second.header.id } });
  });

  it("outlives the record: what a withdrawal removed is known by its history", async () => {
    const n = next();
    const sent = await send(city, recordOf(n, { patient: person(n, { maritalStatus: "SINGLE" }) }));
    const changed = await send(city, recordOf(n, { patient: named(n, { maritalStatus: "MARRIED", surname: "Wren" }) }));
    for (const { header } of [changed, sent]) {
      at().tick();
      await at().withdraw(city, header.id);
    }
    const id = idOf(sent, "PATIENT");
    expect((await entries(id, { field: "maritalStatus" })).map(brief)).toEqual([
      "4 CLEARED SINGLE>null WITHDRAWAL",
      "3 REPLACED MARRIED>SINGLE WITHDRAWAL",
      "2 REPLACED SINGLE>MARRIED CHANGE withdrawn",
      "1 SET null>SINGLE CREATION withdrawn",
    ]);
    const [last] = (await entries(id, { field: "nhsNumber", withIdentity: true })).slice(-1);
    expect(last).toMatchObject({
      after: person(n).nhsNumber,
      at: sent.header.completedAt,
      source: { submissionId: sent.header.id },
    });
  });
});

describe("identifying items in history", () => {
  it("have decision and source for all, values only where they are asked for", async () => {
    const n = next();
    const first = await send(city, recordOf(n, { patient: person(n, { surname: "Lark" }) }));
    const second = await send(city, recordOf(n, { patient: named(n, { surname: "Wren", forename: "Anne" }) }));
    const id = idOf(first, "PATIENT");
    const hidden = await entries(id, { field: "surname" });
    expect(hidden.map(brief)).toEqual(["2 REPLACED null>null CHANGE", "1 SET null>null CREATION"]);
    expect(hidden.map(({ source }) => source.submissionId)).toEqual([second.header.id, first.header.id]);
    const shown = await entries(id, { field: "surname", withIdentity: true });
    expect(shown.map(brief)).toEqual(["2 REPLACED Lark>Wren CHANGE", "1 SET null>Lark CREATION"]);
    expect((await entries(id, { field: "forename", withIdentity: true })).map(brief)).toEqual(["2 SET null>Anne CHANGE"]);
    expect((await entries(id, { field: "forename" })).map(brief)).toEqual(["2 SET null>null CHANGE"]);
    expect(JSON.stringify(await entries(id))).not.toMatch(/Lark|Wren|Anne|1951/);
  });

  it("are opened for nobody who may not see them: a box that does not open is not noticed (control: otherwise it is)", async () => {
    const n = next();
    const sent = await send(city, recordOf(n, { patient: person(n, { surname: "Lark" }) }));
    await send(city, recordOf(n, { patient: named(n, { surname: "Wren" }) }));
    const id = idOf(sent, "PATIENT");
    const spoil = `update record_change set sealed = '\\x00' where record_id = $1::uuid returning 1 as done`;
    expect(await at().bench.test.query(spoil, [id])).toHaveLength(1);
    await at().bench.test.query("update identity.patient_identity set sealed = '\\x00' where patient_id = $1::uuid", [id]);
    expect((await entries(id)).length).toBeGreaterThan(3);
    await expect(entries(id, { withIdentity: true })).rejects.toThrow();
    // Not even for those who may, where no identifying item is asked for.
    expect(await entries(id, { field: "gender", withIdentity: true })).toHaveLength(1);
  });
});

describe("a record that is not the caller's", () => {
  it("has no history: another organisation's, another programme's, and one that never was look the same", async () => {
    const n = next();
    const sent = await send(city, journey(n));
    const request = (recordId: string) => ({ recordId, field: null, page: { first: 5, after: null } });
    const { history } = at();
    const [patient, course] = [idOf(sent, "PATIENT"), idOf(sent, "REHABILITATION")];
    expect(await history.history(coast, request(patient), false)).toBeNull();
    expect(await history.history(hill, request(course), false)).toBeNull();
    expect(await history.history(team, request("01890000-0000-7000-8000-000000000001"), false)).toBeNull();
    expect(await history.history(team, request("no id"), false)).toBeNull();
    expect(await history.history(hill, request(patient), false)).toMatchObject({ totalCount: 4 });
    expect(await history.history(city, request(course), false)).not.toBeNull();
    // Removed, it is no more to be seen than before.
    at().tick();
    await at().withdraw(city, sent.header.id);
    expect(await history.history(coast, request(patient), false)).toBeNull();
    expect(await history.history(hill, request(course), false)).toBeNull();
    expect(await history.history(city, request(course), false)).not.toBeNull();
  });

  it("is named as a source only by what history itself knows of a programme that the token does not have", async () => {
    const n = next();
    const first = await send(city, recordOf(n, { patient: person(n, { maritalStatus: "SINGLE" }) }));
    await send(hill, recordOf(n, { sourceRecordId: `hill-${n}`, patient: named(n, { maritalStatus: "MARRIED" }) }));
    const [changed, created] = await entries(idOf(first, "PATIENT"), { actor: hill, field: "maritalStatus" });
    expect(created?.source).toEqual({
      submissionId: first.header.id,
      programmeCode: "N-CITY",
      receivedAt: first.header.completedAt,
    });
    expect(changed?.source).toMatchObject({ programmeCode: "N-HILL" });
  });
});

describe("a question that history cannot answer", () => {
  it("is refused: an item that the record's type does not have, with the nearest name; a cursor that is none", async () => {
    const n = next();
    const id = idOf(await send(city, recordOf(n)), "PATIENT");
    const ask = (field: string | null, after: string | null = null) =>
      at().history.history(team, { recordId: id, field, page: { first: 5, after } }, false);
    await expect(ask("maritalStatsu")).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
      publicMessage: 'A record of type PATIENT has no such item. Did you mean "maritalStatus"?',
      details: { path: "field", nearestName: "maritalStatus" },
    });
    await expect(ask("\u0000")).rejects.toMatchObject({ code: "BAD_USER_INPUT", details: { path: "field" } });
    await expect(ask("eventDate")).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    await expect(ask(null, "nonsense")).rejects.toMatchObject({ code: "BAD_USER_INPUT", details: { path: "after" } });
  });
});
