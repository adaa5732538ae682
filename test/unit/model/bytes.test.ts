import { expect, it } from 'vitest';
import { formatBytes } from '../../../src/model/bytes.ts';

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [4_194_304, '4.0 MiB'],
  [5_000_000_000_000, '4656.6 GiB'],
])('%d bytes are read as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
