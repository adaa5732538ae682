import { extname } from 'node:path';
import { FleetError } from '../model/error.ts';
import type { TextFile } from './files.ts';

const SECTION = /^\[([\w.-]+)(?::(\w+))?\]\s*(?:[#;].*)?$/;

const meaningful = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[#;]/.test(line));

/** What the first group and the first host of an INI inventory look like in YAML. */
const inYaml = (text: string): string => {
  let group = 'ungrouped';
  let holdsHosts = true;
  for (const line of meaningful(text)) {
    const section = SECTION.exec(line);
    if (section !== null) {
      group = section[1] ?? group;
      holdsHosts = section[2] === undefined;
    } else if (holdsHosts) {
      const [host = '', ...vars] = line.split(/\s+/);
      const pairs = vars.map((pair) => /^([\w-]+)=(.*)$/.exec(pair)).filter((pair) => pair !== null);
      const below = pairs.map(([, name, value]) => `\n      ${name}: ${value}`);
      return `${group}:\n  hosts:\n    ${host}:${below.join('')}`;
    }
  }
  return 'hypervisors:\n  hosts:\n    hv01:\n      ansible_host: 192.0.2.10';
};

const unsupported = (file: TextFile, code: string, what: string, remedy: string): FleetError =>
  new FleetError({
    code: `inventory.${code}`,
    message: `${file.path} ${what}, which is not supported yet`,
    remedy,
    facts: { file: file.path },
  });

/** The refusal of an INI inventory or a plain list of hosts. */
export const iniRefusal = (file: TextFile): FleetError =>
  unsupported(file, 'ini', 'is an inventory in INI format', `Write it as YAML:\n${inYaml(file.text)}`);

const convert = (file: TextFile): string =>
  `ansible-inventory -i ${file.path} --list --yaml --output inventory.yaml, and use -i inventory.yaml`;

/** Refuses what Ansible would take and this cannot: a script, an INI or a TOML file. */
export const refuseOtherFormats = (file: TextFile): void => {
  const isYaml = ['.yaml', '.yml', '.json'].includes(extname(file.path));
  if (file.text.startsWith('#!') || (file.executable && !isYaml)) {
    throw unsupported(file, 'script', 'is a program (it is executable, or begins with #!)', convert(file));
  }
  if (extname(file.path) === '.toml') throw unsupported(file, 'toml', 'is in TOML format', convert(file));
  const [first = ''] = meaningful(file.text);
  if (extname(file.path) === '.ini' || SECTION.test(first)) throw iniRefusal(file);
};
