/** What `nacr --help` prints. By itself, so that it is there before anything else is loaded. */
export const HELP = `nacr <command> [options]

  token                  print one access token and nothing else
  submit FILE|-          submit NACR records, FHIR resources or HL7 v2 messages, and print every answer
  status ID              what became of a submission
  watch ID               the same while it goes on, with progress, until it has ended
  init [FOLDER]          a new key pair for a client, made on this machine
  export-importer FILE   the rows of --programme as the importer's files, a zip (docs/reporting.md)
  verify-audit           on the host: check the audit trail against its chain and its anchor
  export-audit           on the host: the log of --organisation since --since, as FHIR AuditEvents, one a line
  listen-hl7             take HL7 v2 by MLLP on this machine and hand it on, until it is stopped
  simulate-rules FILE    what proposed rules (JSON, docs/simulation.md) would change of what was sent so far; nothing is written
  verify-certificate FILE  whether a destruction certificate is what the installation signed (--public-key FILE)
  bootstrap-admin        name the first two audit administrators, on the host of the database (docs/registration.md)
  rotate-master-key      a new master key, on the host of the database (--prepare: several machines; docs/keys.md)
  rotate-data-key        a new key for what an organisation has stored (--organisation ODS), on the host
  rotate-token-secret    a new secret for access tokens, on the host
  load-geography         on the host: postcodes and deprivation of areas, from files of yours (docs/geography.md)
  population             synthetic people of an audit, one a line (docs/geography.md)
  publish-cut            freeze the national side and publish what withstands the attacker; waits (docs/cuts.md)
  verify-cut NUMBER      on the host: whether a cut still is what was signed, and gives the same figures; --from-history: whether
                         the hospitals' history gives its rows again (docs/cuts.md)
  audit-pack AGREEMENT   everything an auditor asks for about an agreement, into a folder (--out; docs/agreements.md)
  fetch-extract ID       the files of an extract, as a zip (--out FILE; docs/extracts.md)
  pull-fhir URL          read a FHIR server from this machine and submit what it holds

Who you are
  --as NAME              a demo identity: submitter (default), submitter2, vendor, team, team2, guardian, analyst, admin,
                         newcomer (a person without a role)
  --key FILE             a client's own key: JSON with clientId, kid, alg, privateKey (JWK); docs/clients.md makes one
  --token FILE           a file with an access token: of a person, as the identity provider gave it
  --client ID            the client's id, where the key file does not name it
  --organisation ODS     the organisation to act for, where the client has several
  --url URL              the gateway (default http://127.0.0.1:$PORT)

Submitting
  --programme CODE       the programme that sends; not needed where you act for one only
  --format FORMAT        records, fhir or hl7v2; told by the content where absent
  --profile NAME         a sender profile
  --idempotency-key KEY  repeat a request without sending it twice
  --dry-run              judge and preview, keep nothing
  --all-or-nothing       store nothing if any record is rejected
  --json                 for machines

Reading a FHIR server
  --fhir-token FILE      a file with a token for the server
  --fhir-key FILE        the server's client key of yours: JSON with clientId, kid, alg (ES384, RS384), privateKey (JWK)
  --since TIME           only patients of whom anything changed since
  --group ID             the members of a FHIR Group; --cohort SEARCH (more than one): Encounter?service-type=533
  --bulk                 by a bulk export; else the server's CapabilityStatement decides

Simulating rules
  --from TIME, --to TIME only submissions received from the one, before the other

Naming administrators (reads the settings the gateway reads: DATABASE_URL, NACR_DATA_DIR, NACR_IDENTITY_PROVIDERS)
  --issuer URL           of the identity provider; --subject ID (twice): who they are there

Checking the audit trail
  --anchor FILE          a copy of the anchor that was kept elsewhere

Listening for HL7 v2
  --port PORT            of loopback (default 2575)

Loading postcodes
  --directory FILE       of the ONS; --deprivation FILE: one for each nation; --organisations FILE: their regions

Synthetic people
  --journeys N           how many (absent: 90,000 starters a year); --seed S: the same seed, the same people
  --format FORMAT        records (default), as submitRecords takes them, or national, as statistics count them
  --shape SHAPE          CALIBRATED (default), SPARSE, ONE_DOMINANT, MANY_ZEROS, EMPTY_CATEGORY
  --years N              from --first-year on (default: 2024 alone); --programme CODE: all of them of this one

Exit codes: 0 done, 1 something was rejected, 2 wrong use, 3 refused by the gateway, 4 gateway not reached

Examples
  nacr token --as team
  nacr submit discharge-bundle.json --programme CR-VALLEY --dry-run
  nacr status 01990b5e-7c1a-7d4e-9d0b-0c5f8a2b6f11 --json`;
