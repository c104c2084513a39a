/** Withdrawing single records, and what remains of them. */
import { systemClock } from "../lib/system-clock.ts";
import { createReadRecordWithdrawals } from "../persistence/record-withdrawals.ts";
import { createUnitRunner } from "../persistence/unit-runner.ts";
import { createWithdrawRecord, type WithdrawRecord } from "../submission/withdraw-record.ts";
import type { ReadRecordWithdrawals } from "../submission/withdraw-record-ports.ts";
import type { Parts } from "./parts.ts";

export interface RecordWithdrawals {
  readonly withdrawRecord: WithdrawRecord;
  readonly recordWithdrawals: ReadRecordWithdrawals;
}

export function wireRecordWithdrawal(parts: Parts): RecordWithdrawals {
  const withdraw = createWithdrawRecord({
    store: { transaction: createUnitRunner(parts) },
    clock: systemClock,
    newId: parts.newId,
    dictionary: parts.dictionary,
  });
  return {
    withdrawRecord: async (command) => {
      const answer = await withdraw(command);
      const { channel, outcome, counts } = answer.header;
      const { received: _received, withheld: _withheld, ...outcomes } = counts;
      if (!answer.replayed) parts.metrics.submissionDone(channel, outcome ?? "NONE", outcomes);
      return answer;
    },
    recordWithdrawals: createReadRecordWithdrawals(parts),
  };
}
