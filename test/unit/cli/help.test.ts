import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import yargs from 'yargs';
import { commands } from '../../../src/cli/commands.ts';
import { flagOf, settingSpecs } from '../../../src/config/index.ts';
import { parseConfig } from '../../../src/config/parse.ts';

const all = commands(() => {});
const nameOf = (command: unknown): string => String(command).split(' ')[0] ?? '';

const helpOf = async (name: string): Promise<string> => {
  const parser = yargs([name])
    .scriptName('ovsfleet')
    .command([...all])
    .exitProcess(false)
    .wrap(240);
  return new Promise((resolve) => parser.parse([name, '--help'], {}, (_error, _argv, output) => resolve(output)));
};

describe('the help of a command', () => {
  it.each(all.map(({ command }) => nameOf(command)))('%s says what it is for, and has examples', async (name) => {
    const help = await helpOf(name);
    expect(help).toMatch(new RegExp(`^ovsfleet ${name}`));
    expect(help).toMatch(new RegExp(`Examples:\\n[\\s\\S]*ovsfleet ${name}`));
  });

  it('tells every flag what it is for', async () => {
    for (const { command } of all) {
      const undescribed = (await helpOf(nameOf(command)))
        .split('\n')
        .filter((line) => /^ +(-\w, )?--[\w-]+ +\[/.test(line) && !/--version|--help/.test(line));
      expect(undescribed).toEqual([]);
    }
  });
});

describe('the configuration', () => {
  it('has a flag for each of its names, but for parameters of playbooks', async () => {
    const help = await helpOf('run');
    const flags = Object.keys(settingSpecs)
      .filter((name) => name !== 'params')
      .map((name) => `--${flagOf(name)}`);
    for (const flag of flags) expect(help).toMatch(new RegExp(`${flag}[ ,]`));
  });

  it('is told whole by its page, which is right', async () => {
    const page = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const told = parseConfig(text, '/srv/fleet/ovsfleet.yaml', '/home/a').map(({ name }) => name);
    expect(told.toSorted()).toEqual(Object.keys(settingSpecs).toSorted());
  });
});
