import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { debianHost, type FakeHost, shells } from './fake-host.ts';

const unit = 'neutron-openvswitch-agent.service';
const held = `${unit} DropInPaths=/run/systemd/system/${unit}.d/90-ovsfleet-hold.conf`;
let host: FakeHost;
beforeEach(() => {
  host = debianHost();
});
afterEach(() => host.remove());

const agent = (state: string): void => host.write('fake/units', `${unit} ActiveState=${state}\n${held}\n`);
const jobs = () => host.calls().filter((call) => /^systemctl (start|stop)/.test(call));

describe.each(shells)('under $shell', ({ command }) => {
  test.each([
    ['that ran is started again', 'active', [`systemctl stop ${unit}`, `systemctl start ${unit}`]],
    [
      'between two automatic restarts counts as running',
      'activating',
      [`systemctl stop ${unit}`, `systemctl start ${unit}`],
    ],
    ['that was found stopped stays stopped', 'inactive', [`systemctl stop ${unit}`]],
  ])('an agent %s', (_, state, expected) => {
    agent(state);
    expect(host.sh(command, `agent_hold ${unit} && agent_release ${unit} && agent_release ${unit}`).status).toBe(0);
    expect(jobs()).toEqual(expected);
  });

  test('a second hold does not take our own stop for its natural state', () => {
    agent('active');
    host.sh(command, `agent_hold ${unit}; agent_hold ${unit}; agent_release ${unit}`);
    expect(jobs().at(-1)).toBe(`systemctl start ${unit}`);
  });

  test('a hold that systemd does not know of is no hold', () => {
    host.write('fake/units', `${unit} ActiveState=active\n${unit} DropInPaths=\n`);
    const { status, stderr } = host.sh(command, `agent_hold ${unit}`);
    expect(status).toBe(1);
    expect(stderr).toContain('systemd does not know');
  });

  test('after a reboot the release finds it running, starts nothing and forgets the hold', () => {
    agent('active');
    host.sh(command, `agent_hold ${unit}`);
    host.sh(
      command,
      'rm -rf "$OVS_ROOT/run/ovsfleet" "$OVS_ROOT/run/systemd/system"; mkdir -p "$OVS_ROOT/run/systemd/system"',
    );
    agent('active');
    const { stdout } = host.sh(command, `agent_release ${unit}; ls "$OVS_ROOT/var/lib/ovsfleet/agents"`);
    expect(jobs()).toEqual([`systemctl stop ${unit}`]);
    expect(stdout).toBe('');
  });

  test.each([
    [
      'old flows still there',
      '0xaaa',
      ' cookie=0xaaa, priority=1 actions=drop',
      'br-int still has 1 flows of before the agent’s start',
    ],
    ['all flows new', '0xaaa', ' cookie=0xbbb, priority=1 actions=drop', 'yes'],
    ['no flow at all', '0xaaa', '', 'br-int has no flows of the agent'],
    ['flows and no record of before', '', ' cookie=0xbbb, priority=1 actions=drop', 'yes'],
  ])('at work or not: %s', (_, before, flows, answer) => {
    agent('active');
    const record = `mkdir -p "$OVS_ROOT/var/lib/ovsfleet/agents"; echo '${before === '' ? '' : `br-int ${before}`}' >"$OVS_ROOT/var/lib/ovsfleet/agents/${unit}.cookies"; [ -n '${before}' ] || rm "$OVS_ROOT/var/lib/ovsfleet/agents/${unit}.cookies"`;
    const fakes = `ovs__vsctl() { case "$*" in *list-br*) echo br-int ;; *) echo tcp:127.0.0.1:6633 ;; esac; }; agent__flows() { echo '${flows}'; }; ovs__context() { OVS_READY=yes; }`;
    expect(host.sh(command, `${record}; ${fakes}; agent_working ${unit}`).stdout.trim().replace("'", '’')).toBe(answer);
  });

  test('an agent that has died is said to be so', () => {
    agent('failed');
    expect(host.sh(command, `agent_working ${unit}`).stdout).toBe(`${unit} is failed\n`);
  });

  test.each([
    ['that has died', ['ActiveState=failed', 'UnitFileState=enabled'], `${unit} is failed\n`],
    [
      'that is stopped, yet would start at boot',
      ['ActiveState=inactive', 'UnitFileState=enabled'],
      `${unit} is inactive\n`,
    ],
    ['that is disabled', ['ActiveState=inactive', 'UnitFileState=disabled'], ''],
  ])('the complaint about an agent %s', (_, properties, answer) => {
    host.write('fake/units', `${properties.map((property) => `${unit} ${property}\n`).join('')}`);
    host.write(`var/lib/ovsfleet/agents/${unit}.cookies`, 'stopped\n');
    expect(host.sh(command, `agent_complaint ${unit}`).stdout).toBe(answer);
  });

  test('a hold that was left is told', () => {
    agent('inactive');
    host.write(`run/ovsfleet/hold.${unit}`, '');
    expect(host.sh(command, `agent_complaint ${unit}`).stdout).toContain('still kept from starting');
  });
});
