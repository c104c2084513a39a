/** Stands for a worker whose database does not answer. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", (request: { readonly kind: string; readonly id: number }) => {
  if (request.kind === "stop") return parentPort?.close();
  parentPort?.postMessage({ kind: request.kind, id: request.id, ready: false });
});
parentPort?.postMessage({ kind: "started" });
