/**
 * Whatever is sent, withdrawn, linked, kept apart and withheld, in whatever order the feed hears of it: the national rows are those of a feed
 * that begins anew.
 */
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { createSeededRandom, type SeededRandom } from "../../../src/lib/seeded-random.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { databaseKind } from "../../support/database.ts";
import type { Input } from "../../support/journey-records.ts";
import { type ControlBench, provideControlBench } from "../control/control-bench.ts";
import { createLinkBench, type LinkBench } from "../links/link-bench.ts";
import { both, city, coast, hill, optionsOf } from "../submission/submission-bench.ts";
import { createNationalBench, type NationalBench } from "./national-bench.ts";

const control = provideControlBench();
const HISTORIES = databaseKind === "embedded" ? 2 : 4;
const STEPS = 30;
/** A history takes some ten seconds of a busy machine. */
const TIMEOUT_MS = 300_000;
const DAYS = ["2026-01-02", "2026-01-03", "2026-02-10", "2026-03-20"] as const;

/** Few people, events, ids and days, so that whatever is sent meets what is there. */
class History {
  readonly #random: SeededRandom;
  readonly #control: ControlBench;
  readonly #link: LinkBench;
  readonly #national: NationalBench;
  readonly #sent: { readonly actor: OrganisationActor; readonly id: string }[] = [];

  constructor(seed: number, control: ControlBench, link: LinkBench, national: NationalBench) {
    this.#random = createSeededRandom(seed);
    this.#control = control;
    this.#link = link;
    this.#national = national;
  }

  async run(): Promise<void> {
    await this.#letAllGo();
    for (let step = 0; step < STEPS; step++) {
      const { bench } = this.#control;
      bench.now = new Date(Date.parse(bench.now) + 60_000).toISOString();
      await this.#pick<() => Promise<unknown>>([
        ...Array.from({ length: 5 }, () => () => this.#submit()),
        () => this.#withdraw(),
        () => this.#withdrawRecord(),
        () => this.#decide(),
        () => this.#withhold(),
      ])();
      if (this.#chance(3)) await this.#link.workOff();
      if (this.#chance(3)) await this.#national.work(this.#random.integer(1, 3));
    }
    await this.#link.workOff();
    await this.#national.workOff(2);
  }

  #pick<T>(values: readonly T[]): T {
    return this.#random.pick(values);
  }

