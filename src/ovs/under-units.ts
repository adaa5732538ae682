import type { Facts } from '../model/facts.ts';
import { group, type Node, type Note, type Preflight, step } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import { layoutOf } from './layout.ts';
import { withInstall } from './libraries.ts';
import { unitFiles, unitTexts } from './units.ts';

const starters: Note = {
  title: 'at boot',
  notes: withInstall(sh`ovs_boot_starters`),
  remedy: 'take that out when the units are there: daemons that are started past them are not theirs',
  of: 'pending',
};

/** Why the daemons of a host cannot be put under units. */
export const unitsRefused = (): readonly Preflight[] => [
  {
    title: 'units',
    refuses: withInstall(sh`ovs_units_objections`),
    remedy: 'leave this host out with --limit',
  },
  starters,
];

/** Units are written for daemons that nobody owns, and own them: they are stopped and started once. Inside a transaction. */
export const underUnits = (facts: Facts): Node => {
  const texts = unitTexts(layoutOf(facts));
  return group(
    'daemons under units',
    step('unit files', {
      read: withInstall(sh`ovs_units_written ${texts}`),
      want: Object.fromEntries(unitFiles.map((name) => [name, 'written'])),
      make: withInstall(sh`ovs_write_units ${texts}`),
      undo: withInstall(sh`ovs_units_of_before ${unitFiles}`),
    }),
    step('the units own the daemons', {
      read: withInstall(sh`ovs_owner_now`),
      want: 'el',
      make: withInstall(sh`ovs_give_to_units`),
      undo: withInstall(sh`ovs_take_from_units`),
      note: 'guests are cut off meanwhile, and flows are NOT kept',
    }),
  );
};
