/** What a script says first, since login shells may have printed something before it. */
export const mark = '\u001eovsfleet\u001e';
export const sayMark = "printf '\\036ovsfleet\\036'";

const digest = String.raw`
digest() {
  sum=$(sha256sum <"$1") || return 1
  printf '%s\n' "$sum" | cut -c 1-64
}`;

/**
 * Arguments: path, sha256, mode. Says `have` and ends when the file is there; else says `send`, takes the content from
 * stdin into a file beside (mktemp makes it 0600), and renames that only when its digest is right: a transfer cut off
 * ends in a wrong digest. dd writes nothing here: it is the one fsync of a single file that old coreutils have
 * (the sync of coreutils 8.22 takes no file and waits for every disk of the machine).
 */
export const uploadScript = `
set -u
${sayMark}
file=$1 want=$2 mode=$3
PATH="\${PATH:+$PATH:}/usr/local/bin:/usr/bin:/bin"
${digest}
if [ -d "$file" ]; then echo "$file: is a directory" >&2; exit 21; fi
if [ -f "$file" ] && [ "$(digest "$file" 2>/dev/null)" = "$want" ]; then
  chmod "$mode" "$file" || exit
  echo have
  exit 0
fi
dir=$(dirname "$file") || exit
(umask 022 && mkdir -p "$dir") || exit
part=$(mktemp "$dir/.ovsfleet.XXXXXX") || exit
trap 'rm -f "$part"' EXIT
trap 'exit 129' HUP INT TERM PIPE
echo send
cat >"$part" || exit
got=$(digest "$part") || exit
if [ "$got" != "$want" ]; then echo "got $got" >&2; exit 65; fi
chmod "$mode" "$part" || exit
dd if=/dev/null of="$part" conv=notrunc,fsync 2>/dev/null || sync
mv -f "$part" "$file" || exit
echo stored
`;

/** Arguments: path. Prints the sha256, its length always 64, a newline, and the content. */
export const downloadScript = `
set -u
${sayMark}
PATH="\${PATH:+$PATH:}/usr/local/bin:/usr/bin:/bin"
${digest}
if [ -d "$1" ]; then echo "$1: is a directory" >&2; exit 21; fi
digest "$1" || exit
exec cat <"$1"
`;
