import type { Preflight } from '../../playbook/index.ts';
import { sh } from '../../shell/index.ts';
import { wayIn } from '../preflight.ts';
import { signingCertificate } from './certificate.ts';
import type { ModuleChoice, ModuleParams } from './choice.ts';
import { placeOf, withModuleSwap, withModules } from './libraries.ts';

/** When the module in memory becomes the wanted one: only where none is; under traffic; by a reboot; at somebody else's reboot. */
export type ModuleNow = 'load' | 'reload' | 'reboot' | 'later';

const mok =
  'sign the modules with a key that the host has enrolled, -e sign_key=KEY -e sign_cert=CERT (mokutil --import CERT, confirmed at the console), or take -e module=in-tree';

const unsignedNote = (choice: ModuleChoice): Preflight => ({
  title: 'signatures',
  notes: withModules(sh`ovs_module_signature_note ${placeOf(choice)}`),
  remedy: 'nothing; or sign them, -e sign_key=KEY -e sign_cert=CERT',
  of: 'pending',
});

/** What the table of releases and kernels says of the choice: no reason to refuse it, and nothing that the host knows. */
const choiceNotes = (choice: ModuleChoice): readonly Preflight[] => {
  const said =
    choice.kind === 'in-tree'
      ? choice.because === null
        ? []
        : [`the kernel's own module is taken: ${choice.because}`]
      : choice.unproven === null
        ? []
        : [`unproven: ${choice.unproven}`];
  if (said.length === 0) return [];
  return [
    {
      title: 'choice of the module',
      notes: sh`:`,
      judge: () => said,
      remedy: 'nothing, or try one host first: --limit HOST',
      of: 'pending',
    },
  ];
};

/** Only a release's module has a GRE of its own. */
const greNote = (choice: ModuleChoice): readonly Preflight[] =>
  choice.kind === 'in-tree' || choice.build.source.from !== 'release'
    ? []
    : [
        {
          title: 'tunnels of GRE',
          notes: withModules(sh`ovs_gre_note`),
          remedy:
            'nothing where no bridge has ports of type gre; else keep ip_gre away (a blacklist and a reboot), or take -e module=in-tree',
          of: 'pending',
        },
      ];

/** Why a host cannot have the module that is wanted; said at plan time. */
export const moduleRefused = (choice: ModuleChoice, params: ModuleParams): readonly Preflight[] => {
  const certificate = choice.kind === 'in-tree' ? null : signingCertificate(params);
  return [
    {
      title: 'kernel module',
      refuses: withModules(
        certificate === null
          ? sh`ovs_module_objections ${placeOf(choice)}`
          : sh`ovs_module_objections ${placeOf(choice)} ${certificate.keyId} ${certificate.fingerprint}`,
      ),
      remedy: mok,
    },
    ...choiceNotes(choice),
    ...greNote(choice),
    ...(certificate === null ? [unsignedNote(choice)] : []),
    {
      title: 'next boot',
      notes: withModules(sh`ovs_other_kernels; ovs_initramfs_note`),
      remedy: 'run this playbook again once the host runs that kernel',
      of: 'pending',
    },
  ];
};

/** Why the module in memory cannot become that one in the way that is wanted; said at plan time. */
export const moduleNowRefused = (choice: ModuleChoice, now: ModuleNow): readonly Preflight[] => {
  const place = placeOf(choice);
  switch (now) {
    case 'load':
      return [
        {
          title: 'module in memory',
          refuses: withModuleSwap(sh`ovs_module_load_objection ${place}`),
          remedy: 'say how it may be exchanged: -e now=reload (under traffic), -e now=reboot, or -e now=later',
        },
      ];
    case 'reload':
      return [
        {
          title: 'exchange of the module',
          refuses: withModuleSwap(sh`ovs_module_swap_objections ${place}`),
          remedy: 'mend that first, or have it exchanged by a reboot: -e now=reboot',
        },
        wayIn,
      ];
    case 'reboot':
      return [];
    case 'later':
      return [
        {
          title: 'module in memory',
          notes: withModules(sh`ovs_module_memory_note ${place}`),
          remedy: 'reboot it when it may be, and run ovsfleet plan to see the module in memory',
          of: 'every',
        },
      ];
  }
};
