/** Who wrote what into a stored record. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Query, Resolver } from "type-graphql";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { HistoryStore } from "../../submission/history-ports.ts";
import { Allow, MAY_READ_RECORDS, maySeeIdentity, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { readRecordId } from "../read-record-id.ts";
import { FieldHistoryConnection } from "../types/connection-types.ts";
import { type FieldHistory, toFieldHistory } from "../types/history-types.ts";

@Resolver()
export class HistoryResolver {
  readonly #store: HistoryStore;

  constructor(store: HistoryStore) {
    this.#store = store;
  }

  @Allow(MAY_READ_RECORDS)
  @Query(() => FieldHistoryConnection, {
    description:
      "The changes of a stored record of any type, item by item, latest first; its creation comes last. Also of a record that a withdrawal has removed.",
  })
  async history(
    @Arg("recordId", () => ID) recordId: string,
    @Arg("field", () => String, { nullable: true, description: "One item; absent: all of them." }) field:
      | string
      | null
      | undefined,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<FieldHistory>> {
    const organisation = requireOrganisation(actor);
    const page = readPageRequest(first, after);
    const known = readRecordId(recordId);
    const request = known === null ? null : { recordId: known, field: field ?? null, page };
    const found = request && (await this.#store.history(organisation, request, maySeeIdentity(actor)));
    if (found === null) throw new GatewayError("NOT_FOUND", "There is no such record.");
    return toConnection(found, toFieldHistory);
  }
}
