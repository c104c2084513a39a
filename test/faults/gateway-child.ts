/**
 * A gateway in a process of its own, to be killed. `FAULT` puts a fault into its submission service, for the controls of the checkers:
 * EARLY answers before anything is committed, NO_KEY forgets the idempotency key. Prints `ready` when it serves.
 */
import "reflect-metadata";
import { randomUUID } from "node:crypto";
import { loadConfig } from "../../src/config/load-config.ts";
import type { ReceiveMessage } from "../../src/inbox/receive-message.ts";
import { createLogger } from "../../src/observability/logger.ts";
import { startProcess } from "../../src/start-process.ts";
import type { SubmissionService } from "../../src/submission/commands.ts";

/** Long enough that a kill often comes between answer and commit. */
const EARLY_MS = 50;

const FAULTS: Readonly<Record<string, (service: SubmissionService) => SubmissionService>> = {
  EARLY: (service) => ({
    async submit(command) {
      const answer = await service.submit({ ...command, options: { ...command.options, mode: "VALIDATE_ONLY" } });
      setTimeout(() => void service.submit(command).catch(() => undefined), EARLY_MS);
      return answer;
    },
  }),
  NO_KEY: (service) => ({
    submit: (command) => service.submit({ ...command, options: { ...command.options, idempotencyKey: randomUUID() } }),
  }),
};

/** The same for messages that come by MLLP: ACK_EARLY acknowledges them before they are stored. */
const RECEIVE_FAULTS: Readonly<Record<string, (receive: ReceiveMessage) => ReceiveMessage>> = {
  ACK_EARLY: (receive) => async (listener, message) => {
    setTimeout(() => void receive(listener, message).catch(() => undefined), EARLY_MS);
    return { answer: "ACCEPT", findings: [] };
  },
};

const loaded = loadConfig();
if (!loaded.ok) throw new Error(loaded.problems.join("; "));
const fault = FAULTS[process.env.FAULT ?? ""];
const receiveFault = RECEIVE_FAULTS[process.env.FAULT ?? ""];
const running = await startProcess(loaded.config, createLogger("silent"), {
  ...(fault === undefined ? {} : { withSubmissions: fault }),
  ...(receiveFault === undefined ? {} : { withReceive: receiveFault }),
});
await running.app.listen({ host: loaded.config.host, port: loaded.config.port });
process.stdout.write("ready\n");
