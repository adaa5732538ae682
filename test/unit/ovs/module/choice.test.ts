import { describe, expect, it } from 'vitest';
import { parseFacts } from '../../../../src/facts/index.ts';
import { type ModuleParams, moduleChoice } from '../../../../src/ovs/module/choice.ts';
import { moduleArtifacts } from '../../../../src/ovs/module/needed.ts';
import { moduleRefused } from '../../../../src/ovs/module/preflight.ts';

const host = (kernel: string, distro = 'debian', version = '12', arch = 'x86_64', signatures = 'free') =>
  parseFacts(
    `ID=${distro}\nVERSION_ID=${version}\nkernel=${kernel}\narch=${arch}\ninit=systemd\nsignatures=${signatures}\novs.owner=none\n`,
    'hv01',
  );

const debian = host('6.1.0-28-amd64');
const el7 = host('3.10.0-693.11.1.el7.x86_64', 'centos', '7');
const el79 = host('3.10.0-1160.119.1.el7.x86_64', 'centos', '7');
const secure = host('3.10.0-693.11.1.el7.x86_64', 'centos', '7', 'x86_64', 'enforced');

const params: ModuleParams = {
  module: 'ours',
  module_from: 'kernel',
  module_source: '/srv/module.tar.gz',
  module_sha256: 'b'.repeat(64),
  module_version: '',
  sign_key: '',
  sign_cert: '',
};
const release = { module_from: 'release', module_version: '2.9.0' } as const;
const either = { module: 'ours-else-in-tree' } as const;
const keys = { sign_key: '/srv/mok.key', sign_cert: 'test/fixtures/ovs/mok.pem' };

const chosen = (more: Partial<ModuleParams> = {}, facts = debian) => moduleChoice({ ...params, ...more }, facts);
const idOf = (more: Partial<ModuleParams> = {}, facts = debian): string => {
  const choice = chosen(more, facts);
  return choice.kind === 'ours' ? choice.build.id : choice.kind;
};
const needed = (more: Partial<ModuleParams> = {}, facts = debian) =>
  moduleArtifacts(chosen(more, facts), { ...params, ...more }, facts);

