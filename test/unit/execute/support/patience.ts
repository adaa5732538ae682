import { vi } from 'vitest';

// Real shells on a machine that has other work: what takes a second may take ten.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });
