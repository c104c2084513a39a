/** `nacr population`: synthetic people of an audit, one a line on standard output; needs neither a gateway nor a database. */
import { once } from "node:events";
import { generateCutJourneys, generatePatientRecords } from "../population/generate-population.ts";
import { type PopulationOptions, SHAPES, shapePopulation } from "../population/plan-population.ts";
import { layOutProgrammes } from "../population/programmes.ts";
import { MOST_PATIENT_RECORDS } from "../population/to-patient-record.ts";
import { CliError, EXIT } from "./cli-error.ts";

/** As they are written on the command line. */
export interface PopulationArguments {
  readonly journeys?: string | undefined;
  readonly seed?: string | undefined;
  readonly format?: string | undefined;
  readonly shape?: string | undefined;
  readonly years?: string | undefined;
  readonly "first-year"?: string | undefined;
  readonly programme?: string | undefined;
}

const FORMATS = { records: generatePatientRecords, national: generateCutJourneys };
const isFormat = (name: string): name is keyof typeof FORMATS => Object.hasOwn(FORMATS, name);
/** Lines are written so many at a time. */
const LINES_AT_A_TIME = 500;
const USAGE = `nacr population --journeys N --seed S --format ${Object.keys(FORMATS).join("|")} [--shape ${SHAPES.join("|")}]`;

/** How many lines were written. @throws CliError */
export async function runPopulation(given: PopulationArguments, out: NodeJS.WritableStream): Promise<number> {
  const { format = "records" } = given;
  if (!isFormat(format)) throw new CliError(USAGE, EXIT.usage);
  const options = readPopulation(given);
  if (format === "records" && (options.journeys ?? Infinity) > MOST_PATIENT_RECORDS)
    throw new CliError(
      `Records go up to --journeys ${MOST_PATIENT_RECORDS}: the test range has no more NHS numbers.`,
      EXIT.usage,
    );
  let written = 0;
  let lines = "";
  for (const row of FORMATS[format](options)) {
    lines += `${JSON.stringify(row)}\n`;
    written += 1;
    if (written % LINES_AT_A_TIME > 0) continue;
    if (!out.write(lines)) await once(out, "drain");
    lines = "";
  }
  if (lines !== "") out.write(lines);
  return written;
}

/** @throws CliError */
function readPopulation(given: PopulationArguments): PopulationOptions {
  const seed = readWhole("seed", given.seed, 1);
  const shape = SHAPES.find((name) => name === (given.shape ?? "CALIBRATED"));
  if (shape === undefined) throw new CliError(USAGE, EXIT.usage);
  const years = readWhole("years", given.years, 1);
  if (years === 0) throw new CliError("--years is at least 1.", EXIT.usage);
  const options: PopulationOptions = {
    seed,
    years,
    ...(given.journeys === undefined ? {} : { journeys: readWhole("journeys", given.journeys, 0) }),
    ...(given["first-year"] === undefined ? {} : { firstYear: readYear(given["first-year"]) }),
  };
  const shaped = shapePopulation(shape, options);
  const { programme: code } = given;
  if (code === undefined) return shaped;
  return { ...shaped, programmes: layOutProgrammes({ seed, programmes: 1 }).map((programme) => ({ ...programme, code })) };
}

function readYear(text: string): number {
  const year = readWhole("first-year", text, 0);
  if (year < 1900 || year > 2100) throw new CliError("--first-year is a year: 2024.", EXIT.usage);
  return year;
}

function readWhole(name: string, text: string | undefined, absent: number): number {
  if (text === undefined) return absent;
  if (!/^\d{1,9}$/.test(text)) throw new CliError(`--${name} is a whole number.`, EXIT.usage);
  return Number(text);
}
