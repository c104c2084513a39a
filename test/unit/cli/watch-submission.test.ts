import { describe, expect, it } from "vitest";
import { describeProgress, watchSubmission } from "../../../src/cli/watch-submission.ts";

const progress = {
  phase: "IMPORTING" as const,
  processed: 25_000,
  total: 100_000,
  estimated: false,
  estimatedCompletionAt: "2026-11-02T10:31:07.000Z",
};
const running = { id: "1", status: "PROCESSING" as const, outcome: null, progress };
const done = { ...progress, phase: "DONE" as const, processed: 100_000, estimatedCompletionAt: null };
const ended = { ...running, status: "COMPLETED" as const, outcome: "ACCEPTED" as const, progress: done };

function clientOf(states: readonly object[]) {
  return {
    follow: async function* () {
      for (const state of states) yield { submissionProgress: state } as never;
    },
  };
}
function screenOf(isTerminal: boolean) {
  const written: string[] = [];
  return { written, screen: { isTerminal, write: (text: string) => void written.push(text) } };
}

describe("a submission that is watched", () => {
  it("is a bar with counts and the time it will be done", () => {
    expect(describeProgress(running)).toBe(
      "PROCESSING  IMPORTING  [######------------------] 25 %  25,000 of 100,000, done about 10:31:07 UTC",
    );
  });

  it("is counted where nobody knows how much there is, and says where it is a guess", () => {
    expect(describeProgress({ ...running, progress: { ...progress, total: 0 } })).toBe("PROCESSING  IMPORTING  25,000");
    expect(describeProgress({ ...running, progress: { ...progress, estimated: true } })).toContain("of about 100,000");
  });

  it("is one line that is written over on a terminal, and a line for each change elsewhere", async () => {
    const [terminal, pipe] = [screenOf(true), screenOf(false)];
    for (const { screen } of [terminal, pipe]) await watchSubmission("1", clientOf([running, running, ended]), screen, false);
    expect(terminal.written).toEqual([`\r\u001b[2K${describeProgress(running)}`, `\r\u001b[2K${describeProgress(ended)}`, "\n"]);
    expect(pipe.written).toEqual([`${describeProgress(running)}\n`, `${describeProgress(ended)}\n`]);
  });

  it("is a line of JSON for each state for machines, on a terminal too", async () => {
    const { written, screen } = screenOf(true);
    await watchSubmission("1", clientOf([running, ended]), screen, true);
    expect(written.map((line) => JSON.parse(line))).toEqual([running, ended]);
  });
});
