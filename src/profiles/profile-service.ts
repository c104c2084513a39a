/** Mapping profiles of an organisation: saved in versions, listed beside those the gateway ships, proposed from a file. */
import { draftProfile } from "../../mappings/files/profile-draft.ts";
import { listNames, type ProposedColumn, proposeColumns } from "../../mappings/files/profile-proposal.ts";
import type { ColumnProfile, ColumnProfileInput } from "../../mappings/files/profile-schema.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { FileFormat } from "../records/file-format.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import type { ProfileFormat } from "../submission/sender-ports.ts";
import type { UploadReader } from "../submission/upload-ports.ts";
import { checkColumns } from "./check-columns.ts";
import type { SavedProfile, ShippedProfile } from "./profile.ts";
import type { ProfileReader, ProfileStore, SampleTables } from "./profile-ports.ts";
import { requireSender } from "./require-sender.ts";
import { IMPORTER } from "./resolve-sender.ts";

export interface ProfileToSaveNow {
  readonly name: string;
  readonly vendor: string;
  readonly product: string;
  readonly format: ProfileFormat;
  /** One of the two. */
  readonly senderProfile: string | null;
  readonly columns: unknown;
  readonly automatic: boolean;
  /** Null: today. */
  readonly effectiveFrom: string | null;
}

export type KnownProfile = { readonly shipped: ShippedProfile } | { readonly saved: SavedProfile };

export interface ProfileProposal {
  readonly columns: readonly ProposedColumn[];
  /** To be corrected and saved. */
  readonly profile: ColumnProfileInput;
}

export interface ProposalRequest {
  readonly uploadId: string;
  readonly format: FileFormat | null;
  readonly name: string;
}

export interface ProfileService {
  /** Those the gateway ships, then the latest version of each that was saved and is not retired. */
  list(actor: OrganisationActor): Promise<readonly KnownProfile[]>;
  /** @param version null: the latest */
  find(actor: OrganisationActor, name: string, version: number | null): Promise<KnownProfile | null>;
  /** @throws GatewayError BAD_USER_INPUT with every problem of a column profile, FORBIDDEN, CONFLICT, LIMIT_EXCEEDED */
  save(actor: OrganisationActor, profile: ProfileToSaveNow): Promise<SavedProfile>;
  /** It is applied no more; files in work are read to their end. @throws GatewayError NOT_FOUND, FORBIDDEN */
  retire(actor: OrganisationActor, name: string): Promise<SavedProfile>;
  /** Nothing is kept. @throws GatewayError NOT_FOUND, BAD_USER_INPUT for an upload without tables */
  propose(actor: OrganisationActor, request: ProposalRequest): Promise<ProfileProposal>;
}

export interface ProfileDependencies {
  readonly store: ProfileStore;
  readonly reader: ProfileReader;
  readonly shipped: readonly ShippedProfile[];
  readonly uploads: UploadReader;
  readonly sampleTables: SampleTables;
  /** Those in service: a profile that is saved speaks the words of one of them. Drafts speak those of the first. */
  readonly dictionaries: readonly [Dictionary, ...Dictionary[]];
  readonly forget: (ods: string) => void;
  readonly clock: Clock;
  readonly newId: NewId;
}

const NAME = /^[a-z0-9][a-z0-9-]{1,62}$/;

export function createProfileService(dependencies: ProfileDependencies): ProfileService {
  const { store, shipped, forget, clock } = dependencies;
  const [drafting] = dependencies.dictionaries;
  const names = listNames(drafting);
  return {
    async list(actor) {
      const saved = (await store.saved(actor.ods)).filter((profile) => mayUse(actor, profile));
      return [...shipped.map((profile) => ({ shipped: profile })), ...latestOfEach(saved).map((profile) => ({ saved: profile }))];
    },
    async find(actor, name, version) {
      const found = shipped.find((profile) => profile.name === name);
      if (found !== undefined) return version === null || version === found.version ? { shipped: found } : null;
      const saved = version === null ? await findLatest(store, actor, name) : await store.version(actor.ods, name, version);
      return saved === null || !mayUse(actor, saved) ? null : { saved };
    },
    save: (actor, profile) => save(actor, profile, dependencies),
    async retire(actor, name) {
      const saved = await findLatest(store, actor, name);
      if (saved === null || !mayUse(actor, saved)) throw notFound();
      const retired = await store.retire(actor, name, clock.now());
      if (retired === null) throw notFound();
      forget(actor.ods);
      return retired;
    },
    async propose(actor, request) {
      checkName(request.name);
      const tables = (await readTables(actor, request, dependencies)).map((table) => ({
        name: table.name,
        columns: proposeColumns(table, names),
      }));
      const profile = draftProfile(request.name, tables, drafting);
      return { columns: tables.flatMap(({ columns }) => columns), profile };
    },
  };
}

