# shellcheck shell=sh
# Putting a build of modules where modprobe finds it, by the kernel's own target or by hand, and taking it away again.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs__depmod_file: what decides between two files of one name. Open vSwitch's documentation gives it this name.
ovs__depmod_file() { printf '%s\n' "${OVS_ROOT:-}/etc/depmod.d/openvswitch.conf"; }

# ovs__depmod: the index of modules, anew.
ovs__depmod() {
  timeout 300 depmod -b "${OVS_ROOT:-/}" -a "$(ovs__kernel)" || ovs__no 'depmod failed'
}

# ovs_module_order: what the file says that makes modules below extra/ win; nothing when there is none.
ovs_module_order() { cat "$(ovs__depmod_file)" 2>/dev/null || :; }

# ovs_module_order_put <the lines: writes it whole: lines that were appended at each run are gone, and so is what somebody else had written there (kept aside).
ovs_module_order_put() (
  ovs__keep_modules || return 1
  ovs__put "$(ovs__depmod_file)"
)

# ovs__kept: where the modules of before are kept, of the kernel that runs.
ovs__kept() { printf '%s\n' "${OVS_ROOT:-}/var/lib/ovsfleet/modules/$(ovs__kernel)/before"; }

# ovs__settled: whether what is in memory is what modprobe would load: a state that one may want back, and no half of an installation.
ovs__settled() { ovs__sys openvswitch >/dev/null && ovs__same_id "$(ovs__memory_id openvswitch)" "$(ovs__file_id "$(ovs__resolved openvswitch)")"; }

# ovs__forget_kept: what was kept is of no use any more once a later state has settled.
ovs__forget_kept() { ! ovs__settled || rm -rf "$(ovs__kept)"; }

# ovs__keep_modules: keeps a copy of all modules of Open vSwitch that did not come with the kernel, and of what decides between them, once: what was kept before the
# first of several changes is left alone.
ovs__keep_modules() (
  kept=$(ovs__kept)
  [ ! -d "$kept" ] || return 0
  rm -rf "$kept.new"
  mkdir -p "$kept.new" && chmod 700 "$kept.new" || return 1
  for name in $(ovs__module_names); do
    ovs__added_copies "$name" | while read -r file; do
      inside=$(ovs__in_moddir "$file")
      mkdir -p "$kept.new/modules/$(dirname "$inside")" && cp -a "$file" "$kept.new/modules/$inside" || exit 1
    done || return 1
  done
  [ ! -e "$(ovs__depmod_file)" ] || cp -a "$(ovs__depmod_file)" "$kept.new/depmod.conf" || return 1
  rm -rf "$kept" && mv "$kept.new" "$kept"
)

# ovs__remove_added: removes every module of Open vSwitch that did not come with the kernel.
ovs__remove_added() (
  for name in $(ovs__module_names); do
    ovs__added_copies "$name" | while read -r file; do rm -f "$file" || exit 1; done || return 1
  done
)

# ovs_modules_put_back: modules and their order as they were kept; safe to repeat. Without anything kept nothing was changed.
ovs_modules_put_back() (
  kept=$(ovs__kept)
  [ -d "$kept" ] || return 0
  ovs__say 'putting back the modules of before on disk'
  ovs__remove_added || return 1
  if [ -d "$kept/modules" ]; then cp -a "$kept/modules/." "$(ovs__moddir)/" || return 1; fi
  if [ -e "$kept/depmod.conf" ]; then
    ovs__put "$(ovs__depmod_file)" <"$kept/depmod.conf" || return 1
  else
    rm -f "$(ovs__depmod_file)"
  fi
  ovs__depmod
)

# ovs_can_modules_install STAGE: whether the kernel's own target can be used here; says why not.
ovs_can_modules_install() (
  ovs_kernel_takes "$1" || return 1
  build=$(ovs__moddir)/build
  command -v make >/dev/null || {
    echo 'there is no make here'
    return 1
  }
  [ -e "$build/Makefile" ] || {
    if [ -L "$build" ]; then echo "$build points at nothing: the headers of $(ovs__kernel) are not installed"; else echo "there is no $build"; fi
    return 1
  }
)

