/** Reads what is to be submitted and tells its format by its first characters, where nobody named it. */
import { readFileSync } from "node:fs";
import { CliError, EXIT } from "./cli-error.ts";

export const INPUT_FORMATS = ["records", "fhir", "hl7v2"] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

export interface Input {
  readonly format: InputFormat;
  /** Records, FHIR resources (parsed JSON, or the text of an XML document), or messages. */
  readonly payload: unknown;
}

/** `-` reads standard input. */
export function readInput(file: string, format: InputFormat | undefined): Input {
  const text = readText(file).replace(/^\uFEFF/, "");
  const chosen = format ?? detectFormat(text);
  if (chosen === null)
    throw new CliError("The format of the input is not clear: name it with --format records|fhir|hl7v2.", EXIT.usage);
  if (chosen === "hl7v2") return { format: chosen, payload: [text] };
  if (text.trimStart().startsWith("<")) return { format: "fhir", payload: text };
  const parsed = parseJson(text);
  return { format: chosen, payload: chosen === "records" && !Array.isArray(parsed) ? [parsed] : parsed };
}

/** One JSON document; `-` reads standard input. */
export const readJson = (file: string): unknown => parseJson(readText(file).replace(/^\uFEFF/, ""));

function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch {
    throw new CliError(`${file} cannot be read.`, EXIT.usage);
  }
}

/** FHIR resources say their type; NACR records have none; an HL7 v2 message begins with MSH. */
function detectFormat(text: string): InputFormat | null {
  const start = text.trimStart();
  if (/^[\v]?MSH/.test(start)) return "hl7v2";
  if (start.startsWith("<")) return "fhir";
  if (!/^[[{]/.test(start)) return null;
  const parsed = parseJson(text);
  const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  return typeof first === "object" && first !== null && "resourceType" in first ? "fhir" : "records";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError("The input is not valid JSON.", EXIT.usage);
  }
}
