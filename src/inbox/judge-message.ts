/** What can be said of a message before anything is stored: whether it can be read and mapped, and what the dictionary says of its values. */
import type { Issue } from "../records/issue.ts";
import { judgeDrafts } from "../submission/entry.ts";
import { kindOf } from "../submission/file-input.ts";
import { mapSource, type SubmissionDependencies } from "../submission/receive.ts";
import type { Finding, ListenerIdentity, Verdict } from "./inbox-ports.ts";

/** @throws GatewayError BAD_USER_INPUT for a profile that does not exist: a start with a listener that names one is refused */
export type JudgeMessage = (
  text: string,
  listener: Pick<ListenerIdentity, "ods" | "profile" | "sourceSystem">,
) => Promise<Verdict>;

/** An acknowledgement is no report: the submission has them all. */
const MOST_FINDINGS = 20;
/** The code of an event that no mapping reads. */
export const UNSUPPORTED = "MESSAGE_UNSUPPORTED";

/** Merges, links and what depends on stored rows are judged by the submission. */
export function createJudgeMessage(
  dependencies: Pick<SubmissionDependencies, "mappings" | "clock" | "dictionaryOf" | "defaultDatasetVersion" | "resolveSender">,
): JudgeMessage {
  const dictionary = dependencies.dictionaryOf(dependencies.defaultDatasetVersion);
  if (dictionary === null) throw new RangeError("no dictionary is loaded");
  return async (text, { ods, profile, sourceSystem }) => {
    const input = { mapping: "HL7V2", payload: [text], profile, ods, sourceSystem } as const;
    const source = await mapSource(input, dictionary, dependencies);
    const judged = await judgeDrafts(source, dictionary, kindOf("HL7V2"), dependencies.clock.today());
    const issues = [...source.issues, ...judged.flatMap((draft) => draft.judged.issues)];
    const findings = issues.filter(({ severity }) => severity === "ERROR").map(toFinding);
    if (findings.some(({ code }) => code === UNSUPPORTED))
      return { answer: "REJECT", findings: findings.slice(0, MOST_FINDINGS) };
    return { answer: findings.length === 0 ? "ACCEPT" : "ERROR", findings: findings.slice(0, MOST_FINDINGS) };
  };
}

const toFinding = ({ code, field, expression, params }: Issue): Finding => ({
  code,
  field,
  expression,
  ...(params === undefined ? {} : { params }),
});