# ovs_modules_install STAGE: by the kernel's own target, as `make modules_install` of a release does it, and the index anew, which that target leaves out where there
# is no System.map. Its status says nothing about signatures: a module that could not be signed is installed unsigned.
ovs_modules_install() (
  ovs__keep_modules || return 1
  dir=${OVS_ROOT:-}$1
  # the lists name the place of the compilation; kernels before 5.2 read .tmp_versions
  [ ! -e "$dir/modules.order" ] || sed "s|^.*/|$1/|" "$dir/modules.order" | ovs__put "$dir/modules.order" || return 1
  for list in "$dir"/.tmp_versions/*.mod; do
    [ ! -e "$list" ] || sed "1s|^.*/|$1/|" "$list" | ovs__put "$list" || return 1
  done
  log=$(mktemp) || return 1
  timeout 900 make -C "$(ovs__moddir)/build" "M=$1" INSTALL_MOD_DIR=extra modules_install >"$log" 2>&1
  code=$?
  cat "$log"
  if ovs_signing_trouble <"$log"; then ovs__say 'the kernel'"'"'s build has no key to sign with: what it installs is as it was compiled'; fi
  rm -f "$log"
  [ "$code" = 0 ] || ovs__no "make modules_install ended with status $code" || return 1
  ovs__depmod || return 1
  ovs__tell_verdict "$1"
)

# ovs_modules_copy STAGE: by hand: every file of these names that did not come with the kernel removed, whatever it is compressed with, those of the build copied
# below extra/, the index anew.
ovs_modules_copy() (
  ovs__keep_modules || return 1
  extra=$(ovs__moddir)/extra
  mkdir -p "$extra" || return 1
  for name in $(ovs__built_names "$1"); do
    ovs__put "$extra/$name.ko" <"${OVS_ROOT:-}$1/$name.ko" || return 1
    ovs__added_copies "$name" | while read -r file; do
      [ "$file" = "$extra/$name.ko" ] || rm -f "$file" || exit 1
    done || return 1
  done
  # of another build, which had more modules: they would not fit the switch of this one
  for name in $(ovs__module_names); do
    ! ovs__built_names "$1" | grep -q -x "$name" || continue
    ovs__added_copies "$name" | while read -r file; do rm -f "$file" || exit 1; done || return 1
  done
  ovs__depmod || return 1
  ovs__tell_verdict "$1"
)

ovs__tell_verdict() {
  ovs__say "the modules are installed, $(ovs_module_verdict "$(ovs__resolved openvswitch)")"
}

# ovs_modules_remove: nothing but what came with the kernel is left.
ovs_modules_remove() (
  ovs__forget_kept
  ovs__keep_modules || return 1
  ovs__remove_added || return 1
  rm -f "$(ovs__depmod_file)"
  ovs__depmod
)

