/**
 * A rehabilitation has no date in its natural key: it is found again by an anchor, the first of these dates that its first sending
 * stated (dataset Decision 11).
 */
export const ANCHOR_DATE_ITEMS = ["referralDate", "coreStartDate"] as const;
