/**
 * Imports point one way: everything → src/model; workflows, client, cli, api → src/operations; activities → src/model
 * and the list of units; client → types of workflows; api, cli → client. The one module of workflows/ whose values others
 * may load is the list of messages that workflows take, which is data.
 *
 * "Values" below are imports that are still there at run time; `import type` is free to look around.
 */
const values = { dependencyTypesNot: ['type-only'] };
const schemas = '^src/operations/(.+\\.schema|schemas)\\.ts$';
/** All that workflow code loads. As each of these may import values from these only, zod and Node.js stay outside. */
const sandboxed = ['^workflows/', '^src/model/', '^src/operations/'];
const messages = '^workflows/messages\\.ts$';
const ours = '^(src|workflows|activities|test|bench|scripts)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules that need one another cannot be understood one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'model-imports-only-itself',
      comment: 'And the types of search attributes, which the client and the workflows must agree on.',
      severity: 'error',
      from: { path: '^src/model/' },
      to: { pathNot: ['^src/model/', '(^|/)node_modules/@temporalio/common/'] },
    },
    {
      name: 'secrets-import-only-the-model',
      severity: 'error',
      from: { path: '^src/secrets/' },
      to: { path: ours, pathNot: '^src/(secrets|model)/' },
    },
    {
      name: 'operations-import-only-the-model',
      severity: 'error',
      from: { path: '^src/operations/', pathNot: schemas },
      to: { pathNot: '^src/(model|operations)/' },
    },
    {
      name: 'schemas-import-only-zod-model-and-operations',
      severity: 'error',
      from: { path: schemas },
      to: { pathNot: ['^src/(model|operations)/', '(^|/)node_modules/zod/'] },
    },
    {
      name: 'sandbox-loads-no-schema',
      comment: 'Every cached workflow would build the schemas again: zod stays where data enters.',
      severity: 'error',
      from: { path: sandboxed, pathNot: schemas },
      to: { path: [schemas, '(^|/)node_modules/zod/'], ...values },
    },
    {
      name: 'workflows-load-only-what-is-deterministic',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        pathNot: [...sandboxed, '(^|/)node_modules/@temporalio/(workflow|common|interceptors-opentelemetry)/'],
        ...values,
      },
    },
    {
      name: 'workflows-know-no-node',
      comment: 'Not even its types: what is passed to a workflow is plain JSON.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'workflows-know-of-activities-their-types',
      comment: 'Nothing else of the product is needed there, not even as a type.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: ours, pathNot: [...sandboxed, '^activities/'] },
    },
    {
      name: 'activities-import-model-and-units',
      severity: 'error',
      from: { path: '^activities/' },
      to: {
        path: ours,
        pathNot: ['^activities/', '^src/(model|secrets)/', '^src/operations/units/', schemas, messages],
        ...values,
      },
    },
    {
      name: 'only-workers-load-workflows-and-activities',
      comment: 'Everybody else knows them by their types, and may use what there is besides: the drivers.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/worker/' },
      to: { path: '^(workflows/|activities/(?!drivers/))', pathNot: messages, ...values },
    },
    {
      name: 'client-stands-alone',
      comment:
        'Whoever installs the package for its client loads the client, the operations, the model and what seals secrets.',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { path: ours, pathNot: ['^src/(client|operations|model|secrets)/', '^workflows/'] },
    },
    {
      name: 'authentication-knows-no-door',
      comment: 'Who somebody is does not depend on what they want here.',
      severity: 'error',
      from: { path: '^src/authentication/' },
      to: { path: ours, pathNot: '^src/authentication/' },
    },
    {
      name: 'doors-are-for-users',
      comment: 'The command line and the HTTP API are entrances; nothing is built on them.',
      severity: 'error',
      from: { path: '^(src|workflows|activities)/', pathNot: '^src/(cli|api)/' },
      to: { path: '^src/(cli|api)/' },
    },
    {
      name: 'product-needs-no-test-code',
      severity: 'error',
      from: { path: '^(src|workflows|activities)/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'product-needs-no-dev-dependency',
      comment: 'Whoever installs the package does not get them.',
      severity: 'error',
      from: { path: '^(src|workflows|activities)/' },
      to: { dependencyTypes: ['npm-dev'], ...values },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|\\.dev)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
