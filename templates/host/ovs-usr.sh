# shellcheck shell=sh
# A release that lies in /usr itself, over one that `make install` put there: files and daemons exchanged together, and the way back, byte for byte.
# Function definitions only; they need ovs-base, ovs-layout, ovs-release, ovs-owner, ovs-swap, ovs-cold and ovs-downgrade.
# What is replaced is kept in /var/lib/ovsfleet/replaced: ID.tar, which unpacked at / puts it back, and ID.new, the files that were not there before.
# Of a transaction, under $TX/in-usr: `stage` (the files to come, in a tree of their own), `gone` (those to go), `kept.tar`, `kept.sums` and `fresh`.
# shellcheck disable=SC2030,SC2031,SC2034 # variables set in a subshell are meant to stay there; some are read by the other files

# ovs_usr_build: the build that lies in /usr itself; `none`; `ID, but …` when a file of it is another one.
ovs_usr_build() (
  marks=${OVS_ROOT:-}/usr/share/openvswitch
  read -r id 2>/dev/null <"$marks/.build-id" || {
    echo none
    return 0
  }
  if (cd "${OVS_ROOT:-}/usr" && sha256sum -c share/openvswitch/.manifest >/dev/null 2>&1); then
    printf '%s\n' "$id"
  else
    printf '%s, but files of it are others\n' "$id"
  fi
)

# ovs_usr_install ARCHIVE ID: its files in their places in /usr, where no daemon runs. Those that they replace are kept, once. The directories of
# /usr keep their modes.
ovs_usr_install() (
  kept=${OVS_ROOT:-}/var/lib/ovsfleet/replaced/$2
  tar -tzf "$1" | sed '/\/$/d' >"$1.files" || return 1
  [ -e "$kept.tar" ] || { mkdir -p "${kept%/*}" && ovs__usr_keep "$1.files" "$kept"; } || return 1
  rm -f "$1.files"
  tar -xzf "$1" --no-overwrite-dir -C "${OVS_ROOT:-/}"
)

# ovs__usr_keep LIST NAME: the files of LIST that are there go into NAME.tar, the names of the others into NAME.new.
ovs__usr_keep() (
  cd "${OVS_ROOT:-/}" || return 1
  : >"$2.new.part" && : >"$2.list" || return 1
  while read -r file; do
    if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\n' "$file" >&3; else printf '%s\n' "$file"; fi
  done <"$1" 3>"$2.list" >"$2.new.part" || return 1
  tar -cf "$2.part" -T "$2.list" && ovs__fsync "$2.part" && mv "$2.new.part" "$2.new" && mv "$2.part" "$2.tar" && rm -f "$2.list"
)

# ovs_usr_ready ARCHIVE ID: `yes` when the archive is there, or what is in it in its place already.
ovs_usr_ready() { if [ -e "${OVS_ROOT:-}$1" ] || [ "$(ovs_usr_build)" = "$2" ]; then echo yes; else echo no; fi; }

# ovs__usr_capture CODE: what both directions make ready once $TX/in-usr/stage and $TX/in-usr/gone are there, without changing anything outside $TX: what is
# replaced, what runs, and a trial conversion of the database.
ovs__usr_capture() {
  OVS_READY=
  ovs__context || ovs__no "cannot find out how Open vSwitch runs here" || return 1
  case $OVS_OWNER in bare | el) ;; *) ovs__no "the daemons are not those of a release in /usr that make install put there (owner: $OVS_OWNER)" || return 1 ;; esac
  ovs__note_what_runs found "$OVS_OWNER" || return 1
  (cd "$TX/in-usr/stage" && find . ! -type d | sed 's/^\.\///' | LC_ALL=C sort) >"$TX/in-usr/files" || return 1
  cat "$TX/in-usr/files" "$TX/in-usr/gone" | LC_ALL=C sort -u >"$TX/in-usr/touched" || return 1
  ovs__usr_keep "$TX/in-usr/touched" "$TX/in-usr/kept" || ovs__no "cannot keep what would be replaced" || return 1
  (cd "${OVS_ROOT:-/}" && tar -tf "$TX/in-usr/kept.tar" | while read -r file; do [ -L "$file" ] || sha256sum "$file"; done) >"$TX/in-usr/kept.sums" || return 1
  ovs_trial_conversion "$TX/in-usr/stage/usr" || return 1
  : >"$TX/ovs/captured"
}

