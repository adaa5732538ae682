# shellcheck shell=sh
# Which file a module of Open vSwitch would be loaded from, which one is in memory, and whether both are what somebody built. A build of modules is a
# directory /opt/ovsfleet/modules/ID on the host: NAME.ko, modules.order, `manifest` (a line a module: NAME SHA256 SRCVERSION VERMAGIC),
# `.build-id`. Nothing that a command prints on its way is taken for proof: only the file and /sys are.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs__kernel: the kernel that runs.
ovs__kernel() { printf '%s\n' "${OVS_KERNEL:-$(uname -r)}"; }

# ovs__moddir: where its modules are.
ovs__moddir() { printf '%s\n' "${OVS_ROOT:-}/lib/modules/$(ovs__kernel)"; }

# ovs__module_names: all modules that any release has had; the switch first, the others depend on it.
ovs__module_names() { echo openvswitch vport-geneve vport-gre vport-lisp vport-stt vport-vxlan; }

# ovs__modinfo FIELD FILE: what the file says of itself.
ovs__modinfo() { timeout 20 modinfo -F "$1" "$2" 2>/dev/null | head -n 1; }

# ovs__resolved NAME: the file that modprobe would load; nothing when there is none; `(builtin)` when it is part of the kernel.
ovs__resolved() { timeout 20 modinfo ${OVS_ROOT:+-b "$OVS_ROOT"} -k "$(ovs__kernel)" -n "$1" 2>/dev/null | head -n 1; }

# ovs__module_text FILE: the module itself, whatever it is compressed with.
ovs__module_text() {
  case $1 in
    *.xz) timeout 60 xz -dc "$1" ;;
    *.gz) timeout 60 gzip -dc "$1" ;;
    *.zst) timeout 60 zstd -dcq "$1" ;;
    *) cat "$1" ;;
  esac
}

# ovs__build_id <ELF or the text of a note: the build id that the linker gave, in hexadecimal (a note of type 3 by "GNU", 20 bytes; either byte
# order). Read by hand, since a hypervisor has no readelf.
ovs__build_id() {
  od -An -v -tx1 | tr -d ' \n' |
    grep -o -e '040000001400000003000000474e5500[0-9a-f]\{40\}' -e '000000040000001400000003474e5500[0-9a-f]\{40\}' |
    head -n 1 | cut -c 33-
}

# ovs__file_id FILE: `build BUILDID source SRCVERSION` of a module's file, `-` for what it does not have.
ovs__file_id() {
  # nearly always the first of its sections: to look at all of a big one takes a second
  ovs__id=$(ovs__module_text "$1" 2>/dev/null | head -c 4096 | ovs__build_id)
  [ -n "$ovs__id" ] || ovs__id=$(ovs__module_text "$1" 2>/dev/null | ovs__build_id)
  ovs__src=$(ovs__modinfo srcversion "$1")
  echo "build ${ovs__id:--} source ${ovs__src:--}"
}

# ovs__sys NAME: its directory below /sys/module when it is in memory; there a dash is an underscore. No process is started for it: it is asked within the outage
# too. No module of these has two dashes.
ovs__sys() {
  case $1 in *-*) ovs__sysname=${1%%-*}_${1#*-} ;; *) ovs__sysname=$1 ;; esac
  [ -d "${OVS_ROOT:-}/sys/module/$ovs__sysname" ] && printf '%s\n' "${OVS_ROOT:-}/sys/module/$ovs__sysname"
}

# ovs__memory_id NAME: the same of the module in memory. /sys has a srcversion only of modules that have a version too.
ovs__memory_id() {
  ovs__dir=$(ovs__sys "$1") || return 1
  ovs__id=$({ ovs__build_id <"$ovs__dir/notes/.note.gnu.build-id"; } 2>/dev/null)
  ovs__src=$(cat "$ovs__dir/srcversion" 2>/dev/null)
  echo "build ${ovs__id:--} source ${ovs__src:--}"
}

# ovs__same_id ID ID: whether both are of the same module. What only one of them has says nothing; with nothing in common they are not.
ovs__same_id() {
  printf '%s %s\n' "$1" "$2" | awk '{
    for (i = 2; i <= 4; i += 2) {
      if ($i == "-" || $(i + 4) == "-") continue
      if ($i != $(i + 4)) exit 1
      known = 1
    }
    exit !known
  }'
}

