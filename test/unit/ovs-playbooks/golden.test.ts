import { describe, expect, it } from 'vitest';
import coldUpgrade from '../../../playbooks/cold-upgrade.ts';
import compile from '../../../playbooks/compile.ts';
import install from '../../../playbooks/install.ts';
import installPackage from '../../../playbooks/install-package.ts';
import modules from '../../../playbooks/modules.ts';
import restart from '../../../playbooks/restart.ts';
import rollback from '../../../playbooks/rollback.ts';
import start from '../../../playbooks/start.ts';
import topology from '../../../playbooks/topology.ts';
import units from '../../../playbooks/units.ts';
import upgrade from '../../../playbooks/upgrade.ts';
import usrBack from '../../../playbooks/usr-back.ts';
import verify from '../../../playbooks/verify.ts';
import type { Value } from '../../../src/model/host.ts';
import { ovs } from '../../../src/ovs/index.ts';
import type { Playbook } from '../../../src/playbook/index.ts';
import { hosts } from './hosts.ts';
import { outlineOf } from './outline.ts';

const release = { version: '3.5.0', source: '/srv/openvswitch-3.5.0.tar.gz', sha256: 'a'.repeat(64) };

const module = { module_source: '/srv/module.tar.gz', module_sha256: 'b'.repeat(64) };
const ownModule = { module: 'ours', module_from: 'kernel', ...module };
const releaseModule = { module: 'ours', module_from: 'release', module_version: '2.9.0', ...module };

/** Facts × parameters → the tree: a change of a playbook, or of the vocabulary, shows here as what it changes. */
const table: readonly (readonly [golden: string, of: Playbook, params: Readonly<Record<string, Value>>])[] = [
  ['upgrade', upgrade, release],
  [
    'upgrade-carefully',
    upgrade,
    { ...release, waves: [1, '100%'], pause: '10m', max_gap: '1s', cflags: '-O3', allow_disruption: true },
  ],
  ['upgrade-with-module', upgrade, { ...release, ...ownModule }],
  ['upgrade-module-at-boot', upgrade, { ...release, ...ownModule, module_now: 'later' }],
  ['upgrade-module-in-tree', upgrade, { ...release, module: 'in-tree' }],
  ['compile', compile, release],
  ['compile-on-each', compile, { ...release, build_on: 'each', ssl: 'off', install_deps: false }],
  ['install', install, release],
  ['install-into-usr', install, { ...release, where: 'usr', owner: 'bare' }],
  ['install-beside-a-package', install, { ...release, package: 'hold', sysconfdir: '/usr/local/etc' }],
  ['install-package', installPackage, {}],
  ['units', units, {}],
  ['usr-back', usrBack, {}],
  ['modules-load', modules, ownModule],
  [
    'modules-reload-signed',
    modules,
    { ...ownModule, now: 'reload', sign_key: '/srv/mok.key', sign_cert: 'test/fixtures/ovs/mok.pem' },
  ],
  ['modules-of-a-release', modules, { ...releaseModule, now: 'reboot', boot: 'sysconfig' }],
  ['modules-of-a-release-else-in-tree', modules, { ...releaseModule, module: 'ours-else-in-tree', now: 'later' }],
  ['modules-without-source', modules, { module: 'ours' }],
  ['start', start, {}],
  ['start-by-hand', start, { by: 'by-hand', daemons: 'database', system_id: 'hv01' }],
  ['restart', restart, {}],
  ['restart-since', restart, { since: '2026-11-22T13:00:00Z' }],
  ['rollback', rollback, {}],
  ['rollback-of-a-run', rollback, { run: { runs: ['20261122-142923-g8xq'], hosts: ['hv01'] }, accept_loss: true }],
  ['verify', verify, {}],
  ['verify-release', verify, { version: '3.5.0', tools: 'same' }],
  ['cold-upgrade', coldUpgrade, release],
  ['cold-upgrade-new-database', coldUpgrade, { ...release, database: 'new' }],
  ['topology', topology, {}],
  ['topology-netdev', topology, { datapath_type: 'netdev' }],
];

const resolved = (of: Playbook, params: Readonly<Record<string, Value>>) =>
  of.resolve(Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { value, from: 'a test' }])));

describe('what the shipped playbooks would do to each kind of host', () => {
  it.each(table)('%s', async (golden, of, params) => {
    await expect(outlineOf(resolved(of, params))).toMatchFileSnapshot(`golden/${golden}.txt`);
  });
});

describe('a restart since a time', () => {
  it.each(['yesterday', '2026-11-22', '2026-11-22T13:00:00', '13:00'])(
    'refuses "%s": it could mean another moment elsewhere',
    (since) => {
      expect(outlineOf(resolved(restart, { since }))).toContain(`refused: "${since}" is no time with date and zone.`);
    },
  );
});

describe('the topology', () => {
  it('says which variable of a host is missing', () => {
    const [wire] = resolved(topology, {}).plays;
    const [view] = hosts.values();
    if (wire === undefined || view === undefined) throw new Error('no play, or no host');
    const { local_ip: _, ...vars } = view.host.vars;
    expect(() => wire.nodes({ ...view, host: { ...view.host, vars } })).toThrow(
      "The inventory does not say local_ip, the tunnel's end on this host.",
    );
  });

  it('gives other flows another cookie, so that old ones are not taken for them', () => {
    const wants = (lines: readonly string[]): string => ovs.flows('br-int', lines).read.text;
    expect(wants(['priority=1,actions=drop'])).not.toBe(wants(['priority=2,actions=drop']));
  });
});
