import { mkdir } from 'node:fs/promises';
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
import { executables, remainsOfTransactions, schemaOf, transactionStates } from '../lab/support/hosts.ts';
import {
  type Controller,
  controller,
  type Ended,
  eventsOf,
  logOf,
  outcomes,
  reasonOf,
} from '../lab/support/product.ts';
import { until } from '../lab/support/until.ts';

const NAME = ownName('proof-install');
const [packaged, source, fresh, bare] = ['hv01', 'hv02', 'plain01', 'plain02'] as const;
const install = 'playbooks/install.ts';
// What is proven is not how fast the result is.
const intoUsr = ['-e', 'where=usr', '-e', 'cflags=-O0'] as const;

/** In the words of dpkg, which fills in what is between the braces. */
const installedVersion = `dpkg-query -W -f '\${Version}' openvswitch-switch`;

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** All ways to put a release on a host, by the shipped playbooks, and back again. */
describe('a release', () => {
  let lab: Lab;
  let server: FileServer;
  let operator: Controller;

  const run = (playbook: string, host: string, ...more: readonly string[]): Promise<Ended> =>
    operator.run(['run', playbook, '--limit', host, ...more]);
  const expectChanged = async (playbook: string, host: string, ...more: readonly string[]): Promise<Ended> => {
    const ended = await run(playbook, host, ...more);
    const told = [ended.stderr, reasonOf(ended.events, host), logOf(ended.events, host)].join('\n');
    expect([ended.code, outcomes(ended.events)[host]], told).toEqual([0, 'changed']);
    const again = await run(playbook, host, ...more);
    expect([again.code, outcomes(again.events)[host]], reasonOf(again.events, host)).toEqual([0, 'current']);
    return ended;
  };
  const releaseOf = (host: string): Promise<string> =>
    say(lab, host, "ovs-appctl --timeout=10 version | awk 'NR == 1 { print $NF }'");
  const bridges = (host: string): Promise<string> => say(lab, host, 'ovs-vsctl --timeout=10 list-br | xargs');
  /** The bridges in a database that nobody serves. */
  const wired = (host: string): Promise<string> =>
    say(
      lab,
      host,
      `ovsdb-tool query /etc/openvswitch/conf.db '["Open_vSwitch",{"op":"select","table":"Bridge","where":[],"columns":["name"]}]' | grep -o '"name":"[^"]*"' | cut -d'"' -f4 | sort | xargs`,
    );
  /** Every file of /usr, with what it holds and its mode. */
  const filesOfUsr = (host: string): Promise<string> =>
    say(
      lab,
      host,
      `cd /usr && { find . -xdev '(' -name '*openvswitch*' -o -name 'ov*' -o -name 'vtep*' -o -path '*openvswitch*' ')' '(' -type f -o -type l ')' -printf '%p %m %l\\n' | LC_ALL=C sort
         find . -xdev -type f -exec sha256sum {} + | LC_ALL=C sort | sha256sum; }`,
    );

  beforeAll(async () => {
    lab = await bringUp(NAME, { pkg31: 1, src: 1, plain: 2, builder: 1 });
    operator = await controller(lab, 'operator', { limitMs: 3_000_000 });
    const www = join(lab.directory, 'www');
    await mkdir(www, { recursive: true });
    await aptRepository(www, [...(await layerDebs('tooldebs', { log })), ...(await layerDebs('ovsdebs', { log }))]);
    server = await serveFiles(lab, www);
    for (const host of [packaged, fresh, bare])
      await say(
        lab,
        host,
        `echo '${aptSourceLine(server.url)}' >/etc/apt/sources.list && rm -rf /etc/apt/sources.list.d/* && apt-get -q update`,
      );
  });
  afterAll(async () => {
    await server?.close();
    await removeLab(NAME);
  });

  test('of the distribution is installed by its package manager, in the newest version or a given one', async () => {
    await expectChanged('playbooks/install-package.ts', fresh);
    expect(await say(lab, fresh, 'systemctl is-active ovs-vswitchd; systemctl is-enabled openvswitch-switch')).toBe(
      'active\nenabled',
    );
    const version = await say(lab, fresh, installedVersion);
    const given = await run('playbooks/install-package.ts', fresh, '-e', `package_version=${version}`);
    expect([given.code, outcomes(given.events)]).toEqual([0, { [fresh]: 'current' }]);
    const none = await run('playbooks/install-package.ts', fresh, '-e', 'package_version=99.0');
    expect(none.code).toBe(1);
    expect(await say(lab, fresh, installedVersion)).toBe(version);
  });

  test('is not put beside a package of the distribution that runs, or that would start', async () => {
    const running = await run(install, packaged);
    expect([running.code, outcomes(running.events)[packaged]]).toEqual([1, 'refused']);
    expect(reasonOf(running.events, packaged)).toContain('what runs is upgraded');
    await say(lab, packaged, 'systemctl stop openvswitch-switch ovs-vswitchd ovsdb-server');
    const idle = await run(install, packaged);
    expect([idle.code, outcomes(idle.events)[packaged]]).toEqual([1, 'refused']);
    expect(reasonOf(idle.events, packaged)).toContain('would start a second switch');
  });

  test('stands beside a package that is masked and held', async () => {
    await say(lab, packaged, 'systemctl stop openvswitch-switch ovs-vswitchd ovsdb-server');
    const before = await wired(packaged);
    await expectChanged(install, packaged, '-e', 'package=hold');
    expect(await say(lab, packaged, 'apt-mark showhold | sort | xargs')).toContain('openvswitch-switch');
    expect(await say(lab, packaged, 'systemctl is-enabled openvswitch-switch || true')).toBe('masked');
    expect(await say(lab, packaged, 'dpkg --verify openvswitch-switch openvswitch-common')).toBe('');
    expect(await bridges(packaged)).toBe(before);
    for (const file of await executables(lab, packaged)) expect(file).toContain('/opt/ovsfleet/ovs/3.5.0-');
  });

  test('that no unit owns is given units, which start it at boot, and keeps its bridges; what else starts it is told', async () => {
    const before = await bridges(source);
    await say(lab, source, "printf '#!/bin/sh\\n/usr/share/openvswitch/scripts/ovs-ctl start\\n' >/etc/rc.local");
    const ended = await expectChanged('playbooks/units.ts', source);
    expect(eventsOf(ended.events, 'warning').map(({ problem }) => problem.message)).toEqual([
      expect.stringContaining('/etc/rc.local starts Open vSwitch at boot, too'),
    ]);
    expect(await bridges(source)).toBe(before);
    // What was told is done, to the lab's own script as well, which now waits for the units; after a boot they alone have started it.
    await say(
      lab,
      source,
      "rm /etc/rc.local; printf '#!/bin/sh\nsystemctl start openvswitch\n' >/usr/local/lib/ovsfleet-lab/rc-local.sh",
    );
    await lab.reboot(source);
    expect(await say(lab, source, 'systemctl is-active openvswitch ovsdb-server ovs-vswitchd')).toBe(
      'active\nactive\nactive',
    );
    expect(await bridges(source)).toBe(before);
  });

  test('in a directory of its own that no unit owns is given units, too', async () => {
    await expectChanged(install, bare, '-e', 'owner=bare');
    expect(await say(lab, bare, 'systemctl is-active ovs-vswitchd || true')).toBe('inactive');
    await expectChanged('playbooks/units.ts', bare);
    expect(await say(lab, bare, 'systemctl is-active ovs-vswitchd')).toBe('active');
    for (const file of await executables(lab, bare)) expect(file).toContain('/opt/ovsfleet/ovs/3.5.0-');
  });

  test('in /usr itself is exchanged over the one that was there; when the power fails meanwhile, that one is there again', async () => {
    const before = await filesOfUsr(source);
    const running = operator.start(['run', install, '--limit', source, ...intoUsr]);
    await running.waitFor(
      'the files to be in place',
      (event) => event.type === 'transaction.phase' && event.phase === 'start the daemons',
      1_200_000,
    );
    await lab.crash(source);
    running.kill('SIGKILL');
    await running.ended();
    await lab.start(source);
    await until('the host to settle it alone', 180_000, async () =>
      (await transactionStates(lab, source)).every((state) => ['done', 'undone', 'stuck'].includes(state)),
    );
    expect((await transactionStates(lab, source)).filter((state) => state !== 'done')).toEqual(['undone']);
    expect(await filesOfUsr(source)).toBe(before);
    expect([await releaseOf(source), await schemaOf(lab, source)]).toEqual(['3.1.0', '8.3.1']);
    await operator.forget();
  });

  test('in /usr itself runs from there, and what it replaced is put back byte for byte', async () => {
    const [files, wiring] = [await filesOfUsr(source), await bridges(source)];
    await expectChanged(install, source, ...intoUsr);
    expect(await executables(lab, source)).toEqual(['/usr/sbin/ovsdb-server', '/usr/sbin/ovs-vswitchd']);
    expect([await releaseOf(source), await schemaOf(lab, source), await bridges(source)]).toEqual([
      '3.5.0',
      '8.8.0',
      wiring,
    ]);
    await expectChanged('playbooks/usr-back.ts', source);
    expect(await filesOfUsr(source)).toBe(files);
    expect([await releaseOf(source), await schemaOf(lab, source), await bridges(source)]).toEqual([
      '3.1.0',
      '8.3.1',
      wiring,
    ]);
    expect(await say(lab, source, 'ls /var/lib/ovsfleet/replaced')).toBe('');
    expect(await remainsOfTransactions(lab, source)).toEqual([]);
  });
});
