import { expect, test } from 'vitest';
import { typedAgain } from '../../../src/cli/typed-again.ts';
import { resumeCommand } from '../../../src/model/resume-command.ts';

const nothing = {
  transport: 'auto',
  becomeMethod: 'sudo',
  becomeUser: 'root',
  become: false,
  askPass: false,
  extra: ['a=b'],
};

test.each([
  ['no more than the inventory', {}, ''],
  ['where the run is kept', { fleetDirectory: '/srv/my fleet' }, " '--fleet-directory=/srv/my fleet'"],
  [
    'how hosts are reached',
    { user: 'ops', timeout: 9, transport: 'openssh', sshCommonArgs: "-o 'A=b'", sshExtraArgs: '-C' },
    " --user=ops '--ssh-common-args=-o '\\''A=b'\\''' --ssh-extra-args=-C --timeout=9 --transport=openssh",
  ],
  [
    'as whom they are worked on',
    { become: true, askBecomePass: true, becomeUser: 'fleet' },
    ' --become-user=fleet --become --ask-become-pass',
  ],
  [
    'how the inventory is opened',
    { vaultId: ['a@one', 'b@two'], askVaultPass: true },
    ' --vault-id=a@one --vault-id=b@two --ask-vault-pass',
  ],
])('what is told to be typed to go on says %s', (_, typed, more) => {
  expect(resumeCommand('r1', ['hosts.yaml'], typedAgain({ ...nothing, ...typed }))).toBe(
    `ovsfleet resume r1 -i hosts.yaml${more}`,
  );
});
