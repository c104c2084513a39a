/**
 * The identities of demo mode: two invented organisations and one bearer per role, so that a newcomer can try everything without a
 * key pair. They exist only in demo mode, which binds to loopback only.
 */
import type { Actor } from "../records/actor.ts";
import type { Organisation } from "./ports.ts";

export const DEMO_ORGANISATIONS: readonly Organisation[] = [
  {
    odsCode: "ZDM01",
    name: "Demo Valley Hospitals NHS Trust",
    programmes: [
      { code: "CR-VALLEY", name: "Valley Cardiac Rehabilitation" },
      { code: "CR-HILL", name: "Hillside Heart Failure Rehabilitation" },
    ],
  },
  {
    odsCode: "ZDM02",
    name: "Demo Coast NHS Foundation Trust",
    programmes: [{ code: "CR-COAST", name: "Coast Cardiac Rehabilitation" }],
  },
];

const VALLEY = { ods: "ZDM01", programmes: ["CR-VALLEY", "CR-HILL"] };
const COAST = { ods: "ZDM02", programmes: ["CR-COAST"] };
const NONE = { ods: null, programmes: [] };

/** By the name that `nacr token --as` takes. */
export const DEMO_IDENTITIES: Readonly<Record<string, Actor>> = {
  submitter: {
    clientId: "demo-submitter",
    role: "SUBMITTER",
    ...VALLEY,
    scopes: ["submissions:read", "submissions:write", "records:read"],
  },
  submitter2: {
    clientId: "demo-submitter-2",
    role: "SUBMITTER",
    ...COAST,
    scopes: ["submissions:read", "submissions:write", "records:read"],
  },
  vendor: {
    clientId: "demo-vendor",
    role: "VENDOR_APP",
    ...VALLEY,
    scopes: ["submissions:read", "submissions:write"],
    sourceSystem: { vendor: "Demo Vendor", product: "Demo Rehab" },
  },
  team: { clientId: "demo-team", role: "CLINICAL_TEAM", ...VALLEY, scopes: [] },
  team2: { clientId: "demo-team-2", role: "CLINICAL_TEAM", ...COAST, scopes: [] },
  guardian: { clientId: "demo-guardian", role: "CALDICOTT_GUARDIAN", ...VALLEY, scopes: [] },
  analyst: { clientId: "demo-analyst", role: "ANALYST", ...NONE, scopes: [] },
  admin: { clientId: "demo-admin", role: "AUDIT_ADMIN", ...NONE, scopes: [] },
};
