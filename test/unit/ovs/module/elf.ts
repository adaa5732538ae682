/** What a kernel module's file says of itself. */
export interface ModuleSays {
  /** 40 hex digits; '' for a module without the note. */
  readonly buildId: string;
  /** Fields of `.modinfo`: vermagic, srcversion, depends … */
  readonly info: Readonly<Record<string, string>>;
}

const header = 64;
const align = (size: number): number => Math.ceil(size / 8) * 8;

/** The note that the linker writes: type 3 by "GNU". /sys/module/NAME/notes has the same bytes. */
export const buildIdNote = (hex: string): Buffer => {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(20, 4);
  head.writeUInt32LE(3, 8);
  head.write('GNU\0', 12, 'latin1');
  return Buffer.concat([head, Buffer.from(hex, 'hex')]);
};

/** A relocatable ELF file (64 bits, little endian) that modinfo and depmod read as they read any module. */
export const moduleFile = ({ buildId, info }: ModuleSays): Buffer => {
  const modinfo = Buffer.from(
    Object.entries(info)
      .map(([key, value]) => `${key}=${value}\0`)
      .join(''),
    'latin1',
  );
  const named: readonly (readonly [name: string, type: number, body: Buffer, entry: number, link: number])[] = [
    ...(buildId === '' ? [] : [['.note.gnu.build-id', 7, buildIdNote(buildId), 0, 0] as const]),
    ['.modinfo', 1, modinfo, 0, 0],
    ['.strtab', 3, Buffer.from('\0', 'latin1'), 0, 0],
    ['.symtab', 2, Buffer.alloc(24), 24, buildId === '' ? 2 : 3],
  ];
  const names = ['', ...named.map(([name]) => name), '.shstrtab'];
  const namesText = Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
  const sections = [...named, ['.shstrtab', 3, namesText, 0, 0] as const];
  const bodies: Buffer[] = [];
  const table = Buffer.alloc(64 * (sections.length + 1));
  let offset = header;
  sections.forEach(([name, type, body, entry, link], index) => {
    const at = 64 * (index + 1);
    const nameAt = names.slice(0, names.indexOf(name)).join('\0').length + 1;
    table.writeUInt32LE(nameAt, at);
    table.writeUInt32LE(type, at + 4);
    table.writeBigUInt64LE(BigInt(offset), at + 24);
    table.writeBigUInt64LE(BigInt(body.length), at + 32);
    table.writeUInt32LE(link, at + 40);
    table.writeBigUInt64LE(8n, at + 48);
    table.writeBigUInt64LE(BigInt(entry), at + 56);
    bodies.push(body, Buffer.alloc(align(body.length) - body.length));
    offset += align(body.length);
  });
  const head = Buffer.alloc(header);
  head.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  head.writeUInt16LE(1, 16);
  head.writeUInt16LE(62, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BigInt(offset), 40);
  head.writeUInt16LE(header, 52);
  head.writeUInt16LE(64, 58);
  head.writeUInt16LE(sections.length + 1, 60);
  head.writeUInt16LE(sections.length, 62);
  return Buffer.concat([head, ...bodies, table]);
};
