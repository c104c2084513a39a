/** Organisations that take part, and their programmes: any number, each registered by an audit administrator. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { Actor } from "../records/actor.ts";
import { agentOf } from "../records/audit-entry.ts";
import type { Organisation } from "./ports.ts";
import type { NewOrganisation, OrganisationStore } from "./registration-ports.ts";
import { readOdsCode, readProgrammes, readText } from "./registration-texts.ts";

export interface OrganisationRegister {
  /**
   * May be repeated: adds programmes, renames, takes nothing away.
   * @throws GatewayError BAD_USER_INPUT, CONFLICT (registered in another nation, or a programme code of another organisation)
   */
  register(actor: Actor, organisation: NewOrganisation): Promise<Organisation>;
}

const CONFLICTS = {
  OTHER_NATION: "The organisation is registered in another nation.",
  TAKEN: "A programme code belongs to another organisation.",
} as const;

export function createOrganisationRegister(
  store: OrganisationStore,
  organisations: (odsCodes: readonly string[]) => Promise<readonly Organisation[]>,
): OrganisationRegister {
  return {
    async register(actor, asked) {
      const organisation = readOrganisation(asked);
      const { odsCode, nation, programmes } = organisation;
      const outcome = await store.register(organisation, {
        action: "CREATE",
        type: "REGISTER_ORGANISATION",
        outcome: "DONE",
        ods: odsCode,
        agent: agentOf(actor),
        correlationId: actor.correlationId ?? null,
        entity: { kind: "ORGANISATION", id: odsCode },
        details: { nation, programmes: programmes.length },
      });
      if (outcome !== "DONE") throw new GatewayError("CONFLICT", CONFLICTS[outcome]);
      const [registered] = await organisations([odsCode]);
      if (registered === undefined) throw new Error("An organisation is not there that was just registered.");
      return registered;
    },
  };
}

function readOrganisation({ odsCode, name, nation, programmes }: NewOrganisation): NewOrganisation {
  const codes = programmes.map(({ code }) => code);
  if (programmes.length > 0) readProgrammes(codes);
  if (new Set(codes).size < codes.length)
    throw new GatewayError("BAD_USER_INPUT", "A programme code is named twice.", { details: { path: "programmes" } });
  const named = programmes.map((programme) => ({ code: programme.code, name: readText("name", programme.name) }));
  return { odsCode: readOdsCode(odsCode), name: readText("name", name), nation, programmes: named };
}
