import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installTools, type Lab, labUp, listLabs, openLab, removeLab } from '../../src/lab/index.ts';
import { ownName } from './support/bring-up.ts';
import { leftovers } from './support/leftovers.ts';
import { until } from './support/until.ts';

const NAME = ownName('labtest');
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const FLOWS = 'ovs-ofctl -O OpenFlow15 --no-names --no-stats dump-flows br-int | grep cookie | sort';

describe('a pair of hosts with the packaged Open vSwitch', () => {
  let lab: Lab;
  const say = async (host: string, command: string): Promise<string> => {
    const { code, stdout, stderr } = await lab.ssh(host, command, { limitMs: 60_000 });
    expect({ host, command, code, stderr }).toEqual({ host, command, code: 0, stderr: '' });
    return stdout.trim();
  };
  const reach = async (from: string, to: string): Promise<string> =>
    say(
      from,
      `ip netns exec guest ping -n -q -c 5 -i 0.2 -W 2 ${lab.host(to).guest?.address} | grep -o '[0-9]* received'`,
    );

  beforeAll(async () => {
    await installTools(log);
    lab = await labUp({ name: NAME, hosts: { pkg31: 2 }, keep: false, log });
  });
  afterAll(async () => {
    await removeLab(NAME);
  });

  test('boots systemd with nothing failed, and each host is its own', async () => {
    for (const command of [
      'hostname',
      'cat /etc/machine-id',
      'cat /etc/ssh/ssh_host_ed25519_key.pub',
      'ovs-vsctl get Open_vSwitch . external_ids:system-id',
    ]) {
      expect(await say('hv01', command), command).not.toBe(await say('hv02', command));
    }
    expect(await say('hv01', 'systemctl is-system-running; systemctl --failed --no-legend')).toBe('running');
    expect(await say('hv01', 'ovs-vswitchd --version | head -1')).toContain('3.1.0');
  });

  test('lets guests reach each other through meters and groups', async () => {
    expect(await reach('hv01', 'hv02')).toBe('5 received');
    expect(await reach('hv02', 'hv01')).toBe('5 received');
    const used = await say('hv01', "ovs-ofctl -O OpenFlow15 meter-stats br-int | grep -c 'packet_in_count:[1-9]'");
    expect(used).toBe('2');
  });

  test('cannot be reached from outside its namespace', async () => {
    const routes = readFileSync('/proc/net/route', 'utf8');
    // 10.99.0.0 as the kernel writes it: little-endian hex.
    expect(routes).not.toContain('0000630A');
  });

  test('comes back from a reboot as it was, with another boot id', async () => {
    const before = [await say('hv01', 'cat /proc/sys/kernel/random/boot_id'), await say('hv01', FLOWS)];
    await lab.reboot('hv01');
    await lab.waitForTraffic('hv01');
    expect(await say('hv01', 'cat /proc/sys/kernel/random/boot_id')).not.toBe(before[0]);
    expect(await say('hv01', FLOWS)).toBe(before[1]);
    expect(await reach('hv02', 'hv01')).toBe('5 received');
  });

  test('is off after a crash and on again when started', async () => {
    await say('hv02', 'echo survives > /root/note && sync');
    await lab.crash('hv02');
    expect((await lab.ssh('hv02', 'true')).code).toBe(255);
    expect((await lab.status()).map(({ name, power }) => `${name} ${power}`)).toEqual(['hv01 on', 'hv02 off']);
    await lab.start('hv02');
    await lab.waitForTraffic('hv02');
    expect(await say('hv02', 'cat /root/note')).toBe('survives');
  });

  test('keeps forwarding while its management link is cut', async () => {
    await lab.cut('hv02');
    expect((await lab.ssh('hv02', 'true')).code).toBe(255);
    expect(await reach('hv01', 'hv02')).toBe('5 received');
    await lab.heal('hv02');
    expect(await say('hv02', 'hostname')).toBe('hv02');
  });

  test('loses its packets silently: whoever is connected is told nothing', async () => {
    await lab.silence('hv02');
    expect((await lab.ssh('hv02', 'true')).code).toBe(255);
    expect((await lab.inside('hv02', 'hostname; cat /proc/1/comm')).stdout).toBe('hv02\nsystemd\n');
    await lab.heal('hv02');
    expect(await say('hv02', 'hostname')).toBe('hv02');
  });

  test('is found by its name, and is not made twice', async () => {
    expect(await listLabs()).toContainEqual({ name: NAME, state: 'up', kept: false, hosts: 2 });
    expect((await openLab(NAME)).hosts).toEqual(lab.hosts);
    const boot = await say('hv01', 'cat /proc/sys/kernel/random/boot_id');
    await labUp({ name: NAME, hosts: { pkg31: 2 }, keep: false, log });
    expect(await say('hv01', 'cat /proc/sys/kernel/random/boot_id')).toBe(boot);
    await expect(labUp({ name: NAME, hosts: { pkg31: 1 }, keep: false, log })).rejects.toMatchObject({
      code: 'lab.exists',
    });
  });

  test('leaves nothing behind when it is taken down', async () => {
    expect(leftovers(NAME)).not.toEqual([]);
    await lab.down();
    expect(leftovers(NAME)).toEqual([]);
    await expect(openLab(NAME)).rejects.toMatchObject({ code: 'lab.not-up' });
  });
});

