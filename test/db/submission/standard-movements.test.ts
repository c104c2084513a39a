/** Certification standards that a submission moves, as its answer tells them. */
import { describe, expect, it } from "vitest";
import type { StandardMovement } from "../../../src/records/standard-movement.ts";
import { event, type Input, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { createJobBench, idle } from "./job-bench.ts";
import { both, city, optionsOf, provideBench, type Sent, toSent } from "./submission-bench.ts";

const bench = provideBench();

let seed = 5_000;
const sent = (events: readonly Input[]) => [recordOf(seed, { initiatingEvents: events })];
const next = (): number => ++seed;

const line = (standard: StandardMovement["standard"], more: Partial<StandardMovement> = {}): StandardMovement => ({
  standard,
  auditYear: 2025,
  entered: 0,
  left: 0,
  met: 0,
  unmet: 0,
  changed: 0,
  ...more,
});

/** Event of 2 January, referral of the 8th, core from 1 February 2026, assessment 1. */
const whole = (more: Input = {}) => event({ rehabilitations: [rehabilitation(more)] });
const standardsOf = ({ header }: Sent): readonly StandardMovement[] => header.standards;

describe("the standards of a submission", () => {
  it("gain what a new rehabilitation counts for", async () => {
    next();
    expect(standardsOf(await bench().send(city, sent([whole()])))).toEqual([
      line("ASSESSMENT_1", { entered: 1, met: 1 }),
      line("MI_PCI_WAIT", { entered: 1 }),
      line("ASSESSMENT_2", { entered: 1 }),
    ]);
  });

  it("stay where they are when nothing that they are made of is said", async () => {
    next();
    await bench().send(city, sent([whole()]));
    expect(standardsOf(await bench().send(city, sent([whole({ deliveryMode: "GROUP" })])))).toEqual([]);
  });

  it("move with an assessment that comes later, and with the end of the core", async () => {
    next();
    await bench().send(city, sent([whole()]));
    const later = whole({ coreEndDate: "2026-04-10", assessments: [{ number: 2, date: "2026-04-12" }] });
    expect(standardsOf(await bench().send(city, sent([later])))).toEqual([
      line("DURATION", { entered: 1 }),
      line("ASSESSMENT_2", { met: 1 }),
    ]);
  });

  it("move from year to year with the core start, assessments that were stored before included", async () => {
    next();
    await bench().send(city, sent([whole()]));
    const moved = event({ rehabilitations: [{ referralDate: "2026-01-08", coreStartDate: "2026-04-02" }] });
    expect(standardsOf(await bench().send(city, sent([moved])))).toEqual([
      line("ASSESSMENT_1", { left: 1, unmet: 1 }),
      line("ASSESSMENT_1", { auditYear: 2026, entered: 1, met: 1 }),
      line("MI_PCI_WAIT", { left: 1 }),
      line("MI_PCI_WAIT", { auditYear: 2026, entered: 1 }),
      line("ASSESSMENT_2", { left: 1 }),
      line("ASSESSMENT_2", { auditYear: 2026, entered: 1 }),
    ]);
  });

  it("move with a treatment alone: the group changes, and with it whose wait it is", async () => {
    next();
    await bench().send(city, sent([whole()]));
    const bypass = event({ treatments: [{ type: "BYPASS_SURGERY", date: "2026-01-04" }] });
    expect(standardsOf(await bench().send(city, sent([bypass])))).toEqual([
      line("CABG_WAIT", { entered: 1 }),
      line("MI_PCI_WAIT", { left: 1 }),
    ]);
  });

  it("move with the event's referral date where the rehabilitation has none, and its wait changes with it", async () => {
    next();
    const own = (referralDate: string) => event({ referralDate, rehabilitations: [{ coreStartDate: "2026-02-01" }] });
    expect(standardsOf(await bench().send(city, sent([own("2026-01-09")])))).toContainEqual(line("MI_PCI_WAIT", { entered: 1 }));
    expect(standardsOf(await bench().send(city, sent([event({ referralDate: "2026-01-12" })])))).toEqual([
      line("MI_PCI_WAIT", { changed: 1 }),
    ]);
  });

  it("are those of the sending programme only", async () => {
    next();
    const other = event({ rehabilitations: [rehabilitation({ programmeCode: "N-HILL" })] });
    const answer = toSent(await bench().submit({ actor: both, payload: sent([other]), options: optionsOf(both) }));
    expect(answer.outcomes).toContain("REHABILITATION CREATED");
    expect(answer.header.standards).toEqual([]);
  });

  it("stay where they are when everything is held", async () => {
    next();
    const held = await bench().send(city, sent([whole(), { eventType: "MI_STEMI" }]), { errorPolicy: "ALL_OR_NOTHING" });
    expect(held.outcomes).toContain("REHABILITATION HELD");
    expect(standardsOf(held)).toEqual([]);
  });

  it("are read again as they were given", async () => {
    next();
    const { header } = await bench().send(city, sent([whole()]));
    expect((await bench().status.submission(city, header.id))?.standards).toEqual(header.standards);
  });

  it("of a file add up over its chunks, in a dry run as in the commit after it", async () => {
    const jobs = createJobBench(bench());
    bench().now = new Date().toISOString();
    const records = Array.from({ length: 7 }, () => recordOf(next(), { initiatingEvents: [whole()] }));
    for (const mode of ["VALIDATE_ONLY", "COMMIT"] as const) {
      const reference = await jobs.accept(city, records, { mode });
      await jobs.worker()(reference, idle);
      expect((await jobs.header(city, reference)).standards, mode).toEqual([
        line("ASSESSMENT_1", { entered: 7, met: 7 }),
        line("MI_PCI_WAIT", { entered: 7 }),
        line("ASSESSMENT_2", { entered: 7 }),
      ]);
    }
  });
});
