import { isIPv6 } from 'node:net';
import type { Position, YamlNode, YamlScalar } from '../yaml/index.ts';
import { expandRanges } from './host-range.ts';
import { refuse } from './refuse.ts';

/** No character that means something in a pattern (`, : ! & ~ * ? [ ]`), and none that is odd in a file name. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.+@-]*$/u;

interface HostKey {
  /** More than one for a range. */
  readonly names: readonly string[];
  /** From `name:port`. */
  readonly port?: number;
}

const textOf = (key: YamlScalar, what: 'host' | 'group'): string => {
  if (typeof key.value === 'string') return key.value;
  return refuse(
    key.at,
    `bad-${what}-name`,
    `a ${what} name must be text, and YAML reads ${key.text === '' ? 'this' : key.text} as ${key.value === null ? 'nothing' : `a ${typeof key.value}`}`,
    `Quote it: '${key.text}':`,
  );
};

const badHostName = (at: Position, name: string): never =>
  refuse(
    at,
    'bad-host-name',
    `"${name}" cannot be the name of a host`,
    'Use letters, digits, "_", "-" and "." in host names, and ansible_host for the address',
  );

/** Reads the name of a group. */
export const readGroupName = (key: YamlScalar): string => {
  const name = textOf(key, 'group');
  if (NAME.test(name)) return name;
  return refuse(
    key.at,
    'bad-group-name',
    `"${name}" cannot be the name of a group`,
    'Use letters, digits, "_", "-" and "." in group names',
  );
};

/** Reads the name of one host, as programs print it: no range, no port. */
export const readPlainHostName = (node: YamlNode): string => {
  const name = node.kind === 'scalar' ? textOf(node, 'host') : '';
  if (NAME.test(name) || isIPv6(name)) return name;
  return badHostName(node.at, name);
};

/** Whether Ansible reads `:22` after a name as a port: each part of the name must begin and end like a name in DNS. */
const takesPort = (name: string): boolean =>
  name
    .replaceAll(/\[(?:[a-zA-Z]:[a-zA-Z]|\d+:\d+)(?::\d+)?\]/g, '0')
    .split('.')
    .every((label) => /^[\p{L}\p{N}_]([\p{L}\p{N}_-]*[\p{L}\p{N}])?$/u.test(label) && label !== '_');

/** Reads a key of `hosts`: a name, a range of names, an IPv6 address, any of them with `:port`. */
export const readHostKey = (key: YamlScalar): HostKey => {
  const text = textOf(key, 'host').trim();
  const bracketed = /^\[([^[\]]+)\](?::(\d+))?$/.exec(text);
  const address = bracketed?.[1] ?? text;
  if (isIPv6(address)) {
    return bracketed?.[2] === undefined ? { names: [address] } : { names: [address], port: Number(bracketed[2]) };
  }
  // Brackets around a name serve to add a port, as around an IPv6 address.
  if (bracketed?.[2] !== undefined && takesPort(address)) return { names: [address], port: Number(bracketed[2]) };
  const withPort = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(text);
  if (withPort?.[1] !== undefined && (/^\[.*\]$/.test(withPort[1]) || !takesPort(withPort[1]))) {
    const message = `Ansible does not read the end of "${text}" as a port`;
    refuse(key.at, 'bad-host-name', message, 'Begin and end names with letters or digits, or set ansible_port');
  }
  const names = expandRanges(withPort?.[1] ?? text, key.at);
  for (const name of names) if (!NAME.test(name)) badHostName(key.at, name);
  return withPort?.[2] === undefined ? { names } : { names, port: Number(withPort[2]) };
};
