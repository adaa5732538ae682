import { describe, expect, it } from 'vitest';
import { errorText } from '../../../src/cli/fail.ts';
import { FleetError } from '../../../src/model/error.ts';
import { createLook } from '../../../src/render/index.ts';

const look = createLook({ colour: 0, glyphs: 'ascii' });

describe('what a user reads of an error', () => {
  it('is one sentence, and what to type', () => {
    const error = new FleetError({ code: 'x', message: 'hv01: no space left.', remedy: 'Type: df -h' });
    expect(errorText(error, look)).toBe(`error: hv01: no space left.\n  ${look.glyphs.arrow} Type: df -h\n`);
  });

  it('is all there is to report, when the mistake is ours', () => {
    const text = errorText(new TypeError('x is not a function'), look);
    expect(text).toMatch(/^error: This is a mistake of ovsfleet itself:\nTypeError: x is not a function\n {4}at /);
    expect(text).toContain('ovsfleet resume');
  });

  it('is what was thrown, when that is no error at all', () => {
    expect(errorText('boom', look)).toContain('boom');
  });
});
