import { service, unit } from '../operations/index.ts';
import { localText, type Node } from '../playbook/index.ts';
import { render } from '../template/index.ts';
import type { Layout } from './layout.ts';

const names = ['ovsdb-server', 'ovs-vswitchd', 'openvswitch'] as const;

/** Where the release that a host uses has its scripts. */
export const currentScripts = '/opt/ovsfleet/ovs/current/share/openvswitch/scripts';

/** systemd calls it a legacy directory at every daemon-reload, and takes /run all the same. */
const modern = (directory: string): string => directory.replace(/^\/var\/run\//, '/run/');

const text = (name: (typeof names)[number], layout: Layout, scripts: string): string => {
  const { path, text: source } = localText(new URL(`../../templates/units/${name}.service.hbs`, import.meta.url));
  const home = scripts.replace(/\/share\/openvswitch\/scripts$/, '');
  const data = {
    scripts,
    rundir: modern(layout.runDirectory),
    sysconfdir: layout.sysconfdir,
    path: `${home}/sbin:${home}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  };
  return render(source, data, { name: path, escape: 'none', helpers: {} });
};

/** Units for daemons that no package owns, called as Enterprise Linux calls them, so that all other playbooks know them. */
export const units = (layout: Layout, scripts: string = currentScripts): readonly Node[] =>
  names.map((name) => unit(`${name}.service`, { content: text(name, layout, scripts) }));

/**
 * The same as words NAME TEXT NAME TEXT …, for a host to fill in where the release that it runs has its scripts: `@HOME@` stands
 * for what is above share/openvswitch/scripts.
 */
export const unitTexts = (layout: Layout): readonly string[] =>
  names.flatMap((name) => [`${name}.service`, text(name, layout, '@HOME@/share/openvswitch/scripts')]);

/** Their file names. */
export const unitFiles: readonly string[] = names.map((name) => `${name}.service`);

/** They run, now and after every boot. */
export const unitsRun = (): Node =>
  service('openvswitch', {
    title: 'the daemons run under their units',
    state: 'running',
    enabled: true,
    within: '60s',
  });