# ovs_usr_capture ARCHIVE: makes ready to put that release there.
ovs_usr_capture() (
  [ ! -e "$TX/ovs/captured" ] || return 0
  rm -rf "$TX/ovs" "$TX/in-usr"
  mkdir -p "$TX/ovs" "$TX/in-usr/stage" && chmod 700 "$TX/ovs" || return 1
  : >"$TX/in-usr/gone"
  tar -xzf "${OVS_ROOT:-}$1" -C "$TX/in-usr/stage" || ovs__no "cannot unpack $1" || return 1
  (cd "$TX/in-usr/stage/usr" && sha256sum -c share/openvswitch/.manifest >/dev/null) || ovs__no "files of $1 are not what they should be" || return 1
  ovs__usr_capture
)

# ovs_usr_capture_back: makes ready to put back what the release in /usr replaced. Refuses (1) when going back would lose something of the database.
ovs_usr_capture_back() (
  [ ! -e "$TX/ovs/captured" ] || return 0
  rm -rf "$TX/ovs" "$TX/in-usr"
  mkdir -p "$TX/ovs" "$TX/in-usr/stage" && chmod 700 "$TX/ovs" || return 1
  kept=$(ovs__usr_replaced) || ovs__no 'nothing is kept here that the release in /usr replaced' || return 1
  printf '%s\n' "$kept" >"$TX/in-usr/taken"
  cp "$kept.new" "$TX/in-usr/gone" && tar -xpf "$kept.tar" -C "$TX/in-usr/stage" || return 1
  lost=$(ovs__usr_lost "$TX/in-usr/stage/usr" "$TX/in-usr/trial") || ovs__no "the database cannot be converted back: $lost" || return 1
  [ -z "$lost" ] || ovs__no "going back would lose: $(ovs__on_one_line "$lost")" || return 1
  ovs__usr_capture
)

# ovs__usr_lost PREFIX DIR: what the database would lose by its conversion to the schema of the release there, one sentence a line.
ovs__usr_lost() (
  ovs__trial_losses "$1" "$2" 2>&1 || return 1
  cat "$2/lost"
  rm -rf "$2"
)

# ovs__usr_replaced: where the files are kept that the release in /usr replaced, without the ending; fails when they are not.
ovs__usr_replaced() (
  read -r id 2>/dev/null <"${OVS_ROOT:-}/usr/share/openvswitch/.build-id" || return 1
  kept=${OVS_ROOT:-}/var/lib/ovsfleet/replaced/$id
  [ -e "$kept.tar" ] && [ -e "$kept.new" ] && printf '%s\n' "$kept"
)

# ovs_usr_place forward|back: phase: the files in their places, while no daemon runs. Each is a new file: nothing that still runs from an old one sees it.
ovs_usr_place() (
  ovs__context || return 1
  ovs__busy || return 1
  : >"$TX/in-usr/placing" || return 1
  if [ "$1" = forward ]; then
    read -r id <"$TX/in-usr/stage/usr/share/openvswitch/.build-id" || return 1
    kept=${OVS_ROOT:-}/var/lib/ovsfleet/replaced/$id
    mkdir -p "${kept%/*}" || return 1
    if [ ! -e "$kept.tar" ]; then
      printf '%s\n' "$kept" >"$TX/in-usr/made"
      cp "$TX/in-usr/kept.new" "$kept.new" && cp "$TX/in-usr/kept.tar" "$kept.part" && ovs__fsync "$kept.part" && mv "$kept.part" "$kept.tar" || return 1
    fi
  fi
  tar -C "$TX/in-usr/stage" -cf - -T "$TX/in-usr/files" | tar -C "${OVS_ROOT:-/}" --no-overwrite-dir --no-same-owner -xpf - || return 1
  ovs__usr_remove "$TX/in-usr/gone" && timeout 60 sync
)

# ovs__usr_remove LIST: those files, and the directories that are empty without them.
ovs__usr_remove() (
  cd "${OVS_ROOT:-/}" || return 1
  while read -r file; do
    rm -f "$file" || return 1
    rmdir "${file%/*}" 2>/dev/null
  done <"$1"
  :
)