# ovs_module_objections STAGE|in-tree [KEYID FINGERPRINT]: why this host cannot have these modules, one sentence a line; nothing when it can. KEYID and FINGERPRINT are of the
# certificate that they will be signed with before they are installed. Reads only.
ovs_module_objections() (
  [ -e "${OVS_ROOT:-}/proc/modules" ] || {
    echo 'this kernel cannot load modules'
    return 0
  }
  case $(ovs__resolved openvswitch),$1 in
    '(builtin),in-tree') return 0 ;;
    '(builtin),'*)
      echo 'openvswitch is a part of this kernel: no other can be loaded'
      return 0
      ;;
  esac
  # shellcheck disable=SC2034 # read by ovs__copies
  OVS_COPIES=$(ovs__all_copies)
  for name in $(ovs__module_names); do
    ovs__added_copies "$name" | while read -r file; do
      case $file in */dkms/*) echo "$(ovs__in_moddir "$file") was made by DKMS, which would make it again: dkms remove it first" ;; esac
      owner=$(ovs__package_of "${file#"${OVS_ROOT:-}"}")
      [ -z "$owner" ] || echo "$(ovs__in_moddir "$file") belongs to package $owner: remove that first"
    done
  done
  [ "$1" != in-tree ] || {
    [ -n "$(ovs__tree_file openvswitch)" ] || echo 'this kernel came without a module of its own'
    return 0
  }
  case $(ovs_module_staged "$1") in 'for another kernel'* | broken*) ovs_module_staged "$1" ;; esac
  if [ -n "${2:-}" ]; then
    ovs__signing_objections "$1" "$2" "$3"
    return 0
  fi
  why=$(ovs_signatures_enforced)
  if [ -n "$why" ]; then
    signer=''
    [ ! -e "${OVS_ROOT:-}$1/openvswitch.ko" ] || signer=$(ovs__modinfo signer "${OVS_ROOT:-}$1/openvswitch.ko")
    [ -n "$signer" ] || echo "this kernel takes only signed modules: $why; and these are not signed"
  fi
)

# ovs__package_of FILE: the package that the file came with, if any.
ovs__package_of() {
  if command -v rpm >/dev/null && ovs__owner_of=$(timeout 20 rpm -qf --qf '%{NAME}\n' "$1" 2>/dev/null); then
    printf '%s\n' "$ovs__owner_of" | head -n 1
  elif command -v dpkg-query >/dev/null; then
    timeout 20 dpkg-query -S "$1" 2>/dev/null | sed -n '1s/:.*//p'
  fi
}

# ovs_other_kernels: a sentence when a later kernel than the one that runs is installed, which the next boot may take, and which has no module of Open vSwitch's own.
ovs_other_kernels() (
  running=$(ovs__kernel)
  for dir in "${OVS_ROOT:-}"/lib/modules/*/; do
    dir=${dir%/}
    other=${dir##*/}
    if [ ! -d "$dir/kernel" ] || [ "$other" = "$running" ]; then continue; fi
    [ "$(printf '%s\n%s\n' "$running" "$other" | sort -V | tail -n 1)" = "$other" ] || continue
    echo "kernel $other is installed too: booted into it, this host would have the module of that kernel"
  done
)

# ovs_gre_note: a sentence where ip_gre has GRE for itself, which a release's own module cannot share with it on kernels before 3.11 (OVS
# Documentation/intro/install/general.rst).
ovs_gre_note() (
  case $(ovs__kernel) in [0-2].* | 3.[0-9].* | 3.[0-9]-* | 3.10.* | 3.10-*) ;; *) return 0 ;; esac
  if [ -d "${OVS_ROOT:-}/sys/module/ip_gre" ]; then
    where='in memory'
  elif grep -q '/ip_gre\.ko' "$(ovs__moddir)/modules.builtin" 2>/dev/null; then
    where='a part of this kernel'
  else
    return 0
  fi
  echo "ip_gre is $where: on kernels before 3.11 a release's own module has no tunnels of GRE beside it"
)

# ovs_initramfs_note: a sentence when the initramfs has a copy of the switch's module: it is loaded before the disk is looked at, so it must be made anew.
ovs_initramfs_note() (
  for file in "${OVS_ROOT:-}/boot/initrd.img-$(ovs__kernel)" "${OVS_ROOT:-}/boot/initramfs-$(ovs__kernel).img"; do
    [ -e "$file" ] || continue
    if command -v lsinitramfs >/dev/null; then
      timeout 60 lsinitramfs "$file"
    else
      timeout 60 lsinitrd "$file"
    fi 2>/dev/null | grep -q '/openvswitch\.ko' || continue
    echo "the initramfs ${file#"${OVS_ROOT:-}"} has a module openvswitch of its own: make it anew (update-initramfs -u, or dracut -f)"
  done
)