# ovs__same_file FILE FILE
ovs__same_file() { [ -e "$1" ] && [ -e "$2" ] && ovs__same_id "$(ovs__file_id "$1")" "$(ovs__file_id "$2")"; }

# ovs__signed_alike FILE STAGED: whether the first is signed with the key of the second, where that one is signed: the same module without a signature is not what was
# wanted. One that is not is left as it is found.
ovs__signed_alike() {
  ovs__key=$(ovs__modinfo sig_key "$2")
  [ -z "$ovs__key" ] || [ "$(ovs__modinfo sig_key "$1")" = "$ovs__key" ]
}

# ovs__all_copies: every file that could be taken for one of them, one a line: whatever it is compressed with, wherever it is. A function that only looks keeps
# them in OVS_COPIES.
ovs__all_copies() {
  find "$(ovs__moddir)" \( -name 'openvswitch.ko*' -o -name 'vport-*.ko*' \) 2>/dev/null | sort
}

# ovs__copies NAME: those of one module.
ovs__copies() {
  printf '%s\n' "${OVS_COPIES-$(ovs__all_copies)}" | grep -e "/$1\.ko\$" -e "/$1\.ko\.[gx]z\$" -e "/$1\.ko\.zst\$"
}

# ovs__added_copies NAME: those that did not come with the kernel.
ovs__added_copies() { ovs__copies "$1" | grep -v -F "$(ovs__moddir)/kernel/"; }

# ovs__in_moddir FILE: as it is called below the modules' directory.
ovs__in_moddir() { printf '%s\n' "${1#"$(ovs__moddir)/"}"; }

# ovs__built_names STAGE: the modules of a build, the switch first.
ovs__built_names() { cut -d ' ' -f 1 "${OVS_ROOT:-}$1/manifest" 2>/dev/null; }

# ovs_module_staged STAGE: prints the build's id when it is there, whole, and for the kernel that runs; else what is the matter. Always returns 0.
ovs_module_staged() (
  dir=${OVS_ROOT:-}$1
  if [ ! -e "$dir/.build-id" ] || [ ! -s "$dir/manifest" ]; then
    echo none
    return 0
  fi
  while read -r name sum source vermagic; do
    [ "$(sha256sum "$dir/$name.ko" 2>/dev/null | cut -d ' ' -f 1)" = "$sum" ] || [ -e "$dir/$name.signed" ] || {
      echo "broken: $name.ko is not the one of the manifest"
      return 0
    }
    [ "$(ovs__modinfo srcversion "$dir/$name.ko")" = "${source#-}" ] || {
      echo "broken: $name.ko has another srcversion than its manifest says"
      return 0
    }
    case $vermagic in
      "$(ovs__kernel)" | "$(ovs__kernel) "*) ;;
      *)
        echo "for another kernel: $name.ko is for ${vermagic%% *}, and $(ovs__kernel) runs"
        return 0
        ;;
    esac
  done <"$dir/manifest"
  cat "$dir/.build-id"
)

