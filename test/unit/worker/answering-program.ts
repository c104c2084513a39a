/** Stands for a worker in good health. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", (request: { readonly kind: string; readonly id: number }) => {
  if (request.kind === "stop") return parentPort?.close();
  parentPort?.postMessage({ kind: "metrics", id: request.id, samples: [{ name: `asked_${request.id}` }] });
});
parentPort?.postMessage({ kind: "started" });
