import { describe, expect, test } from 'vitest';
import { connectionKind, transportOf } from '../../../src/cli/choose-transport.ts';
import type { Host, Value } from '../../../src/model/host.ts';

const host = (vars: Readonly<Record<string, Value>>): Host => ({
  name: 'hv01',
  address: '192.0.2.1',
  port: 22,
  user: 'root',
  groups: [],
  vars,
});
const proxied = { requires: [{ why: 'ProxyCommand is set', at: '~/.ssh/config:3' }] };
const plain = { requires: [] };

describe('ansible_connection', () => {
  test.each([
    [{}, 'ssh'],
    [{ ansible_connection: 'smart' }, 'ssh'],
    [{ ansible_connection: 'ansible.builtin.ssh' }, 'ssh'],
    [{ ansible_connection: 'local' }, 'local'],
    [{ ansible_connection: 'ansible.builtin.local' }, 'local'],
  ])('%o means %s', (vars, expected) => {
    expect(connectionKind(host(vars))).toBe(expected);
  });

  test('that we have not got is refused, never taken for SSH', () => {
    expect(() => connectionKind(host({ ansible_connection: 'docker' }))).toThrow(
      'hv01: ansible_connection is "docker", and hosts are reached by ssh or are this machine (local).',
    );
  });
});

describe('the transport', () => {
  test('is what the host’s variable says, else what the flag says', () => {
    expect(transportOf(host({}), 'auto', plain)).toBe('auto');
    expect(transportOf(host({}), 'openssh', plain)).toBe('openssh');
    expect(transportOf(host({ ovsfleet_transport: 'ssh2' }), 'openssh', plain)).toBe('ssh2');
  });

  test('is not ssh2 where only ssh(1) will do', () => {
    expect(transportOf(host({}), 'openssh', proxied)).toBe('openssh');
    expect(() => transportOf(host({}), 'ssh2', proxied)).toThrow(
      'hv01: it is to be connected to by ssh2, and needs ssh(1), for ProxyCommand is set (~/.ssh/config:3).',
    );
  });

  test('with a name that there is not is refused', () => {
    expect(() => transportOf(host({ ovsfleet_transport: 'paramiko' }), 'auto', plain)).toThrow(
      'ovsfleet_transport is "paramiko", and must be one of auto, ssh2, openssh',
    );
  });
});
