import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  aptRepository,
  buildDeb,
  type FileServer,
  type Lab,
  layerDebs,
  removeLab,
  serveFiles,
} from '../../src/lab/index.ts';
import { bringUp, ownName, say } from './support/bring-up.ts';
import { examples, writePlaybook } from './support/documented.ts';
import { type Controller, controller, type Ended, eventsOf, logOf, outcomes, reasonOf } from './support/product.ts';

const NAME = ownName('test-operations');
const HOST = 'build01';
const LIGHT = 'ssh001';

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** What is on the host before: something to be changed by each example. */
const before = `
  set -e
  rm -f /etc/apt/sources.list; touch /etc/fstab /etc/motd
  mkdir -p /etc/old-agent/conf.d /var/cache/site /srv/site /srv/retired
  echo 1 >/srv/site/count
  printf '%s\\n' '# BEGIN managed by ovsfleet: retired' '192.0.2.9 gone' '# END managed by ovsfleet: retired' >>/etc/hosts
  printf '0 0 * * * root true\\n' >/etc/cron.d/site-old
  printf 'tmpfs /srv/retired tmpfs size=1m 0 0\\n' >>/etc/fstab && mount /srv/retired
  groupadd strangers; useradd mallory
  printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >/usr/lib/systemd/system/noisy.service
  systemctl daemon-reload; systemctl start noisy
  dpkg -i /root/telnet_0.17_all.deb /root/chrony_4.5-1_all.deb >/dev/null
  touch /run/marker; printf 'linux-image-test\\n' >/run/reboot-required.pkgs; touch /run/reboot-required
`;
/** A repository that the host itself has, once it has git. */
const repository = `
  cd /tmp && git init -q -b main work && cd work && echo one >rule && git add rule
  git -c user.name=t -c user.email=t@t commit -q -m one && git clone -q --bare . /srv/site/rules.git
`;

