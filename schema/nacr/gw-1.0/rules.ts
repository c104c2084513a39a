/**
 * Every cross-field rule, judged on the merged row.
 *
 * Not a rule, because the shape of the data makes it impossible: a rehabilitation of both models (`model` is one code), a HADS total
 * without its subscales (totals are not collected).
 */
import type { Rule } from "../../../src/dataset/rule.ts";
import { conditionRules } from "./condition-rules.ts";
import { dateRules } from "./date-rules.ts";

/** In the order in which a record's findings are reported. */
export const rules: readonly Rule[] = [...conditionRules, ...dateRules];
