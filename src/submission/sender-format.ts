/** Which saved profiles and codes an input is read with. */
import type { MappingName } from "./commands.ts";
import type { SenderQuestion } from "./sender-ports.ts";

const FORMAT_OF_MAPPING: Readonly<Record<MappingName, SenderQuestion["format"]>> = {
  RECORDS: "RECORDS",
  FHIR: "FHIR",
  HL7V2: "HL7V2",
  IMPORTER: "TABLES",
  COLUMNS: "TABLES",
};

/** The column profile that read a file, in the version that read it, by what the answer calls its mapping (`our-pats/3`); null: none did. */
export function pinnedProfileOf(mappingVersion: string): string | null {
  const { name, version } = /^(?<name>[a-z0-9-]+)\/(?<version>\d+)/.exec(mappingVersion)?.groups ?? {};
  return name === undefined ? null : `${name}@${version}`;
}

export const senderFormatOf = (mapping: MappingName): SenderQuestion["format"] => FORMAT_OF_MAPPING[mapping];
