import { describe, expect, test } from 'vitest';
import { layOut } from '../../../src/lab/fleet.ts';
import { inventoryText } from '../../../src/lab/inventory-file.ts';

describe("a lab's inventory", () => {
  test('has groups, logins, probes and what to upgrade to', () => {
    const hosts = layOut({ pkg31: 1, agent: 1, builder: 1 });
    const release = { path: '/cache/openvswitch-3.5.0.tar.gz', sha256: 'abc' };
    expect(inventoryText('demo', hosts, release)).toMatchInlineSnapshot(`
      "# Lab "demo". Its addresses exist only in its network namespace: ovsfleet lab exec -n demo -- ovsfleet …
      all:
        vars:
          ovsfleet_params:
            version: "3.5.0"
            source: "/cache/openvswitch-3.5.0.tar.gz"
            sha256: "abc"
            cflags: "-O1"
        hosts:
          hv01:
            ansible_host: "10.99.0.3"
            ansible_user: "root"
            ansible_ssh_private_key_file: "/var/lib/ovsfleet-lab/demo/key"
            ovsfleet_known_hosts: "/var/lib/ovsfleet-lab/demo/known_hosts"
            probe_from: "hv02:guest"
            probe_to: "10.1.1.1"
          hv02:
            ansible_host: "10.99.0.4"
            ansible_user: "root"
            ansible_ssh_private_key_file: "/var/lib/ovsfleet-lab/demo/key"
            ovsfleet_known_hosts: "/var/lib/ovsfleet-lab/demo/known_hosts"
            probe_from: "hv01:guest"
            probe_to: "10.1.1.2"
          build01:
            ansible_host: "10.99.0.5"
            ansible_user: "root"
            ansible_ssh_private_key_file: "/var/lib/ovsfleet-lab/demo/key"
            ovsfleet_known_hosts: "/var/lib/ovsfleet-lab/demo/known_hosts"
        children:
          hypervisors:
            hosts:
              hv01: {}
              hv02: {}
          compute:
            hosts:
              hv02: {}
          builders:
            hosts:
              build01: {}
      "
    `);
  });

  test('asks for no upgrade where nothing can be upgraded', () => {
    const text = inventoryText('demo', layOut({ ssh: 2 }), undefined);
    expect(text).not.toContain('ovsfleet_params');
    expect(text).toContain('    light:\n      hosts:\n        ssh001: {}\n        ssh002: {}\n');
  });
});
