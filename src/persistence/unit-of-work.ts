/** One transaction of one organisation, as the submission use case sees it. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { LinkDecision } from "../episodes/link-words.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionHeader, ValueSource } from "../records/submission-record.ts";
import type { ChunkRows, ChunkToWrite, ChunkWritten, EnqueueJob, JobUnitOfWork } from "../submission/job-ports.ts";
import type { FoundObjection, ObjectionSubject } from "../submission/objection-ports.ts";
import type {
  ClaimResult,
  FoundSourceId,
  IdempotencyClaim,
  JobToAccept,
  KnownStatement,
  PatientKey,
  SourceIdKey,
  StatementKey,
  StoredRow,
  WriteSet,
} from "../submission/ports.ts";
import type { StatedSurvey, SurveyPlace } from "../submission/survey-ports.ts";
import type { RecordPlace, RecordUnit } from "../submission/withdraw-record-ports.ts";
import type { Transaction } from "./database/unit.ts";
import { writeIdentityLinks } from "./identity-links.ts";
import { insertPull } from "./insert-pull.ts";
import { advanceJob } from "./job-progress.ts";
import { keepUpload } from "./keep-upload.ts";
import { findKnown, forgetStatements, keepStatements, type StatementMacs } from "./known-statements.ts";
import { digestsOf, findObjections } from "./objection-subjects.ts";
import { readLinkDecisions } from "./own-link-decisions.ts";
import type { PatientIdentities } from "./patient-identities.ts";
import { announceChange, appendEvent } from "./programme-events.ts";
import { removeRows } from "./row-removal.ts";
import { runSqlIn } from "./run-sql.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { type DatasetSql, statementsOf } from "./sql/dataset-statements.ts";
import { ID_WAS_WITHDRAWN, type PlaceQuery, RECORD_WAS_WITHDRAWN } from "./sql/record-place-queries.ts";
import { EVENTS_OF_OTHERS, type RemovalStatements } from "./sql/removal-statements.ts";
import { IDENTITY_UPDATE } from "./sql/submission-shapes.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { CLAIM_KEY, FIND_SOURCE_IDS, KEY_IS_USED, PROGRAMMES_OF, TAKE_ON_PROGRAMMES } from "./sql/unit-queries.ts";
import { bindUpdate } from "./sql/update-statement.ts";
import type { WriteStatements } from "./sql/write-statement.ts";
import { booleanOf, bytesOf, numberOf, optionalBytesOf, optionalTextOf, type SqlRow, textOf, textsOf } from "./sql-row.ts";
import { storedKeyOf } from "./stored-idempotency-key.ts";
import { type IdentityValues, type ReadRow, readStoredRow } from "./stored-row.ts";
import { readHeader, toHex } from "./submission-header.ts";
import { recordSubmitted, widenKnown } from "./submitted-objections.ts";
import { takeSurvey } from "./take-survey.ts";
import { readValueSources } from "./value-sources.ts";
import { planAcceptance, planChunk, planWrite, type WriteContext, type WritePlan } from "./write-plan.ts";

/** What a unit of work needs and outlives it: made once per process or per organisation. */
export interface UnitSetting {
  readonly actor: OrganisationActor;
  readonly ods: string;
  readonly programmes: readonly string[];
  /** A run before this one met another writer. */
  readonly isRepeat: boolean;
  readonly keys: OrganisationKeys;
  readonly identities: PatientIdentities;
  readonly datasetSql: DatasetSql;
  readonly findPatients: ConstantSql;
  readonly writeStatements: WriteStatements;
  readonly removals: readonly RemovalStatements[];
  readonly places: ReadonlyMap<RecordTypeName, PlaceQuery>;
  readonly enqueue: EnqueueJob;
}

/** The array literal of the HMACs of the numbers that are known. */
const toMacs = (numbers: readonly (string | null)[], mac: (number: string) => string): string =>
  toArrayLiteral(numbers.flatMap((number) => (number === null ? [] : [mac(number)])));

/** One transaction, under the row-level security of the setting's organisation. */
export class DatabaseUnit implements RecordUnit, JobUnitOfWork {
  readonly #tx: Transaction;
  readonly #setting: UnitSetting;
  /** Rows this unit has read: what a write compares with, and where identity items stand in clear. */
  readonly #read = new Map<string, ReadRow>();
  readonly #sourceMacs = new Map<string, string>();
  #epoch = 0;
  #hasObjections = false;

  constructor(tx: Transaction, setting: UnitSetting) {
    this.#tx = tx;
    this.#setting = setting;
  }

