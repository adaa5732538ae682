import type { Facts } from '../model/facts.ts';
import { group, type Node, type Preflight, step } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import { type Layout, layoutOf } from './layout.ts';
import { withInstall } from './libraries.ts';
import { units } from './units.ts';

/** Where a release that was installed by hand has its scripts, by where it keeps its sockets. */
const scriptsIn = ({ localstatedir }: Layout): string =>
  localstatedir === '/var'
    ? '/usr/share/openvswitch/scripts'
    : `${localstatedir.replace(/\/var$/, '')}/share/openvswitch/scripts`;

/** Why the daemons of a host cannot be put under units. */
export const unitsRefused = (): readonly Preflight[] => [
  {
    title: 'units',
    refuses: withInstall(sh`ovs_units_objections`),
    remedy: 'leave this host out with --limit',
  },
];

/** Units are written for daemons that nobody owns, and own them: they are stopped and started once. Inside a transaction. */
export const underUnits = (facts: Facts): Node => {
  const layout = layoutOf(facts);
  return group(
    'daemons under units',
    ...units(layout, scriptsIn(layout)),
    step('the units own the daemons', {
      read: withInstall(sh`ovs_owner_now`),
      want: 'el',
      make: withInstall(sh`ovs_give_to_units`),
      undo: withInstall(sh`ovs_take_from_units`),
      note: 'guests are cut off meanwhile, and flows are NOT kept',
    }),
  );
};
