import { expect, test } from 'vitest';
import type { Host } from '../../../src/model/host.ts';
import { unreachable } from '../../../src/ssh/connect-problems.ts';

const host: Host = { name: 'hv01', address: 'hv01.example.org', port: 22, user: 'root', groups: [], vars: {} };

test.each([
  ['ENOTFOUND', 'hv01: the name hv01.example.org does not resolve.', 'getent hosts hv01.example.org'],
  ['EAI_AGAIN', 'hv01: no name server could say what hv01.example.org resolves to.', 'getent hosts hv01.example.org'],
  [
    'EHOSTUNREACH',
    'hv01: there is no route to hv01.example.org:22, or nothing answers for its address.',
    'ip route get hv01.example.org',
  ],
  ['ENETUNREACH', 'hv01: there is no network route to hv01.example.org:22.', 'ip route get hv01.example.org'],
  ['ETIMEDOUT', 'hv01: hv01.example.org:22 does not answer.', 'ssh root@hv01.example.org true'],
  ['EACCES', 'hv01: hv01.example.org:22 cannot be reached: the cause.', 'ssh root@hv01.example.org true'],
])('a host that fails with %s is unreachable in plain words', (code, message, remedy) => {
  const problem = unreachable(host, Object.assign(new Error('the cause'), { code }));
  expect(problem).toMatchObject({ fault: 'unreachable', message, remedy: expect.stringContaining(remedy) });
});
