/** Stands for a worker that ends by itself when it is asked for its metrics. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", (request: { readonly kind: string; readonly id: number }) => {
  if (request.kind === "stop") return parentPort?.close();
  if (request.kind === "readiness") return parentPort?.postMessage({ ...request, ready: true });
  throw new RangeError("ended");
});
parentPort?.postMessage({ kind: "started" });
