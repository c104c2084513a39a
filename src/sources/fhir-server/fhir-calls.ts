/**
 * Calls to one FHIR server through fhir-kit-client, which follows whatever it is given, waits for ever and tries once: addresses are
 * checked before it sees them, every call has an end, a server that asks for time gets it, and after some failures in a row nothing is
 * called any more (the circuit is open).
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type FhirResponse, type SearchParams } from "fhir-kit-client";
import type { Resource } from "../../pull/pull-ports.ts";
import { ServerFailure } from "../../pull/server-failure.ts";
import { waitAfter } from "../../webhooks/back-off.ts";
import type { TokenSource } from "./backend-token.ts";
import { ofStatus, toFailure } from "./call-failure.ts";
import type { PinnedNetwork } from "./pinned-network.ts";
import type { ServerAddress } from "./server-address.ts";

export interface CallLimits {
  /** One answer that is held in memory, from the first byte out to the last one in; and a file of an export. In milliseconds. */
  readonly wholeMs: number;
  readonly fileMs: number;
  /** Failures in a row that open the circuit. */
  readonly failures: number;
  /** Waits in a row that the server may ask for in one call, and the longest of them; a longer one ends the session. */
  readonly waits: number;
  readonly longestWaitMs: number;
  readonly firstWaitMs: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Resource;
}

export interface CallsDependencies {
  readonly address: ServerAddress;
  readonly network: PinnedNetwork;
  readonly token: TokenSource;
  readonly limits: CallLimits;
  /** Ends waits and calls; its reason is thrown. */
  readonly signal: AbortSignal;
  /** See `ServerAccess`. */
  readonly isOnTrial: boolean;
}

export interface Call {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
}

type Headings = Readonly<Record<string, string>>;

/** Answers come as they are: packed ones would be unpacked before anybody could count them. */
const PLAIN = { "accept-encoding": "identity" };

export class FhirCalls {
  readonly #dependencies: CallsDependencies;
  readonly #client: Client;
  #failures: number;

  constructor(dependencies: CallsDependencies) {
    this.#dependencies = dependencies;
    this.#failures = dependencies.isOnTrial ? dependencies.limits.failures - 1 : 0;
    this.#client = new Client({
      baseUrl: dependencies.address.base,
      customHeaders: PLAIN,
      requestOptions: { redirect: "error", dispatcher: dependencies.network.answers },
    });
  }

  /** @param url relative to the base, or one that `ServerAddress` let pass */
  request(url: string, { method = "GET", headers = {} }: Call = {}): Promise<Answer> {
    return this.#answer((more, signal) =>
      this.#client.request(url, { method, options: { headers: { ...headers, ...more }, signal } }),
    );
  }

  /** `post`: parameters stand in the body, because addresses are logged on their way. */
  search(resourceType: string, searchParams: SearchParams, post: boolean): Promise<Answer> {
    return this.#answer((headers, signal) =>
      this.#client.search({ resourceType, searchParams, options: { postSearch: post, headers, signal } }),
    );
  }

  /** An answer that is read piece by piece. @param url on the server's origin, or on one the source names: that gets no token */
  async stream(url: string): Promise<AsyncIterable<Uint8Array>> {
    const { network, limits, address } = this.#dependencies;
    return await this.#persist(async (headers) => {
      await network.admit(url);
      const own = new URL(url).origin === address.origin;
      const signal = this.#within(limits.fileMs);
      const response = await fetch(url, {
        headers: { accept: "application/fhir+ndjson", ...PLAIN, ...(own ? headers : {}) },
        redirect: "error",
        dispatcher: network.streams,
        signal,
      });
      if (response.status === 200 && response.body !== null) return response.body;
      await response.body?.cancel();
      throw ofStatus(response.status, response.headers);
    });
  }

  #answer(call: (headers: Headings, signal: AbortSignal) => Promise<FhirResponse>): Promise<Answer> {
    const { network, limits, address } = this.#dependencies;
    return this.#persist(async (headers) => {
      await network.admit(address.base);
      const body = await call(headers, this.#within(limits.wholeMs));
      const { response } = Client.httpFor(body);
      if (response === undefined) throw new Error("The client answered without a response.");
      return { status: response.status, headers: response.headers, body };
    });
  }

  #within(ms: number): AbortSignal {
    return AbortSignal.any([this.#dependencies.signal, AbortSignal.timeout(ms)]);
  }

  /** Calls until there is an answer, or no hope of one. */
  async #persist<T>(call: (headers: Headings) => Promise<T>): Promise<T> {
    const { signal, token } = this.#dependencies;
    let fresh = false;
    for (let waits = 0; ; ) {
      signal.throwIfAborted();
      try {
        const authorization = await token.authorization(fresh);
        const answer = await call(authorization === null ? {} : { authorization });
        this.#failures = 0;
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        const failure = toFailure(error);
        if (!(failure instanceof ServerFailure)) throw error;
        if (failure.reason === "UNAUTHORISED" && !fresh) fresh = true;
        else if (asksForTime(failure)) {
          waits += 1;
          await this.#wait(failure, waits);
        } else await this.#countFailure(failure);
      }
    }
  }

  async #wait(failure: ServerFailure, waits: number): Promise<void> {
    const { limits, signal } = this.#dependencies;
    const ms = failure.retryAfterMs ?? this.#backOff(waits, limits.waits + 1);
    if (ms === null || waits > limits.waits || ms > limits.longestWaitMs) throw failure;
    await sleepWithin(ms, signal);
  }

  async #countFailure(failure: ServerFailure): Promise<void> {
    const { limits, signal } = this.#dependencies;
    if (!failure.isTransient) {
      // It answered, and not what was asked for: asking again changes nothing.
      this.#failures = 0;
      throw failure;
    }
    this.#failures += 1;
    const ms = this.#backOff(this.#failures, limits.failures);
    if (ms === null) throw failure;
    await sleepWithin(ms, signal);
  }

  #backOff(failed: number, attempts: number): number | null {
    const { firstWaitMs, longestWaitMs } = this.#dependencies.limits;
    return waitAfter({ firstMs: firstWaitMs, mostMs: longestWaitMs, attempts }, failed, Math.random());
  }
}

const asksForTime = ({ reason, retryAfterMs }: ServerFailure): boolean =>
  reason === "RATE_LIMITED" || (reason === "SERVER_ERROR" && retryAfterMs !== null);

/** @throws the signal's own reason */
async function sleepWithin(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
