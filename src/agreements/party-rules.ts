/** What is asked of every party: contract, bases, security, fee, signatory (dataset.md 10.1). */
import type { Party, Terms } from "./terms.ts";
import { entries, repeats, type TermsContext, type TermsRule } from "./terms-rule.ts";

const parties = (member: keyof Party, isBad: (party: Party, terms: Terms, context: TermsContext) => boolean) => {
  return (terms: Terms, context: TermsContext) =>
    entries(terms.parties, "parties", member, (party) => isBad(party, terms, context));
};

const foldName = (name: string): string => name.trim().replace(/\s+/g, " ").toLowerCase();

export const PARTY_RULES: readonly TermsRule[] = [
  {
    code: "CONTROLLER_MISSING",
    standard: "DATA_CONTROLLERS",
    message: "There is at least one controller.",
    broken: (terms) => (terms.parties.some(({ role }) => role === "CONTROLLER") ? [] : ["parties"]),
  },
  {
    code: "PARTY_NAMED_TWICE",
    standard: "DATA_CONTROLLERS",
    message: "Each party has a code of its own.",
    broken: (terms) =>
      repeats(
        terms.parties.map(({ code }) => code),
        "parties",
      ),
  },
  {
    code: "SIGNATORY_MISSING",
    standard: "DATA_CONTROLLERS",
    message: "Every party names who signs for it.",
    broken: parties("signatory", ({ signatory }) => signatory === null),
  },
  {
    code: "FRAMEWORK_CONTRACT_MISSING",
    standard: "DATA_CONTROLLERS",
    message: "Every controller stands under a framework contract that is recorded.",
    broken: parties(
      "frameworkContract",
      ({ role, frameworkContract }, _, { contracts }) =>
        role === "CONTROLLER" && !contracts.some(({ id }) => id === frameworkContract),
    ),
  },
  {
    code: "FRAMEWORK_CONTRACT_OF_ANOTHER",
    standard: "DATA_CONTROLLERS",
    message: "The framework contract is another organisation's: the party has the name that the contract has.",
    broken: parties("frameworkContract", ({ name, frameworkContract }, _, { contracts }) =>
      contracts.some(({ id, organisation }) => id === frameworkContract && foldName(organisation) !== foldName(name)),
    ),
  },
  {
    code: "FRAMEWORK_CONTRACT_ENDED",
    standard: "DATA_CONTROLLERS",
    message: "The framework contract has ended, or is not signed yet.",
    broken: parties("frameworkContract", ({ frameworkContract }, _, { contracts, today }) =>
      contracts.some(({ id, signedOn, endsOn }) => id === frameworkContract && (signedOn > today || endsOn < today)),
    ),
  },
  {
    code: "ARTICLE_6_MISSING",
    standard: "DATA_CONTROLLERS",
    message: "Every controller has a basis in Article 6.",
    broken: parties("article6", ({ role, article6 }) => role === "CONTROLLER" && article6 === null),
  },
  {
    code: "ARTICLE_9_MISSING",
    standard: "DATA_CONTROLLERS",
    message: "Every controller has a basis in Article 9.",
    broken: parties("article9", ({ role, article9 }) => role === "CONTROLLER" && article9 === null),
  },
  {
    code: "INSTRUCTIONS_MISSING",
    standard: "DATA_PROCESSORS",
    message: "A processor works on documented instructions only: name the document.",
    broken: parties("instructions", ({ role, instructions }) => role === "PROCESSOR" && instructions === null),
  },
  {
    code: "SECURITY_MISSING",
    standard: "SECURITY_ASSURANCE",
    message: "Every party has a security assurance, with its reference.",
    broken: parties("security", ({ security, securityReference }) => security === null || securityReference === null),
  },
  {
    code: "SECURITY_ENDED",
    standard: "SECURITY_ASSURANCE",
    message: "The security assurance has ended, or its last day is not known.",
    broken: parties("securityEndsOn", ({ securityEndsOn }, _, { today }) => securityEndsOn === null || securityEndsOn < today),
  },
  {
    code: "SECURITY_WITHOUT_BACKUPS",
    standard: "SECURITY_ASSURANCE",
    message: "The assurance covers the places of back-ups and disaster recovery.",
    broken: parties("securityCoversBackups", ({ securityCoversBackups }) => !securityCoversBackups),
  },
  {
    code: "ICO_REGISTRATION_MISSING",
    standard: "DATA_PROTECTION_REGISTRATION",
    message: "Every party pays the data protection fee: a number such as Z1234567 or ZA123456.",
    broken: parties(
      "icoRegistration",
      ({ icoRegistration }) => icoRegistration === null || !/^Z[A-Z0-9]\d{6}$/.test(icoRegistration),
    ),
  },
  {
    code: "ICO_FEE_ENDED",
    standard: "DATA_PROTECTION_REGISTRATION",
    message: "The fee is not paid any more, or it is not known until when.",
    broken: parties("icoEndsOn", ({ icoEndsOn }, _, { today }) => icoEndsOn === null || icoEndsOn < today),
  },
];
