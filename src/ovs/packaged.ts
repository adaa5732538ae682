import type { Facts } from '../model/facts.ts';
import { package as packages, service } from '../operations/index.ts';
import { type Node, step } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import { withPackages } from './tools.ts';

/** The package and the unit of Open vSwitch, as a family of distributions calls them. */
const names = ({ distro }: Facts): { readonly package: string; readonly unit: string } =>
  ['debian', 'ubuntu'].includes(distro)
    ? { package: 'openvswitch-switch', unit: 'openvswitch-switch' }
    : { package: 'openvswitch', unit: 'openvswitch' };

const anyVersion = (name: string): Node =>
  step(`package ${name}`, {
    read: withPackages(sh`printf 'missing=%s\n' "$(ovs_packages_missing ${name})"`),
    want: { missing: 'none' },
    make: withPackages(sh`ovs_packages_install ${name}`),
  });

/**
 * The distribution's own package, running now and after every boot.
 * @param name where it is called otherwise, such as `openvswitch3.3`; '' for the usual name
 * @param version the one to install; '' for the newest, or whichever is there
 */
export const packaged = (name: string, version: string, facts: Facts): readonly Node[] => {
  const usual = names(facts);
  const wanted = name === '' ? usual.package : name;
  return [
    version === '' ? anyVersion(wanted) : packages(wanted, { version }),
    service(usual.unit, { state: 'running', enabled: true, within: '60s' }),
  ];
};
