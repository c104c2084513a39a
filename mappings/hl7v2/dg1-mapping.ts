/** DG1: the diagnoses of a message, with their rank in the stay. */
import type { MessageSource } from "../support/hl7v2-message-source.ts";
import { type Coding, readCodedFacts } from "./read-coded-fact.ts";

export const readDiagnoses = (source: MessageSource): Coding =>
  readCodedFacts(source, { name: "DG1", stage: 6, priority: 15, action: 21 });
