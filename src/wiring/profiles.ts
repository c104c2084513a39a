/** Saved profiles and site codes: resolved for every mapping, and looked after through GraphQL. */
import { tmpdir } from "node:os";
import path from "node:path";
import { FHIR_PROFILES } from "../../mappings/fhir/fhir-profiles.ts";
import { compileProfile } from "../../mappings/files/profile-compile.ts";
import { EXAMPLE_PROFILES } from "../../mappings/files/profile-examples.ts";
import { listNames } from "../../mappings/files/profile-proposal.ts";
import { readProfile } from "../../mappings/files/profile-schema.ts";
import { HL7V2_PROFILES } from "../../mappings/hl7v2/hl7v2-profiles.ts";
import { foldText } from "../lib/fold-text.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createProfileStore } from "../persistence/profile-store.ts";
import { createSiteCodeStore } from "../persistence/site-code-store.ts";
import { checkColumns } from "../profiles/check-columns.ts";
import type { ShippedProfile } from "../profiles/profile.ts";
import type { ProfileReader } from "../profiles/profile-ports.ts";
import { createProfileService, type ProfileService } from "../profiles/profile-service.ts";
import { createSenderResolver } from "../profiles/resolve-sender.ts";
import { createSiteCodeService, type SiteCodeService } from "../profiles/site-code-service.ts";
import { dictionariesInService } from "../records/dictionaries.ts";
import { sampleTables } from "../sources/files/sample-tables.ts";
import type { CompileColumns, ResolveSender } from "../submission/sender-ports.ts";
import type { UploadReader } from "../submission/upload-ports.ts";
import type { Parts } from "./parts.ts";

export interface Profiles {
  /** For whatever maps an input. */
  readonly resolveSender: ResolveSender;
  readonly compileColumns: CompileColumns;
  readonly profiles: ProfileService;
  readonly siteCodes: SiteCodeService;
}

const SCRATCH_FOLDER = path.join(tmpdir(), "nacr-gateway");

const READER: ProfileReader = { read: readProfile, compile: compileProfile };

/** Drafts of profiles and site codes speak the words of the version that is assumed where none is named. */
export function wireProfiles({ database, terminology, newId }: Parts, uploads: UploadReader): Profiles {
  const [dictionary, ...others] = dictionariesInService();
  const store = createProfileStore(database);
  const siteCodeStore = createSiteCodeStore(database);
  const shipped = listShipped();
  const { resolve, forget } = createSenderResolver({
    profiles: store,
    siteCodes: siteCodeStore,
    reader: READER,
    shipped,
    clock: systemClock,
  });
  const names = listNames(dictionary);
  const options = {
    dictionary,
    countKnown: (cells: readonly string[]) => cells.filter((cell) => names.has(foldText(cell))).length,
    scratchFolder: SCRATCH_FOLDER,
  };
  return {
    resolveSender: resolve,
    compileColumns: (document, version) => checkColumns(Object(document), READER, [version]),
    profiles: createProfileService({
      store,
      reader: READER,
      shipped,
      uploads,
      sampleTables: (content, format, mostRows) => sampleTables(content, format, mostRows, options),
      dictionaries: [dictionary, ...others],
      forget,
      clock: systemClock,
      newId,
    }),
    siteCodes: createSiteCodeService({
      store: siteCodeStore,
      dictionary,
      isKnownConcept: (system, code) => terminology.lookUpCode(system, code).length > 0,
      forget,
      clock: systemClock,
      newId,
    }),
  };
}

const listShipped = (): readonly ShippedProfile[] => [
  ...Object.values(FHIR_PROFILES).map(
    ({ name, version }) => ({ name, version, format: "FHIR", description: "", columns: null }) as const,
  ),
  ...[...HL7V2_PROFILES.values()].map(
    ({ name, version, description }) => ({ name, version, format: "HL7V2", description, columns: null }) as const,
  ),
  ...EXAMPLE_PROFILES.map((columns) => {
    const { name, version, description } = columns;
    return { name, version, format: "TABLES", description, columns } as const;
  }),
];