  /** It recorded objections, or what they are about, which are not to be acknowledged before the ledger has them. */
  get hasObjections(): boolean {
    return this.#hasObjections;
  }

  async claimIdempotencyKey(claim: IdempotencyClaim): Promise<ClaimResult> {
    const { ods, keys } = this.#setting;
    const stored = storedKeyOf(claim, keys);
    const lock = `${ods}/${claim.clientId}/${stored}`;
    const [row] = await this.#tx.$queryRaw<SqlRow[]>(CLAIM_KEY([lock, ods, claim.clientId, stored, claim.key]));
    if (row === undefined) throw new Error("The claim of an idempotency key returned no row");
    const digest = optionalBytesOf(row, "payload_digest");
    if (digest === null && !booleanOf(row, "free")) return { state: "IN_FLIGHT" };
    if (digest === null) return { state: (await this.#isUsedElsewhere(claim)) ? "OTHER" : "FREE" };
    if (toHex(digest) !== keys.mac("payload", claim.payload)) return { state: "OTHER" };
    return { state: "SAME", submission: readHeader(row) };
  }

  async findPatients(keys: readonly PatientKey[], ids: readonly string[]): Promise<readonly StoredRow[]> {
    const { ods, identities, datasetSql, findPatients } = this.#setting;
    const nhsMacs = toMacs(
      keys.map((key) => key.nhsNumber),
      (number) => identities.nhsMac(number),
    );
    const hospitalMacs = toMacs(
      keys.map((key) => key.hospitalNumber),
      (number) => identities.hospitalMac(number),
    );
    const statements = statementsOf(datasetSql, "PATIENT");
    const rows = await this.#tx.$queryRaw<SqlRow[]>(findPatients([ods, nhsMacs, hospitalMacs, toArrayLiteral(ids)]));
    return rows.map((row) =>
      this.#remember({
        ...readStoredRow(statements, row, identities.open(textOf(row, "id"), bytesOf(row, "sealed"))),
        mergedInto: optionalTextOf(row, "merged_into"),
      }),
    );
  }

