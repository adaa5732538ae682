/** How the argument of a keyword is written. */
export type Shape = 'word' | 'words' | 'command' | 'jump' | 'flag' | 'time' | 'number' | 'port';

export type Handling =
  /** We do what it says. */
  | { readonly kind: 'used'; readonly shape: Shape }
  /** It changes nothing of where and how we connect. */
  | { readonly kind: 'quiet' }
  /** It asks for something besides the connection that we do not do, which is said once. */
  | { readonly kind: 'warned'; readonly harmless: readonly string[] }
  /** ssh(1) can do it and ssh2 cannot. */
  | { readonly kind: 'openssh'; readonly harmless: readonly string[] }
  /** No command can be run with it. */
  | { readonly kind: 'refused'; readonly harmless: readonly string[] };

const used = (shape: Shape): Handling => ({ kind: 'used', shape });
const quiet: Handling = { kind: 'quiet' };
const warned = (...harmless: readonly string[]): Handling => ({ kind: 'warned', harmless });
const openssh = (...harmless: readonly string[]): Handling => ({ kind: 'openssh', harmless });
const refused = (...harmless: readonly string[]): Handling => ({ kind: 'refused', harmless });

/** Keywords with another name of their own, old or macOS's (readconf.c, `keywords`). */
const aliases: Readonly<Record<string, string>> = {
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
  dsaauthentication: 'pubkeyauthentication',
  identityfile2: 'identityfile',
  keepalive: 'tcpkeepalive',
  pubkeyacceptedkeytypes: 'pubkeyacceptedalgorithms',
  hostbasedkeytypes: 'hostbasedacceptedalgorithms',
};

const quietOnes = `addkeystoagent batchmode canonicaldomains canonicalizefallbacklocal canonicalizemaxdots
canonicalizepermittedcnames casignaturealgorithms channeltimeout checkhostip clearallforwardings compression
compressionlevel connectionattempts controlmaster controlpath controlpersist enableescapecommandline enablesshkeysign
escapechar exitonforwardfailure fingerprinthash forwardx11 forwardx11timeout forwardx11trusted gatewayports
gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange
gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hostbasedacceptedalgorithms ignoreunknown ipqos loglevel
logverbose numberofpasswordprompts obscurekeystroketiming permitremoteopen requesttty securitykeyprovider
streamlocalbindmask streamlocalbindunlink syslogfacility tag tcpkeepalive tunneldevice updatehostkeys versionaddendum
visualhostkey warnweakcrypto xauthlocation
afstokenpassing cipher fallbacktorsh globalknownhostsfile2 kerberosauthentication kerberostgtpassing protocol
rhostsauthentication rhostsrsaauthentication rsaauthentication useprivilegedport userknownhostsfile2 useroaming usersh`;

/** Every keyword of ssh_config(5) up to OpenSSH 10, and what it is to us. */
const handlings: Readonly<Record<string, Handling>> = {
  ...Object.fromEntries(quietOnes.split(/\s+/).map((keyword) => [keyword, quiet])),
  addressfamily: used('word'),
  bindaddress: used('word'),
  certificatefile: used('word'),
  ciphers: used('word'),
  connecttimeout: used('time'),
  forwardagent: used('word'),
  globalknownhostsfile: used('words'),
  gssapiauthentication: used('flag'),
  hashknownhosts: used('flag'),
  hostkeyalgorithms: used('word'),
  hostkeyalias: used('word'),
  hostname: used('word'),
  identitiesonly: used('flag'),
  identityagent: used('word'),
  identityfile: used('word'),
  kbdinteractiveauthentication: used('flag'),
  kexalgorithms: used('word'),
  macs: used('word'),
  passwordauthentication: used('flag'),
  port: used('port'),
  preferredauthentications: used('word'),
  proxycommand: used('command'),
  proxyjump: used('jump'),
  pubkeyacceptedalgorithms: used('word'),
  pubkeyauthentication: used('word'),
  sendenv: used('words'),
  serveralivecountmax: used('number'),
  serveraliveinterval: used('time'),
  setenv: used('words'),
  stricthostkeychecking: used('word'),
  user: used('word'),
  userknownhostsfile: used('words'),

  bindinterface: openssh(),
  canonicalizehostname: openssh('no', 'false'),
  hostbasedauthentication: openssh('no', 'false'),
  knownhostscommand: openssh('none'),
  nohostauthenticationforlocalhost: openssh('no', 'false'),
  pkcs11provider: openssh('none'),
  proxyusefdpass: openssh('no', 'false'),
  requiredrsasize: openssh('1024'),
  revokedhostkeys: openssh('none'),
  verifyhostkeydns: openssh('no', 'false', 'ask'),

  dynamicforward: warned(),
  localcommand: quiet,
  localforward: warned(),
  permitlocalcommand: warned('no', 'false'),
  rekeylimit: warned('default', 'default none', '0 0'),
  remoteforward: warned(),
  tunnel: warned('no', 'false'),

  forkafterauthentication: refused('no', 'false'),
  refuseconnection: refused(),
  remotecommand: refused('none'),
  sessiontype: refused('default'),
  stdinnull: refused('no', 'false'),
};

/** Those of which all count, and not the first alone: a path of `ForwardAgent` counts even after a `yes`. */
export const adding: ReadonlySet<string> = new Set(['identityfile', 'certificatefile', 'sendenv', 'forwardagent']);

/** The name that a keyword goes by, in lower case. */
export const keywordName = (written: string): string => {
  const lower = written.toLowerCase();
  return aliases[lower] ?? lower;
};

/** `undefined` for a word that is no keyword. */
export const handlingOf = (keyword: string): Handling | undefined =>
  Object.hasOwn(handlings, keyword) ? handlings[keyword] : undefined;

export const keywords: readonly string[] = Object.keys(handlings);
