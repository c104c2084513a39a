import { describe, expect, it } from "vitest";
import type { Spell } from "../../../mappings/support/coded-target.ts";
import { deriveEvents } from "../../../mappings/support/derive-events.ts";
import { loose, stay, summarise, summariseReport } from "./spell-builder.ts";

const march = (...facts: readonly string[]): Spell => stay("v1", "2024-03-01", "2024-03-08", facts);
const MI = march("ICD10:I21.0#1");

describe("Item 6: new procedures are treatments", () => {
  const treatments: readonly (readonly [string, string])[] = [
    ["K49.1", "PCI"],
    ["K75.3", "PCI"],
    ["K50.1", "PCI"],
    ["K40.2", "BYPASS_SURGERY"],
    ["K46.1", "BYPASS_SURGERY"],
    ["K25.1", "MITRAL_VALVE_REPAIR_REPLACE"],
    ["K26.3", "AORTIC_VALVE_REPAIR_REPLACE"],
    ["K27.2", "TRICUSPID_VALVE_REPAIR_REPLACE"],
    ["K35.2", "AORTIC_VALVE_REPAIR_REPLACE"],
    ["K28.1", "OTHER_SURGERY"],
    ["K33.1", "OTHER_SURGERY"],
    ["K54.1", "LV_ASSIST_DEVICE"],
    ["K59.1", "ICD"],
    ["K72.1", "ICD"],
    ["K60.5", "PACEMAKER"],
    ["K61.7", "CRT"],
    ["K02.1", "TRANSPLANT"],
  ];
  it.each(treatments)("%s is %s", (code, type) => {
    expect(summarise(deriveEvents([march("ICD10:I21.0#1", `OPCS4:${code}@2024-03-02`)]))).toEqual([
      `event 2024-03-01 MI_STEMI + 2024-03-02 ${type}`,
    ]);
  });

  const others: readonly (readonly [string, string])[] = [
    ["K50.2", "REVIEW_NEEDED"],
    ["K56.2", "REVIEW_NEEDED"],
    ["K63.1", "NOT_AN_EVENT"],
    ["K65.9", "NOT_AN_EVENT"],
    ["K51.1", "NOT_AN_EVENT"],
    ["K54.2", "NOT_AN_EVENT"],
    ["K44.2", "NOT_AN_EVENT"],
    ["K30.1", "NOT_AN_EVENT"],
    ["K59.4", "NOT_AN_EVENT"],
    ["K60.4", "NOT_AN_EVENT"],
    ["K73.1", "NOT_AN_EVENT"],
    ["K57.1", "NO_NACR_OPTION"],
  ];
  it.each(others)("%s is none, and opens no event: %s", (code, reason) => {
    const result = deriveEvents([march(`OPCS4:${code}@2024-03-02`)]);
    expect(summarise(result)).toEqual([]);
    expect(summariseReport(result)).toEqual([`${code} DROPPED ${reason}`]);
  });

  const tavi: readonly (readonly [string, readonly string[], string])[] = [
    ["aortic valve, transarterial, under image control", ["K26.3@2024-03-02", "Y79.3@2024-03-02", "Y53.4@2024-03-02"], "TAVI"],
    [
      "aortic valve, transapical, under contrast ultrasound",
      ["K26.9@2024-03-02", "Y49.4@2024-03-02", "Y68.1@2024-03-02"],
      "TAVI",
    ],
    ["approach codes without a date", ["K26.3@2024-03-02", "Y79.3", "Y53.4"], "TAVI"],
    ["no image control", ["K26.3@2024-03-02", "Y79.3@2024-03-02"], "AORTIC_VALVE_REPAIR_REPLACE"],
    ["no approach", ["K26.3@2024-03-02", "Y53.4@2024-03-02"], "AORTIC_VALVE_REPAIR_REPLACE"],
    ["approach of another day", ["K26.3@2024-03-02", "Y79.3@2024-03-05", "Y53.4@2024-03-05"], "AORTIC_VALVE_REPAIR_REPLACE"],
    ["another valve", ["K25.3@2024-03-02", "Y79.3@2024-03-02", "Y53.4@2024-03-02"], "MITRAL_VALVE_REPAIR_REPLACE"],
  ];
  it.each(tavi)("TAVI by combination: %s", (_title, codes, type) => {
    const result = deriveEvents([march("ICD10:I35.0#1", ...codes.map((code) => `OPCS4:${code}`))]);
    expect(summarise(result)).toEqual([`event 2024-03-01 VALVE_DISEASE + 2024-03-02 ${type}`]);
  });

  it("an approach alone makes nothing", () => {
    expect(summarise(deriveEvents([march("OPCS4:Y79.3@2024-03-02", "OPCS4:Y53.4@2024-03-02")]))).toEqual([]);
  });

  it("keeps one treatment of each type and day, in order of day", () => {
    const result = deriveEvents([
      march("ICD10:I21.0#1", "OPCS4:K75.1@2024-03-05", "OPCS4:K49.1@2024-03-02", "OPCS4:K75.2@2024-03-02", "OPCS4:K40.1"),
    ]);
    expect(summarise(result)).toEqual([
      "event 2024-03-01 MI_STEMI + 2024-03-01 BYPASS_SURGERY + 2024-03-02 PCI + 2024-03-05 PCI",
    ]);
  });

  it("never tells primary or staged angioplasty from OPCS-4", () => {
    const types = deriveEvents([
      march("ICD10:I21.0#1", "OPCS4:K75.1@2024-03-01"),
      stay("v2", "2024-04-01", "2024-04-01", ["OPCS4:K75.1"]),
    ])
      .events.flatMap((event) => event.treatments)
      .map(({ type }) => type);
    expect(types).toEqual(["PCI", "PCI"]);
  });
});

