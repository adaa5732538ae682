import { type Script, using } from '../shell/index.ts';

/** Scripts that call the functions of templates/host/ovs-*.sh. */
export const withOvs = (script: Script): Script =>
  using(
    ['ovs-base', 'ovs-layout', 'ovs-release', 'ovs-forwarding', 'ovs-owner', 'ovs-swap', 'ovs-history', 'ovs-health'],
    script,
  );

/** Scripts that call those of templates/host/ovs-install.sh, too. */
export const withInstall = (script: Script): Script =>
  using(['ovs-build-facts', 'ovs-install', 'ovs-usr'], withOvs(script));

/** Scripts that exchange what lies in /usr itself. */
export const withUsr = (script: Script): Script => using(['ovs-cold', 'ovs-downgrade', 'ovs-usr'], withOvs(script));
