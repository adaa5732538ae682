/**
 * Loads 10,000 hosts in 200 groups as INI, with group_vars and templates, and compares the CPU time with that of
 * ansible-inventory on the same files: `npm run bench:inventory`. Exit 1 when ours is more than half of it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/cli/package-root.ts';

const HOSTS = 10_000;
const GROUPS = 200;
const directory = mkdtempSync(join(tmpdir(), 'bench-inventory-'));

const group = (index: number): string => `rack${String(index).padStart(3, '0')}`;
const each = HOSTS / GROUPS;

const sections = Array.from({ length: GROUPS }, (_, index) => {
  const hosts = Array.from(
    { length: each },
    (_, at) => `hv${String(index * each + at).padStart(5, '0')} ansible_host=10.${index}.${at}.1 slot=${at}`,
  );
  return `[${group(index)}]\n${hosts.join('\n')}\n[${group(index)}:vars]\nrack=${index}\n`;
});
const parents = Array.from({ length: 10 }, (_, row) => {
  const children = Array.from({ length: GROUPS / 10 }, (_, index) => group(row * (GROUPS / 10) + index));
  return `[row${row}:children]\n${children.join('\n')}\n`;
});
writeFileSync(join(directory, 'hosts'), [...sections, ...parents].join('\n'));
mkdirSync(join(directory, 'group_vars'));
writeFileSync(
  join(directory, 'group_vars/all.yml'),
  'ansible_user: root\nname: "{{ inventory_hostname }}.example.net"\n',
);
writeFileSync(join(directory, 'group_vars/row1.yml'), 'dns: [192.0.2.1, 192.0.2.2]\n');

/** Seconds of CPU, the children's, that a command takes; it must succeed. */
const cpuOf = (command: string, args: readonly string[]): number => {
  const timed = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time "$@" > /dev/null', 'bash', command, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ANSIBLE_CONFIG: join(packageRoot, 'test/fixtures/inventory/ansible.cfg') },
  });
  if (timed.status !== 0) throw new Error(`${command} failed: ${timed.stderr}`);
  const [user = 0, system = 0] = (timed.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return user + system;
};

const hosts = join(directory, 'hosts');
const ours = join(packageRoot, 'dist/cli/main.js');
try {
  const rows = [
    {
      what: 'list everything',
      ovsfleet: cpuOf('node', [ours, 'inventory', '-i', hosts, '--list']),
      ansible: cpuOf('ansible-inventory', ['-i', hosts, '--list']),
    },
    {
      what: 'select a pattern',
      ovsfleet: cpuOf('node', [ours, 'hosts', 'row3:!rack070', '-i', hosts]),
      ansible: cpuOf('ansible', ['row3:!rack070', '-i', hosts, '--list-hosts']),
    },
  ];
  console.log(`${HOSTS} hosts, ${GROUPS} groups in 10 more; seconds of CPU`);
  for (const { what, ovsfleet, ansible } of rows) {
    const share = `${Math.round((100 * ovsfleet) / ansible)} %`;
    console.log(`${what.padEnd(18)} ovsfleet ${ovsfleet.toFixed(2)}  ansible ${ansible.toFixed(2)}  ${share}`);
  }
  console.log('(ansible --list-hosts does not look at variables; ours is the same work in both rows)');
  const [listed] = rows;
  if (listed === undefined || listed.ovsfleet > listed.ansible / 2) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true });
}
