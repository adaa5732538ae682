# Lines and blocks within files that somebody else writes. Patterns are POSIX extended regular expressions. They call the
# functions of op-files. Function definitions only.
# shellcheck shell=sh

# op_real PATH: the file that it leads to, which is the one to be edited.
op_real() {
  if [ -L "$1" ]; then readlink -f -- "$1"; else printf '%s\n' "$1"; fi
}

# op_matching first|last FILE PATTERN: the number of that line which matches; nothing when none does.
op_matching() {
  op_numbers=$(grep -nE -e "$3" -- "$2" | cut -d : -f 1)
  [ -z "$op_numbers" ] || case $1 in
  first) printf '%s\n' "$op_numbers" | head -n 1 ;;
  last) printf '%s\n' "$op_numbers" | tail -n 1 ;;
  esac
}

# op_exactly FILE LINE: the number of the last line that is this one.
op_exactly() {
  grep -nxF -e "$2" -- "$1" | tail -n 1 | cut -d : -f 1
}

# op_line FILE LINE PATTERN: the line that stands where LINE should: the last that matches PATTERN, or else LINE itself if it
# is there; `absent`, or `no file`. An empty PATTERN matches nothing.
op_line() {
  if [ ! -f "$1" ]; then
    echo 'no file'
    return 0
  fi
  op_at=
  [ -z "$3" ] || op_at=$(op_matching last "$1" "$3")
  [ -n "$op_at" ] || op_at=$(op_exactly "$1" "$2")
  if [ -n "$op_at" ]; then sed -n "${op_at}p" "$1"; else echo absent; fi
}

# op_no_line FILE LINE PATTERN: the lines that should not be there; `absent` when there is none.
op_no_line() {
  [ -f "$1" ] || {
    echo absent
    return 0
  }
  if [ -n "$3" ]; then grep -E -e "$3" -- "$1"; else grep -xF -e "$2" -- "$1"; fi || echo absent
}

# op_place FILE after|before PATTERN: after which line to insert: after or before the last that matches; the file's end
# when none does. EOF and BOF are its end and its beginning.
op_place() {
  op_total=$(awk 'END { print NR }' "$1")
  case $3 in
  EOF) echo "$op_total" ;;
  BOF) echo 0 ;;
  *)
    op_at=$(op_matching last "$1" "$3")
    case $2.$op_at in
    *.) echo "$op_total" ;;
    after.*) echo "$op_at" ;;
    before.*) echo "$((op_at - 1))" ;;
    esac
    ;;
  esac
}

# op_spliced FILE FROM TO TEXT: FILE with its lines FROM … TO taken out and TEXT in their place (none taken out when TO is
# less than FROM). Each line ends in a newline, the last one too.
op_spliced() {
  op_text=$4 awk -v from="$2" -v to="$3" '
    NR == from { printf "%s", ENVIRON["op_text"]; put = 1 }
    NR < from || NR > to { print }
    END { if (!put) printf "%s", ENVIRON["op_text"] }
  ' "$1"
}

# op_edited FILE MODE: the file that is edited, made empty with MODE when it is not there and MODE is not empty.
op_edited() {
  op_file_now=$(op_real "$1")
  if [ ! -e "$op_file_now" ] && [ -n "$2" ]; then
    op_write "$op_file_now" "$2" '' '' </dev/null || return 1
  fi
  if [ ! -f "$op_file_now" ]; then
    echo "there is no file $1 to edit" >&2
    return 1
  fi
}

# op_put_line FILE LINE PATTERN after|before WHERE MODE: LINE takes the place of the last that matches PATTERN, or is inserted.
op_put_line() {
  op_edited "$1" "$6" || return 1
  op_at=
  [ -z "$3" ] || op_at=$(op_matching last "$op_file_now" "$3")
  if [ -n "$op_at" ]; then
    op_until=$op_at
  else
    op_until=$(op_place "$op_file_now" "$4" "$5")
    op_at=$((op_until + 1))
  fi
  op_spliced "$op_file_now" "$op_at" "$op_until" "$2
" | op_write "$op_file_now" '' '' ''
}

# op_take_lines FILE LINE PATTERN: takes out all lines that match, or that are LINE.
op_take_lines() {
  op_file_now=$(op_real "$1")
  if [ -n "$3" ]; then grep -vE -e "$3" -- "$op_file_now"; else grep -vxF -e "$2" -- "$op_file_now"; fi |
    op_write "$op_file_now" '' '' ''
}

# op_between FILE BEGIN END: the numbers of the lines of the last block's two markers; nothing when there is no block.
op_between() {
  op_begin=$2 op_end=$3 awk '
    $0 == ENVIRON["op_begin"] { begin = NR }
    $0 == ENVIRON["op_end"] && begin { from = begin; to = NR; begin = 0 }
    END { if (from) print from, to }
  ' "$1"
}

# op_block FILE BEGIN END: what stands between the markers; `absent`, or `no file`.
op_block() {
  if [ ! -f "$1" ]; then
    echo 'no file'
    return 0
  fi
  op_ends=$(op_between "$1" "$2" "$3")
  if [ -n "$op_ends" ]; then
    awk -v from="${op_ends% *}" -v to="${op_ends#* }" 'NR > from && NR < to' "$1"
  else
    echo absent
  fi
}

# op_put_block FILE BEGIN END TEXT after|before WHERE MODE: the block holds TEXT, where it is or inserted.
op_put_block() {
  op_edited "$1" "$7" || return 1
  op_ends=$(op_between "$op_file_now" "$2" "$3")
  if [ -n "$op_ends" ]; then
    op_at=${op_ends% *} op_until=${op_ends#* }
  else
    op_until=$(op_place "$op_file_now" "$5" "$6")
    op_at=$((op_until + 1))
  fi
  op_spliced "$op_file_now" "$op_at" "$op_until" "$2
$4$3
" | op_write "$op_file_now" '' '' ''
}

# op_take_block FILE BEGIN END: the block and its markers are gone.
op_take_block() {
  op_file_now=$(op_real "$1")
  op_ends=$(op_between "$op_file_now" "$2" "$3")
  [ -z "$op_ends" ] || op_spliced "$op_file_now" "${op_ends% *}" "${op_ends#* }" '' | op_write "$op_file_now" '' '' ''
}
