type Argued = Readonly<Record<string, unknown>>;

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Flags with a value, without which a run is not found, its inventory not opened or its hosts not reached as before. */
const valued = [
  'fleetDirectory',
  'user',
  'sshConfig',
  'sshCommonArgs',
  'sshExtraArgs',
  'privateKey',
  'timeout',
  'transport',
  'becomeMethod',
  'becomeUser',
  'becomePasswordFile',
  'vaultPasswordFile',
  'vaultId',
  'policy',
] as const;

const switches = [
  'become',
  'askBecomePass',
  'askPass',
  'askVaultPass',
  'acceptNewHostKeys',
  'insecureNoHostKeyCheck',
  'allowMatchExec',
] as const;

/** What holds when nobody says anything, and need not be said again. */
const unless: Readonly<Record<string, string>> = { transport: 'auto', becomeMethod: 'sudo', becomeUser: 'root' };

const textsOf = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
};

/**
 * The flags of a run that whoever goes on with it must type, too, one word each (`--fleet-directory=/srv/fleet`); its
 * journal has the rest. None of them holds a secret.
 */
export const typedAgain = (argv: Argued): readonly string[] => [
  ...valued.flatMap((name) =>
    textsOf(argv[name])
      .filter((value) => value !== unless[name])
      .map((value) => `--${kebab(name)}=${value}`),
  ),
  ...switches.filter((name) => argv[name] === true).map((name) => `--${kebab(name)}`),
];
