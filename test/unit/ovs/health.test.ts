import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { debianHost, type FakeHost, shells } from './fake-host.ts';

let host: FakeHost;
beforeEach(() => {
  host = debianHost();
  host.write(
    'var/log/openvswitch/ovs-vswitchd.log',
    '2026|1|dpif|ERR|an old error on port 7\n2026|2|bridge|INFO|fine\n',
  );
});
afterEach(() => host.remove());

const log = '"$OVS_ROOT/var/log/openvswitch/ovs-vswitchd.log"';
const serverLog = '"$OVS_ROOT/var/log/openvswitch/ovsdb-server.log"';
const mark = 'ovs_log_mark >"$OVS_ROOT/mark"; ovs_log_known >"$OVS_ROOT/known"';
const errors = 'ovs_log_new_errors "$OVS_ROOT/mark" "$OVS_ROOT/known"';

describe.each(shells)('under $shell', ({ command }) => {
  test.each([
    ['nothing new', ':', ''],
    ['an error since then', `echo '2026|3|ofproto|ERR|a new one' >>${log}`, '2026|3|ofproto|ERR|a new one\n'],
    ['an emergency since then', `echo '2026|3|util|EMER|oh' >>${log}`, '2026|3|util|EMER|oh\n'],
    ['a warning since then', `echo '2026|3|ofproto|WARN|hm' >>${log}`, ''],
    ['an error that it had before, with another number', `echo '2027|9|dpif|ERR|an old error on port 12' >>${log}`, ''],
    [
      "an error of the database server, in a log that wasn't there before",
      `echo '2026|3|jsonrpc|ERR|of the server' >${serverLog}`,
      '2026|3|jsonrpc|ERR|of the server\n',
    ],
    [
      'a log rotated since then is read from its beginning',
      `mv ${log} ${log}.1; echo '2026|3|ofproto|EMER|in the new log' >${log}`,
      '2026|3|ofproto|EMER|in the new log\n',
    ],
    ['no log any more', `rm ${log}`, ''],
  ])('the log: %s', (_, meanwhile, found) => {
    expect(host.sh(command, `${mark}; ${meanwhile}; ${errors}`)).toMatchObject({ status: 0, stdout: found });
  });

  test('an error that only a rotated log had is no new one', () => {
    const rotate = `echo '2025|1|dpdk|ERR|no hugepages' >${log}.1; echo '2024|1|tc|ERR|no tc' | gzip >${log}.2.gz`;
    const meanwhile = `echo '2026|3|dpdk|ERR|no hugepages' >>${log}; echo '2026|4|tc|ERR|no tc' >>${log}`;
    expect(host.sh(command, `${rotate}; ${mark}; ${meanwhile}; ${errors}`)).toMatchObject({ status: 0, stdout: '' });
  });

  describe('controllers', () => {
    const known =
      'ovs__vsctl() { case "$*" in *Controller*) printf "tcp:192.0.2.9:6653\\ntcp:127.0.0.1:6633\\n" ;; *Manager*) echo ptcp:6640:127.0.0.1 ;; esac; }';
    const sockets = (...peers: readonly string[]): void =>
      host.write(
        'fake/bin/ss',
        `#!/bin/sh\ncat <<'EOF'\nState Recv-Q Send-Q Local Address:Port Peer Address:Port\n${peers.map((peer) => `ESTAB 0 0 127.0.0.1:5000 ${peer}\n`).join('')}CLOSE-WAIT 0 0 127.0.0.1:5001 127.0.0.1:6633\nEOF\n`,
        0o755,
      );

    test('of an agent that has just been stopped is not connected, whatever the database still says', () => {
      sockets('192.0.2.9:6653');
      expect(host.sh(command, `${known}; ovs_connected`).stdout).toBe('controller tcp:192.0.2.9:6653\n');
    });

    test.each([
      ['that is connected again lets the swap stand', ['192.0.2.9:6653'], 0, ''],
      ['that does not come back is named', [], 1, 'not connected again: controller tcp:192.0.2.9:6653'],
    ])('%s', (_, peers, status, said) => {
      sockets(...peers);
      const before = 'TX=$OVS_ROOT/tx; mkdir -p "$TX/ovs"; echo "controller tcp:192.0.2.9:6653" >"$TX/ovs/connected"';
      const ended = host.sh(command, `${known}; ${before}; ovs_connected_again 0`);
      expect([ended.status, ended.stderr]).toEqual([status, expect.stringContaining(said)]);
    });
  });

  test('daemons that are their units’ own can be restarted later without harm', () => {
    expect(host.sh(command, 'ovs_restart_harmless')).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    ['an inactive unit', 'ovs-vswitchd.service ActiveState=failed', 'ovs-vswitchd.service is not active'],
    [
      'another main process',
      'ovsdb-server.service MainPID=99',
      'the main process of ovsdb-server.service is not the one of its pid file (101)',
    ],
    [
      'a unit file that systemd has not read',
      'ovs-vswitchd.service NeedDaemonReload=yes',
      'ovs-vswitchd.service was changed without systemctl daemon-reload',
    ],
  ])('%s is told, and refuses a swap', (_, line, sentence) => {
    host.write('fake/units', `${host.read('fake/units')}${line}\n`);
    expect(host.sh(command, 'ovs_restart_harmless')).toMatchObject({ status: 1, stderr: `${sentence}\n` });
    expect(host.sh(command, 'ovs_refusals found').stdout).toContain(`${sentence}\n`);
  });

  test('a release that is not staged is a reason to refuse', () => {
    expect(host.sh(command, 'ovs_refusals /opt/ovsfleet/ovs/3.5.0-1').stdout).toBe(
      'the build 3.5.0-1 is not staged: none\n',
    );
  });

  test('before anything was captured an undo touches nothing', () => {
    const script = 'TX=$OVS_ROOT/tx; mkdir "$TX"; ovs_undo && ovs_settle_boot && ovs_verify_undone';
    expect(host.sh(command, script).status).toBe(0);
    expect(host.calls()).toEqual([]);
  });

  test('an undo leaves a daemon alone that is still the process of before', () => {
    const processes = 'TX=$OVS_ROOT/tx; mkdir -p "$TX/ovs"; ovs__processes >"$TX/ovs/processes"';
    const ask = 'if ovs__untouched ovs-vswitchd; then echo untouched; else echo another; fi';
    expect(host.sh(command, `${processes}; ${ask}`).stdout).toBe('untouched\n');
    const restarted =
      'sed "s/4711/4712/" "$OVS_ROOT/proc/102/stat" >"$OVS_ROOT/stat" && mv "$OVS_ROOT/stat" "$OVS_ROOT/proc/102/stat"';
    expect(host.sh(command, `${processes}; ${restarted}; ${ask}`).stdout).toBe('another\n');
  });
});
