import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/support/longest-first.ts'

export default defineConfig({
  // Without this, CommonJS and ESM users of graphql load two copies of it.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['tests/**/*.test.ts'],
    // Sows leaks into copies of the source, for many minutes: node --import tsx tests/interference/mutate.ts
    exclude: ['**/node_modules/**', 'tests/interference/mutants.test.ts'],
    // Half of the time of a test goes to PostgreSQL: two workers keep two processors busy.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    globalSetup: 'tests/support/cluster.ts',
    setupFiles: 'tests/support/setup.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
