/** Resource types of FHIR R4 that make no record, and why. */

/** What a resource that makes no record is reported as. */
export interface UnusedResource {
  readonly result: "DROPPED" | "UNMAPPED";
  readonly reason: string;
}

/** Types that hold statements about a patient's care, or what such statements refer to, and that the dataset has no item for. */
const NOT_USED = `
  Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary BiologicallyDerivedProduct
  BodyStructure CapabilityStatement CareTeam CatalogEntry ChargeItem ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem
  Communication CommunicationRequest CompartmentDefinition Composition ConceptMap Consent Contract Coverage CoverageEligibilityRequest
  CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement DiagnosticReport
  DocumentManifest DocumentReference EffectEvidenceSynthesis Endpoint EnrollmentRequest EnrollmentResponse EventDefinition Evidence
  EvidenceVariable ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService
  ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List
  Location Measure MeasureReport Media Medication MedicationKnowledge MedicinalProduct MessageDefinition MessageHeader MolecularSequence
  NamingSystem NutritionOrder ObservationDefinition OperationDefinition Organization OrganizationAffiliation PaymentNotice
  PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole Provenance Questionnaire RelatedPerson RequestGroup
  ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter
  Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription Substance SubstanceSpecification SupplyDelivery
  SupplyRequest Task TerminologyCapabilities TestReport TestScript ValueSet VerificationResult VisionPrescription`;

const REASONS: Readonly<Record<string, string>> = {
  // What a server says about a search or a request is no statement about a patient.
  OperationOutcome: "OPERATION_OUTCOME",
  // A dose given in hospital does not say what the patient takes at home.
  MedicationAdministration: "ADMINISTERED_IN_CARE",
  ServiceRequest: "REQUEST_NOT_A_RESULT",
  // The input or output of an operation, no record: what it holds stands in no context.
  Parameters: "PARAMETERS",
};
const NOT_USED_TYPES: ReadonlySet<string> = new Set(NOT_USED.trim().split(/\s+/));

/** How a resource of a type no reader takes is reported; a type FHIR R4 does not have is UNMAPPED. */
export function explainUnused(type: string): UnusedResource {
  const reason = NOT_USED_TYPES.has(type) ? "RESOURCE_TYPE_NOT_USED" : Object.hasOwn(REASONS, type) ? REASONS[type] : undefined;
  return reason === undefined ? { result: "UNMAPPED", reason: "RESOURCE_TYPE_UNKNOWN" } : { result: "DROPPED", reason };
}
