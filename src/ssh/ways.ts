import type { BaseAgent, ParsedKey } from 'ssh2';
import { ConnectionError } from '../model/connection-error.ts';
import type { ConnectionSettings, IdentityFile } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import type { Secret } from '../model/secret.ts';
import type { AgentKey } from './agent.ts';
import { keyUnusable, noWayIn } from './key-problems.ts';
import { fingerprintOf, type Keyring } from './keyring.ts';
import { errorMessage } from './reasons.ts';

/** One way to prove who we are, and how to call it. `none` asks which ways there are: sshd does not count that. */
export type Way = { readonly title: string } & (
  | { readonly kind: 'none' }
  | { readonly kind: 'key'; readonly fingerprint: string; readonly key: ParsedKey }
  | { readonly kind: 'agent-key'; readonly fingerprint: string; readonly agent: BaseAgent }
  | { readonly kind: 'password'; readonly password: Secret }
  | { readonly kind: 'keyboard-interactive'; readonly password: Secret }
);

/** The ways in, in the order to try them, and what was left out, for when none of them opens. */
export interface Ways {
  readonly ways: readonly Way[];
  readonly notes: readonly string[];
}

/** sshd hangs up at the sixth refusal (sshd_config(5), MaxAuthTries); the last try is left to a password. */
const mostKeys = 5;

/** The method as servers and PreferredAuthentications call it. */
export const methodOf = ({ kind }: Way): string => (kind === 'key' || kind === 'agent-key' ? 'publickey' : kind);

const viaAgent = (title: string, { fingerprint, agent }: AgentKey): Way => ({
  kind: 'agent-key',
  title,
  fingerprint,
  agent,
});

interface Search {
  readonly host: Host;
  readonly keyring: Keyring;
  readonly held: readonly AgentKey[];
  /** Those of the agent's keys that may be tried though nobody named them. */
  readonly others: readonly AgentKey[];
  readonly notes: string[];
}

/** The way that a key file is: opened by the agent if that has its key, else by the passphrase of whoever started the run. */
const wayOf = async ({ host, keyring, held }: Search, { path, from }: IdentityFile): Promise<Way | undefined> => {
  const found = await keyring.file(host, path);
  const fingerprint = found.kind === 'key' ? fingerprintOf(found.key) : found.fingerprint;
  const title = `${path}${fingerprint === undefined ? '' : ` (${fingerprint})`}`;
  const inAgent = held.find((key) => key.fingerprint === fingerprint);
  if (inAgent !== undefined) return viaAgent(title, inAgent);
  switch (found.kind) {
    case 'key':
      return { kind: 'key', title, fingerprint: fingerprintOf(found.key), key: found.key };
    case 'locked': {
      // Nobody named it, and there are others to try: not worth a question.
      if (from === 'default' && held.length > 0) return undefined;
      const key = await keyring.unlock(host, path);
      return { kind: 'key', title, fingerprint: fingerprintOf(key), key };
    }
    case 'public':
      throw keyUnusable(
        host,
        path,
        'holds a public key only, and no SSH agent holds its other half',
        'Name the file without .pub in ansible_ssh_private_key_file, or ssh-add the key',
      );
  }
};

/** Files that the inventory or a flag names must be good; of ssh_config's, and those that ssh(1) tries by itself, what is not is left out. */
const waysOf = async (search: Search, files: readonly IdentityFile[]): Promise<readonly Way[]> => {
  const ways: Way[] = [];
  for (const file of files) {
    try {
      const way = await wayOf(search, file);
      if (way !== undefined) ways.push(way);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      const byHand = file.from === 'inventory' || file.from === 'flag';
      // The agent may hold another key that opens the door, as ssh(1) would find out too.
      const agentMayDo = error.code === 'ssh.private-key-encrypted' && search.others.length > 0;
      if (byHand && !agentMayDo) throw error;
      if (file.from !== 'default')
        search.notes.push(error.message.replace(`${search.host.name}: `, '').replace(/\.$/, ''));
    }
  }
  return ways;
};