const notFound = (): GatewayError => new GatewayError("NOT_FOUND", "The organisation has saved no such profile.");

const badInput = (path: string, message: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path: `input.${path}` } });

/** A vendor app knows its own product's profiles only. */
const mayUse = ({ sourceSystem }: OrganisationActor, { vendor, product }: SavedProfile): boolean =>
  sourceSystem === undefined || (sourceSystem.vendor === vendor && sourceSystem.product === product);

const latestOfEach = (saved: readonly SavedProfile[]): readonly SavedProfile[] =>
  [...Map.groupBy(saved, ({ name }) => name).values()].map((versions) =>
    versions.reduce((one, other) => (other.version > one.version ? other : one)),
  );

async function findLatest(store: ProfileStore, { ods }: OrganisationActor, name: string): Promise<SavedProfile | null> {
  return latestOfEach(await store.saved(ods)).find((profile) => profile.name === name) ?? null;
}

async function save(actor: OrganisationActor, input: ProfileToSaveNow, dependencies: ProfileDependencies): Promise<SavedProfile> {
  const { store, clock, newId, forget } = dependencies;
  requireSender(actor, input);
  checkName(input.name);
  if (input.name === IMPORTER || dependencies.shipped.some(({ name }) => name === input.name))
    throw badInput("name", "A profile the gateway ships has this name.");
  const { name, vendor, product, format, senderProfile, automatic } = input;
  const saved = await store.save(
    actor,
    {
      id: newId(),
      name,
      vendor,
      product,
      format,
      automatic,
      senderProfile,
      columns: readContent(input, dependencies),
      effectiveFrom: input.effectiveFrom ?? clock.today(),
      createdAt: clock.now(),
    },
    LIMITS.profilesPerOrganisation,
  );
  if ("refused" in saved) throw refusalOf(saved);
  forget(actor.ods);
  return saved;
}

function checkName(name: string): void {
  if (!NAME.test(name))
    throw badInput("name", "A name has 2 to 63 characters: a to z, 0 to 9 and hyphens, and begins with none of the last.");
}

/** One of a sender profile the gateway ships, and a column profile that fits the dataset. */
function readContent(
  { format, senderProfile, columns, name }: ProfileToSaveNow,
  { shipped, reader, dictionaries }: ProfileDependencies,
): ColumnProfile | null {
  const hasColumns = columns !== null && columns !== undefined;
  if (hasColumns === (senderProfile !== null))
    throw badInput("columns", "Either columns or senderProfile is required, not both.");
  if (senderProfile !== null) {
    if (shipped.some((profile) => profile.name === senderProfile && profile.format === format && profile.columns === null))
      return null;
    throw badInput("senderProfile", "The gateway ships no sender profile of this name for this format.");
  }
  if (format !== "TABLES") throw badInput("columns", "A column profile reads tables only.");
  return checkColumns({ ...toObject(columns), name }, reader, dictionaries).source;
}

const toObject = (document: unknown): object => {
  if (typeof document === "object" && document !== null && !Array.isArray(document)) return document;
  throw badInput("columns", "A column profile is a JSON object.");
};

function refusalOf(refusal: Exclude<Awaited<ReturnType<ProfileStore["save"]>>, SavedProfile>): GatewayError {
  if (refusal.refused === "AUTOMATIC")
    return new GatewayError(
      "CONFLICT",
      "Another profile is applied to this product already: retire it, or save this one as not automatic.",
      {
        details: { profile: refusal.name },
      },
    );
  if (refusal.refused === "OTHER_FORMAT") return new GatewayError("CONFLICT", "A profile of this name is for another format.");
  const limit = "profilesPerOrganisation";
  return new GatewayError("LIMIT_EXCEEDED", `The organisation is over the limit ${limit}: at most ${LIMITS[limit]}.`, {
    details: { limit, value: LIMITS[limit] },
  });
}

async function readTables(
  actor: OrganisationActor,
  { uploadId, format }: ProposalRequest,
  { uploads, sampleTables }: ProfileDependencies,
) {
  const upload = await uploads.find(actor, uploadId);
  if (upload === null || upload.sha256 === null)
    throw new GatewayError("NOT_FOUND", "There is no such upload.", { details: { path: "uploadId" } });
  const content = await uploads.open(upload.ods, upload.id);
  const tables = await sampleTables(content, format, LIMITS.proposalRows);
  if (tables !== null && tables.length > 0) return tables;
  throw new GatewayError("BAD_USER_INPUT", "The upload holds no table that could be read.", { details: { path: "uploadId" } });
}
