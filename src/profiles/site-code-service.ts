/** Site codes: what an organisation says of its own codes, in force once another person has looked at it. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { readValue } from "../dataset/read-value.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import { findNearest } from "../lib/nearest-text.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";
import type { SiteCodeEntry, SiteCodeStatement } from "./profile.ts";
import type { Review, SiteCodeFilter, SiteCodeStore } from "./profile-ports.ts";
import { requireSender } from "./require-sender.ts";

export interface SiteCodeService {
  page(actor: OrganisationActor, filter: SiteCodeFilter, page: PageRequest): Promise<Page<SiteCodeEntry>>;
  /** @throws GatewayError BAD_USER_INPUT, FORBIDDEN, LIMIT_EXCEEDED */
  propose(
    actor: OrganisationActor,
    statement: Omit<SiteCodeStatement, "effectiveFrom"> & { readonly effectiveFrom: string | null },
  ): Promise<SiteCodeEntry>;
  /** By another person than proposed it. @throws GatewayError NOT_FOUND, FORBIDDEN, CONFLICT */
  review(actor: OrganisationActor, id: string, state: Review["state"]): Promise<SiteCodeEntry>;
  /** @throws GatewayError NOT_FOUND, FORBIDDEN */
  retire(actor: OrganisationActor, id: string): Promise<SiteCodeEntry>;
}

export interface SiteCodeDependencies {
  readonly store: SiteCodeStore;
  readonly dictionary: Dictionary;
  /** Whether the gateway's own tables know a code of a standard system. */
  readonly isKnownConcept: (system: "ICD10" | "OPCS4" | "SNOMED", code: string) => boolean;
  readonly forget: (ods: string) => void;
  readonly clock: Clock;
  readonly newId: NewId;
}

const LONGEST = { system: 200, code: 200, comment: 500 } as const;
const CONTROL = /\p{Cc}/u;
/** No date of a value is judged here. */
const ANY_DAY = "9999-12-31";

export function createSiteCodeService({
  store,
  dictionary,
  isKnownConcept,
  forget,
  clock,
  newId,
}: SiteCodeDependencies): SiteCodeService {
  return {
    page: (actor, filter, page) => store.page(actor, ownFilter(actor, filter), page),
    async propose(actor, stated) {
      requireSender(actor, stated);
      for (const name of ["system", "code", "comment"] as const) checkText(stated[name], name);
      const effectiveFrom = stated.effectiveFrom ?? clock.today();
      if (stated.effectiveTo !== null && stated.effectiveTo < effectiveFrom)
        throw badInput("effectiveTo", "The last day is before the first.");
      const target = checkTarget(stated.target, dictionary, isKnownConcept);
      const entry = { ...stated, target, effectiveFrom, id: newId(), proposedAt: clock.now() };
      const proposed = await store.propose(actor, entry, LIMITS.siteCodesPerOrganisation);
      if (proposed !== null) return proposed;
      const limit = "siteCodesPerOrganisation";
      throw new GatewayError("LIMIT_EXCEEDED", `The organisation is over the limit ${limit}: at most ${LIMITS[limit]}.`, {
        details: { limit, value: LIMITS[limit] },
      });
    },
    async review(actor, id, state) {
      const reviewed = await store.review(actor, id, { state, reviewedAt: clock.now() });
      if (reviewed === null) throw notFound();
      if (reviewed === "OWN") throw new GatewayError("FORBIDDEN", "A site code is reviewed by another person than proposed it.");
      if (reviewed === "NOT_PROPOSED") throw new GatewayError("CONFLICT", "The site code is not waiting for a review.");
      forget(actor.ods);
      return reviewed;
    },
    async retire(actor, id) {
      const found = await store.find(actor, id);
      if (found === null) throw notFound();
      requireSender(actor, found);
      const retired = await store.retire(actor, id, clock.now());
      if (retired === null) throw notFound();
      forget(actor.ods);
      return retired;
    },
  };
}

const notFound = (): GatewayError => new GatewayError("NOT_FOUND", "The organisation has no such site code.");

const badInput = (path: string, message: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path: `input.${path}` } });

/** A vendor app sees what its own product sends. */
const ownFilter = ({ sourceSystem }: OrganisationActor, filter: SiteCodeFilter): SiteCodeFilter =>
  sourceSystem === undefined ? filter : { ...filter, ...sourceSystem };

function checkText(text: string | null, name: keyof typeof LONGEST): void {
  if (text === null) return;
  if (text.trim() === "") throw badInput(name, "A text is required.");
  if (text.length > LONGEST[name] || CONTROL.test(text) || !text.isWellFormed())
    throw badInput(name, `At most ${LONGEST[name]} plain characters are allowed.`);
}

/** The target as the dictionary spells it. @throws GatewayError BAD_USER_INPUT for what the dataset does not have */
function checkTarget(
  target: SiteCodeStatement["target"],
  dictionary: Dictionary,
  isKnownConcept: SiteCodeDependencies["isKnownConcept"],
): SiteCodeStatement["target"] {
  if (target.kind === "CONCEPT") {
    if (isKnownConcept(target.system, target.code)) return target;
    throw badInput("target.code", "The gateway's tables do not know this code, so it says nothing of yours.");
  }
  const type = dictionary.recordType(target.recordType);
  const item = type.byName.get(target.item);
  if (item === undefined) {
    const nearest = findNearest(target.item, type.byName.keys());
    throw badInput("target.item", `The record type has no such item.${nearest === null ? "" : ` Did you mean ${nearest}?`}`);
  }
  if (target.kind === "ITEM") return target;
  const { value, problem, warnings } = readValue(item, target.key, ANY_DAY);
  const key = Array.isArray(value) ? value[0] : value;
  const isCoded = item.kind === "code" || item.kind === "codes" || item.kind === "boolean";
  if (isCoded && problem === null && warnings.length === 0 && key !== null && key !== undefined)
    return { ...target, key: String(key) };
  const suggestion = problem?.suggestion ?? warnings[0]?.suggestion;
  throw badInput("target.key", `The item has no such option.${suggestion === undefined ? "" : ` Did you mean ${suggestion}?`}`);
}
