import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from './sshd.ts';

/** Somebody who exists for one sshd only. */
export interface Person {
  readonly name: string;
  readonly password?: string;
  readonly shell?: string;
  /** Files of the home directory. */
  readonly files?: Readonly<Record<string, string>>;
}

const crypted = async (password: string | undefined): Promise<string> =>
  password === undefined
    ? '*'
    : (await execute('perl', ['-e', 'print crypt($ARGV[0], q($6$ovsfleet$))', password])).stdout;

/**
 * The words that start a server in a mount namespace of its own, where these people exist, `pam` is what PAM does for
 * sshd, and `mounts` are made (shell commands; `$1` is the server's directory). Needs root; the machine stays as it is.
 */
export const peopled =
  (people: readonly Person[], pam = 'auth required pam_unix.so\naccount required pam_permit.so\n', mounts = '') =>
  async (directory: string): Promise<readonly string[]> => {
    await mkdir(join(directory, 'home'));
    const lines = await Promise.all(
      people.map(async ({ name, password, shell = '/bin/sh', files = {} }, index) => {
        const home = join(directory, 'home', name);
        const uid = 61_000 + index;
        await mkdir(home, { recursive: true });
        for (const [file, content] of Object.entries(files)) {
          await mkdir(join(home, file, '..'), { recursive: true });
          await writeFile(join(home, file), content, { mode: 0o755 });
        }
        await execute('chown', ['-R', `${uid}:${uid}`, home]);
        return {
          passwd: `${name}:x:${uid}:${uid}::${home}:${shell}\n`,
          shadow: `${name}:${await crypted(password)}:19000::::::\n`,
        };
      }),
    );
    await execute('chmod', ['0755', directory, join(directory, 'home')]);
    const passwd = await readFile('/etc/passwd', 'utf8');
    await writeFile(join(directory, 'passwd'), passwd + lines.map((line) => line.passwd).join(''));
    const shadow = await readFile('/etc/shadow', 'utf8');
    await writeFile(join(directory, 'shadow'), shadow + lines.map((line) => line.shadow).join(''), { mode: 0o600 });
    await writeFile(join(directory, 'pam'), pam);
    const script = [
      'for file in passwd shadow; do mount --bind "$1/$file" "/etc/$file"; done',
      'if [ -e /etc/pam.d/sshd ]; then mount --bind "$1/pam" /etc/pam.d/sshd; fi',
      mounts,
      'shift; exec "$@"',
    ].join('\n');
    return ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh', directory];
  };