  async findSourceIds(keys: readonly SourceIdKey[], programmeCode: string): Promise<readonly FoundSourceId[]> {
    if (keys.length === 0) return [];
    const values = [
      this.#setting.ods,
      programmeCode,
      toArrayLiteral(keys.map((key) => key.product)),
      toArrayLiteral(keys.map((key) => key.recordType)),
      toArrayLiteral(keys.map((key) => this.#sourceMac(key.sourceRecordId))),
    ];
    const rows = await this.#tx.$queryRaw<SqlRow[]>(FIND_SOURCE_IDS(values));
    return rows.flatMap((row) => {
      const key = keys[numberOf(row, "position")];
      return key ? [{ ...key, recordId: textOf(row, "record_id") }] : [];
    });
  }

  async findKnown(statements: readonly StatementKey[], programmeCode: string): Promise<readonly KnownStatement[]> {
    const { known, epoch } = await findKnown(this.#tx, [this.#setting.ods, programmeCode], statements, this.#statementMacs);
    this.#epoch = epoch;
    return known;
  }

  findObjections(subjects: readonly ObjectionSubject[]): Promise<readonly FoundObjection[]> {
    const { ods, identities } = this.#setting;
    return findObjections(
      this.#tx,
      ods,
      subjects.map((subject) => digestsOf(subject, identities)),
    );
  }

  async readChildren(recordType: RecordTypeName, parentIds: readonly string[]): Promise<readonly StoredRow[]> {
    const statements = statementsOf(this.#setting.datasetSql, recordType);
    if (statements.selectChildren === null || parentIds.length === 0) return [];
    const rows = await this.#tx.$queryRaw<SqlRow[]>(statements.selectChildren([this.#setting.ods, toArrayLiteral(parentIds)]));
    return rows.map((row) => this.#remember(readStoredRow(statements, row, null)));
  }

  /** Row-level security hides what another programme holds: whether there is something is all that is learned. */
  async findEventsOfOthers(eventIds: readonly string[]): Promise<readonly string[]> {
    const { ods, programmes } = this.#setting;
    const own = toArrayLiteral(programmes);
    const rows = await this.#withAllProgrammes(() =>
      this.#tx.$queryRaw<SqlRow[]>(EVENTS_OF_OTHERS([ods, toArrayLiteral(eventIds), own])),
    );
    return rows.map((row) => textOf(row, "id"));
  }

  async locateRecord(recordType: RecordTypeName, recordId: string): Promise<RecordPlace | null> {
    const query = this.#setting.places.get(recordType);
    const [row] = query === undefined ? [] : await this.#tx.$queryRaw<SqlRow[]>(query.sql([this.#setting.ods, recordId]));
    if (query === undefined || row === undefined) return null;
    const ids = textsOf(row, "path");
    const path = query.recordTypes.map((type, level) => ({ recordType: type, id: ids[level] ?? "" }));
    return { path, version: numberOf(row, "version") };
  }

  async wasWithdrawn(record: Parameters<RecordUnit["wasWithdrawn"]>[0], programmeCode: string): Promise<boolean> {
    const own = [this.#setting.ods, record.recordType];
    const [row] = await this.#tx.$queryRaw<SqlRow[]>(
      "recordId" in record
        ? RECORD_WAS_WITHDRAWN([...own, record.recordId])
        : ID_WAS_WITHDRAWN([...own, ...this.#idOnTombstone(record, programmeCode)]),
    );
    return row !== undefined && booleanOf(row, "withdrawn");
  }

  #idOnTombstone({ product, sourceRecordId }: SourceIdKey, programmeCode: string): readonly string[] {
    const mac = this.#sourceMac(sourceRecordId);
    return [mac, JSON.stringify([{ programme_code: programmeCode, product, source_hmac: `\\x${mac}` }])];
  }

  readValueSources(
    rows: readonly StoredRow[],
    fields: ReadonlyMap<string, readonly string[]>,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, ValueSource>>> {
    return readValueSources(
      this.#tx,
      this.#setting.ods,
      rows.map((row) => this.#recall(row.id)),
      fields,
    );
  }

  readLinkDecisions(eventIds: readonly string[]): Promise<readonly LinkDecision[]> {
    return readLinkDecisions(this.#tx, this.#setting.ods, eventIds);
  }

  async write(set: WriteSet): Promise<SubmissionHeader> {
    const plan = await planWrite(set, this.#writeContext());
    await this.#apply(plan);
    await this.#link(set, plan);
    await this.#object(set, plan);
    await appendEvent(this.#tx, plan.header);
    return plan.header;
  }

  async accept(job: JobToAccept): Promise<SubmissionHeader> {
    if (job.source.kind === "UPLOAD") await keepUpload(this.#tx, job.header.ods, job.source.uploadId, job.keepUntil);
    const plan = planAcceptance(job, this.#setting.keys, this.#setting.actor);
    await this.#tx.$executeRaw(this.#setting.writeStatements.bind(plan.inserts, plan.scalars));
    const { id, ods, programmeCode } = plan.header;
    // What is to be read first is put into the queue by whoever has read it.
    if (job.source.kind === "PULL") await insertPull(this.#tx, plan.header, job.source);
    else await this.#setting.enqueue(runSqlIn(this.#tx), { ods, programmeCode, submissionId: id });
    await appendEvent(this.#tx, plan.header);
    return plan.header;
  }

  /** The job is advanced first: a worker that has lost it finds out before it writes anything. */
  async writeChunk(rows: ChunkRows, chunk: ChunkToWrite): Promise<ChunkWritten> {
    const plan = await planChunk(rows, chunk, this.#writeContext());
    const written = await advanceJob(this.#tx, chunk, plan.pages);
    await this.#apply(plan);
    await this.#link(rows, plan);
    await this.#object(rows, plan);
    await announceChange(this.#tx, chunk.header.ods, chunk.header.id);
    return written;
  }

  takeSurvey(survey: StatedSurvey, place: SurveyPlace): Promise<"RECORDED" | "UNCHANGED"> {
    return takeSurvey(this.#tx, this.#setting.actor, survey, place);
  }

  #writeContext(): WriteContext {
    return {
      actor: this.#setting.actor,
      datasetSql: this.#setting.datasetSql,
      keys: this.#setting.keys,
      identities: this.#setting.identities,
      sourceMac: (sourceRecordId) => this.#sourceMac(sourceRecordId),
      statementMacs: this.#statementMacs,
      epoch: this.#epoch,
      rowBefore: (id) => this.#recall(id),
      identityBefore: (patientId) => this.#identityOf(patientId),
    };
  }

  /** Replaced rows first: one of them may give up the key that a new row takes. */
  async #apply(plan: WritePlan): Promise<void> {
    const { ods, programmeCode } = plan.scalars;
    await forgetStatements(this.#tx, ods, plan.touched);
    await keepStatements(this.#tx, [ods, programmeCode], plan.kept, this.#epoch);
    await this.#replace(plan);
    if (plan.inserts.length > 0) await this.#tx.$executeRaw(this.#setting.writeStatements.bind(plan.inserts, plan.scalars));
    await this.#remove(plan);
  }

  async #link({ identityLinks }: ChunkRows, { header, scalars }: WritePlan): Promise<void> {
    if (identityLinks === undefined || header.mode === "VALIDATE_ONLY") return;
    await writeIdentityLinks(this.#tx, identityLinks, scalars, this.#setting.identities);
  }

  /** What records said of objections. After the commit the ledger has to have it: `hasObjections`. */
  async #object({ objections = [], objectors = [] }: ChunkRows, { header, scalars }: WritePlan): Promise<void> {
    const { ods, actor, identities } = this.#setting;
    if (header.mode === "VALIDATE_ONLY") return;
    if (await widenKnown(this.#tx, ods, objectors, identities)) this.#hasObjections = true;
    if (objections.length === 0) return;
    await forgetStatements(
      this.#tx,
      ods,
      objections.flatMap(({ subject }) => subject.patientIds),
    );
    await recordSubmitted(this.#tx, actor, objections, scalars.writtenAt, identities);
    this.#hasObjections = true;
  }

  /** Last: history names the submission's programme, which its header says. */
  async #remove({ removed, scalars }: WritePlan): Promise<void> {
    if (removed.length === 0) return;
    const { ods, keys, identities, datasetSql, removals } = this.#setting;
    const patient = statementsOf(datasetSql, "PATIENT").recordType;
    await removeRows(this.#tx, removed, scalars, {
      ods,
      keys,
      identities,
      patient,
      removals,
      rowBefore: (id) => this.#recall(id),
    });
  }

  async #replace(plan: WritePlan): Promise<void> {
    if (plan.identityUpdates.length > 0) {
      const count = await this.#tx.$executeRaw(bindUpdate(IDENTITY_UPDATE, plan.identityUpdates, plan.scalars));
      requireAll(count, plan.identityUpdates.length, "patient_identity");
    }
    for (const { statements, rows } of plan.updates) {
      const count = await this.#tx.$executeRaw(bindUpdate(statements.update, rows, plan.scalars));
      requireAll(count, rows.length, statements.table.name);
    }
  }

  /**
   * The key is the client's in the whole organisation, while row-level security shows the submissions of the token's programmes only.
   * A key used under a programme the token has no more shows itself as a unique violation: the next run looks behind the curtain, and
   * learns of the key that it was used, nothing else.
   */
  async #isUsedElsewhere(claim: IdempotencyClaim): Promise<boolean> {
    const { ods, isRepeat, keys } = this.#setting;
    if (!isRepeat) return false;
    const wanted = [ods, claim.clientId, storedKeyOf(claim, keys), claim.key];
    const [answer] = await this.#withAllProgrammes(() => this.#tx.$queryRaw<SqlRow[]>(KEY_IS_USED(wanted)));
    return answer !== undefined && booleanOf(answer, "used");
  }

  /** For a question whose answer tells nothing of the programmes that the token does not have. */
  async #withAllProgrammes<T>(ask: () => Promise<T>): Promise<T> {
    const { ods, programmes } = this.#setting;
    const [all] = await this.#tx.$queryRaw<SqlRow[]>(PROGRAMMES_OF([ods]));
    await this.#tx.$queryRaw(TAKE_ON_PROGRAMMES([all === undefined ? "" : textOf(all, "programmes")]));
    const answer = await ask();
    await this.#tx.$queryRaw(TAKE_ON_PROGRAMMES([programmes.join(",")]));
    return answer;
  }

  get #statementMacs(): StatementMacs {
    return {
      source: (sourceRecordId) => this.#sourceMac(sourceRecordId),
      statement: (text) => this.#setting.keys.mac("statement", text),
    };
  }

  #sourceMac(sourceRecordId: string): string {
    const known = this.#sourceMacs.get(sourceRecordId);
    if (known !== undefined) return known;
    const mac = this.#setting.keys.mac("source", sourceRecordId);
    this.#sourceMacs.set(sourceRecordId, mac);
    return mac;
  }

  #remember(row: ReadRow): ReadRow {
    this.#read.set(row.id, row);
    return row;
  }

  #recall(id: string): ReadRow {
    const row = this.#read.get(id);
    if (row === undefined) throw new Error("A unit of work is asked about a row it has not read");
    return row;
  }

  #identityOf(patientId: string): IdentityValues {
    return this.#setting.identities.valuesOf(this.#recall(patientId).values);
  }
}

/** Every row was read, and its patient locked, in this transaction: a row that is not found anew is a fault of ours, not a race. */
function requireAll(count: number, wanted: number, table: string): void {
  if (count !== wanted) throw new Error(`${wanted - count} of ${wanted} rows of ${table} were not at the version that was read`);
}
