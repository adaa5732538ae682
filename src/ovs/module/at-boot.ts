import type { Facts } from '../../model/facts.ts';
import { localText, type Step, step } from '../../playbook/index.ts';
import { sh } from '../../shell/index.ts';
import { render } from '../../template/index.ts';
import { atLeast } from '../compat/index.ts';
import { withModules } from './libraries.ts';

/**
 * What to load at boot, in this order. Since 2.8.2 ovs-vswitchd takes the kernel's tunnels where it can, and a vport that was
 * loaded before would stand in their place (Open vSwitch commit 59d18a069); the releases before want them loaded.
 */
const bootList = (version: string): readonly string[] =>
  version === '' || atLeast(version, '2.8.2')
    ? ['openvswitch']
    : ['gre', 'libcrc32c', 'openvswitch', 'vport-geneve', 'vport-gre', 'vport-lisp', 'vport-stt', 'vport-vxlan'];

/** Which of the two lists of a host is read at its boot. */
export type BootWay = 'auto' | 'modules-load.d' | 'sysconfig';

const filled = (name: string, data: Readonly<Record<string, unknown>>): string => {
  const { path, text } = localText(new URL(`../../../templates/boot/${name}.hbs`, import.meta.url));
  return render(text, data, { name: path, escape: 'none' }).trimEnd();
};

/** What a host's list of modules says at boot: /etc/sysconfig/modules/ovs.modules, or a file of /etc/modules-load.d. */
export const bootText = (way: Exclude<BootWay, 'auto'>, modules: readonly string[]): string =>
  way === 'sysconfig'
    ? filled('ovs.modules', { modules: modules.join(' ') })
    : filled('modules-load.conf', { modules });

/**
 * The switch's module is loaded at boot, by systemd's /etc/modules-load.d where systemd is process 1, else by
 * /etc/sysconfig/modules, which Enterprise Linux's initscripts run.
 * @param version the release whose daemons use it; '' for one of today
 */
export const modulesAtBoot = (version: string, way: BootWay, facts: Facts): Step => {
  const chosen = way === 'auto' ? (facts.init === 'systemd' ? 'modules-load.d' : 'sysconfig') : way;
  const modules = bootList(version);
  const list = modules.join(' ');
  return step('modules are loaded at boot', {
    read: withModules(sh`ovs_modules_at_boot ${bootText('sysconfig', modules)}`),
    want:
      chosen === 'modules-load.d'
        ? { 'modules-load.d': list, sysconfig: 'none' }
        : { 'modules-load.d': 'none', sysconfig: list },
    make: withModules(sh`ovs_load_at_boot ${chosen} ${bootText(chosen, modules)}`),
  });
};
