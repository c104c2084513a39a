/** Valid inputs of every kind, to be damaged: the cases of the mappings, and files of every text format. */
import { readdirSync, readFileSync } from "node:fs";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { findFhirProfile } from "../../../mappings/fhir/fhir-profiles.ts";
import { decodeHl7Bytes } from "../../../mappings/hl7v2/decode-bytes.ts";
import { mapHl7v2 } from "../../../mappings/hl7v2/hl7v2-mapping.ts";
import { HL7V2_PROFILES } from "../../../mappings/hl7v2/hl7v2-profiles.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";
import type { FileFormat } from "../../../src/records/file-format.ts";
import { contentOf, mapFile } from "../../unit/files/memory-content.ts";
import { sampleFiles } from "../../unit/files/sample-files.ts";

/** One kind of input: what valid ones look like, and how one is read and mapped. */
export interface InputKind {
  readonly name: string;
  /** How often it is tried, beside the others. */
  readonly weight: number;
  readonly valid: readonly Buffer[];
  readonly map: (bytes: Buffer) => Promise<MappedSource> | MappedSource;
}

const CASES = new URL("../../cases/", import.meta.url);

/** Inputs of all cases of a folder; a file holds one case or a list of them. */
function readInputs(folder: string): readonly unknown[] {
  const names = readdirSync(new URL(folder, CASES)).filter((name) => name.endsWith(".json"));
  return names.flatMap((name) => {
    const parsed: unknown = JSON.parse(readFileSync(new URL(`${folder}${name}`, CASES), "utf8"));
    return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((one) =>
      typeof one === "object" && one !== null && "input" in one ? [one.input] : [],
    );
  });
}

const isText = (value: unknown): value is string => typeof value === "string";
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);
const toMessages = (input: unknown): readonly string[] =>
  (Array.isArray(input) ? input : [input]).flatMap((message) =>
    isText(message) ? [message] : isTexts(message) ? [message.join("\r")] : [],
  );

const XML = [
  `<Patient xmlns="http://hl7.org/fhir"><id value="p"/><identifier><system value="https://fhir.nhs.uk/Id/nhs-number"/><value value="9990000018"/></identifier>
<name><use value="official"/><family value="Testperson"/><given value="Case"/></name><gender value="female"/><birthDate value="1950-02-03"/>
<address><line value="1 Sample Street"/><postalCode value="YO10 5DD"/></address></Patient>`,
  `<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>
<entry><fullUrl value="urn:uuid:1"/><resource><Patient><id value="p"/><gender value="male"/><birthDate value="1941-12-30"/></Patient></resource></entry>
<entry><resource><Condition><subject><reference value="urn:uuid:1"/></subject><code><coding><system value="http://snomed.info/sct"/>
<code value="401303003"/></coding></code><onsetDateTime value="2024-03-01"/></Condition></resource></entry></Bundle>`,
].map((text) => Buffer.from(text));

const FILE_KINDS: readonly FileFormat[] = ["IMPORTER_CSV", "FHIR_NDJSON", "NACR_NDJSON", "HL7V2_BATCH"];

/** Every kind, with its share of the attempts. */
export async function createInputKinds(): Promise<readonly InputKind[]> {
  const profile = findFhirProfile("uk-core");
  const dialects = [...HL7V2_PROFILES.values()];
  if (profile === null) throw new Error("there is no profile uk-core");
  const fhir = readInputs("fhir/").filter((input) => typeof input === "object");
  const files = await sampleFiles();
  return [
    {
      name: "HL7 v2",
      weight: 8,
      valid: readInputs("hl7v2/")
        .flatMap(toMessages)
        .map((text) => Buffer.from(text)),
      map: (bytes) => {
        const [first, ...others] = dialects;
        const dialect = others[bytes.length % dialects.length] ?? first;
        if (dialect === undefined) throw new Error("there are no dialects");
        return mapHl7v2([decodeHl7Bytes(bytes).text], dialect);
      },
    },
    {
      name: "FHIR JSON",
      weight: 5,
      valid: fhir.map((input) => Buffer.from(JSON.stringify(input))),
      map: (bytes) => mapFhir(bytes.toString("utf8"), profile),
    },
    { name: "FHIR XML", weight: 3, valid: XML, map: (bytes) => mapFhir(bytes.toString("utf8"), profile) },
    ...FILE_KINDS.map((format) => ({
      name: format,
      weight: 1,
      valid: [files[format]],
      map: (bytes: Buffer) => mapFile(format, contentOf(bytes)),
    })),
  ];
}
