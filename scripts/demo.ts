/**
 * Plays the main job against a running demo gateway and prints it: a UK Core bundle, a PAS message, a NACR record and a bad record go
 * in, every answer comes out, and the status query tells the same story. `npm run demo -- FILE …` plays any files instead.
 * All persons in the shipped files are invented; their NHS numbers are from the test range.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { CliError } from "../src/cli/cli-error.ts";
import { type CommandOptions, runStatus, runSubmit } from "../src/cli/commands.ts";
import { GatewayClientError } from "../src/client/gateway-client-error.ts";
import { defaultGatewayUrl } from "../src/config/load-config.ts";

const SCENES = [
  { title: "A FHIR UK Core bundle: admission, STEMI, PCI, first visit to rehabilitation", file: "discharge-bundle.json" },
  { title: "A PAS discharge message (HL7 v2 ADT^A03) with ICD-10 and OPCS-4 codes", file: "discharge.hl7" },
  {
    title: "A NACR record of the rehabilitation: it finds the patient of the message by NHS number",
    file: "rehabilitation-record.json",
  },
  { title: "A record with mistakes: each part gets its own answer, and the good parts are stored", file: "bad-record.json" },
];
const DEMO_PROGRAMME = "CR-VALLEY";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { url: { type: "string" }, as: { type: "string" }, profile: { type: "string" } },
});
const options: CommandOptions = {
  url: values.url ?? defaultGatewayUrl(),
  as: values.as ?? "submitter",
  key: undefined,
  client: undefined,
  organisation: undefined,
  json: false,
  format: undefined,
  programme: DEMO_PROGRAMME,
  profile: values.profile,
  idempotencyKey: undefined,
  dryRun: false,
  allOrNothing: false,
};

async function play(title: string, file: string): Promise<string> {
  console.log(`\n── ${title}\n   ${path.relative(process.cwd(), file)} (${readFileSync(file).length} bytes)\n`);
  const { output } = await runSubmit(file, options);
  console.log(output);
  return output.split(/\s/, 1)[0] ?? "";
}

try {
  const scenes =
    positionals.length > 0
      ? positionals.map((file) => ({ title: "Your file", file }))
      : SCENES.map(({ title, file }) => ({ title, file: path.join(import.meta.dirname, "demo", file) }));
  let last = "";
  for (const { title, file } of scenes) last = await play(title, file);
  console.log(`\n── The status query tells the same story: nacr status ${last}\n`);
  console.log((await runStatus(last, options)).output);
} catch (error) {
  if (!(error instanceof CliError || error instanceof GatewayClientError)) throw error;
  console.error(`${error.message}\nStart the gateway first, in another terminal: npm start`);
  process.exitCode = 1;
}