describe('hosts of the other profiles', () => {
  const OTHERS = ownName('labtest-others');
  let lab: Lab;
  const say = async (host: string, command: string): Promise<string> =>
    (await lab.ssh(host, command, { limitMs: 60_000 })).stdout.trim();
  const CGROUPS =
    "for d in ovsdb-server ovs-vswitchd; do sed -n 's/^.*name=systemd://p; s/^0:://p' /proc/$(pidof $d)/cgroup | sort -u; done | sort -u";

  beforeAll(async () => {
    lab = await labUp({
      name: OTHERS,
      hosts: { src: 1, agent: 2, over: 1, tight: 1, builder: 1, ssh: 1 },
      keep: false,
      log,
    });
  });
  afterAll(async () => {
    await removeLab(OTHERS);
  });

  test("a source host's daemons belong to no service, before and after a reboot", async () => {
    expect(await say('hv01', CGROUPS)).toBe('/system.slice/ovsfleet-lab-ovs.scope');
    expect(await say('hv01', 'systemctl list-unit-files --no-legend "ovs-*" "openvswitch*"')).toBe('');
    await lab.reboot('hv01');
    expect(await say('hv01', CGROUPS)).toBe('/system.slice/ovsfleet-lab-ovs.scope');
    expect(await say('hv01', 'ovs-vsctl get Open_vSwitch . ovs_version')).toBe('"3.1.0"');
  });

  test('an agent wires its guest, and does so again after a power cut', async () => {
    // Without what br-tun has learned from traffic, which comes and goes.
    const wired =
      "ovs-vsctl get Port qvo tag; ovs-vsctl get-controller br-int; ovs-ofctl -O OpenFlow13 dump-flows br-tun | grep cookie | grep -vc 'table=20,.*hard_timeout'";
    const before = await say('hv02', wired);
    expect(before).toBe('1\ntcp:127.0.0.1:6633\n12');
    await lab.crash('hv02');
    await lab.start('hv02');
    await lab.waitForTraffic('hv03');
    expect(await say('hv02', wired)).toBe(before);
  });

  test('the way into a host goes over its own switch and nothing else, also after a reboot', async () => {
    await lab.reboot('hv04');
    expect(await say('hv04', 'ip -o route get 10.99.0.1')).toContain('dev br-ex');
    expect(await say('hv04', 'ip -4 -o addr show dev eth0')).toBe('');
    await say('hv04', "setsid sh -c 'sleep 1; ovs-ofctl -O OpenFlow13 mod-flows br-ex actions=drop' >/dev/null 2>&1 &");
    await until('nobody to get in', 60_000, async () => (await lab.ssh('hv04', 'true')).code === 255);
  });

  test('the disk of a tight host is its own, and full when it is full', async () => {
    expect((await lab.ssh('hv05', 'cat /dev/zero >/var/fill')).stderr).toContain('No space left on device');
    expect((await lab.ssh('hv05', 'touch /etc/more && echo x >/root/more')).code).not.toBe(0);
    expect(await say('hv05', 'rm /var/fill && echo x >/root/more && cat /root/more')).toBe('x');
  });

  test('a builder can compile, and has no Open vSwitch', async () => {
    const program =
      "echo 'int main(void) { return 0; }' | gcc -x c - -lssl -lcap-ng -o /tmp/it && /tmp/it && echo built";
    expect(await say('build01', program)).toBe('built');
    expect(await say('build01', 'command -v ovs-vsctl || echo none')).toBe('none');
  });

  test('a light host is sshd and nothing else', async () => {
    expect(await say('ssh001', 'cat /proc/1/comm; hostname; ls /dev/pts/ptmx')).toBe('sshd\nssh001\n/dev/pts/ptmx');
    await lab.reboot('ssh001');
    expect(await say('ssh001', 'sudo -u fleet sudo id -un')).toBe('root');
  });
});

describe('a lab whose owner was killed', () => {
  const DEAD = ownName('labtest-dead');
  const NEXT = ownName('labtest-next');
  afterAll(async () => {
    await removeLab(DEAD);
    await removeLab(NEXT);
  });

  test('runs on alone, and is cleaned away when the next lab is made', async () => {
    const program = fileURLToPath(new URL('support/make-lab.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'jiti/register', program, DEAD], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    expect(String(line)).toContain('up');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const orphan = (await listLabs()).find(({ name }) => name === DEAD);
    expect(orphan).toEqual({ name: DEAD, state: 'remains', kept: false, hosts: 1 });
    expect(leftovers(DEAD)).not.toEqual([]);

    await labUp({ name: NEXT, hosts: { ssh: 1 }, keep: false, log });
    expect(leftovers(DEAD)).toEqual([]);
  });

  test('is told by its name and left alone when its record is damaged', async () => {
    const lab = await openLab(NEXT);
    writeFileSync(`${lab.directory}/state.json`, '{"version":1,');
    expect(await listLabs()).toContainEqual({ name: NEXT, state: 'damaged', kept: false, hosts: 0 });
    await expect(labUp({ name: NEXT, hosts: { ssh: 1 }, keep: false, log })).rejects.toMatchObject({
      code: 'lab.damaged',
    });
    expect(leftovers(NEXT)).not.toEqual([]);
    await removeLab(NEXT);
    expect(leftovers(NEXT)).toEqual([]);
  });
});
