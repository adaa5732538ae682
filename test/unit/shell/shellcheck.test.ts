import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { applyBatch, type BatchStep, probeBatch, releaseBatch, sh, using } from '../../../src/shell/index.ts';
import { libraries, lockOf, nonce } from './support/sandbox.ts';

const complaints = (program: string): string => {
  const ran = spawnSync('shellcheck', ['--shell=sh', '--format=gcc', '-'], {
    input: program,
    encoding: 'utf8',
  });
  expect(ran.error).toBeUndefined();
  return ran.stdout + ran.stderr;
};

const always = sh`:`;
const file = sh`cat /etc/ovs/version 2>/dev/null || echo none`;
const installed: BatchStep = {
  read: file,
  want: "3.5.0 it's",
  ways: [{ title: '', can: always, make: sh`printf '%s\n' ${"3.5.0 it's"} >/etc/ovs/version` }],
  withinSeconds: 30,
  limitSeconds: 600,
};
const fallsBack: BatchStep = {
  read: sh`
    case $(uname -m) in
      x86_64) echo ${'a b'} ;;
      *) echo 'no such machine'; exit 75 ;;
    esac
  `,
  want: 'hostname=hv01\nkernel=6.1',
  ways: [
    { title: 'modules_install', can: sh`test -d ${'/lib/modules/6.1 x'}`, make: sh`make -C ${'/src'} modules_install` },
    { title: 'copy', can: always, make: sh`install -m 0644 ${['a.ko', 'b c.ko']} ${'/lib/modules'} && depmod` },
  ],
  withinSeconds: 0,
  limitSeconds: 600,
};
const check: BatchStep = {
  read: sh`systemctl is-active ovs-vswitchd`,
  want: 'active',
  ways: [],
  withinSeconds: 60,
  limitSeconds: 600,
};
const withHeredoc: BatchStep = {
  read: using(
    ['extra'],
    sh`
      extra <<'END'
      two lines
        of text
      END
    `,
  ),
  want: '',
  ways: [{ title: '', can: always, make: sh`extra </etc/hosts` }],
  withinSeconds: 0,
  limitSeconds: 600,
};

const options = {
  nonce,
  libraries: (name: string): string => (name === 'extra' ? 'extra() {\n  cat\n}' : libraries()(name)),
};
const all = [installed, fallsBack, check, withHeredoc];

describe('shellcheck', () => {
  it.each<[string, string]>([
    ['a probe of nothing', probeBatch([], options)],
    ['a probe of many steps', probeBatch(all, options)],
    ['what lets a host go', releaseBatch('run-1', options)],
    ['a batch of one step', applyBatch([installed], { ...options, lock: lockOf('run-1', { waitSeconds: 30 }) })],
    ['a batch of checks alone', applyBatch([check, check], { ...options, lock: lockOf('run 2') })],
    [
      'a batch of every kind of step',
      applyBatch(all, { ...options, lock: lockOf('run-3', { earlier: ['run-1', 'run 2'], whenTaken: 'steal' }) }),
    ],
  ])('has nothing to say of %s', (_, program) => {
    expect(complaints(program)).toBe('');
  });

  it('would say so of an unquoted variable in a step', () => {
    expect(complaints(probeBatch([{ ...check, read: sh`rm -r $HOME/x` }], options))).toContain('SC2086');
  });
});
