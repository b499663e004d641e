import { existsSync } from 'node:fs';

const ifThere = (option, path) => (existsSync(new URL(path, import.meta.url)) ? { [option]: path } : {});

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Sources are ES modules and import one another by their `.ts` names.
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, sourceMaps: 'inline' }],
  },
  ...ifThere('testSequencer', './test/support/longest-first.js'),
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  ...ifThere('globalSetup', './test/support/global-setup.ts'),
  ...ifThere('globalTeardown', './test/support/global-teardown.ts'),
  // What takes minutes and is covered in small by others, `npm run test:long`; what needs libvirt, `npm run test:libvirt`.
  testPathIgnorePatterns: [
    ...(process.env.ITASK_LONG === undefined ? ['<rootDir>/test/long/'] : []),
    ...(process.env.ITASK_LIBVIRT === undefined ? ['<rootDir>/test/drivers/libvirt/', '<rootDir>/test/libvirt/'] : []),
  ],
  // A fleet is five processes that mostly wait: two of them keep two cores busy, and a third would miss its deadlines.
  maxWorkers: 2,
  // Tests bound their own waits, and say what they waited for; this is for what they forgot.
  testTimeout: 180_000,
  reporters: ['default', '<rootDir>/test/support/summary-reporter.js'],
};
