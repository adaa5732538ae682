import { type Script, using } from '../shell/index.ts';

/** Scripts that call the functions of templates/host/ovs-*.sh. */
export const withOvs = (script: Script): Script =>
  using(
    ['ovs-base', 'ovs-layout', 'ovs-release', 'ovs-forwarding', 'ovs-owner', 'ovs-swap', 'ovs-history', 'ovs-health'],
    script,
  );