# ovs_modules_on_disk STAGE|in-tree: the record of what modprobe would do for the build's modules, or for the kernel's own:
#   resolves   the build's id, or `in-tree`, when every module would be loaded from it; else the first that would not, and from where
#   copies     `one`, or the files that compete with one another beside the kernel's own
#   depends    `resolved` when modules.dep knows each, and every file that it names is there
#   order      for in-tree alone: `none` when nothing makes depmod prefer another
ovs_modules_on_disk() (
  moddir=$(ovs__moddir)
  OVS_COPIES=$(ovs__all_copies)
  resolves='' copies=one depends=resolved
  case $1 in
    in-tree) names=$(ovs__module_names) wanted=in-tree ;;
    *) names=$(ovs__built_names "$1") wanted=${1##*/} ;;
  esac
  [ -n "$names" ] || {
    echo "the modules ${1##*/} are staged"
    return 75
  }
  for name in $names; do
    # of the vports not every kernel has each
    case $name,$OVS_COPIES in openvswitch,* | *"/$name.ko"*) ;; *) [ "$1" != in-tree ] || continue ;; esac
    added=$(ovs__added_copies "$name")
    file=$(ovs__resolved "$name")
    case $1 in
      in-tree)
        case $file in "$moddir"/kernel/* | '(builtin)') ;; *) [ -n "$resolves" ] || resolves="$name: $(ovs__origin "$file")" ;; esac
        [ -z "$added" ] || copies="$name: $(ovs__on_one_line "$(ovs__in_moddir "$added")")"
        ;;
      *)
        if [ -n "$resolves" ]; then
          :
        elif ! ovs__same_file "$file" "${OVS_ROOT:-}$1/$name.ko"; then
          resolves="$name: $(ovs__origin "$file")"
        elif ! ovs__signed_alike "$file" "${OVS_ROOT:-}$1/$name.ko"; then
          signer=$(ovs__modinfo signer "$file")
          resolves="$name: $(ovs__in_moddir "$file"), ${signer:+signed by }${signer:-unsigned}"
        fi
        [ "$(printf '%s\n' "$added" | grep -c .)" -le 1 ] ||
          copies="$name: $(printf '%s\n' "$added" | while read -r copy; do printf '%s ' "$(ovs__in_moddir "$copy")"; done)"
        ;;
    esac
    [ "$depends" != resolved ] || depends=$(ovs__depends "$file")
  done
  printf 'resolves=%s\ncopies=%s\ndepends=%s\n' "${resolves:-$wanted}" "${copies% }" "$depends"
  [ "$1" = in-tree ] || return 0
  if [ -e "${OVS_ROOT:-}/etc/depmod.d/openvswitch.conf" ]; then echo 'order=extra/ first'; else echo 'order=none'; fi
)

# ovs__origin FILE: in words, where a module would come from.
ovs__origin() {
  case $1 in
    '') echo 'none' ;;
    '(builtin)') echo 'part of the kernel' ;;
    *) printf '%s, srcversion %s\n' "$(ovs__in_moddir "$1")" "$(ovs__modinfo srcversion "$1")" ;;
  esac
}

# ovs__depends FILE: `resolved`, or what modules.dep lacks: the module itself, one that it asks for (unless that is part of the kernel), a file that is gone. Paths there are
# relative to it, on old systems absolute.
ovs__depends() (
  case $1 in
    '' | '(builtin)')
      echo resolved
      return 0
      ;;
  esac
  moddir=$(ovs__moddir)
  mine=${1#"$moddir/"}
  line=$(grep -h -m 1 -e "^$mine:" -e "^${1#"${OVS_ROOT:-}"}:" "$moddir/modules.dep" 2>/dev/null)
  [ -n "$line" ] || {
    echo "modules.dep does not know $mine"
    return 0
  }
  for file in ${line#*:}; do
    case $file in /*) full=${OVS_ROOT:-}$file ;; *) full=$moddir/$file ;; esac
    [ -e "$full" ] || {
      echo "$file is gone, on which $mine depends"
      return 0
    }
  done
  for name in $(ovs__modinfo depends "$1" | tr ',' ' '); do
    case "${line#*:} " in
      *"/$name.ko"[.\ ]*) ;;
      *)
        tr - _ <"$moddir/modules.builtin" 2>/dev/null | grep -q "/$name\.ko$" || {
          echo "there is no module $name, on which $mine depends"
          return 0
        }
        ;;
    esac
  done
  echo resolved
)

# ovs_modules_in_memory STAGE|in-tree: `loaded=` the build's id, or `in-tree`, when the switch in memory is that one and so is every vport beside it;
# else which it is.
ovs_modules_in_memory() (
  ovs__sys openvswitch >/dev/null || {
    echo 'loaded=none'
    return 0
  }
  OVS_COPIES=$(ovs__all_copies)
  case $1 in
    in-tree) dir='' wanted=in-tree ;;
    *) dir=${OVS_ROOT:-}$1 wanted=${1##*/} ;;
  esac
  for name in $(ovs__loaded_names); do
    if [ -n "$dir" ]; then file=$dir/$name.ko; else file=$(ovs__tree_file "$name"); fi
    if [ -n "$file" ] && [ -e "$file" ] && ovs__same_id "$(ovs__memory_id "$name")" "$(ovs__file_id "$file")"; then continue; fi
    printf 'loaded=%s\n' "$(ovs__describe_memory "$name")"
    return 0
  done
  printf 'loaded=%s\n' "$wanted"
)