describe('the operations, on a host with systemd and one without', () => {
  let lab: Lab;
  let server: FileServer;
  let operator: Controller;
  let playbook = '';
  let params: readonly string[] = [];

  const run = (file: string, host: string, ...more: readonly string[]): Promise<Ended> =>
    operator.run(['run', file, '--limit', host, ...params, ...more]);

  const stepsOf = ({ events }: Ended): Readonly<Record<string, string>> =>
    Object.fromEntries(eventsOf(events, 'step.finished').map(({ step, outcome }) => [step, outcome]));

  beforeAll(async () => {
    lab = await bringUp(NAME, { builder: 1, ssh: 1 });
    operator = await controller(lab, 'operator');
    const www = join(lab.directory, 'www');
    const pool = join(lab.directory, 'pool');
    await mkdir(pool, { recursive: true });
    const made = await Promise.all(
      (
        [
          ['lldpd', '1.0'],
          ['chrony', '4.3-2'],
          ['chrony', '4.5-1'],
          ['telnet', '0.17'],
        ] as const
      ).map(([name, version]) => buildDeb(pool, { name, version, files: { [`usr/share/${name}/version`]: version } })),
    );
    await aptRepository(www, [...made, ...(await layerDebs('gitdebs', { log }))]);
    await lab.run([
      ...['sh', '-c', 'cd "$0" && mkdir tool-1 && echo works >tool-1/tool && tar -czf tool.tar.gz tool-1'],
      www,
    ]);
    const tool = await readFile(join(www, 'tool.tar.gz'));
    server = await serveFiles(lab, www);
    params = [
      ...['-e', `mirror=${server.url}`],
      ...['-e', `tool_sha256=${createHash('sha256').update(tool).digest('hex')}`],
    ];
    for (const deb of ['telnet_0.17_all.deb', 'chrony_4.5-1_all.deb'])
      await say(lab, HOST, `wget -q -P /root ${server.url}/${deb}`);
    await say(lab, HOST, before);
    playbook = await writePlaybook(operator.directory, 'documented', (await examples()).join(''), {
      'site.conf': 'answer = 42\n',
      'peers.conf.hbs': '# {{name}}\n{{#each peers}}\npeer {{quote this}}\n{{/each}}\n',
      'setup.sh': '#!/bin/sh\nprintf "%s|" "$@" >/srv/site/setup-done\n',
      'data.tar.gz': tool,
    });
    // Between the steps that install git and the one that needs a repository.
    const text = await readFile(playbook, 'utf8');
    const made1 = `ops.command('a repository', { run: ['sh', '-c', ${JSON.stringify(repository)}], creates: '/srv/site/rules.git' }),`;
    await writeFile(playbook, text.replace("ops.git('", `${made1}\nops.git('`));
  });
  afterAll(async () => {
    await server?.close();
    await removeLab(NAME);
  });

  test('every documented example changes a fresh host, and a plan foresees that', async () => {
    const plan = await operator.run(['plan', playbook, '--limit', HOST, ...params]);
    expect(plan.code, plan.said + plan.stderr).toBe(5);
    const ended = await run(playbook, HOST);
    expect(reasonOf(ended.events, HOST)).toBe('');
    expect([ended.code, outcomes(ended.events)], ended.said + ended.stderr).toEqual([0, { [HOST]: 'changed' }]);
    const checks = ['port', 'hosts is present', 'the beacon is up', 'fetched'];
    // Each boot clears /run, so the second reboot finds done what it would be for.
    const done = ['the host runs what is installed', ...checks];
    const unchanged = Object.entries(stepsOf(ended)).filter(([, outcome]) => outcome !== 'changed');
    expect(unchanged.filter(([step]) => !done.some((part) => step.includes(part)))).toEqual([]);
  });

  test('what the examples say is so', async () => {
    const found = await say(
      lab,
      HOST,
      `stat -c '%a %n' /etc/fstab /etc/site.conf /srv/site/releases/2
       readlink /srv/site/current; cat /etc/site.conf /etc/peers.conf /srv/site/setup-done /srv/site/tool/tool /srv/site/data/tool-1/tool; echo
       cat /usr/share/chrony/version; echo; apt-mark showhold; dpkg -l telnet 2>/dev/null | grep -c ^ii
       git -C /srv/site/rules log --format=%s; systemctl is-active beacon; systemctl is-enabled beacon noisy
       systemctl show -p Nice beacon; id alice; getent passwd site mallory
       hostname; sysctl -n net.ipv4.ip_forward net.ipv4.tcp_rmem; findmnt -no OPTIONS /srv/scratch | grep -o nodev; grep -c nas /etc/hosts
       ls -d /etc/old-agent /var/cache/site 2>/dev/null | wc -l; true`,
    );
    expect(found.split('\n')).toEqual([
      '600 /etc/fstab',
      '640 /etc/site.conf',
      '755 /srv/site/releases/2',
      'releases/2',
      'answer = 42',
      '# pair',
      'peer 192.0.2.1',
      'peer 192.0.2.2',
      'two words|$HOME|works',
      'works',
      '',
      '4.3-2',
      'chrony',
      '0',
      'one',
      'active',
      'enabled',
      'masked',
      'Nice=5',
      'uid=2001(alice) gid=2000(operators) groups=2000(operators),4(adm)',
      expect.stringMatching(/^site:x:\d+:\d+::\/srv\/site:\/usr\/sbin\/nologin$/),
      'compute-7',
      '1',
      '4096\t131072\t6291456',
      'nodev',
      '2',
      '0',
    ]);
  });

  test('the second time nothing is to be done, though the host has rebooted meanwhile', async () => {
    const ended = await run(playbook, HOST);
    expect(reasonOf(ended.events, HOST)).toBe('');
    expect([ended.code, outcomes(ended.events)]).toEqual([0, { [HOST]: 'current' }]);
    const fetched = join(operator.directory, '.ovsfleet', 'runs', ended.events[0]?.run ?? '', 'fetched', HOST);
    expect(await readFile(join(fetched, 'etc', 'peers.conf'), 'utf8')).toContain('peer 192.0.2.1');
    expect(await readFile(join(fetched, 'name'), 'utf8')).toBe('compute-7\n');
  });

  test('a service is restarted when its configuration was changed since it started, and only then', async () => {
    const pid = () => say(lab, HOST, 'systemctl show -p MainPID beacon');
    const configured = (name: string, text: string): Promise<string> =>
      writePlaybook(
        operator.directory,
        name,
        `ops.file('/etc/site.conf', { content: '${text}' }),
         ops.service('beacon', { state: 'running', config: ['/etc/site.conf'] })`,
      );
    const was = await pid();
    const ended = await run(await configured('configured', 'more'), HOST);
    expect(stepsOf(ended)).toEqual({ 'file /etc/site.conf': 'changed', 'service beacon': 'changed' });
    const now = await pid();
    expect(now).not.toBe(was);
    const again = await run(await configured('configured', 'more'), HOST);
    expect([outcomes(again.events), await pid()]).toEqual([{ [HOST]: 'current' }, now]);
  });

  test('in a transaction that fails they put back what was there', async () => {
    const file = await writePlaybook(
      operator.directory,
      'undone',
      `transaction('all or nothing', { confirm: '60s', deadline: '60s' },
        ops.file('/etc/motd', { content: 'other\\n' }),
        ops.absent('/etc/peers.conf'),
        ops.unit('beacon.service', { content: '[Service]\\nExecStart=/bin/sleep 9999\\n' }),
        ops.unit('beacon.service', { dropIn: '20-more.conf', content: '[Service]\\nNice=9\\n', title: 'nicer' }),
        ops.file('/etc/site.conf', { content: 'wrong\\n' }),
        ops.service('beacon', { state: 'running', enabled: false }),
        ops.service('lazy', { state: 'stopped', enabled: false }),
        ops.hostname('other'),
        ops.sysctl('net.ipv4.ip_forward', 0),
        ops.line('/etc/hosts', { line: '192.0.2.99 other' }),
        step('never', { read: sh\`echo no\`, want: 'yes', make: sh\`echo cannot; exit 1\`, undo: sh\`:\` }),
      )`,
    );
    const look = (): Promise<string> =>
      say(
        lab,
        HOST,
        `cat /etc/motd /etc/peers.conf /etc/systemd/system/beacon.service /etc/hosts /etc/sysctl.d/*; hostname
         systemctl is-active beacon lazy; systemctl is-enabled beacon lazy; sysctl -n net.ipv4.ip_forward
         systemctl show -p Nice -p ExecStart beacon | sed 's/start_time.*//'; cat /etc/site.conf; ls /etc/systemd/system/*`,
      );
    await say(
      lab,
      HOST,
      `printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\nAlias=idle.service\\n' >/usr/lib/systemd/system/lazy.service
       systemctl daemon-reload && systemctl enable --now -q lazy`,
    );
    const was = await look();
    const ended = await operator.run(['run', file, '--limit', HOST]);
    expect([ended.code, outcomes(ended.events)], ended.said + ended.stderr + logOf(ended.events, HOST)).toEqual([
      1,
      { [HOST]: 'undone' },
    ]);
    expect(await look()).toBe(was);
  });

  test('a host without systemd has its services from /etc/init.d', async () => {
    const script = `#!/bin/sh
### BEGIN INIT INFO
# Provides: ticker
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: ticks
### END INIT INFO
pid=/run/ticker.pid
alive() { [ -e $pid ] && kill -0 "$(cat $pid)" 2>/dev/null; }
case $1 in
start) alive || { setsid sleep 3600 & echo $! >$pid; } ;;
stop) ! alive || kill "$(cat $pid)"; rm -f $pid ;;
restart) "$0" stop; "$0" start ;;
status) alive ;;
esac
`;
    const file = await writePlaybook(
      operator.directory,
      'sysv',
      `ops.copy('/etc/init.d/ticker', { from: new URL('files/ticker', import.meta.url), mode: '0755' }),
       ops.service('ticker', { state: 'running', enabled: true }), ops.waitFor('it ticks', sh\`service ticker status\`)`,
      { ticker: script },
    );
    const [first, second] = [
      await operator.run(['run', file, '--limit', LIGHT]),
      await operator.run(['run', file, '--limit', LIGHT]),
    ];
    expect([first.code, outcomes(first.events)], first.said + first.stderr).toEqual([0, { [LIGHT]: 'changed' }]);
    expect([second.code, outcomes(second.events)]).toEqual([0, { [LIGHT]: 'current' }]);
    expect(await say(lab, LIGHT, 'ls /etc/rc2.d | grep -c ticker; service ticker status && echo runs')).toBe('1\nruns');
  });
});
