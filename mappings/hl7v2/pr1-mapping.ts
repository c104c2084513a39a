/** PR1: the procedures of a message. Their order of importance (PR1-14) decides nothing: every one is a treatment of its own. */
import type { MessageSource } from "../support/hl7v2-message-source.ts";
import { type Coding, readCodedFacts } from "./read-coded-fact.ts";

export const readProcedures = (source: MessageSource): Coding => readCodedFacts(source, { name: "PR1", action: 20 });
