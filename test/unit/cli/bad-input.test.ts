import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const upgrade = fileURLToPath(new URL('../../../playbooks/upgrade.ts', import.meta.url));

/** Files of an operator who makes mistakes. Port 1 of loopback refuses, so that nobody is ever reached. */
const files: Readonly<Record<string, string>> = {
  'inventory.yaml': 'all:\n  hosts:\n    hv01: { ansible_host: 127.0.0.1, ansible_port: 1 }\n',
  'broken.yaml': 'all:\n  hosts:\n    hv01: { ansible_host: 127.0.0.1\n  vars: {}\n',
  'port.yaml': 'all:\n  hosts:\n    hv01: { ansible_port: ninety }\n',
  'empty.yaml': '# nothing\n',
  'types.ts': "import { playbook } from 'ovsfleet';\nexport default playbook({ title: 1, params: {}, plays: [] });\n",
  'syntax.ts': 'export default (((;\n',
  'throws.ts': 'throw new Error("no luck");\n',
  'nothing.ts': 'export const a = 1;\n',
  'bad-config.yaml': 'inventory: inventory.yaml\nfrocks: 3\nuser: [root]\n',
  'damaged.json': '{"kind": "ovsfleet-plan", "format": 1, oops',
};

interface Row {
  readonly what: string;
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly code: number;
  readonly says: readonly RegExp[];
}

const given = ['--no-type-check', '-e', 'version=3.5.0', '-e', 'source=none.tar.gz', '-e', `sha256=${'0'.repeat(64)}`];