# ovs_usr_verify: phase: what runs was started from the files that are there now.
ovs_usr_verify() (
  ovs__context && ovs_cold_verify found || return 1
  for name in ovsdb-server ovs-vswitchd; do
    exe=$(readlink "${OVS_ROOT:-}/proc/$(ovs__pid_alive "$name")/exe") || return 1
    case $exe in *' (deleted)') ovs__no "$name still runs from a file that was replaced" || return 1 ;; esac
  done
)

# ovs_usr_undo [REBOOTED]: the files as they were, byte for byte, and then the daemons and the database of before. Safe to repeat.
ovs_usr_undo() (
  [ -e "$TX/ovs/captured" ] || return 0
  if [ -e "$TX/in-usr/placing" ]; then
    ovs__context && ovs__busy || return 1
    [ -z "${1:-}" ] || ovs__await_boot
    tar -C "${OVS_ROOT:-/}" --no-overwrite-dir -xpf "$TX/in-usr/kept.tar" && ovs__usr_remove "$TX/in-usr/kept.new" || ovs__no "cannot put the files back" || return 1
    (cd "${OVS_ROOT:-/}" && sha256sum -c "$TX/in-usr/kept.sums" >/dev/null) || ovs__no "files that were put back are not what they were" || return 1
    timeout 60 sync
    # until here the daemons may have run from the other files: they are of the time before only when they are started again
    : >"$TX/ovs/processes"
  fi
  ovs_cold_undo "$@" || return 1
  if [ -e "$TX/in-usr/made" ]; then
    read -r kept <"$TX/in-usr/made" && rm -f "$kept.tar" "$kept.new" "$TX/in-usr/made"
  fi
)

# ovs_usr_end: after either end nothing of it is needed any more, but what is kept to go back to.
ovs_usr_end() (
  ovs_finish || return 1
  if kept=$(cat "$TX/in-usr/taken" 2>/dev/null); then
    # taken back, and not undone
    case $(ovs_usr_build) in "${kept##*/}"*) ;; *) rm -f "$kept.tar" "$kept.new" ;; esac
  fi
  rm -rf "$TX/in-usr"
)

# ovs_usr_back: the record of the way back: `release=` the one before, or the build that lies in /usr and whose predecessor is kept.
ovs_usr_back() (
  if kept=$(ovs__usr_replaced); then printf 'release=%s\n' "${kept##*/}"; else echo 'release=the one before'; fi
  printf 'runs=%s\n' "$(ovs__usr_runs)"
)

# ovs__usr_runs: `yes` when the daemons are of the release whose files lie in /usr.
ovs__usr_runs() (
  ovs__context || return 1
  runs=$(ovs_running | ovs__key release)
  there=$(ovs__release_of_tool /usr/sbin/ovs-vswitchd)
  if [ "$runs" = "$there" ]; then echo yes; else echo "no, $runs, and there is $there"; fi
)

# ovs_usr_back_objections: why what the release in /usr replaced cannot be put back, a sentence a line.
ovs_usr_back_objections() (
  kept=$(ovs__usr_replaced) || return 0
  ovs__context 2>/dev/null || {
    echo 'Open vSwitch does not run there: start it first, so that its database can be converted'
    return 0
  }
  case $OVS_OWNER in
    bare | el) ;;
    *)
      echo "the daemons are owned by others ($OVS_OWNER)"
      return 0
      ;;
  esac
  dir=$(mktemp -d /var/tmp/ovs-back.XXXXXX) || return 1
  mkdir "$dir/stage" && tar -xpf "$kept.tar" -C "$dir/stage" || return 1
  if [ ! -x "$dir/stage/usr/sbin/ovsdb-server" ]; then
    echo "$kept.tar holds no Open vSwitch: there was none before"
  elif ! lost=$(ovs__usr_lost "$dir/stage/usr" "$dir/trial"); then
    echo "the database cannot be converted back: $(ovs__on_one_line "$lost")"
  elif [ -n "$lost" ]; then
    printf 'going back would lose of the database: %s\n' "$(ovs__on_one_line "$lost")"
  fi
  rm -rf "$dir"
)
