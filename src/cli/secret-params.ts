import { readFile } from 'node:fs/promises';
import type { Argv } from 'yargs';
import { FleetError } from '../model/error.ts';
import { Secret } from '../model/secret.ts';
import { type GivenParam, type ParamSpecs, secretKind } from '../playbook/index.ts';
import { askSecret } from './ask-secret.ts';

type Given = Readonly<Record<string, GivenParam>>;

/** Where a playbook's secret parameters come from. */
export const secretOption = <T>(yargs: Argv<T>) =>
  yargs.option('secret', {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'A secret parameter: NAME=file:PATH, NAME=env:VARIABLE or NAME=prompt; may repeat',
  });

const badSource = (name: string, problem: string, remedy: string): FleetError =>
  new FleetError({ code: 'input.secret', message: `--secret ${name}: ${problem}.`, remedy, facts: { param: name } });

const fromFile = async (name: string, path: string): Promise<Secret> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw badSource(name, `${path} cannot be read (${why})`, 'Give the path of a file that holds the secret alone.');
  });
  // Editors end files with a newline, which is no part of a password.
  const content = text.replace(/\r?\n$/, '');
  if (content === '') throw badSource(name, `${path} is empty`, 'Put the secret into it, and nothing else.');
  return new Secret(content);
};

/** Taken out of the environment, which crash reports hold and which children get; kept for a second parameter of it. */
const variables = new Map<string, Secret>();

const fromVariable = (name: string, variable: string): Secret => {
  const value = process.env[variable] ?? '';
  const known = value === '' ? variables.get(variable) : new Secret(value);
  if (known === undefined) {
    const remedy = `Set it: read -rs ${variable}; export ${variable}`;
    throw badSource(name, `the environment has no ${variable}`, remedy);
  }
  delete process.env[variable];
  variables.set(variable, known);
  return known;
};

const fromSource = async (name: string, source: string): Promise<Secret> => {
  const [, kind = '', rest = ''] = /^(file|env):(.+)$/s.exec(source) ?? [];
  if (kind === 'file') return await fromFile(name, rest);
  if (kind === 'env') return fromVariable(name, rest);
  if (source === 'prompt') return await askSecret(name, `Type it on the terminal, or: --secret ${name}=file:PATH`);
  // What was typed may be the secret itself, so it is not said again.
  throw badSource(
    name,
    'it is to be said where the secret is, and not what it is',
    `Write --secret ${name}=file:PATH, ${name}=env:VARIABLE or ${name}=prompt.`,
  );
};

/**
 * The parameters with the secrets that `--secret` names. Throws `input.secret` for a source that has none, and for a secret in a command line.
 */
export const withSecrets = async (flags: readonly string[], given: Given, specs: ParamSpecs): Promise<Given> => {
  const isSecret = (name: string): boolean => Object.hasOwn(specs, name) && specs[name]?.kind === secretKind;
  for (const [name, { from }] of Object.entries(given)) {
    if (!isSecret(name) || !from.startsWith('-e ') || from.startsWith('-e @')) continue;
    throw badSource(
      name,
      'it was given with -e, and every user of this machine can read command lines',
      `Take it for known by others; then: --secret ${name}=file:PATH, ${name}=env:VARIABLE or ${name}=prompt, or a vault.`,
    );
  }
  const told: [string, GivenParam][] = [];
  for (const flag of flags) {
    const [, name = '', source = ''] = /^([A-Za-z_][\w-]*)=(.*)$/s.exec(flag) ?? [];
    if (!isSecret(name)) {
      const known = Object.keys(specs).filter(isSecret);
      throw badSource(
        name === '' ? 'NAME=SOURCE' : name,
        'this playbook has no secret parameter of that name',
        known.length === 0 ? 'Leave it out.' : `It has: ${known.join(', ')}.`,
      );
    }
    told.push([name, { value: await fromSource(name, source), from: `--secret ${name}` }]);
  }
  return { ...given, ...Object.fromEntries(told) };
};
