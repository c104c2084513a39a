// Who may import whom (docs/architecture.md). The comment of a rule is the message of its violation.
const USE_CASES =
  "^src/(submission|standards|profiles|inbox|webhooks|pull|simulation|episodes|access|audit|consent|destruction|national|agreements|statistics|reporting|population|geography)/";
const ADAPTERS = "^src/(persistence|graphql|http|sources|jobs|notifications|observability|keys)/";

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "A cycle has no order in which it can be read or tested.",
      from: {},
      to: { circular: true },
    },
    {
      name: "lib-stands-alone",
      severity: "error",
      comment: "lib is used by everything, so it may know nothing of ours.",
      from: { path: "^src/lib/" },
      to: { path: "^(src/(?!lib/)|schema/|mappings/)" },
    },
    {
      name: "dictionary-is-data",
      severity: "error",
      comment: "A dictionary is data: it may use the words it is written in, and nothing that behaves.",
      from: { path: "^schema/nacr/" },
      to: { path: "^(src|mappings)/", pathNot: "^src/dataset/(define|dictionary|rule|conversion)\\.ts$" },
    },
    {
      name: "dataset-kit-is-pure",
      severity: "error",
      comment: "The kit reads any dictionary; it knows none, and nothing of where records come from or go.",
      from: { path: "^src/dataset/" },
      to: { path: "^(src/(?!dataset/|lib/|records/)|schema/|mappings/)" },
    },
    {
      name: "records-are-words",
      severity: "error",
      comment: "records holds words that use cases share; it may use the dictionary and nothing that behaves.",
      from: { path: "^src/records/" },
      to: { path: "^(src/(?!records/|dataset/|lib/)|mappings/)" },
    },
    {
      name: "standards-are-pure",
      severity: "error",
      comment:
        "What a rehabilitation counts for is the same in a preview, a commit and a statistic: it knows words and dates only.",
      from: { path: "^src/standards/" },
      to: { path: "^(src/(?!standards/|records/|dataset/|lib/)|schema/|mappings/)" },
    },
    {
      name: "mappings-are-pure",
      severity: "error",
      comment:
        "A mapping is testable with one JSON file and replayable years later: no clock, ids, environment, database, network, logger.",
      from: { path: "^mappings/" },
      to: { path: "^src/", pathNot: "^src/(dataset|records|lib)/" },
    },
    {
      name: "mappings-do-no-io",
      severity: "error",
      comment: "See mappings-are-pure.",
      from: { path: "^mappings/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "use-cases-know-no-adapters",
      severity: "error",
      comment: "A use case talks to ports; Prisma, GraphQL, HTTP and configuration are wired in main.",
      from: { path: USE_CASES },
      to: { path: `${ADAPTERS}|^src/(config|generated)/|node_modules/(@prisma|@apollo|type-graphql|fastify|graphql)/` },
    },
    {
      name: "simulation-stands-above",
      severity: "error",
      comment:
        "A simulation runs the other use cases as they are; one that knew of it could behave otherwise while it is watched.",
      from: { path: "^src/", pathNot: "^src/(simulation|persistence|graphql|cli|wiring)/" },
      to: { path: "^src/simulation/" },
    },
    {
      name: "adapters-know-no-adapters",
      severity: "error",
      comment: "What two adapters need is a port that main wires.",
      from: { path: "^src/(persistence|graphql|http|sources|jobs|notifications|observability|keys)/" },
      to: { path: ADAPTERS, pathNot: "^src/$1/|^src/keys/" },
    },
    {
      name: "keys-stand-apart",
      severity: "error",
      comment: "Only persistence and the composition root may use keys: identifiers are sealed where they are stored.",
      from: { path: "^src/", pathNot: "^src/(keys|persistence|wiring)/|^src/(gateway|main)\\.ts$" },
      to: { path: "^src/keys/" },
    },
    {
      name: "prisma-only-in-persistence",
      severity: "error",
      comment: "Generated Prisma has one importer, so that rows never leak into use cases.",
      from: { pathNot: "^(src/(persistence|generated)|bench|scripts|test|prisma)/" },
      to: { path: "^src/generated/prisma|node_modules/(@prisma|pglite-prisma-adapter|@electric-sql|pg)/" },
    },
    {
      name: "graphql-only-at-the-edge",
      severity: "error",
      comment: "Apollo and type-graphql are an edge; use cases must not know it.",
      from: { path: "^(src|mappings|schema)/", pathNot: "^src/(graphql|http)/|^src/main\\.ts$" },
      to: { path: "node_modules/(@apollo/server|type-graphql|@as-integrations)/" },
    },
    {
      name: "nothing-imports-main",
      severity: "error",
      comment: "main wires everything; importing it would run it.",
      from: {},
      to: { path: "^src/main\\.ts$" },
    },
    {
      name: "no-dev-dependency-at-run-time",
      severity: "error",
      comment: "A production install leaves development packages out.",
      from: { path: "^(src|mappings|schema)/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "node_modules/@types/" },
    },
    {
      name: "no-unresolvable",
      severity: "error",
      comment: "An import that resolves to nothing.",
      from: {},
      to: { couldNotResolve: true, pathNot: "^(#|fhir/r4|@graphql-typed-document-node/core)" },
    },
    {
      name: "tests-stay-outside",
      severity: "error",
      comment: "Shipped code may not lean on tests, benchmarks or scripts.",
      from: { path: "^(src|mappings|schema)/" },
      to: { path: "^(test|bench|scripts)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|^src/generated" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".d.ts"],
    },
  },
};
