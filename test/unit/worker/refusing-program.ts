/** Stands for a worker that will not start as it is set up. */
import { parentPort } from "node:worker_threads";

parentPort?.postMessage({ kind: "refused", reason: "The folder has no key." });
parentPort?.close();
