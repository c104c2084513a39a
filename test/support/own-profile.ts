/** A disclosure profile as an agreement brings it: counts to 7 withheld with zeros, the others in fives. */
const OWN_PROFILE = {
  id: "GP_WORKFORCE",
  version: 2,
  label: "As for the GP workforce collection",
  nationalExempt: false,
  suppressMin: 1,
  suppressMax: 7,
  suppressZero: true,
  roundBase: 5,
  roundMode: "NEAREST",
  symbol: "<8",
  percent: { from: "ROUNDED", decimals: 0, minDenominator: 25, suppressIfComplementIn: true },
};

/** As JSON. */
export const ownProfile = (change: object = {}): string => JSON.stringify({ ...OWN_PROFILE, ...change });
export const ownPercent = (change: object): object => ({ percent: { ...OWN_PROFILE.percent, ...change } });
