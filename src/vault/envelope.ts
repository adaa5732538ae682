/** A text that `ansible-vault` encrypted, taken apart. */
export interface Envelope {
  /** `1.2` names which password it wants. */
  readonly label: string | null;
  readonly salt: Uint8Array;
  readonly hmac: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** Why a text is no envelope that can be opened: the end of a sentence that begins with what was read. */
export interface Damage {
  readonly damage: string;
}

const HEADER = '$ANSIBLE_VAULT;';

/** Whether a file, or a value, is encrypted. */
export const isVaulted = (text: string): boolean => text.startsWith(HEADER);

const bytesOf = (hex: string): Uint8Array | undefined =>
  /^(?:[0-9a-fA-F]{2})+$/.test(hex) ? Uint8Array.from(Buffer.from(hex, 'hex')) : undefined;

/**
 * Takes apart format 1.1 and 1.2 with AES256
 * (https://docs.ansible.com/ansible/latest/vault_guide/vault_using_encrypted_content.html#ansible-vault-payload-format-1-1-1-2):
 * a header, then hex of (hex of salt, HMAC and ciphertext, a line each), wrapped at 80 letters.
 */
export const readEnvelope = (text: string): Envelope | Damage => {
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  const [, version = '', cipher = '', label] = header.split(';').map((part) => part.trim());
  if (!isVaulted(header) || (version !== '1.1' && version !== '1.2')) {
    return { damage: `is of version "${version}" of Ansible Vault, and only 1.1 and 1.2 are known` };
  }
  if (cipher !== 'AES256') return { damage: `is encrypted with "${cipher}", and only AES256 is known` };
  const inner = bytesOf(lines.map((line) => line.trim()).join(''));
  const parts = inner === undefined ? [] : Buffer.from(inner).toString('latin1').split('\n').map(bytesOf);
  const [salt, hmac, ciphertext] = parts;
  if (parts.length !== 3 || salt === undefined || hmac === undefined || ciphertext === undefined) {
    return { damage: 'is damaged: it is not the hexadecimal text that ansible-vault writes' };
  }
  return { label: version === '1.2' && label !== undefined && label !== '' ? label : null, salt, hmac, ciphertext };
};
