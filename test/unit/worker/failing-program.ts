/** Stands for a worker that ends by itself when it is asked for its metrics. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", (request: { readonly kind: string }) => {
  if (request.kind === "stop") return parentPort?.close();
  throw new RangeError("ended");
});
parentPort?.postMessage({ kind: "started" });
