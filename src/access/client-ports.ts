/** Where clients and delegations are kept. An actor sees what its organisation registered, and what it lets act for it; nothing else is there. */
import type { Page, PageRequest } from "../lib/page.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { Delegation, NewClient, NewDelegation, OwnClient } from "./client.ts";
import type { Rotation, StoredKey } from "./plan-rotation.ts";

/** Every act writes its entry of the audit trail with it. Null: there is nothing of this id for the actor. */
export interface ClientRegister {
  /** Not active before its registration is approved. Null where the organisation has `most` that are not revoked. */
  register(actor: OrganisationActor, client: NewClient, most: number): Promise<OwnClient | null>;
  /** The newest first. */
  list(actor: OrganisationActor, page: PageRequest): Promise<Page<OwnClient>>;
  /** `plan` gets every key the client ever had; while it decides, nobody else changes them. What it throws, changes nothing. */
  changeKeys(
    actor: OrganisationActor,
    clientId: string,
    plan: (client: OwnClient, keys: readonly StoredKey[]) => Rotation,
    at: string,
  ): Promise<OwnClient | null>;
  /** For every organisation. Again for one that was revoked: as it is. */
  revoke(actor: OrganisationActor, clientId: string, reason: string, at: string): Promise<OwnClient | null>;
  /** Takes the place of what the organisation lets the client do so far. Null for one that cannot be delegated to. */
  delegate(actor: OrganisationActor, delegation: NewDelegation): Promise<Delegation | null>;
  /** Whatever of it is in force or asked for. */
  endDelegation(actor: OrganisationActor, clientId: string, reason: string, at: string): Promise<Delegation | null>;
  /** The latest asked for first. */
  delegations(actor: OrganisationActor, page: PageRequest): Promise<Page<Delegation>>;
}
