# What is waited for. Function definitions only.
# shellcheck shell=sh

# op_listening PORT: `open`, or `closed`, of this very host, from the kernel's own table (proc(5), /proc/net/tcp): state 0A
# is LISTEN. No program is needed, and nobody is connected to.
op_listening() {
  op_port=$(printf '%04X' "$1")
  if cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "^ *[0-9]*: [0-9A-F]*:$op_port [0-9A-F]*:[0-9A-F]* 0A "; then
    echo open
  else
    echo closed
  fi
}

# op_reaches HOST PORT: `open` or `closed`, as a connection from here finds it.
op_reaches() {
  if command -v bash >/dev/null 2>&1; then
    # shellcheck disable=SC2016 # the words of the other shell
    if timeout 5 bash -c ': </dev/tcp/"$0"/"$1"' "$1" "$2" 2>/dev/null; then echo open; else echo closed; fi
  elif command -v nc >/dev/null 2>&1; then
    if nc -z -w 5 "$1" "$2" >/dev/null 2>&1; then echo open; else echo closed; fi
  else
    echo 'there is neither bash nor nc to connect with' >&2
    return 1
  fi
}

# op_file_says PATH PATTERN: `present`, `absent`, or `without it` when no line matches.
op_file_says() {
  if [ ! -e "$1" ]; then
    echo absent
  elif [ -z "$2" ] || grep -qE -e "$2" -- "$1"; then
    echo present
  else
    echo 'without it'
  fi
}
