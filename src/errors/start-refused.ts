/** A start that is refused for a reason the operator can mend; its text is printed as it stands. */
export class StartRefused extends Error {}
