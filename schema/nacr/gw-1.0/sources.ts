/** The public material behind the dictionary. A `source` text names it by these keys in square brackets. */

export interface Source {
  readonly title: string;
  /** Null where the copy that was read has no public address. */
  readonly url: string | null;
}

/** In order of the alphabet. */
export const sources: Readonly<Record<string, Source>> = {
  AACVPR: {
    title: "AACVPR registry definitions, May 2022 (copy)",
    url: "https://copiara.org/heart-failure-reference-values-for-dartmouth-coop-5612",
  },
  AR2010: {
    title: "NACR annual statistical report 2010",
    url: "http://healthdocbox.com/Heart_Disease/104524225-The-national-audit-of-cardiac-rehabilitation.html",
  },
  AR2020: {
    title: "NACR annual report 2020 and its supplements",
    url: "http://www.cardiacrehabilitation.org.uk/current-annual-report.htm",
  },
  BHF1: {
    title: "British Heart Foundation on the audit",
    url: "https://www.bhf.org.uk/for-professionals/healthcare-professionals/data-and-statistics/national-audit-of-cardiac-rehabilitation",
  },
  BJC: { title: "British Journal of Cardiology on exercise testing", url: "https://bjcardio.co.uk/tag/sub-maximal-heart-rate" },
  "CCAD-BCIS": {
    title: "BCIS export file format (sibling audit of coronary intervention)",
    url: "http://www.ucl.ac.uk/nicor/datamanagement/documents/bcisexportfileformat",
  },
  "CCAD-PAED": { title: "CCAD import guide (sibling audit)", url: "https://studylib.net/doc/13862625/ccad-import-guide" },
  CHOICE: { title: "NACR: how patients can choose", url: "https://site.cardiacrehabilitation.org.uk/?p=89" },
  DEP: {
    title: "NACR research on depression",
    url: "https://discovery.researcher.life/topic/national-audit-of-cardiac-rehabilitation/19419223",
  },
  DVE: { title: "NHS England data validation engine", url: "https://github.com/NHSDigital/data-validation-engine" },
  EMPNHS: {
    title: "NHS employment status codes, UK Renal Data Collection",
    url: "https://renalreg.github.io/resources/master/Types/Occupation.html",
  },
  EXT: { title: "NACR on extracts", url: "http://www.cardiacrehabilitation.org.uk/extracts.htm" },
  FAQ: { title: "NACR frequently asked questions", url: "http://www.cardiacrehabilitation.org.uk/nacr/faqs.htm" },
  FELL: {
    title: "Fell and others on early rehabilitation and fitness outcomes",
    url: "https://pmc.ncbi.nlm.nih.gov/articles/PMC4746523",
  },
  FORM: {
    title: "NACR record form, first page",
    url: "https://studylib.net/doc/9432739/--national-audit-of-cardiac-rehabilitation",
  },
  GENDER: { title: "e-GIF gender type code", url: "https://www.criminaljusticehub.org.uk/jargon-buster/gender-type-code/" },
  HADS: {
    title: "Scoring of the Hospital Anxiety and Depression Scale",
    url: "https://chatchiropractic.com/hospital-anxiety-and-depression-scale-hads/",
  },
  "HES-ETH": {
    title: "Hospital Episode Statistics: ethnic character",
    url: "https://www.hesonline.org.uk/Ease/servlet/ContentServer_siteID-1937-categoryID-571-dirID-110732",
  },
  "HES-MAR": {
    title: "Hospital Episode Statistics: marital status",
    url: "https://www.hesonline.org.uk/Ease/servlet/ContentServer_siteID-1937-categoryID-571-dirID-110709",
  },
  "HF-ISWT": { title: "Shuttle walk test in heart failure", url: "https://pmc.ncbi.nlm.nih.gov/articles/PMC6257932" },
  ICRR: {
    title: "International Cardiac Rehabilitation Registry",
    url: "https://refworks.reference-global.com/article/10.5334/gh.1091?tab=figures-and-tables",
  },
  IMP: { title: "NACR on importing", url: "http://www.cardiacrehabilitation.org.uk/importing.htm" },
  ISWT: { title: "Shuttle walk test values from NACR data", url: "https://bmjopensem.bmj.com/content/2/1/e000203" },
  "ISWT-P": {
    title: "Protocol of the incremental shuttle walk test",
    url: "https://www.barnardhealth.us/cardiac-rehabilitation/protocol.html",
  },
  MDS: { title: "NACR minimum dataset (background page)", url: "http://www.cardiacrehabilitation.org.uk/nacr/background.htm" },
  MODE: {
    title: "Mode of delivery in NACR data",
    url: "https://pure.york.ac.uk/portal/en/publications/does-the-mode-of-delivery-in-cardiac-rehabilitation-determine-the",
  },
  NCP1: { title: "National certification programme", url: "http://www.cardiacrehabilitation.org.uk/NCP-CR.htm" },
  "NDA-2": { title: "National Diabetes Audit bulk upload guidance (structured education, bulk file upload)", url: null },
  "PATIENT-INFO": { title: "NACR leaflet: patient consent and confidentiality", url: null },
  PRIV: {
    title: "NACR privacy notices, three versions",
    url: "http://www.cardiacrehabilitation.org.uk/patient-privacy-notice.htm",
  },
  PULZ: { title: "Six-minute walk in heart failure", url: "https://pmc.ncbi.nlm.nih.gov/articles/PMC2644568" },
  QM1: {
    title: "NACR questionnaire, assessment 1, table of contents",
    url: "https://vdocuments.us/questionnaire-master-assessment-1-cardiac-the-questionnaires-and-the-national.html",
  },
  SAGAR: {
    title: "Exercise-based rehabilitation for heart failure, review",
    url: "https://openheart.bmj.com/content/2/1/e000163",
  },
  SALMAN: {
    title: "Variation in cardiac rehabilitation quality",
    url: "https://www.springermedizin.de/to-what-extent-is-the-variation-in-cardiac-rehabilitation-qualit/16373684",
  },
  START: { title: "NACR: definition of start of core", url: "http://www.cardiacrehabilitation.org.uk/start-of-core.htm" },
  TANG: { title: "Tang and others: multimorbidity in NACR data", url: "https://eprints.whiterose.ac.uk/id/eprint/179220" },
  UKCORE: {
    title: "HL7 FHIR UK Core: code systems and concept maps of gender and marital status",
    url: "https://simplifier.net/guide/uk-core-implementation-guide/Home/Terminology",
  },
  "UKCORE-WALES": {
    title: "HL7 FHIR UK Core: ethnic category, Wales",
    url: "https://fhir.org/guides/stats2/codesystem-fhir.r4.ukcore.stu1-ukcore-ethniccategorywales.html",
  },
  "UKRR-VAL": {
    title: "UK Renal Registry validation rules",
    url: "https://renalregistry.atlassian.net/wiki/spaces/UD/pages/2195390469",
  },
  UTIL: {
    title: "Predictors of utilisation in England",
    url: "https://pure.york.ac.uk/portal/en/publications/predictors-of-cardiac-rehabilitation-utilization-in-england-resul",
  },
  WALES: {
    title: "NHS Wales data dictionary: marital status",
    url: "https://www.datadictionary.wales.nhs.uk/WordDocuments/informationspecification65.htm",
  },
  "WALES-FHIR": {
    title: "FHIR Standards Wales: map of marital status",
    url: "https://simplifier.net/guide/fhir-standards-wales-implementation-guide/Home/FHIR-Assets/Terminology/Concept-Maps/ConceptMap-DataStandardsWales-UKCorePersonMaritalStatusCode-MaritalStatus?version=1.1.0",
  },
};
