import { firstOf, type Node, step } from '../../playbook/index.ts';
import { sh } from '../../shell/index.ts';
import type { ModuleChoice } from './choice.ts';
import { nameOf, placeOf, withModules } from './libraries.ts';

const names = ['openvswitch', 'vport-geneve', 'vport-gre', 'vport-lisp', 'vport-stt', 'vport-vxlan'];

/**
 * What makes depmod take a module below extra/ before the kernel's own and before one that weak-modules linked there: without
 * it Debian's depmod takes whichever its directory names first. Written whole (OVS Documentation, install/general.rst, appends
 * at each run).
 */
const order = names.flatMap((name) => [`override ${name} * extra`, `override ${name} * weak-updates`]);

/**
 * modprobe would load this build's modules, or the kernel's own: proven by the files that it would take, whatever the
 * installation printed and whichever status it ended with.
 */
export const modulesInstalled = (choice: ModuleChoice): readonly Node[] => {
  const place = placeOf(choice);
  const read = withModules(sh`ovs_modules_on_disk ${place}`);
  const want = { resolves: nameOf(choice), copies: 'one', depends: 'resolved' };
  if (choice.kind === 'in-tree') {
    return [
      step("the kernel's own modules are in place", {
        read,
        want: { ...want, order: 'none' },
        make: withModules(sh`ovs_modules_remove`),
      }),
    ];
  }
  return [
    step('modules of extra/ come first', {
      read: withModules(sh`ovs_module_order`),
      want: order.join('\n'),
      make: withModules(sh`printf '%s\n' ${order} | ovs_module_order_put`),
    }),
    step('modules are installed', {
      read,
      want,
      make: firstOf(
        {
          title: 'make modules_install',
          can: withModules(sh`ovs_can_modules_install ${place}`),
          make: withModules(sh`ovs_modules_install ${place}`),
        },
        {
          title: 'copy into extra/',
          can: withModules(sh`ovs_kernel_takes ${place}`),
          make: withModules(sh`ovs_modules_copy ${place}`),
        },
      ),
    }),
  ];
};
