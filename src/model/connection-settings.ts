import type { Host } from './host.ts';

/** What becomes of a host key that no known_hosts file has. `off` verifies nothing, and only a flag of its own asks for it. */
export type HostKeyChecking = 'strict' | 'accept-new' | 'off';

/** A file that may prove who we are. */
export interface IdentityFile {
  readonly path: string;
  /** `default`: one of those that ssh(1) tries by itself; that it does not exist says nothing. */
  readonly from: 'inventory' | 'flag' | 'ssh-config' | 'default';
}

/** Why ssh(1) itself has to make the connection. */
export interface Requirement {
  /** A clause that goes on from "it needs ssh(1), for": `ProxyCommand is set`. */
  readonly why: string;
  /** Where that is written: `~/.ssh/config:12`. */
  readonly at: string;
}

/**
 * How one machine is reached, once the inventory, the flags and ssh_config have spoken: paths are absolute, tokens and
 * variables are in place. The meaning of each is that of the keyword in ssh_config(5).
 */
export interface ConnectionSettings {
  /** What messages call it: the inventory name, or the word of a ProxyJump. */
  readonly name: string;
  /** The word that ssh(1) would get on its command line; `Host` patterns were matched with it. */
  readonly argument: string;
  /** To dial, in lower case. */
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  /** 0: either family. */
  readonly addressFamily: 0 | 4 | 6;
  /** The address to dial from. */
  readonly bindAddress: string | null;
  /** Goes through this machine, which may go through another: each is one connection for all that share it. */
  readonly jump: ConnectionSettings | null;
  /** With its tokens in place, for `sh -c 'exec …'`. Then `requires` says so too. */
  readonly proxyCommand: string | null;

  /** To try, in this order. */
  readonly identityFiles: readonly IdentityFile[];
  readonly certificateFiles: readonly string[];
  /** `yes`: of the agent's keys only those whose public half is that of an identity file. */
  readonly identitiesOnly: 'yes' | 'no';
  /** The socket to ask; `null`: no agent. */
  readonly identityAgent: string | null;
  readonly publicKeyLogin: 'yes' | 'no';
  readonly passwordLogin: 'yes' | 'no';
  readonly keyboardInteractiveLogin: 'yes' | 'no';
  /** By a Kerberos ticket, which only ssh(1) can do. Debian's and Red Hat's own ssh_config say yes to all hosts. */
  readonly gssapiLogin: 'yes' | 'no';
  /** `PreferredAuthentications`: an order, and nothing but these. `null`: as ssh(1) does by itself. */
  readonly loginOrder: readonly string[] | null;
  /** `no`, `yes` (the agent we use) or the path of another agent's socket. */
  readonly forwardAgent: string;

  /** What known_hosts calls it, in lower case: `name`, `[name]:2222`, or the HostKeyAlias. */
  readonly hostKeyName: string;
  /** The name without its port, whose keys vouch too; `null` when the port is 22, and where an alias stands. */
  readonly hostKeyBareName: string | null;
  readonly hostKeyChecking: HostKeyChecking;
  /** Where ssh_config or the inventory turns verification off, which counts only with the flag for it. */
  readonly uncheckedAt: string | null;
  /** The first takes new keys. */
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  /** Record host names as hashes. */
  readonly hashKnownHosts: 'yes' | 'no';

  /** Milliseconds; `null` where nobody says. */
  readonly connectTimeout: number | null;
  /** Milliseconds between two keepalives; 0: none. `null` where nobody says. */
  readonly serverAliveInterval: number | null;
  /** Unanswered keepalives after which the host is given up; `null` where nobody says. */
  readonly serverAliveCount: number | null;
  /** Variables to set in sessions: those of SendEnv that we have, then those of SetEnv. sshd may refuse them. */
  readonly environment: Readonly<Record<string, string>>;

  /** As written: a list, or one that begins with `+`, `-` or `^` and changes the default. `null` where nobody says. */
  readonly algorithms: {
    readonly hostKey: string | null;
    readonly kex: string | null;
    readonly cipher: string | null;
    readonly mac: string | null;
    readonly publicKey: string | null;
  };

  /** Why only ssh(1) can do it; empty when ssh2 can. */
  readonly requires: readonly Requirement[];
  /** The options that make ssh(1) reach the same machine the same way: `ssh …options -- argument`. */
  readonly sshOptions: readonly string[];
  /** Who said it, by the name of the keyword in lower case: `~/.ssh/config:12`, `ansible_port`, `-u`. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Throws `FleetError` when a host's settings cannot be honoured: `ssh.config-…`. */
export type SettingsOf = (host: Host) => ConnectionSettings;
