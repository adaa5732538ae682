import { service, unit } from '../operations/index.ts';
import { localText, type Node } from '../playbook/index.ts';
import { render } from '../template/index.ts';
import type { Layout } from './layout.ts';

const names = ['ovsdb-server', 'ovs-vswitchd', 'openvswitch'] as const;

/** Where the release that a host uses has its scripts. */
export const currentScripts = '/opt/ovsfleet/ovs/current/share/openvswitch/scripts';

const text = (name: (typeof names)[number], layout: Layout, scripts: string): string => {
  const { path, text: source } = localText(new URL(`../../templates/units/${name}.service.hbs`, import.meta.url));
  const home = scripts.replace(/\/share\/openvswitch\/scripts$/, '');
  const data = {
    scripts,
    rundir: layout.runDirectory,
    sysconfdir: layout.sysconfdir,
    path: `${home}/sbin:${home}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  };
  return render(source, data, { name: path, escape: 'none', helpers: {} });
};

/** Units for daemons that no package owns, called as Enterprise Linux calls them, so that all other playbooks know them. */
export const units = (layout: Layout, scripts: string = currentScripts): readonly Node[] =>
  names.map((name) => unit(`${name}.service`, { content: text(name, layout, scripts) }));

/** They run, now and after every boot. */
export const unitsRun = (): Node =>
  service('openvswitch', {
    title: 'the daemons run under their units',
    state: 'running',
    enabled: true,
    within: '60s',
  });
