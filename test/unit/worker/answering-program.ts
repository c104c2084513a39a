/** Stands for a worker in good health. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", (request: { readonly kind: string; readonly id: number }) => {
  if (request.kind === "stop") return parentPort?.close();
  const answer = request.kind === "metrics" ? { samples: [{ name: `asked_${request.id}` }] } : { ready: true };
  parentPort?.postMessage({ kind: request.kind, id: request.id, ...answer });
});
parentPort?.postMessage({ kind: "started" });