const rows: readonly Row[] = [
  { what: 'no command', words: [], code: 2, says: [/Say what to do/, /ovsfleet --help/] },
  { what: 'a misspelt command', words: ['rnu'], code: 2, says: [/There is no command "rnu"\. Did you mean run\?/] },
  {
    what: 'a command that there is not, and that is like none',
    words: ['frobnicate'],
    code: 2,
    says: [/There is no command "frobnicate"\.\n/, /→ See what there is: ovsfleet --help\n/],
  },
  {
    what: 'a command that there is not, before the name of one that there is',
    words: ['ovsswitch', 'run', 'all'],
    code: 2,
    says: [/There is no command "ovsswitch"\./],
  },
  {
    what: 'a command below another that there is not',
    words: ['tx', 'frob', 'hv01'],
    code: 2,
    says: [/There is no command "tx frob"\.\n/, /ovsfleet tx --help/],
  },
  {
    what: 'a misspelt command with words after it',
    words: ['inventry', 'list', '-i', 'inventory.yaml'],
    code: 2,
    says: [/There is no command "inventry"\. Did you mean inventory\?/],
  },
  {
    what: 'a misspelt flag',
    words: ['ping', 'all', '-i', 'inventory.yaml', '--limt', 'x'],
    code: 2,
    says: [/There is no flag --limt here\. Did you mean --limit\?/, /ovsfleet ping --help/],
  },
  {
    what: 'a misspelt flag that says no',
    words: ['plan', upgrade, '-i', 'inventory.yaml', '--no-typechek'],
    code: 2,
    says: [/There is no flag --no-typechek here\. Did you mean --no-typecheck/],
  },
  {
    what: 'a letter too many on a flag that waits',
    words: ['run', upgrade, '-i', 'inventory.yaml', '--waitt'],
    code: 2,
    says: [/There is no flag --waitt here\. Did you mean --wait\?/],
  },
  {
    what: 'a word too many',
    words: ['ping', 'all', 'hv01', '-i', 'inventory.yaml'],
    code: 2,
    says: [/"hv01" is one word too many/],
  },
  {
    what: 'a flag of one letter that is none',
    words: ['ping', 'all', '-i', 'inventory.yaml', '-Z'],
    code: 2,
    says: [/There is no flag -Z here/],
  },
  {
    what: 'a flag of Ansible that means nothing here',
    words: ['ping', 'all', '-i', 'inventory.yaml', '--scp-extra-args', '-l 100'],
    code: 2,
    says: [/--scp-extra-args is a flag of Ansible that means nothing here/, /not by scp.*--ssh-extra-args/],
  },
  {
    what: 'an option for ssh that ssh does not know',
    words: ['ping', 'all', '-i', 'inventory.yaml', '--ssh-common-args', '-o Prot=22'],
    code: 2,
    says: [/--ssh-common-args: ssh_config knows no keyword prot\. Did you mean port/],
  },
  {
    what: 'a flag given twice that can be meant once',
    words: ['ping', 'all', '-i', 'inventory.yaml', '-l', 'hv01', '-l', 'hv02'],
    code: 2,
    says: [/--limit is given 2 times/],
  },
  {
    what: 'a number that is none',
    words: ['ping', 'all', '-i', 'inventory.yaml', '-f', 'many'],
    code: 2,
    says: [/--forks is no number/],
  },
  {
    what: 'a configuration that says what there is not',
    words: ['ping', 'all', '-i', 'inventory.yaml', '--config', 'bad-config.yaml'],
    code: 2,
    says: [/bad-config\.yaml:2:1: there is no setting "frocks"\. Did you mean forks\?/, /"user".*must be a text/],
  },
  {
    what: 'a variable of the environment that is none',
    words: ['ping', 'all', '-i', 'inventory.yaml'],
    environment: { OVSFLEET_FORKS: 'many' },
    code: 2,
    says: [/OVSFLEET_FORKS is "many", but must be a whole number/],
  },
  { what: 'no inventory', words: ['ping', 'all'], code: 2, says: [/inventory/, /-i inventory\.yaml/] },
  {
    what: 'an inventory that is not there',
    words: ['ping', 'all', '-i', 'none.yaml'],
    code: 2,
    says: [/none\.yaml does not exist/, /-i inventory\.yaml/],
  },
  { what: 'an inventory without hosts', words: ['ping', 'all', '-i', 'empty.yaml'], code: 2, says: [/empty\.yaml/] },
  { what: 'broken YAML', words: ['ping', 'all', '-i', 'broken.yaml'], code: 2, says: [/broken\.yaml:4:\d+/] },
  {
    what: 'a port that is none',
    words: ['ping', 'all', '-i', 'port.yaml'],
    code: 2,
    says: [/port\.yaml:3:\d+/, /ninety/],
  },
  { what: 'an unknown group', words: ['ping', 'hypervisers', '-i', 'inventory.yaml'], code: 2, says: [/hypervisers/] },
  {
    what: 'an unknown group in --limit',
    words: ['ping', 'all', '-i', 'inventory.yaml', '--limit', 'rack9'],
    code: 2,
    says: [/rack9/],
  },
  {
    what: 'a playbook that is not there',
    words: ['run', 'upgrad.ts', '-i', 'inventory.yaml'],
    code: 2,
    says: [/There is no playbook upgrad\.ts/],
  },
  {
    what: 'a playbook that does not parse',
    words: ['run', 'syntax.ts', '-i', 'inventory.yaml'],
    code: 2,
    says: [/syntax\.ts:1/],
  },
  {
    what: 'a playbook that does not type-check',
    words: ['run', 'types.ts', '-i', 'inventory.yaml'],
    code: 2,
    says: [/types\.ts:2:\d+/, /TS2322/],
  },
  {
    what: 'a playbook that throws',
    words: ['run', 'throws.ts', '-i', 'inventory.yaml', '--no-type-check'],
    code: 2,
    says: [/no luck/, /throws\.ts:1/],
  },
  {
    what: 'a playbook without a playbook',
    words: ['run', 'nothing.ts', '-i', 'inventory.yaml'],
    code: 2,
    says: [/no default export/, /export default playbook/],
  },
  {
    what: 'a missing parameter',
    words: ['run', upgrade, '-i', 'inventory.yaml', '--no-type-check'],
    code: 2,
    says: [/"version" is missing/, /"source" is missing/, /-e NAME=VALUE/],
  },
  {
    what: 'an unknown parameter',
    words: ['run', upgrade, '-i', 'inventory.yaml', ...given, '-e', 'versoin=3'],
    code: 2,
    says: [/"versoin".*is not a parameter of this playbook \(did you mean version\?\)/],
  },
  {
    what: 'a parameter of the wrong kind',
    words: ['run', upgrade, '-i', 'inventory.yaml', ...given, '-e', 'version=latest'],
    code: 2,
    says: [/"version" is "latest"/],
  },
  {
    what: 'an -e that says nothing',
    words: ['run', upgrade, '-i', 'inventory.yaml', '--no-type-check', '-e', 'version'],
    code: 2,
    says: [/-e version is not NAME=VALUE/],
  },
  {
    what: 'a playbook for a group that is not there',
    words: ['run', upgrade, '-i', 'inventory.yaml', ...given],
    code: 2,
    says: [/hypervisors/],
  },
  { what: 'no playbook', words: ['run', '-i', 'inventory.yaml'], code: 2, says: [/Say which playbook to run/] },
  { what: 'a run of nothing', words: ['run'], code: 2, says: [/inventory/, /-i inventory\.yaml/] },
  {
    what: 'a plan that is not there',
    words: ['run', '--plan', 'none.json'],
    code: 2,
    says: [/none\.json/, /--out FILE/],
  },
  {
    what: 'a plan that is damaged',
    words: ['run', '--plan', 'damaged.json'],
    code: 2,
    says: [/damaged\.json:1:\d+ is not a plan/, /--out FILE/],
  },
  {
    what: 'a plan that is to be planned',
    words: ['run', '--check', '--plan', 'damaged.json', '--out', 'x.json'],
    code: 2,
    says: [/--plan does what a plan says/],
  },
  {
    what: 'a plan file of a run that is no check',
    words: ['run', upgrade, '-i', 'inventory.yaml', '--out', 'x.json'],
    code: 2,
    says: [/--out and --report are for plans/, /ovsfleet plan PLAYBOOK/],
  },
  {
    what: 'a word too many',
    words: ['run', upgrade, 'latest', '-i', 'inventory.yaml'],
    code: 2,
    says: [/"latest" is one word too many/, /--rerun failed RUN/],
  },
  {
    what: 'a way to end that there is not',
    words: ['run', '--rerun', 'sideways', 'latest', '-i', 'inventory.yaml'],
    code: 2,
    says: [/"sideways" is no way/, /failed,unreachable,not-started/],
  },
  {
    what: 'a rerun of a run that is not there',
    words: ['run', '--rerun', 'failed', 'latest', '-i', 'inventory.yaml'],
    code: 2,
    says: [/there is no run/],
  },
  { what: 'a run that is not there', words: ['resume', '-i', 'inventory.yaml'], code: 2, says: [/there is no run/] },
];

describe('wrong input', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ovsfleet-bad-input-'));
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text)));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  const call = (
    words: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
    new Promise((resolve) => {
      const options = { cwd: directory, env: { ...process.env, NO_COLOR: '1', LC_ALL: 'C.UTF-8', ...environment } };
      const child = execFile(process.execPath, [main, ...words], options, (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      });
    });

  test.concurrent.each(rows)(
    '$what is refused in one message with what to type',
    async ({ words, environment, code, says }) => {
      const ended = await call(words, environment);
      expect(ended.stdout).toBe('');
      expect(ended.stderr).toMatch(/^error: /);
      expect(ended.stderr.match(/^ {2}→ /gm)).toHaveLength(1);
      for (const part of says) expect(ended.stderr).toMatch(part);
      expect(ended.stderr).not.toMatch(/\bat .*\.js:\d+|mistake of ovsfleet itself/);
      expect(ended.code).toBe(code);
    },
    180_000,
  );

  test('leaves nothing behind', () => {
    expect(existsSync(join(directory, '.ovsfleet'))).toBe(false);
  });
});