# ovs__loaded_names: the modules of Open vSwitch in memory, the switch first.
ovs__loaded_names() {
  for ovs__each in $(ovs__module_names); do ! ovs__sys "$ovs__each" >/dev/null || printf '%s\n' "$ovs__each"; done
}

# ovs__tree_file NAME: the kernel's own file of that module.
ovs__tree_file() { ovs__copies "$1" | grep -F "$(ovs__moddir)/kernel/" | head -n 1; }

# ovs__describe_memory NAME: in words, which module that is: of the kernel's own tree, one of a build of ours, or one with a version of its own.
ovs__describe_memory() (
  id=$(ovs__memory_id "$1")
  file=$(ovs__tree_file "$1")
  if [ -n "$file" ] && ovs__same_id "$id" "$(ovs__file_id "$file")"; then
    echo "$1 in-tree"
    return
  fi
  for dir in "${OVS_ROOT:-}"/opt/ovsfleet/modules/*/; do
    if [ -e "$dir$1.ko" ] && ovs__same_id "$id" "$(ovs__file_id "$dir$1.ko")"; then
      dir=${dir%/}
      echo "$1 ${dir##*/}"
      return
    fi
  done
  version=$(cat "$(ovs__sys "$1")/version" 2>/dev/null)
  echo "$1 ${version:-of unknown origin}"
)

# ovs_signing_trouble <what the installation printed: whether the kernel's build could not sign the modules: perl's sign-file (kernels 3.7 to 4.2), the one
# in C with OpenSSL 1, and with OpenSSL 3. None of these stops make, and none is proof of anything.
ovs_signing_trouble() {
  grep -E -q "Can't read (private key|X\.509 certificate|signature file|module)|openssl rsautl died|SSL error:[0-9A-F]+:|sign-file: |scripts/sign-file: (not found|No such file)|sign-file: command not found"
}

# ovs_module_verdict FILE: `signed by WHOM`, `unsigned, and this kernel takes it`, or `unsigned, and this kernel does not take it: WHY`.
ovs_module_verdict() (
  signer=$(ovs__modinfo signer "$1")
  why=$(ovs_signatures_enforced)
  if [ -n "$signer" ]; then
    echo "signed by $signer"
  elif [ -n "$why" ]; then
    echo "unsigned, and this kernel does not take it: $why"
  else
    echo 'unsigned, and this kernel takes it'
  fi
)

# ovs_kernel_takes STAGE: whether this kernel, where it takes signed modules alone, would take the build's switch; says why not.
ovs_kernel_takes() (
  [ -n "$(ovs_signatures_enforced)" ] || return 0
  why=$(ovs_module_trial "${OVS_ROOT:-}$1/openvswitch.ko")
  [ -z "$why" ] || {
    printf '%s\n' "$why"
    return 1
  }
)

# ovs_module_trial FILE: whether the kernel would take it, found without loading it: while a module of that name is in memory the kernel checks signature and
# version, and then says that there is one. Prints why it would not, nothing when it would, or when there is none in memory to try it beside.
ovs_module_trial() (
  ovs__sys openvswitch >/dev/null || return 0
  said=$(LC_ALL=C timeout 30 insmod "$1" 2>&1)
  case $said in
    *'File exists'*) ;;
    *'Key was rejected'* | *'Required key not available'*) echo "the kernel refuses ${1##*/}: it is not signed with a key that the kernel trusts" ;;
    *'Operation not permitted'*) echo "the kernel refuses ${1##*/}: it is locked down, and the module is not signed with a key that it trusts" ;;
    *'Invalid module format'* | *'Exec format error'*) echo "the kernel refuses ${1##*/}: it was built for another kernel ($(ovs__modinfo vermagic "$1"))" ;;
    *'Unknown symbol'*) echo "the kernel refuses ${1##*/}: it needs a symbol that this kernel does not have" ;;
    *) echo "the kernel refuses ${1##*/}: $(ovs__on_one_line "${said:-insmod said nothing}")" ;;
  esac
)
