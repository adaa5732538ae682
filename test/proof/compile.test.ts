import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  aptRepository,
  aptSourceLine,
  type FileServer,
  type Lab,
  layerDebs,
  removeLab,
  serveFiles,
} from '../../src/lab/index.ts';
import { bringUp, ownName, say } from '../lab/support/bring-up.ts';
import { executables, schemaOf } from '../lab/support/hosts.ts';
import { type Controller, controller, type Ended, eventsOf, outcomes, reasonOf } from '../lab/support/product.ts';

const NAME = ownName('proof-compile');
const builder = 'plain01';
const hypervisors = ['plain02', 'plain03'] as const;
const compile = 'playbooks/compile.ts';
const install = 'playbooks/install.ts';
// A release's tarball has a configure: autoconf and libtool are not brought for it.
const tools = 'gcc make libssl-dev libcap-ng-dev';

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** From a source of the release, and hosts that have neither a compiler nor Open vSwitch, to running daemons. */
describe('a release', () => {
  let lab: Lab;
  let server: FileServer;
  let operator: Controller;
  let store = '';

  /** The plain hosts of a lab are all hypervisors to be; here the first one builds for the others. */
  const run = (verb: string, playbook: string, limit: string, ...more: readonly string[]): Promise<Ended> =>
    operator.run([verb, playbook, '--limit', limit, ...more]);
  const both = hypervisors.join(',');
  const told = (what: string, { code, stderr, events }: Ended): string =>
    `${what}: ${code}\n${stderr}\n${eventsOf(events, 'host.finished')
      .map(({ host, outcome, problem }) => `${host} ${outcome} ${problem?.message ?? ''}`)
      .join('\n')}`;

  beforeAll(async () => {
    lab = await bringUp(NAME, { plain: 3 });
    store = join(lab.directory, 'store-of-proof');
    operator = await controller(lab, 'operator', { store, limitMs: 3_000_000 });
    const inventory = await readFile(operator.inventory, 'utf8');
    await writeFile(
      operator.inventory,
      inventory
        .replace(/(\n {2}children:\n)/, `$1    builders:\n      hosts:\n        ${builder}: {}\n`)
        // What is proven is not how fast the result is.
        .replace('cflags: "-O1"', 'cflags: "-O0"'),
    );
    const www = join(lab.directory, 'www');
    await mkdir(www, { recursive: true });
    await aptRepository(www, await layerDebs('tooldebs', { log }));
    server = await serveFiles(lab, www);
  });
  afterAll(async () => {
    await server?.close();
    await removeLab(NAME);
  });

  test('is not compiled where tools are missing that nobody may install: they are told as one list', async () => {
    const ended = await run('run', compile, both, '--no-install-deps');
    expect(ended.code, told('compile', ended)).toBe(1);
    expect(reasonOf(ended.events, builder)).toMatch(/these packages are missing: gcc .*libssl-dev/);
    expect(reasonOf(ended.events, 'plain02')).toContain('no builder has made');
    expect(await say(lab, builder, 'command -v gcc || echo none')).toBe('none');
  });

  test('is compiled once, with the tools that the package manager brings, and its log is kept', async () => {
    for (const host of [builder, ...hypervisors])
      await say(
        lab,
        host,
        `echo '${aptSourceLine(server.url)}' >/etc/apt/sources.list && rm -rf /etc/apt/sources.list.d/*`,
      );
    const since = Date.now();
    const ended = await run('run', compile, both);
    expect(ended.code, told('compile', ended)).toBe(0);
    log(`compiled by ${builder} in ${Math.round((Date.now() - since) / 1000)} s`);
    expect(await say(lab, builder, `dpkg-query -W -f '\${db:Status-Status} ' ${tools}`)).toBe(
      tools
        .split(' ')
        .map(() => 'installed')
        .join(' '),
    );
    const kept = (await readdir(store)).filter((name) => name.endsWith('.tar.gz'));
    expect(kept).toEqual([expect.stringMatching(/^3\.5\.0-[0-9a-f]{10}\.tar\.gz$/)]);
    const runs = join(operator.directory, '.ovsfleet', 'runs');
    const last = (await readdir(runs)).toSorted().at(-1) ?? '';
    const logs = join(runs, last, 'fetched', builder, 'build');
    const [name = ''] = await readdir(logs);
    const text = await readFile(join(logs, name), 'utf8');
    expect(text).toContain('checking whether make sets $(MAKE)');
    expect(text).toMatch(/gcc .*-c .*ovs-vswitchd\.c|CC .*ovs-vswitchd/);
  });

  test('is compiled by nobody a second time', async () => {
    const ended = await run('run', compile, both);
    expect(ended.code).toBe(0);
    expect(eventsOf(ended.events, 'step.started')).toEqual([]);
  });

  test('is packed into the same file, whatever the times and the order of its files', async () => {
    const [name = ''] = (await readdir(store)).filter((file) => file.endsWith('.tar.gz'));
    const before = await say(lab, builder, `sha256sum </var/cache/ovsfleet/builds/${name}`);
    const packed = `/var/cache/ovsfleet/builds/${name}`;
    await say(
      lab,
      builder,
      `cd /root && rm -rf again && mkdir again && tar -xzf ${packed} -C again && touch again/opt/ovsfleet/ovs/*/bin/* && cd again &&
       find opt/ovsfleet/ovs/3.5.0-* | LC_ALL=C sort >../files &&
       tar --no-recursion --owner=0 --group=0 --numeric-owner --mtime='2000-01-01 00:00:00Z' -cf ../packed.tar -T ../files && gzip -nc ../packed.tar >../again.tar.gz`,
    );
    expect(await say(lab, builder, 'sha256sum </root/again.tar.gz')).toBe(before);
  });

  test('is installed on hosts that have none, started under units, and proven', async () => {
    const ended = await run('run', install, both);
    expect(ended.code, told('install', ended)).toBe(0);
    expect(outcomes(ended.events)).toEqual({ plain02: 'changed', plain03: 'changed' });
    for (const host of hypervisors) {
      for (const file of await executables(lab, host)) expect(file).toContain('/opt/ovsfleet/ovs/3.5.0-');
      expect(await schemaOf(lab, host)).toBe('8.8.0');
      expect(await say(lab, host, 'systemctl is-active ovsdb-server ovs-vswitchd openvswitch')).toBe(
        'active\nactive\nactive',
      );
      expect(await say(lab, host, 'ovs-vsctl get Open_vSwitch . external_ids:system-id')).toMatch(
        /^"?[0-9a-f-]{36}"?$/,
      );
      // What a person would try first.
      await say(
        lab,
        host,
        'ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev && ovs-ofctl show br0 >/dev/null',
      );
    }
  });

  test('is found as wanted the second time, and conforms', async () => {
    const again = await run('run', install, both);
    expect([again.code, outcomes(again.events)]).toEqual([0, { plain02: 'current', plain03: 'current' }]);
    const verified = await run('run', 'playbooks/verify.ts', both);
    expect(verified.code, told('verify', verified)).toBe(0);
  });

  test('runs again after a reboot, with its bridges', async () => {
    await lab.reboot('plain02');
    expect(
      await say(lab, 'plain02', 'systemctl is-active openvswitch ovs-vswitchd && ovs-vsctl --timeout=20 list-br'),
    ).toBe('active\nactive\nbr0');
  });

  test('is not installed beside another one that runs', async () => {
    await say(
      lab,
      'plain03',
      `systemctl disable --now openvswitch ovs-vswitchd ovsdb-server 2>/dev/null; cp -a /opt/ovsfleet/ovs/current/ /opt/other &&
       ln -sf /opt/other/sbin/ovs-vswitchd /usr/sbin/ && ln -sf /opt/other/sbin/ovsdb-server /usr/sbin/ &&
       PATH=/opt/other/sbin:/opt/other/bin:$PATH /opt/other/sbin/ovsdb-server --remote=punix:/var/run/openvswitch/db.sock --pidfile --detach /etc/openvswitch/conf.db`,
    );
    const ended = await run('run', install, 'plain03');
    expect([ended.code, outcomes(ended.events)['plain03']], told('install', ended)).toEqual([1, 'refused']);
    expect(reasonOf(ended.events, 'plain03')).toContain('what runs is upgraded');
    await say(
      lab,
      'plain03',
      'kill $(cat /var/run/openvswitch/ovsdb-server.pid); rm -rf /opt/other /usr/sbin/ovs-vswitchd /usr/sbin/ovsdb-server',
    );
  });

  test('is owned by no unit where units are not wanted, until it is given some', async () => {
    await say(lab, 'plain03', 'rm -f /etc/systemd/system/ov*.service && systemctl daemon-reload');
    const bare = await run('run', install, 'plain03', '-e', 'owner=bare');
    expect([bare.code, outcomes(bare.events)['plain03']], told('install', bare)).toEqual([0, 'changed']);
    expect(await say(lab, 'plain03', 'systemctl is-active ovs-vswitchd || true')).toBe('inactive');
    const owned = await run('run', 'playbooks/units.ts', 'plain03');
    expect([owned.code, outcomes(owned.events)['plain03']], told('units', owned)).toEqual([0, 'changed']);
    expect(await say(lab, 'plain03', 'systemctl is-active ovs-vswitchd')).toBe('active');
  });

  test('that fails to compile says why, and what to do', async () => {
    await rm(store, { recursive: true });
    const ended = await run('run', compile, both, '-e', 'cflags=-fno-such-option');
    expect(ended.code).toBe(1);
    const problem = eventsOf(ended.events, 'host.finished').find(({ host }) => host === builder)?.problem;
    expect(problem?.message).toMatch(/there is no C compiler that works|an option is not known there/);
    expect(problem?.remedy).not.toContain('-vv');
  });
});
