/** Pages of lists: `nodes` for those who only read, `edges` for those who go on from any place. */
import "reflect-metadata";
import { type ClassType, Field, Int, ObjectType } from "type-graphql";
import { AccessLine } from "./access-log-types.ts";
import { Agreement } from "./agreement-types.ts";
import { Client, Delegation } from "./client-types.ts";
import { Objection, OptOutRequest } from "./consent-types.ts";
import { CutPublication } from "./cut-publication-types.ts";
import { Cut } from "./cut-types.ts";
import { DestructionCertificate } from "./destruction-types.ts";
import { DuplicateGroup } from "./duplicate-types.ts";
import { Extract } from "./extract-types.ts";
import { FieldHistory } from "./history-types.ts";
import { IdentityConflict, Link } from "./link-types.ts";
import { MllpMessage } from "./mllp-types.ts";
import { recordOutputs } from "./record-types.ts";
import { Registration } from "./registration-types.ts";
import { SiteCodeType } from "./site-code-types.ts";
import { SubmissionRecord } from "./submission-record-type.ts";
import { Submission } from "./submission-type.ts";
import { WebhookDelivery } from "./webhook-types.ts";

@ObjectType({ simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean) hasNextPage!: boolean;
  @Field(() => String, { nullable: true, description: "Give it as `after` to read on." }) endCursor!: string | null;
}

/** Declares `<name>Connection` and `<name>Edge`. The page itself is made by `toConnection`. */
export function createConnectionType(name: string, nodeType: () => ClassType<object>): ClassType<object> {
  const edge = class {};
  Field(() => String)(edge.prototype, "cursor");
  Field(nodeType)(edge.prototype, "node");
  ObjectType(`${name}Edge`, { simpleResolvers: true })(edge);
  const connection = class {};
  Field(() => [nodeType()])(connection.prototype, "nodes");
  Field(() => [edge])(connection.prototype, "edges");
  Field(() => PageInfo)(connection.prototype, "pageInfo");
  Field(() => Int)(connection.prototype, "totalCount");
  ObjectType(`${name}Connection`, { simpleResolvers: true })(connection);
  return connection;
}

export const AccessLineConnection = createConnectionType("AccessLine", () => AccessLine);
export const AgreementConnection = createConnectionType("Agreement", () => Agreement);
export const ClientConnection = createConnectionType("Client", () => Client);
export const CutConnection = createConnectionType("Cut", () => Cut);
export const CutPublicationConnection = createConnectionType("CutPublication", () => CutPublication);
export const DelegationConnection = createConnectionType("Delegation", () => Delegation);
export const DestructionCertificateConnection = createConnectionType("DestructionCertificate", () => DestructionCertificate);
export const ObjectionConnection = createConnectionType("Objection", () => Objection);
export const OptOutRequestConnection = createConnectionType("OptOutRequest", () => OptOutRequest);
export const SubmissionConnection = createConnectionType("Submission", () => Submission);
export const LinkConnection = createConnectionType("Link", () => Link);
export const DuplicateGroupConnection = createConnectionType("DuplicateGroup", () => DuplicateGroup);
export const IdentityConflictConnection = createConnectionType("IdentityConflict", () => IdentityConflict);
export const ExtractConnection = createConnectionType("Extract", () => Extract);
export const FieldHistoryConnection = createConnectionType("FieldHistory", () => FieldHistory);
export const MllpMessageConnection = createConnectionType("MllpMessage", () => MllpMessage);
export const RegistrationConnection = createConnectionType("Registration", () => Registration);
export const SiteCodeConnection = createConnectionType("SiteCode", () => SiteCodeType);
export const WebhookDeliveryConnection = createConnectionType("WebhookDelivery", () => WebhookDelivery);
export const SubmissionRecordConnection = createConnectionType("SubmissionRecord", () => SubmissionRecord);
export const PatientRecordConnection = createConnectionType("PatientRecord", () => recordOutputs.PatientRecord);