const heldBy = async (keyring: Keyring, socket: string | null, notes: string[]): Promise<readonly AgentKey[]> => {
  if (socket === null) return [];
  try {
    return await keyring.agent(socket);
  } catch (error) {
    notes.push(`the keys of the agent at ${socket} (${errorMessage(error)})`);
    return [];
  }
};

const isKey = (way: Way): way is Extract<Way, { readonly fingerprint: string }> =>
  way.kind === 'key' || way.kind === 'agent-key';

/** Each key once, and no more of them than a server bears. */
const bearable = (ways: readonly Way[], notes: string[]): readonly Way[] => {
  const seen = new Set<string>();
  const once = ways.filter((way) => !isKey(way) || (!seen.has(way.fingerprint) && seen.add(way.fingerprint)));
  const tooMany = once.filter(isKey).slice(mostKeys);
  if (tooMany.length > 0) {
    notes.push(
      `${tooMany.length} more keys of the agent (sshd hangs up after a few: say which one with ansible_ssh_private_key_file or IdentityFile)`,
    );
  }
  return once.filter((way) => !isKey(way) || !tooMany.includes(way));
};

/** As PreferredAuthentications says; `none` stays ahead. */
const inOrder = (ways: readonly Way[], order: readonly string[] | null): readonly Way[] => {
  if (order === null) return ways;
  const place = (way: Way): number => (way.kind === 'none' ? -1 : order.indexOf(methodOf(way)));
  return ways
    .filter((way) => way.kind === 'none' || place(way) >= 0)
    .toSorted((one, other) => place(one) - place(other));
};

/**
 * What to log in with, in this order: the keys that the inventory, a flag or ssh_config names; the password, where one is
 * given; then, unless IdentitiesOnly, the agent's keys and those of `~/.ssh`. Each refusal counts (sshd_config(5),
 * MaxAuthTries; fail2ban), so what was named comes first, and what let us in elsewhere before what never did.
 */
export const waysIn = async (
  host: Host,
  settings: ConnectionSettings,
  keyring: Keyring,
  password: Secret | undefined,
): Promise<Ways> => {
  const notes: string[] = [];
  const keys: Way[] = [];
  const others: Way[] = [];
  const named = settings.identityFiles.filter(({ from }) => from !== 'default');
  const usual = settings.identityFiles.filter(({ from }) => from === 'default');
  if (settings.publicKeyLogin === 'yes') {
    const held = await heldBy(keyring, settings.identityAgent, notes);
    const unasked = settings.identitiesOnly === 'yes' ? [] : keyring.likeliestFirst(held);
    const search: Search = { host, keyring, held, others: unasked, notes };
    keys.push(...(await waysOf(search, named)));
    const unnamed =
      named.length === 0 && (password === undefined || settings.identitiesOnly === 'yes')
        ? await waysOf(search, usual)
        : [];
    others.push(
      ...unnamed.filter(({ kind }) => kind === 'agent-key'),
      ...unasked.map((key) => viaAgent(`${key.comment || 'a key'} of the agent (${key.fingerprint})`, key)),
      ...unnamed.filter(({ kind }) => kind === 'key'),
    );
  }
  const typed: Way[] = [];
  if (password !== undefined) {
    if (settings.passwordLogin === 'yes') typed.push({ kind: 'password', title: 'the password', password });
    if (settings.keyboardInteractiveLogin === 'yes') {
      typed.push({ kind: 'keyboard-interactive', title: 'the password, by keyboard-interactive', password });
    }
  }
  const ask: readonly Way[] = typed.length === 0 ? [] : [{ kind: 'none', title: 'none' }];
  const ways = inOrder(bearable([...ask, ...keys, ...typed, ...others], notes), settings.loginOrder);
  if (ways.every(({ kind }) => kind === 'none')) throw noWayIn(host, notes);
  return { ways, notes };
};
