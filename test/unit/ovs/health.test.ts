import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { debianHost, type FakeHost, shells } from './fake-host.ts';

let host: FakeHost;
beforeEach(() => {
  host = debianHost();
  host.write('var/log/openvswitch/ovs-vswitchd.log', '2026|1|dpif|ERR|an old error\n2026|2|bridge|INFO|fine\n');
});
afterEach(() => host.remove());

const log = '"$OVS_ROOT/var/log/openvswitch/ovs-vswitchd.log"';
const mark = 'ovs_log_mark >"$OVS_ROOT/mark"';
const errors = 'ovs_log_new_errors "$OVS_ROOT/mark"';

describe.each(shells)('under $shell', ({ command }) => {
  test.each([
    ['nothing new', ':', ''],
    ['an error since then', `echo '2026|3|ofproto|ERR|a new one' >>${log}`, '2026|3|ofproto|ERR|a new one\n'],
    ['a warning since then', `echo '2026|3|ofproto|WARN|hm' >>${log}`, ''],
    [
      'a log rotated since then is read from its beginning',
      `mv ${log} ${log}.1; echo '2026|3|ofproto|EMER|in the new log' >${log}`,
      '2026|3|ofproto|EMER|in the new log\n',
    ],
    ['no log any more', `rm ${log}`, ''],
  ])('the log: %s', (_, meanwhile, found) => {
    expect(host.sh(command, `${mark}; ${meanwhile}; ${errors}`)).toMatchObject({ status: 0, stdout: found });
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
