import { describe, expect, it } from 'vitest';
import { causesOf, type HostProblem } from '../../../src/model/causes.ts';

const met = (host: string, message: string, facts: Record<string, string> = {}): HostProblem => ({
  host,
  problem: { code: 'x', message, remedy: 'true', facts },
});

describe('causes', () => {
  it('are one for hosts that failed alike, and the sentence does not repeat the host', () => {
    expect(causesOf([met('hv01', 'hv01: no key'), met('hv02', 'hv02: no space'), met('hv03', 'hv03: no key')])).toEqual(
      [
        { code: 'x', message: 'no key', remedy: 'true', hosts: ['hv01', 'hv03'] },
        { code: 'x', message: 'no space', remedy: 'true', hosts: ['hv02'] },
      ],
    );
  });

  it('are one when only the address differs', () => {
    const away = (host: string, address: string): HostProblem =>
      met(host, `${host} does not answer at ${address}`, { address });
    expect(causesOf([away('hv01', '10.0.0.1'), away('hv02', '10.0.0.2')])).toMatchObject([{ hosts: ['hv01', 'hv02'] }]);
  });

  it('name a host once, however often it met them', () => {
    expect(causesOf([met('hv01', 'a'), met('hv01', 'a')])).toMatchObject([{ hosts: ['hv01'] }]);
  });
});
