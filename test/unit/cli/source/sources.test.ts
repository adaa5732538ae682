import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withSources } from '../../../../src/cli/source/with-sources.ts';
import { ovs } from '../../../../src/ovs/index.ts';
import type { Source } from '../../../../src/playbook/index.ts';

vi.setConfig({ testTimeout: 60_000 });

let directory: string;
let store: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sources-test-'));
  store = join(directory, 'store');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** A tree such as a release has; a checkout has no configure. */
const tree = (name: string, ...files: readonly string[]): string => {
  const path = join(directory, name);
  mkdirSync(path, { recursive: true });
  for (const file of files) writeFileSync(join(path, file), `${file}\n`);
  return path;
};
const tarball = (name: string, ...files: readonly string[]): string => {
  tree(name, ...files);
  const file = join(directory, `${name}.tar.gz`);
  execFileSync('tar', ['-czf', file, '-C', directory, name]);
  return file;
};

const look = async (source: string, more: Readonly<Record<string, string>> = {}) => {
  const given = Object.entries({ version: '3.5.0', source, ...more }).map(([name, value]) => [
    name,
    { value, from: 'test' },
  ]);
  const { given: found, warnings } = await withSources(Object.fromEntries(given), ovs.releaseParams, store);
  const value = ovs.releaseParams.source.parse(found['source']?.value ?? null);
  if (value === undefined) throw new Error('no source');
  return { source: value satisfies Source, warnings: warnings.map(({ message }) => message) };
};
const refusal = async (...args: Parameters<typeof look>): Promise<string> => {
  try {
    await look(...args);
  } catch (error) {
    return error instanceof Error && 'remedy' in error ? `${error.message} → ${String(error.remedy)}` : String(error);
  }
  throw new Error('it was taken');
};

describe('a tarball', () => {
  it('that is the one asked for is taken, and looked into', async () => {
    const file = tarball('openvswitch-3.5.0', 'configure.ac', 'configure');
    const { source, warnings } = await look(file, { sha256: sha256(file) });
    expect([source, warnings]).toEqual([{ given: file, file, sha256: sha256(file), configure: 'there' }, []]);
  });

  it('that is an archive of a tag is known by what is missing in it, whatever it is called', async () => {
    const file = tarball('openvswitch-3.5.0', 'configure.ac', 'boot.sh');
    expect((await look(file, { sha256: sha256(file) })).source.configure).toBe('missing');
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['of which nobody said the sha256', ['configure.ac'], {}, '--no-checksum'],
    ['with another sha256', ['configure.ac'], { sha256: '0'.repeat(64) }, 'but 000'],
    ['of something else', ['README'], { no_checksum: 'yes' }, 'no configure.ac'],
    ['packed after it was configured', ['configure.ac', 'config.status'], { no_checksum: 'yes' }, 'make distclean'],
  ])('%s is refused', async (_, files, more, says) => {
    expect(await refusal(tarball('source', ...files), more)).toContain(says);
  });

  it('is told with its sha256 when none was asked for, so that it can be said', async () => {
    const file = tarball('source', 'configure.ac');
    expect(await refusal(file)).toContain(`-e sha256=${sha256(file)}`);
  });

  it('is taken without a checksum only aloud', async () => {
    const file = tarball('source', 'configure.ac');
    const { source, warnings } = await look(file, { no_checksum: 'yes' });
    expect(source.sha256).toBe(sha256(file));
    expect(warnings).toEqual([expect.stringContaining('Nobody has said what')]);
  });

  it('that is no tarball is refused', async () => {
    const file = join(directory, 'page.tar.gz');
    writeFileSync(file, '<html>Not found</html>');
    expect(await refusal(file, { no_checksum: 'yes' })).toContain('no tarball that can be read');
  });

  it('that is gone is asked of no one when its sha256 is known: builds may be in store', async () => {
    const { source } = await look(join(directory, 'gone.tar.gz'), { sha256: 'a'.repeat(64) });
    expect(source).toMatchObject({ sha256: 'a'.repeat(64), configure: 'unknown' });
    expect(await refusal(join(directory, 'gone.tar.gz'))).toContain('There is no');
  });
});

describe('a directory', () => {
  it('of tarballs gives that of the release', async () => {
    const file = tarball('openvswitch-3.5.0', 'configure.ac');
    expect((await look(directory, { sha256: sha256(file) })).source.file).toBe(file);
    expect(await refusal(directory)).toContain('Nobody has said the sha256');
    expect(await refusal(directory, { version: '3.4.0' })).toContain('openvswitch-3.4.0.tar.gz');
  });

  it('that is a source tree is packed, alike for equal trees', async () => {
    const path = tree('work', 'configure.ac');
    const first = (await look(path)).source;
    writeFileSync(join(path, 'configure.ac'), 'configure.ac\n');
    const again = (await look(path)).source;
    expect(again).toEqual(first);
    expect(first.configure).toBe('missing');
    writeFileSync(join(path, 'more.c'), 'int x;\n');
    expect((await look(path)).source.sha256).not.toBe(first.sha256);
  });
});

