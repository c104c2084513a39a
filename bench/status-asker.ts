/**
 * Asks for a submission's status at a fixed rate, from a thread of its own: in the thread that builds bodies of 500 patients its
 * questions would wait for the bodies, and the figure would be the load generator's.
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { requestToken } from "./gateway-process.ts";
import { GraphqlClient, toBody } from "./graphql-client.ts";
import { type Latencies, noLatencies, openLoop } from "./open-loop.ts";

const STATUS =
  "query ($id: ID!) { submission(id: $id) { id status outcome counts { received created rejected } issueGroups { code count } } }";

export interface StatusQuestions {
  readonly url: string;
  /** The demo identity that asks. */
  readonly as: string;
  readonly submissionId: string;
  readonly perSecond: number;
  readonly seconds: number;
}

export function askForStatus(questions: StatusQuestions): Promise<Latencies> {
  const thread = new Worker(new URL(import.meta.url), { workerData: questions });
  return new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
  });
}

async function ask({ url, as, submissionId, perSecond, seconds }: StatusQuestions): Promise<Latencies> {
  const client = await GraphqlClient.connect(url, () => requestToken(url, as));
  const body = toBody(STATUS, { id: submissionId });
  const latencies = noLatencies();
  await openLoop(perSecond, seconds, latencies, () => client.post(body));
  client.close();
  return latencies;
}

if (!isMainThread) parentPort?.postMessage(await ask(workerData));
