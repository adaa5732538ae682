import { afterEach, describe, expect, test } from 'vitest';
import { type FakeHost, fakeHost, shells } from './fake-host.ts';

let host: FakeHost | undefined;
afterEach(() => host?.remove());

/** A host with two internal ports, of which one is a tap device of a userspace datapath, and a guest's tap that is nobody's business. */
const plainTaps = (
  command: readonly string[],
  release: string,
): { readonly calls: readonly string[]; readonly said: string } => {
  const made = fakeHost();
  host = made;
  made.write('fake/bin/ethtool', '#!/bin/sh\necho "ethtool $*" >>"$FAKE_CALLS"\n', 0o755);
  for (const tap of ['br-ex', 'vnet7']) made.write(`sys/class/net/${tap}/tun_flags`, '0x1802\n');
  const { stderr } = made.sh(
    command,
    `ovs__side() { SIDE_BIN=/usr/bin; }
     ovs__release_of_tool() { echo ${release}; }
     ovs__vsctl() { printf 'br-ex\\nkernel-port\\n'; }
     ovs__plain_taps found`,
  );
  return { calls: made.calls(), said: stderr };
};

describe.each(shells)('what the host itself sends over its bridges, in $shell', ({ command }) => {
  test('has its checksums again before a release is started that does not fill them in', () => {
    expect(plainTaps(command, '3.1.0')).toEqual({ calls: ['ethtool -K br-ex tx off'], said: '' });
  });

  test('is left alone when a release is started that fills them in', () => {
    expect(plainTaps(command, '3.5.0')).toEqual({ calls: [], said: '' });
  });
});
