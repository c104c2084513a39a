import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { mapHl7v2, readMessages } from "../../../mappings/hl7v2/hl7v2-mapping.ts";
import type { Hl7v2Profile } from "../../../mappings/hl7v2/hl7v2-profile.ts";
import { DEFAULT_HL7V2_PROFILE, HL7V2_PROFILES } from "../../../mappings/hl7v2/hl7v2-profiles.ts";
import type { Hl7Message } from "../../../mappings/hl7v2/parse-message.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";

/** Real messages that nobody on this project wrote; they are not part of the repository. */
const DATA = path.resolve(import.meta.dirname, "../../../../shared/data");
const present = existsSync(DATA);
if (!present) console.log(`Skipped: the sample messages are not at ${path.relative(process.cwd(), DATA)}.`);

function readFolder(folder: string): readonly [string, string][] {
  if (!present) return [];
  const files = readdirSync(path.join(DATA, folder), { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => [name, readFileSync(path.join(DATA, folder, name), "utf8")]);
}

const ROUNDS = 12;
const MICROSECONDS = 1_000_000;

/** Every populated field, as `PID-7`. */
function listSources(message: Hl7Message): readonly string[] {
  return message.segments.flatMap(({ name, fields }) => {
    const first = name === "MSH" ? 3 : 1;
    return fields.flatMap((field, index) => (index >= first && field !== "" ? [`${name}-${index}`] : []));
  });
}

function listReported({ drafts, mappingReport }: MappedSource): ReadonlySet<string> {
  return new Set([...drafts.flatMap((draft) => draft.mappingReport), ...mappingReport].map(({ sourceField }) => sourceField));
}

const SAMPLES = ["hl7v2-edge", "hl7v2-itk", "hl7v2-wales-general", "hl7v2-microsoft-adt", "hl7v2-simhospital"].flatMap(
  readFolder,
);

describe.skipIf(!present)("sample messages of others", () => {
  it.each([...HL7V2_PROFILES.values()].map((profile): [string, Hl7v2Profile] => [profile.name, profile]))(
    "are all answered under the profile %s, and every refusal has an error",
    (_name, profile) => {
      for (const [, text] of SAMPLES) {
        const { drafts } = mapHl7v2([text], profile);
        expect(drafts.length).toBeGreaterThan(0);
        for (const draft of drafts.filter(({ unreadable }) => unreadable)) expect(draft.issues[0]?.severity).toBe("ERROR");
      }
    },
  );

  it("have every populated field of every mapped message in the mapping report", () => {
    let fields = 0;
    for (const [name, text] of SAMPLES) {
      const mapped = mapHl7v2([text], DEFAULT_HL7V2_PROFILE);
      const [read, ...more] = readMessages([text]);
      if (read?.result.ok !== true || more.length > 0 || mapped.drafts[0]?.unreadable) continue;
      const reported = listReported(mapped);
      const sources = listSources(read.result.message);
      expect([name, ...sources.filter((source) => !reported.has(source))]).toEqual([name]);
      fields += sources.length;
    }
    console.log(`Samples of others: ${fields} populated fields, every one in the report.`);
    expect(fields).toBeGreaterThan(300);
  });
});

describe.skipIf(!present)("the messages of Simulated Hospital", () => {
  const text = readFolder("hl7v2-simhospital").find(([name]) => name === "messages.out")?.[1] ?? "";

  const SIMULATED = HL7V2_PROFILES.get("simhospital") ?? DEFAULT_HL7V2_PROFILE;

  it("are 694: 271 admissions and a merge that state a patient, 421 results that name one, and a document that is not read", () => {
    const { drafts } = mapHl7v2([text], SIMULATED);
    const patients = drafts.filter(({ recordType }) => recordType === "PATIENT");
    expect(patients).toHaveLength(694);
    expect(patients.filter(({ unreadable, reference }) => !unreadable && !reference)).toHaveLength(272);
    expect(patients.filter(({ reference }) => reference)).toHaveLength(421);
    const refused = patients.filter(({ unreadable }) => unreadable).map(({ issues }) => issues.map(({ code }) => code));
    expect(refused).toEqual([["MESSAGE_UNSUPPORTED"]]);
    expect(drafts.flatMap(({ merges }) => merges ?? [])).toMatchObject([{ hospitalNumber: expect.any(String) }]);
  });

  it("hold results of renal function, blood count and the like under local names, of which none is taken for another", () => {
    const { drafts, mappingReport } = mapHl7v2([text], SIMULATED);
    const values = mappingReport.filter(({ sourceField }) => sourceField === "OBX-5");
    console.log(`Simulated Hospital: ${drafts.length} drafts, ${values.length} results, ${mappingReport.length} further lines.`);
    expect(drafts.filter(({ recordType }) => recordType === "ASSESSMENT" || recordType === "REHABILITATION")).toEqual([]);
    expect(new Set(values.map(({ result, reason }) => `${result} ${reason}`))).toEqual(new Set(["UNMAPPED NO_NACR_ITEM"]));
  });

  it("give what their own PID says: MRN, NHS number, sex, ethnic group and date of birth", () => {
    const admissions = text.split(/\n\n(?=MSH)/).filter((message) => message.includes("|ADT^A01|"));
    const { drafts } = mapHl7v2(admissions, DEFAULT_HL7V2_PROFILE);
    const pids = text
      .split("\n\n")
      .filter((message) => message.includes("|ADT^A01|"))
      .map(
        (message) =>
          message
            .split(/[\r\n]+/)
            .find((segment) => segment.startsWith("PID"))
            ?.split("|") ?? [],
      );
    const patients = drafts.filter(({ unreadable }) => !unreadable).map(({ values }) => values);
    const stated = pids.map((fields) => ({
      hospitalNumber: fields[2]?.split("^")[0],
      nhsNumber: /~(\d{10})\^\^\^NHSNBR/.exec(fields[3] ?? "")?.[1],
      gender: fields[8] === "F" ? "FEMALE" : "MALE",
      dateOfBirth: fields[7]?.replace(/^(....)(..)(..).*/, "$1-$2-$3"),
      hasEthnicGroup: fields[22] !== "",
    }));
    const mapped = patients.map(({ hospitalNumber, nhsNumber, gender, dateOfBirth, ethnicGroup }) => ({
      hospitalNumber,
      nhsNumber,
      gender,
      dateOfBirth,
      hasEthnicGroup: ethnicGroup !== undefined,
    }));
    expect(mapped).toEqual(stated);
  });

  it("are mapped at a rate that is printed here", () => {
    const messages = text.split(/\n\n(?=MSH)/).filter((message) => message.includes("|ADT^A01|"));
    // Processor time of this thread, and the best of several rounds: whatever else the machine is doing is not counted.
    const rates = Array.from({ length: ROUNDS }, () => {
      const before = process.threadCpuUsage();
      mapHl7v2(messages, DEFAULT_HL7V2_PROFILE);
      const { user, system } = process.threadCpuUsage(before);
      return messages.length / ((user + system) / MICROSECONDS);
    });
    const perSecond = Math.round(Math.max(...rates));
    console.log(`HL7 v2, ADT^A01 of Simulated Hospital, parsed and mapped: ${perSecond} messages per processor second`);
    expect(perSecond).toBeGreaterThan(2_000);
  });
});

describe.skipIf(!present)("the samples of the NHS Interoperability Toolkit", () => {
  it("carry only a placeholder as NHS number and no local number, which the dictionary refuses", () => {
    for (const [, text] of readFolder("hl7v2-itk")) {
      const [patient] = mapHl7v2([text], DEFAULT_HL7V2_PROFILE).drafts;
      expect(patient?.values).toMatchObject({ nhsNumber: "3333333333", gender: "FEMALE", gpPracticeCode: "Y06601" });
      expect(patient?.values).not.toHaveProperty("hospitalNumber");
      expect(patient?.sourceRecordId).toBeNull();
    }
  });
});

describe.skipIf(!present)("the maximal messages from the United States", () => {
  it("store neither social security nor driving licence number, nor a foreign ethnic group or postcode", () => {
    for (const [name, text] of readFolder("hl7v2-microsoft-adt")) {
      const { drafts } = mapHl7v2([text], DEFAULT_HL7V2_PROFILE);
      const values = JSON.stringify(drafts.map((draft) => draft.values));
      expect([name, /123456789|PSSN123|DLN-123|NOT_HISPANIC|99999/.test(values)]).toEqual([name, false]);
      expect(drafts.every((draft) => draft.values.ethnicGroup === undefined)).toBe(true);
    }
  });
});
