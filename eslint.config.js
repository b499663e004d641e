import { builtinModules } from 'node:module';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What the workflow sandbox loads: the workflows, and the plain data and pure functions that they import. */
const workflowCode = ['workflows/**/*.ts', 'src/model/**/*.ts', 'src/operations/**/*.ts'];
/** Input schemas live beside the operations, but no workflow loads them. */
const schemas = ['src/operations/**/*.schema.ts', 'src/operations/schemas.ts'];

const absentInSandbox = [
  'process',
  'Buffer',
  'fetch',
  'performance',
  'setImmediate',
  'queueMicrotask',
  'structuredClone',
];
const notDeterministic = ['WeakRef', 'FinalizationRegistry'];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.dev/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowNever: true }],
      // `||` is right where an empty text stands for none.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // Brackets say of a name that it is not known to the type: an environment variable, a search attribute.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' },
      ],
      // A function that must return a promise is clearest as an async one, also where it has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      // What was caught may be handed on as it is, also by a rejection.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // All enums are the SDK's, numbers of its protocol; those that arrive from elsewhere are plain numbers.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // A mapped type can say `readonly`; a Record cannot.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'object-shorthand': 'error',
      'prefer-template': 'error',
      'max-lines': ['error', 300],
    },
  },
  {
    files: workflowCode,
    ignores: schemas,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: builtinModules.map((name) => ({ name, message: 'The workflow sandbox has no modules of Node.js.' })),
          patterns: [
            { regex: '^node:', message: 'The workflow sandbox has no modules of Node.js.' },
            {
              regex: '^zod(/|$)|\\.schema\\.ts$|/schemas\\.ts$',
              allowTypeImports: true,
              message: 'Schemas are checked where data enters; every cached workflow would build them again.',
            },
          ],
        },
      ],
      'no-restricted-globals': [
        'error',
        ...absentInSandbox.map((name) => ({ name, message: 'The workflow sandbox does not have it.' })),
        ...notDeterministic.map((name) => ({ name, message: 'It depends on garbage collection: not deterministic.' })),
      ],
    },
  },
  {
    // Signals and updates change variables while workflow code waits, which control flow analysis does not see.
    files: ['workflows/**/*.ts'],
    rules: { '@typescript-eslint/no-unnecessary-condition': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // What happens when something else is thrown must be tested, too.
      '@typescript-eslint/only-throw-error': 'off',
      'max-lines': ['error', 500],
    },
  },
  {
    // Written to be wrong, for the compiler to say so; what it rejects has no types for a linter to judge.
    files: ['test/types/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { '@typescript-eslint/no-unused-vars': 'off' },
  },
  {
    // What talks to a person on a terminal.
    files: ['src/cli/**', 'src/dev/**', 'scripts/**', 'bench/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly', fetch: 'readonly' } },
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
);
