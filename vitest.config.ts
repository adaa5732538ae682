import { defineConfig } from 'vitest/config';

/** Tests that run real shells by the thousand, the built program, or Ansible: seconds each. */
const slow = [
  'test/unit/{operations,ovs,execute,ssh,testing,facts}/**/*.test.ts',
  'test/unit/cli/{ad-hoc,bad-input,completion,playbook-commands,run-lock}.test.ts',
  'test/unit/inventory/{ansible,command,fuzz}.test.ts',
  'test/unit/shell/{cut,host-lock,batch}.test.ts',
];

export default defineConfig({
  resolve: { conditions: ['@ovsfleet/source'] },
  ssr: { resolve: { conditions: ['@ovsfleet/source'] } },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], exclude: slow, testTimeout: 20_000 } },
      { extends: true, test: { name: 'shells', include: slow, testTimeout: 60_000 } },
      {
        extends: true,
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          // One lab at a time, after the unit tests: measurements of traffic want a quiet machine.
          fileParallelism: false,
          maxConcurrency: 3,
          sequence: { groupOrder: 1 },
        },
      },
      // Longer than every change wants to wait; each has its own command in package.json.
      {
        extends: true,
        test: {
          name: 'proof',
          include: ['test/proof/**/*.test.ts'],
          testTimeout: 3_600_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