describe('the module of a host', () => {
  it('is another build for another kernel, another source, another directory of headers, another option', () => {
    const ids = [
      idOf(),
      idOf({}, host('6.1.0-27-amd64')),
      idOf({ module_sha256: 'c'.repeat(64) }),
      idOf({ module_headers: '/usr/src/linux' }),
      idOf({ module_configure: 'ARCH=arm64' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each<[string, Partial<ModuleParams>, typeof debian, string]>([
    ["a release's on a kernel that its configure takes", release, el7, 'release'],
    ["a release's where it can be had", { ...release, module: 'ours-else-in-tree' }, el7, 'release'],
    ["the kernel's own where it cannot", { ...release, module: 'ours-else-in-tree' }, debian, 'in-tree'],
    ["the kernel's own when that is asked for", { module: 'in-tree' }, debian, 'in-tree'],
    ['one of a kernel, whichever that is', {}, debian, 'kernel'],
    ["the kernel's own where a release's would not be signed", { ...release, ...either }, secure, 'in-tree'],
    ["the kernel's own where one of a kernel would not be signed", either, secure, 'in-tree'],
    ['the wanted one where there is a key for it', { ...release, ...either, ...keys }, secure, 'release'],
    ['the built one, which may be signed', { ...either, module_from: 'built' }, secure, 'built'],
    ["a release's where nothing else is wanted: the host says what it lacks", release, secure, 'release'],
  ])('is %s', (_, more, facts, is) => {
    expect(idOf(more, facts).replace(/-[0-9a-f]{10}$/, '')).toBe(is);
  });

  it.each<[string, Partial<ModuleParams>, string]>([
    ['of a release that has none', { ...release, module_version: '3.5.0' }, 'no kernel module of its own'],
    ['of a release for a later kernel', release, "can't have 2.9.0's module"],
    ['of nobody knows which release', { ...release, module_version: '' }, 'which release'],
    ['made of nothing', { module_source: '' }, 'what the module is made of'],
    ['without the sha256 of its source', { module_sha256: '' }, 'what the module is made of'],
    [
      'for another directory by an option',
      { ...release, module_configure: '--with-linux=/x' },
      '--with-linux=/x cannot',
    ],
    ['with a command in its options', { module_configure: 'ARCH=arm64 ;reboot' }, ';reboot cannot be given'],
  ])('is refused %s', (_, more, says) => {
    expect(() => chosen(more)).toThrow(says);
  });
});

describe('the plan of a host', () => {
  const notes = (more: Partial<ModuleParams>, facts: typeof debian): readonly string[] =>
    moduleRefused(chosen(more, facts), { ...params, ...more }).flatMap((asked) =>
      asked.title === 'choice of the module' ? (asked.judge?.('') ?? []) : [],
    );

  it.each<[string, Partial<ModuleParams>, typeof debian, string]>([
    ['would not be signed', { ...release, ...either }, secure, 'would not be signed, and this kernel loads signed'],
    ['of a kernel would not be signed', either, secure, 'there is no key to sign with'],
    ['is for earlier kernels', { ...release, ...either }, debian, "kernel 6.1 can't have 2.9.0's module"],
    ['would hardly compile', { ...release, ...either }, el79, 'it will hardly compile'],
  ])("tells why it has the kernel's own: the other %s", (_, more, facts, says) => {
    expect(notes(more, facts)).toEqual([expect.stringContaining("the kernel's own module is taken: ")]);
    expect(notes(more, facts)[0]).toContain(says);
  });

  it.each<[string, Partial<ModuleParams>, typeof debian, string]>([
    ['was not taught its backports', release, el79, 'it will hardly compile'],
    ['was not taught its backports, and what was', release, el79, 'more likely to work: release 2.14.0'],
    ['passes its gate alone', { ...release, module_version: '2.9.9' }, el7, 'is only seen by doing it'],
  ])('says that nobody has proven a module which %s', (_, more, facts, says) => {
    expect(notes(more, facts)).toEqual([expect.stringMatching(/^unproven: /)]);
    expect(notes(more, facts)[0]).toContain(says);
  });

  it.each<[string, Partial<ModuleParams>, typeof debian]>([
    ['a module that was seen to run', release, el7],
    ["a kernel's own that was asked for", { module: 'in-tree' }, secure],
    ['one that is of a kernel', {}, debian],
  ])('says nothing of %s', (_, more, facts) => {
    expect(notes(more, facts)).toEqual([]);
  });
});

describe('what has to be compiled', () => {
  it('is nothing for modules that were built elsewhere, and for the kernel’s own', () => {
    expect([needed({ module_from: 'built' }), needed({ module: 'in-tree' })]).toEqual([[], []]);
  });

  it.each<[string, Partial<ModuleParams>, typeof debian, string]>([
    ['Debian', {}, debian, 'linux-headers-6.1.0-28-amd64 gcc'],
    ['EL 7, with what a release of Python 2 needs', release, el7, 'kernel-devel-3.10.0-693.11.1.el7.x86_64 gcc make'],
  ])('asks first for the headers of that very kernel and a compiler: %s', (_, more, facts, words) => {
    const [build] = needed(more, facts);
    const [tools, made] = build?.node.kind === 'group' ? build.node.nodes : [];
    expect([tools?.kind, made?.kind]).toEqual(['step', 'step']);
    const text = tools?.kind === 'step' ? tools.read.text : '';
    for (const word of words.split(' ')) expect(text).toContain(word);
    expect(text.includes('python-six')).toBe(more.module_from === 'release');
  });

  it("asks for pkg-config where a release's configure does, and not for the kernel's own source", () => {
    const asks = (more: Partial<ModuleParams>): boolean =>
      JSON.stringify(needed(more, el7)[0]?.node).includes('pkgconfig');
    expect([asks({}), asks(release)]).toEqual([false, true]);
  });

  it('asks for no package of headers where their directory is said', () => {
    const [build] = needed({ module_headers: '/usr/src/linux' });
    expect(JSON.stringify(build?.node)).not.toContain('linux-headers-6.1');
  });

  it('is told and not installed where nobody may install', () => {
    const [build] = needed({ install_deps: false });
    expect(build?.node.kind === 'group' ? build.node.nodes.map(({ kind }) => kind) : []).toEqual(['verify', 'step']);
  });

  it('leaves nobody who does not know the packages without his modules', () => {
    expect(needed({}, host('6.6.0', 'gentoo', '2.14'))[0]?.node.kind).toBe('step');
  });

  it('keeps what it printed, fetches it, and knows what usually goes wrong', () => {
    const [build] = needed();
    const made = build?.node.kind === 'group' ? build.node.nodes.at(-1) : undefined;
    const { logs, explains } = made?.kind === 'step' ? made : { logs: [], explains: [] };
    expect(logs.map(({ as }) => as)).toEqual([`build/${build?.id}.log`]);
    const meant = (line: string) => explains.find(({ pattern }) => pattern.test(line))?.means;
    expect(
      meant('ovs: the headers of kernel 6.1.0-28-amd64 are not installed here (/lib/modules/6.1.0-28-amd64/build)'),
    ).toContain('headers');
    expect(meant('/w/datapath/linux/skbuff.h:9:1: error: ‘struct sk_buff’ has no member named ‘rxhash’')).toContain(
      'kernel',
    );
  });

  it('is for builders of their own architecture, where that is said', () => {
    const [build] = needed({ cross_from: 'x86_64' }, host('6.1.0-28-arm64', 'debian', '12', 'aarch64'));
    expect(build?.platform).toBe('debian-12-x86_64');
  });
});
