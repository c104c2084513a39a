/** The organisation's own patient records. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Query, Resolver } from "type-graphql";
import type { HistoryStore } from "../../submission/history-ports.ts";
import type { StatusStore } from "../../submission/status-ports.ts";
import { Allow, MAY_READ_RECORDS, maySeeIdentity, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { NamesPatients } from "../operation-marks.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { readPatientLookup, WHICH_PATIENT } from "../read-patient-lookup.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { PatientRecordConnection } from "../types/connection-types.ts";
import { PatientRecordFilter } from "../types/filter-inputs.ts";
import type { RecordObject } from "../types/record-output-types.ts";
import { recordOutputs } from "../types/record-types.ts";
import { withoutNulls } from "../without-nulls.ts";

const AS_OF =
  "The record as it was at that instant, from its history: null before it was known. A number finds the patient who has it now; a patient removed by a withdrawal is found by id.";

@Resolver()
export class PatientRecordResolver {
  readonly #status: StatusStore;
  readonly #history: HistoryStore;

  constructor(status: StatusStore, history: HistoryStore) {
    this.#status = status;
    this.#history = history;
  }

  @Allow(MAY_READ_RECORDS)
  @NamesPatients()
  @Query(() => recordOutputs.PatientRecord, {
    nullable: true,
    description: `${WHICH_PATIENT} Null where there is none. POST only.`,
  })
  async patientRecord(
    @Arg("id", () => ID, { nullable: true }) id: string | null | undefined,
    @Arg("nhsNumber", () => String, { nullable: true }) nhsNumber: string | null | undefined,
    @Arg("hospitalNumber", () => String, { nullable: true }) hospitalNumber: string | null | undefined,
    @Arg("asOf", () => DateTimeScalar, { nullable: true, description: AS_OF }) asOf: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<RecordObject | null> {
    const lookup = readPatientLookup(id, nhsNumber, hospitalNumber);
    const [organisation, withIdentity] = [requireOrganisation(actor), maySeeIdentity(actor)];
    if (lookup === null) return null;
    const node = await (asOf
      ? this.#history.patientAsOf(organisation, lookup, asOf, withIdentity)
      : this.#status.patient(organisation, lookup, withIdentity));
    return node && recordOutputs.toPatientRecord(node, withIdentity, asOf ?? null);
  }

  @Allow(MAY_READ_RECORDS)
  @Query(() => PatientRecordConnection, { description: "Patients of the acting organisation." })
  async patientRecords(
    @Arg("filter", () => PatientRecordFilter, { nullable: true }) filter: PatientRecordFilter | null | undefined,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<RecordObject>> {
    const withIdentity = maySeeIdentity(actor);
    const page = await this.#status.patients(
      requireOrganisation(actor),
      withoutNulls({ ...filter }),
      readPageRequest(first, after),
      withIdentity,
    );
    return toConnection(page, (node) => recordOutputs.toPatientRecord(node, withIdentity));
  }
}
