/**
 * Asks the National Data Opt-out check about patients whose answer is missing or runs out, and takes its answers. Nothing of it is seen by
 * those who submit: it decides about the national side only (dataset.md decisions 35 to 37).
 */
import { GatewayError } from "../errors/gateway-error.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { Clock } from "../submission/ports.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";
import type { OptOutExchange, OptOutRefusal, OptOutReply, OptOutRequest, OptOutStore } from "./opt-out-ports.ts";
import { readAnswer } from "./read-answer.ts";

export interface OptOutWork {
  /** Numbers asked about. */
  readonly asked: number;
  readonly accepted: number;
  readonly refused: number;
  /** Requests that were not answered in time. */
  readonly lapsed: number;
}

/** A file that somebody sent, to be read once. */
export interface SentAnswer {
  readonly text: string;
  discard(): Promise<void>;
}

/** Null where the actor has no such complete upload, or it is too large. */
export type OpenSentAnswer = (actor: OrganisationActor, uploadId: string) => Promise<SentAnswer | null>;

export interface OptOutCheck {
  /** Takes what has come, then asks for what is missing. */
  work(): Promise<OptOutWork>;
  /** An answer that came another way. @throws GatewayError NOT_FOUND, CONFLICT */
  importAnswer(actor: OrganisationActor, requestId: string, uploadId: string): Promise<OptOutRequest>;
  list(actor: OrganisationActor, page: PageRequest): Promise<Page<OptOutRequest>>;
}

export interface OptOutCheckDependencies {
  readonly store: OptOutStore;
  /** Null: nobody is asked, and whoever has no answer is withheld. */
  readonly exchange: OptOutExchange | null;
  readonly openSentAnswer: OpenSentAnswer;
  readonly clock: Clock;
  /** Hours after which an answer comes too late. */
  readonly answerHours: number;
  /** Hours before an answer runs out in which the next one is asked for. */
  readonly renewalHours: number;
}

const HOUR_MS = 3_600_000;

export function createOptOutCheck(dependencies: OptOutCheckDependencies): OptOutCheck {
  const { store, exchange } = dependencies;
  return {
    work: async () => {
      if (exchange === null) return { asked: 0, accepted: 0, refused: 0, lapsed: 0 };
      const before = await takeReplies(exchange, dependencies);
      const lapsed = await lapse(exchange, dependencies);
      const asked = await ask(exchange, dependencies);
      // An exchange on this machine has answered by now.
      const after = await takeReplies(exchange, dependencies);
      return { asked, accepted: before.accepted + after.accepted, refused: before.refused + after.refused, lapsed };
    },
    importAnswer: (actor, requestId, uploadId) => importAnswer(actor, requestId, uploadId, dependencies),
    list: (actor, page) => store.list(actor, page),
  };
}

async function takeReplies(
  exchange: OptOutExchange,
  dependencies: OptOutCheckDependencies,
): Promise<Pick<OptOutWork, "accepted" | "refused">> {
  let [accepted, refused] = [0, 0];
  for (const reply of await exchange.receive()) {
    if (await take(reply, exchange, dependencies)) accepted++;
    else refused++;
  }
  return { accepted, refused };
}

async function take(
  { reference, nhsNumbers, discard }: OptOutReply,
  exchange: OptOutExchange,
  { store, clock }: OptOutCheckDependencies,
): Promise<boolean> {
  const settlement = { ods: null, nhsNumbers, at: clock.now(), actor: null };
  const settled = reference === null ? null : await store.settle({ ...settlement, which: { reference } });
  await discard();
  if (reference !== null) await exchange.withdraw(reference);
  return settled?.accepted === true;
}

async function lapse(exchange: OptOutExchange, { store, clock, answerHours }: OptOutCheckDependencies): Promise<number> {
  const now = clock.now();
  const lapsed = await store.lapse(new Date(Date.parse(now) - answerHours * HOUR_MS).toISOString(), now);
  for (const reference of lapsed) await exchange.withdraw(reference);
  await store.forgetExpired(now);
  return lapsed.length;
}

async function ask(exchange: OptOutExchange, { store, clock, renewalHours }: OptOutCheckDependencies): Promise<number> {
  let asked = 0;
  for (const ods of await store.organisations()) {
    const now = clock.now();
    const question = await store.ask(ods, now, new Date(Date.parse(now) + renewalHours * HOUR_MS).toISOString());
    if (question === null) continue;
    await exchange.send(question);
    asked += question.nhsNumbers.length;
  }
  return asked;
}

const REFUSALS: Readonly<Record<Exclude<OptOutRefusal, "UNKNOWN_REQUEST">, string>> = {
  SETTLED: "The request is settled already.",
  LATE: "The answer comes too late: the patients are asked about again.",
  NEVER_ASKED: "The file holds numbers that the request did not ask about: nothing of it was taken.",
  UNREADABLE: "The file is not an answer of the check: one number and a comma in each line.",
};

async function importAnswer(
  actor: OrganisationActor,
  requestId: string,
  uploadId: string,
  { store, exchange, openSentAnswer, clock }: OptOutCheckDependencies,
): Promise<OptOutRequest> {
  const request = await store.find(actor, requestId);
  if (request === null) throw new GatewayError("NOT_FOUND", "There is no such request.");
  const sent = await openSentAnswer(actor, uploadId);
  if (sent === null) throw new GatewayError("NOT_FOUND", "There is no such upload.");
  const nhsNumbers = readAnswer(sent.text);
  const settled = await store.settle({ ods: actor.ods, which: { id: requestId }, nhsNumbers, at: clock.now(), actor });
  await sent.discard();
  if (!settled.accepted) {
    const { refusal } = settled;
    if (refusal === "UNKNOWN_REQUEST") throw new GatewayError("NOT_FOUND", "There is no such request.");
    throw new GatewayError("CONFLICT", REFUSALS[refusal], { details: { reason: refusal } });
  }
  await exchange?.withdraw(request.reference);
  return (await store.find(actor, requestId)) ?? request;
}