  #chance(oneIn: number): boolean {
    return this.#random.integer(1, oneIn) === 1;
  }

  #maybe<T>(value: T): T | undefined {
    return this.#chance(4) ? undefined : value;
  }

  #id(kind: string): string {
    return `${kind}-${this.#random.integer(1, 3)}`;
  }

  #record(): Input {
    const assessment = () => ({
      sourceRecordId: this.#maybe(this.#id("m")),
      number: this.#random.integer(1, 2),
      date: this.#pick(DAYS),
      weightKg: this.#maybe(this.#random.integer(60, 90)),
      drugs: this.#chance(2) ? [{ class: this.#pick(["STATIN", "ASPIRIN"]), taking: this.#pick(["YES", "NO"]) }] : [],
    });
    const rehabilitation = () => ({
      sourceRecordId: this.#id("r"),
      referralDate: this.#pick(DAYS.slice(0, 2)),
      coreStartDate: this.#maybe(this.#pick(DAYS.slice(2))),
      completed: this.#maybe(this.#pick(["YES", "NO"])),
      components: this.#maybe([this.#pick(["EDUCATION", "EXERCISE_HOME"])]),
      assessments: this.#chance(2) ? [assessment()] : [],
      acuteEvents: this.#chance(3) ? [{ type: "ANGINA", date: this.#pick(DAYS.slice(2)) }] : [],
    });
    const event = () => ({
      sourceRecordId: this.#id("e"),
      eventType: this.#pick(["MI_STEMI", "MI_NSTEMI", "HEART_FAILURE"]),
      eventDate: this.#pick(DAYS.slice(0, 2)),
      treatments: this.#chance(2)
        ? [{ sourceRecordId: this.#id("t"), type: this.#pick(["PCI", "BYPASS_SURGERY"]), date: DAYS[0] }]
        : [],
      rehabilitations: this.#chance(4) ? [] : [rehabilitation()],
    });
    const number = this.#random.integer(1, 4);
    return {
      sourceRecordId: this.#id("p"),
      patient: {
        nhsNumber: number === 4 ? undefined : toTestNhsNumber(number),
        hospitalNumber: this.#maybe(`H-${number}`),
        dateOfBirth: this.#chance(8) ? "1952-03-14" : "1951-03-14",
        gender: this.#pick(["MALE", "FEMALE", "NOT_KNOWN"]),
        ethnicGroup: this.#maybe(this.#pick(["INDIAN", "WHITE_BRITISH"])),
      },
      comorbidities: this.#chance(3) ? [{ type: this.#pick(["DIABETES", "ASTHMA"]) }] : [],
      initiatingEvents: Array.from({ length: this.#random.integer(1, 2) }, event),
    };
  }

  async #submit(): Promise<void> {
    const actor = this.#pick([city, city, hill, coast, coast]);
    const { header } = await this.#control.bench.submit({
      actor,
      payload: Array.from({ length: this.#random.integer(1, 2) }, () => this.#record()),
      options: optionsOf(actor),
    });
    this.#sent.push({ actor, id: header.id });
  }

  /** A refusal is one of the ways it may end. */
  async #withdraw(): Promise<void> {
    const chosen = this.#sent.length === 0 ? undefined : this.#pick(this.#sent);
    if (chosen === undefined) return;
    const programmes = chosen.actor.ods === both.ods ? both.programmes : chosen.actor.programmes;
    await this.#control.withdraw({ ...chosen.actor, role: "CLINICAL_TEAM", programmes }, chosen.id).catch(() => undefined);
  }

  async #withdrawRecord(): Promise<void> {
    const team: OrganisationActor = { ...both, role: "CLINICAL_TEAM" };
    const header = await this.#control.withdrawRecord(team, this.#random.integer(0, 40)).catch(() => null);
    if (header !== null) this.#sent.push({ actor: both, id: header.id });
  }

  async #patients(): Promise<readonly { readonly ods: string; readonly id: string }[]> {
    const rows = await this.#control.bench.test.query("select ods, id::text as id from public.patient order by 1, 2");
    return rows.map(({ ods, id }) => ({ ods: String(ods), id: String(id) }));
  }

  async #decide(): Promise<void> {
    const patients = await this.#patients();
    const [one, other] = [patients.find(({ ods }) => ods === city.ods), patients.find(({ ods }) => ods === coast.ods)];
    if (one === undefined || other === undefined) return;
    await this.#link.decide("PERSON", this.#pick(["CONFIRMED", "REJECTED", "UNLINKED"]), [one, other], city.ods);
  }

  /** Those whom the history before withheld. */
  async #letAllGo(): Promise<void> {
    const names = [...this.#national.withheld.keys()].map((name) => name.split("/"));
    this.#national.withheld.clear();
    await this.#national.markDue(names.map(([ods = "", patientId = ""]) => ({ ods, patientId })));
  }

  async #withhold(): Promise<void> {
    const patients = await this.#patients();
    if (patients.length === 0) return;
    const { ods, id } = this.#pick(patients);
    const { withheld } = this.#national;
    if (!withheld.delete(`${ods}/${id}`)) withheld.set(`${ods}/${id}`, "OBJECTION");
    await this.#national.markDue([{ ods, patientId: id }]);
  }
}

describe("a history of sendings, withdrawals, links and objections", () => {
  it("ends with the rows that a feed makes that begins anew", { timeout: TIMEOUT_MS }, async () => {
    const link = createLinkBench(control().bench.test);
    const national = createNationalBench(control().bench.test, control().bench.stores.keys);
    let journeys = 0;
    for (let seed = 1; seed <= HISTORIES; seed++) {
      await new History(seed, control(), link, national).run();
      const rows = await national.rows();
      expect(rows, `seed ${seed}`).toEqual(await national.fromScratch());
      journeys += rows.journey?.length ?? 0;
    }
    // Nothing would be shown by histories that end with nobody.
    expect(journeys).toBeGreaterThan(0);
  });

  it("ends with others where one line was lost (control)", async () => {
    const national = createNationalBench(control().bench.test, control().bench.stores.keys);
    await national.workOff();
    await control().bench.send(coast, [
      {
        sourceRecordId: "x",
        patient: { nhsNumber: toTestNhsNumber(9), dateOfBirth: "1951-03-14", gender: "MALE" },
        initiatingEvents: [{ eventType: "ANGINA", eventDate: DAYS[0] }],
      },
    ]);
    await control().bench.test.query("truncate national_feed.due");
    const rows = await national.rows();
    expect(rows).not.toEqual(await national.fromScratch());
  });
});
