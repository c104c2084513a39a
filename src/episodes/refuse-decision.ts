/** Decisions that would change nothing, or mean something else than they say: answered as conflicts, each with its reason. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { Decision, KnownLink } from "./link-list-ports.ts";

/** `details.reason` of a refused decision. */
type Refusal = "ALREADY_LINKED" | "ALREADY_CONFIRMED" | "LINKED" | "ALREADY_APART" | "NOT_LINKED";

const TEXTS: Readonly<Record<Refusal, string>> = {
  ALREADY_LINKED: "The two are linked already.",
  ALREADY_CONFIRMED: "Your organisation has confirmed it already; it is linked once the other organisation confirms it, too.",
  LINKED: "The two are linked: unlink them.",
  ALREADY_APART: "The two are kept apart already.",
  NOT_LINKED: "The two are not linked.",
};

/** @throws GatewayError CONFLICT */
export function refuseDecision(link: KnownLink, decision: Decision, ods: string): void {
  const refusal = findRefusal(link, decision, ods);
  if (refusal !== null) throw new GatewayError("CONFLICT", TEXTS[refusal], { details: { reason: refusal } });
}

function findRefusal(link: KnownLink, decision: Decision, ods: string): Refusal | null {
  const isLinked = link.state === "LINKED";
  if (decision === "UNLINKED") return isLinked ? null : "NOT_LINKED";
  const word = lastWordOf(link, ods);
  if (decision === "REJECTED") {
    if (isLinked) return "LINKED";
    return word === null || word === "CONFIRMED" ? null : "ALREADY_APART";
  }
  if (isLinked) return "ALREADY_LINKED";
  return word === "CONFIRMED" ? "ALREADY_CONFIRMED" : null;
}

/** The decision that this organisation would replace: of two patients of two organisations its own, of everything else anybody's. */
function lastWordOf({ kind, a, b, decisions }: KnownLink, ods: string): Decision | null {
  const isMatterOfBoth = kind === "PERSON" && a.ods !== b.ods;
  return decisions.findLast((entry) => !isMatterOfBoth || entry.ods === ods)?.decision ?? null;
}