describe("Items 7 and 11: a treatment without an index diagnosis in its spell", () => {
  const pci = (date: string): Spell => stay(`p${date}`, date, date, ["ICD10:I25.1#1", `OPCS4:K75.1@${date}`]);

  it.each([
    ["2024-03-09", "event 2024-03-01 MI_STEMI + 2024-03-09 PCI"],
    ["2024-05-30", "event 2024-03-01 MI_STEMI + 2024-05-30 PCI"],
    ["2024-02-29", "event 2024-03-01 MI_STEMI + 2024-02-29 PCI"],
  ])("angioplasty of %s is the event's deferred one", (date, expected) => {
    expect(summarise(deriveEvents([MI, pci(date)]))).toEqual([expected]);
  });

  it.each(["2024-05-31", "2024-02-28", "2025-01-01"])("angioplasty of %s is an event by itself", (date) => {
    const events = summarise(deriveEvents([MI, pci(date)]));
    expect(events).toHaveLength(2);
    expect(events).toContain(`event ${date} USE_TREATMENT + ${date} PCI`);
  });

  it("belongs to the later of two events", () => {
    const second = stay("v2", "2024-04-01", "2024-04-03", ["ICD10:I20.0#1"]);
    expect(summarise(deriveEvents([MI, second, pci("2024-04-20")]))).toEqual([
      "event 2024-03-01 MI_STEMI",
      "event 2024-04-01 UNSTABLE_ANGINA + 2024-04-20 PCI",
    ]);
  });

  it("counts 90 days from the event, not from the last angioplasty", () => {
    expect(summarise(deriveEvents([pci("2024-01-01"), pci("2024-03-01"), pci("2024-04-15")]))).toEqual([
      "event 2024-01-01 USE_TREATMENT + 2024-01-01 PCI + 2024-03-01 PCI",
      "event 2024-04-15 USE_TREATMENT + 2024-04-15 PCI",
    ]);
  });

  it("opens its own event for surgery, however near", () => {
    const surgery = stay("v2", "2024-03-20", "2024-03-28", ["ICD10:I25.1#1", "OPCS4:K40.1@2024-03-21", "OPCS4:K75.1@2024-03-20"]);
    expect(summarise(deriveEvents([MI, surgery]))).toEqual([
      "event 2024-03-01 MI_STEMI",
      "event 2024-03-20 USE_TREATMENT + 2024-03-20 PCI + 2024-03-21 BYPASS_SURGERY",
    ]);
  });

  it("with an index diagnosis in its spell belongs to that, though another event is near", () => {
    const second = stay("v2", "2024-04-01", "2024-04-03", ["ICD10:I20.0#1", "OPCS4:K75.1@2024-04-02"]);
    expect(summarise(deriveEvents([MI, second]))).toEqual([
      "event 2024-03-01 MI_STEMI",
      "event 2024-04-01 UNSTABLE_ANGINA + 2024-04-02 PCI",
    ]);
  });

  it("is dated by the treatment, decided by it, and discharged with its stay", () => {
    const [event] = deriveEvents([stay("v1", "2024-03-01", "2024-03-08", ["OPCS4:K26.1@2024-03-03"])]).events;
    expect(event).toMatchObject({
      eventType: "USE_TREATMENT",
      eventDate: "2024-03-03",
      dischargeDate: "2024-03-08",
      fact: { code: "K26.1" },
    });
  });

  it("finds its event where neither belongs to a contact, and keeps a chronic one from stepping back", () => {
    expect(
      summarise(
        deriveEvents([loose("SNOMED:194828000@2024-03-01", "SNOMED:415070008@2024-04-01", "SNOMED:22298006@2025-03-01")]),
      ),
    ).toEqual(["event 2024-03-01 ANGINA + 2024-04-01 PCI", "event 2025-03-01 MI_UNKNOWN"]);
  });

  it("makes old angina of the problem list a previous event", () => {
    expect(summarise(deriveEvents([loose("SNOMED:194828000@2020-03-01", "SNOMED:232717009@2024-04-01")]))).toEqual([
      "event 2024-04-01 USE_TREATMENT + 2024-04-01 BYPASS_SURGERY",
      "previous 2020-03-01 ANGINA",
    ]);
  });
});
