import { fileURLToPath } from 'node:url';

const PURE = '(?<!\\.int|\\.e2e)\\.spec\\.ts$';
/** The most informative specs for a contributor within minutes: a batch and its transaction, outbox, inbox, Kafka, a Nest module, an app. */
const QUICK = [
  'packages/runtime/src/runner',
  'packages/outbox/src/relay',
  'packages/inbox/src/inbox',
  'packages/kafka/src/group',
  'packages/nest/src/module/quadrille.module',
  'apps/order/src/http/http',
].map((path) => `/${path}\\.int\\.spec\\.ts$`);

/** One Jest configuration for the repository; QUADRILLE_TESTS selects the kind. */
const KINDS = {
  unit: PURE,
  int: '\\.int\\.spec\\.ts$',
  e2e: '\\.e2e\\.spec\\.ts$',
  quick: [PURE, ...QUICK],
  package: '(?<!\\.e2e)\\.spec\\.ts$',
};
const kind = process.env.QUADRILLE_TESTS ?? 'unit';

export default {
  rootDir: fileURLToPath(new URL('../..', import.meta.url)),
  roots: ['<rootDir>/apps', '<rootDir>/packages', '<rootDir>/infra'],
  testRegex: KINDS[kind],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/create-quadrille/templates/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  testTimeout: { unit: 20_000, e2e: 180_000 }[kind] ?? 120_000,
  // Specs with servers often wait: on two cores, three whole systems or four single servers run side by side.
  maxWorkers: { int: 4, e2e: 3 }[kind] ?? 2,
  testSequencer: '<rootDir>/infra/checks/longest-first.mjs',
  moduleNameMapper: {
    ...(process.env.QUADRILLE_FUZZ_SEED === 'random'
      ? {}
      : { '^fast-check$': '<rootDir>/infra/checks/fast-check.mjs' }),
    '^@quadrille/(choreography|crash-points|contracts|outbox|inbox|kafka|personal-data|postgres|runtime|telemetry|nest|load|audit|replay|testing|proof|operate|chaos)$':
      '<rootDir>/packages/$1/src/index.ts',
    '^@quadrille/outbox/(drizzle|kysely|pg|typeorm)$': '<rootDir>/packages/outbox/src/$1.ts',
    '^@quadrille/kafka/(addresses|cloud-event)$': '<rootDir>/packages/kafka/src/$1.ts',
    '^@quadrille/nest/run$': '<rootDir>/packages/nest/src/run-service.ts',
    '^@quadrille/nest/hosts$': '<rootDir>/packages/nest/src/http/hosts.ts',
    '^@quadrille/nest/http$': '<rootDir>/packages/nest/src/http/configure-http.ts',
    '^@quadrille/(proof|operate)/(.+)$': '<rootDir>/packages/$1/src/$2.ts',
    '^@quadrille/shop-proof/(promises|steps)$': '<rootDir>/packages/shop-proof/src/checkout/$1.ts',
    '^@quadrille/testing/(fuzz|steps)$': '<rootDir>/packages/testing/src/$1.ts',
    '^@quadrille/(order|payment|inventory|shipping)/definition$': '<rootDir>/apps/$1/src/$1.ts',
    '^@quadrille/(order|payment|payment-provider|inventory|shipping)/(.+)$': '<rootDir>/apps/$1/src/$2.ts',
    '^@quadrille/local$': '<rootDir>/infra/local/src/index.ts',
    // Zod imports sixty locales, which every spec file would load again.
    '^\\.\\./locales/index\\.js$': '<rootDir>/node_modules/zod/v4/locales/en.js',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
