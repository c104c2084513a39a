/** Inputs whose fields are counted: every case, and real samples where they stand beside the checkout. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFhirXml } from "../../../mappings/fhir/fhir-xml.ts";

const CASES = new URL("../../cases/", import.meta.url);
const SAMPLES = new URL("../../../../shared/data/", import.meta.url);

export interface KnownInput {
  readonly name: string;
  readonly profile: string | null;
  readonly input: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every case of a folder; a file holds one or a list. */
export function readCaseInputs(folder: string): readonly KnownInput[] {
  return readdirSync(new URL(folder, CASES))
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const parsed: unknown = JSON.parse(readFileSync(new URL(`${folder}${name}`, CASES), "utf8"));
      const list: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
      return list.filter(isObject).map(({ title, input, profile }) => ({
        name: `${name}: ${String(title)}`,
        profile: typeof profile === "string" ? profile : null,
        input,
      }));
    });
}

export const toMessages = (input: unknown): readonly string[] =>
  (Array.isArray(input) ? input : []).map((message: unknown) => (Array.isArray(message) ? message.join("\r") : String(message)));

const folderOf = (name: string): URL => new URL(`${name}/`, SAMPLES);
const FHIR_FOLDERS = [
  "synthea-r4-2021",
  "ukcore-examples-xml",
  "nhs-clinical-observations-json",
  "nhs-pathology",
  "nhs-eps-prescriptions-json/secondary-care",
] as const;
const HL7V2_FOLDERS = ["hl7v2-itk", "hl7v2-microsoft-adt", "hl7v2-wales-general", "hl7v2-simhospital", "hl7v2-edge"] as const;

export const samplesPresent = existsSync(folderOf("synthea-r4-2021"));

function readSampleFiles(folder: string, ending: RegExp): readonly { readonly name: string; readonly text: string }[] {
  const url = folderOf(folder);
  if (!existsSync(url)) return [];
  return readdirSync(url, { recursive: true, encoding: "utf8" })
    .filter((name) => ending.test(name))
    .map((name) => ({ name: `${folder}/${name}`, text: readFileSync(new URL(name.replaceAll("\\", "/"), url), "latin1") }));
}

/** Parsed as the mapping itself parses XML: its leaves are what is counted here, not its syntax. */
function parseFhir(text: string): unknown {
  const document = Buffer.from(text, "latin1")
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trim();
  if (!document.startsWith("<")) return JSON.parse(document);
  const read = readFhirXml(document);
  return isObject(read) && "resource" in read ? read.resource : read;
}

export const readFhirSamples = (): readonly KnownInput[] =>
  FHIR_FOLDERS.flatMap((folder) =>
    readSampleFiles(folder, /\.(?:json|xml)$/)
      .filter(({ name }) => !name.endsWith("INDEX.json"))
      .map(({ name, text }) => ({ name, profile: folder.startsWith("synthea") ? "synthea" : null, input: parseFhir(text) })),
  );

/** One message each. */
export const readHl7v2Samples = (): readonly KnownInput[] =>
  HL7V2_FOLDERS.flatMap((folder) =>
    readSampleFiles(folder, /\.(?:hl7|txt|out)$/).map(({ name, text }) => ({
      name,
      profile: null,
      input: text.split(/(?=^MSH)/m).filter((message) => message.startsWith("MSH")),
    })),
  );