describe('an address', () => {
  let server: Server;
  let url: string;
  let asked: number;
  beforeEach(async () => {
    asked = 0;
    server = createServer((request, response) => {
      asked += 1;
      if (request.url !== '/openvswitch-3.5.0.tar.gz') {
        response.writeHead(404).end();
        return;
      }
      response.end(readFileSync(join(directory, 'openvswitch-3.5.0.tar.gz')));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  it('is fetched once, and kept by what it is', async () => {
    const wanted = sha256(tarball('openvswitch-3.5.0', 'configure.ac'));
    const first = await look(`${url}/openvswitch-3.5.0.tar.gz`, { sha256: wanted });
    const again = await look(`${url}/openvswitch-3.5.0.tar.gz`, { sha256: wanted });
    expect([asked, again.source]).toEqual([1, first.source]);
    expect(readdirSync(store)).toEqual([`${wanted}.tarball`]);
  });

  it('that has another file than was asked for is refused', async () => {
    tarball('openvswitch-3.5.0', 'configure.ac');
    expect(await refusal(`${url}/openvswitch-3.5.0.tar.gz`, { sha256: '0'.repeat(64) })).toContain('but 000');
  });

  it('that has none says so', async () => {
    expect(await refusal(`${url}/openvswitch-9.tar.gz`, { no_checksum: 'yes' })).toContain('answers 404');
  });

  it('that cannot be reached says so', async () => {
    expect(await refusal('http://127.0.0.1:1/x.tar.gz', { no_checksum: 'yes' })).toContain('cannot be fetched');
  });
});

describe('a repository', () => {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', join(directory, 'upstream'), '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
      .toString()
      .trim();
  beforeEach(() => {
    tree('upstream', 'configure.ac', 'boot.sh');
    git('init', '--quiet', '-b', 'main');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    git('tag', '-a', '-m', 'release', 'v3.5.0');
    git('branch', 'branch-3.5');
  });
  const upstream = (ref: string) => `git:${join(directory, 'upstream')}${ref}`;

  it.each(['', '#v3.5.0', '#branch-3.5', '#main'])(
    'is packed without a checksum: its commit says what it is (%s)',
    async (ref) => {
      const { source, warnings } = await look(upstream(ref));
      expect([source.configure, warnings]).toEqual(['missing', []]);
      expect(source.file).toBe(join(store, `git-${git('rev-parse', 'HEAD')}.tar.gz`));
      expect(source.sha256).toBe(sha256(source.file));
      expect((await look(upstream(ref))).source).toEqual(source);
    },
  );

  it('follows a branch that has gone on', async () => {
    const before = await look(upstream('#main'));
    writeFileSync(join(directory, 'upstream', 'more.c'), 'int x;\n');
    git('add', '.');
    git('commit', '--quiet', '-m', 'two');
    expect((await look(upstream('#main'))).source.sha256).not.toBe(before.source.sha256);
    expect((await look(upstream('#v3.5.0'))).source.file).toBe(before.source.file);
  });

  it.each([
    ['#v2.3.0', "that release's is v2.3"],
    ['#v2.2.0', 'never released'],
    ['#v3.5.9', 'has no tag and no branch v3.5.9'],
    ['#--upload-pack=x', 'names no tag'],
  ])('has no %s', async (ref, says) => {
    expect(await refusal(upstream(ref))).toContain(says);
  });

  it('whose tag is signed by somebody who is trusted here is taken', async () => {
    const [key, signers, config] = ['key', 'signers', 'gitconfig'].map((name) => join(directory, name));
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${key}`]);
    writeFileSync(`${signers}`, `a@b ${readFileSync(`${key}.pub`, 'utf8')}`);
    writeFileSync(`${config}`, `[gpg]\nformat = ssh\n[gpg "ssh"]\nallowedSignersFile = ${signers}\n`);
    vi.stubEnv('GIT_CONFIG_GLOBAL', `${config}`);
    git('-c', `user.signingkey=${key}`, 'tag', '-s', '-m', 'release', 'v3.5.1');
    const signed = await look(upstream('#v3.5.1'), { verify_tag: 'yes', version: '3.5.1' });
    expect(signed.source.file).toContain(git('rev-parse', 'HEAD'));
    vi.unstubAllEnvs();
  });

  it('whose tag is not signed is refused where that was asked for', async () => {
    expect(await refusal(upstream('#v3.5.0'), { verify_tag: 'yes' })).toContain(
      'is not signed by a key that is trusted',
    );
  });
});
