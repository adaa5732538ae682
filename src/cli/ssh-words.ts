import type { ConnectionSettings } from '../model/connection-settings.ts';

type Row = readonly [keyword: string, value: string];

const list = (paths: readonly string[]): string => (paths.length === 0 ? 'none' : paths.join(' '));

const seconds = (ms: number | null): string => (ms === null ? 'as ovsfleet does' : `${ms / 1000}`);

const way = ({ jump }: ConnectionSettings): string =>
  jump === null ? 'none' : `${jump.jump === null ? '' : `${way(jump)},`}${jump.user}@${jump.hostName}:${jump.port}`;

/** By the keywords of ssh_config(5), in the order in which a connection needs them. */
const rowsOf = (settings: ConnectionSettings): readonly Row[] => [
  ['hostname', settings.hostName],
  ['port', String(settings.port)],
  ['user', settings.user],
  settings.proxyCommand === null ? ['proxyjump', way(settings)] : ['proxycommand', settings.proxyCommand],
  ['identityfile', list(settings.identityFiles.map(({ path }) => path))],
  ['certificatefile', list(settings.certificateFiles)],
  ['identitiesonly', settings.identitiesOnly],
  ['identityagent', settings.identityAgent ?? 'none'],
  ['preferredauthentications', settings.loginOrder?.join(',') ?? 'as ovsfleet does'],
  ['forwardagent', settings.forwardAgent],
  ['stricthostkeychecking', settings.hostKeyChecking],
  ['hostkeyalias', settings.hostKeyName],
  ['userknownhostsfile', list(settings.userKnownHostsFiles)],
  ['globalknownhostsfile', list(settings.globalKnownHostsFiles)],
  ['connecttimeout', seconds(settings.connectTimeout)],
  ['serveraliveinterval', seconds(settings.serverAliveInterval)],
];

/** How a host is reached, and who says it; what nobody says is ssh's own. */
export const waysText = (settings: ConnectionSettings): string => {
  const rows = rowsOf(settings);
  const width = Math.max(...rows.map(([keyword]) => keyword.length));
  const told = rows.map(([keyword, value]) => {
    const source = settings.sources[keyword];
    return `  ${keyword.padEnd(width)}  ${value}${source === undefined ? '' : `  (${source})`}`;
  });
  const needs = settings.requires.map(({ why, at }) => `  by ssh(1) itself, for ${why}  (${at})`);
  return [settings.name, ...told, ...needs].join('\n');
};

/** `ops@10.0.0.7:22 through jump@bastion:22`. */
export const placeText = (settings: ConnectionSettings): string => {
  const { user, hostName, port, jump } = settings;
  return `${user}@${hostName}:${port}${jump === null ? '' : ` through ${way(settings)}`}`;
};
