# shellcheck shell=sh
# Compiling modules on a builder, packing them, and unpacking them on a host.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs__headers KERNEL DIRECTORY: where the headers of that kernel are, which need not be the one that runs: the directory that is said, or the usual one.
ovs__headers() {
  ovs__found=${2:-/lib/modules/$1/build}
  [ -e "${OVS_ROOT:-}$ovs__found/Makefile" ] || ovs__no "the headers of kernel $1 are not installed here ($ovs__found)" || return 1
  printf '%s\n' "${OVS_ROOT:-}$ovs__found"
}

# ovs__datapath SOURCE: the directory with a release's module, in the tree that its tarball unpacks to.
ovs__datapath() {
  ovs__found=$(find "$1" -maxdepth 3 -type d -path '*/datapath/linux' | head -n 1)
  [ -n "$ovs__found" ] || ovs__no 'there is no datapath/linux in this source: releases from 3.0 on have no module of their own' || return 1
  printf '%s\n' "$ovs__found"
}

# ovs_module_configure SOURCE KERNEL DIRECTORY MAJOR LEAST OPTIONS...: a release's own configure, with the Python that it needs. Needs ovs-build.
ovs_module_configure() (
  headers=$(ovs__headers "$2" "$3") || return 1
  tree=$(ovs__datapath "$1") || return 1
  major=$4 least=$5
  shift 5
  ovs_build_configure "${tree%/datapath/linux}" "$major" "$least" --disable-ssl "--with-linux=$headers" "$@"
)

# ovs_module_compile_release SOURCE: the module of a release that was configured. Needs ovs-build.
ovs_module_compile_release() (
  tree=$(ovs__datapath "$1") && ovs_build_compile "$tree" modules
)

# ovs_module_compile_kernel SOURCE KERNEL DIRECTORY VARIABLES...: the kernel's own net/openvswitch, out of its tree. Needs ovs-build.
ovs_module_compile_kernel() (
  headers=$(ovs__headers "$2" "$3") || return 1
  tree=$(find "$1" -name datapath.c | head -n 1)
  [ -n "$tree" ] || ovs__no 'there is no datapath.c in this source: pack the directory net/openvswitch of a kernel' || return 1
  shift 3
  ovs_build_compile "$headers" "M=${tree%/datapath.c}" \
    CONFIG_OPENVSWITCH=m CONFIG_OPENVSWITCH_VXLAN=m CONFIG_OPENVSWITCH_GRE=m CONFIG_OPENVSWITCH_GENEVE=m "$@" modules
)

# ovs__collect FROM INTO ID KERNEL: the modules below FROM, without what is for debugging, the lists that the kernel's own target reads, and the manifest. Refuses
# what is for another kernel.
ovs__collect() (
  mkdir -p "$2" || return 1
  : >"$2/manifest"
  for name in $(ovs__module_names); do
    file=$(find "$1" \( -name "$name.ko" -o -name "$name.ko.gz" -o -name "$name.ko.xz" -o -name "$name.ko.zst" \) | head -n 1)
    [ -n "$file" ] || continue
    ovs__module_text "$file" >"$2/$name.ko" || return 1
    # stripping takes a signature away
    [ -n "$(ovs__modinfo signer "$2/$name.ko")" ] || strip --strip-debug "$2/$name.ko" 2>/dev/null
    vermagic=$(ovs__modinfo vermagic "$2/$name.ko")
    [ "${vermagic%% *}" = "$4" ] || ovs__no "$name.ko is for kernel ${vermagic%% *}, and $4 is wanted" || return 1
    source=$(ovs__modinfo srcversion "$2/$name.ko")
    printf '%s %s %s %s\n' "$name" "$(sha256sum "$2/$name.ko" | cut -d ' ' -f 1)" "${source:--}" "$vermagic" >>"$2/manifest"
  done
  grep -q '^openvswitch ' "$2/manifest" || ovs__no 'there is no openvswitch.ko' || return 1
  order=$(find "$1" -name modules.order | head -n 1)
  [ -z "$order" ] || cp "$order" "$2/modules.order" || return 1
  versions=$(find "$1" -type d -name .tmp_versions | head -n 1)
  [ -z "$versions" ] || cp -R "$versions" "$2/.tmp_versions" || return 1
  printf '%s\n' "$3" >"$2/.build-id"
)

# ovs_module_pack WORK ID KERNEL FILE: what was compiled below WORK/src, as a tarball whose paths are those on a host.
ovs_module_pack() (
  stage=$1/stage/opt/ovsfleet/modules/$2
  ovs__collect "$1/src" "$stage" "$2" "$3" &&
    mkdir -p "${4%/*}" &&
    # the tar of EL 7 does not sort, and gzip by itself writes no time
    (cd "$1/stage" && find "opt/ovsfleet/modules/$2" | LC_ALL=C sort >"$1/files") &&
    tar -C "$1/stage" --no-recursion --mtime='2000-01-01 00:00:00Z' --owner=0 --group=0 --numeric-owner -cf "$1/packed.tar" -T "$1/files" &&
    gzip -nc "$1/packed.tar" >"$4.new" && ovs__fsync "$4.new" && mv "$4.new" "$4" && rm -rf "$1"
)

# ovs_module_stage ARCHIVE STAGE KERNEL: unpacks what ovs_module_pack made, or any tarball with modules, to its place, whole or not at all.
ovs_module_stage() (
  fresh=${OVS_ROOT:-}${2%/*}/.new-${2##*/}
  ovs__forget_kept
  rm -rf "$fresh" "$fresh.is"
  mkdir -p "$fresh" && tar -xf "$1" -C "$fresh" || return 1
  ovs__collect "$fresh" "$fresh.is" "${2##*/}" "$3" || {
    rm -rf "$fresh" "$fresh.is"
    return 1
  }
  rm -rf "$fresh" "${OVS_ROOT:-}$2" && mv "$fresh.is" "${OVS_ROOT:-}$2" && rm -f "$1"
)

# ovs__sign_tool: what signs modules here: the kernel's own program, of its headers, or Ubuntu's; 1 when there is neither.
ovs__sign_tool() {
  ovs__signer=$(ovs__moddir)/build/scripts/sign-file
  [ -x "$ovs__signer" ] || ovs__signer=$(command -v kmodsign) || return 1
  printf '%s\n' "$ovs__signer"
}

# ovs_modules_signed STAGE FINGERPRINT: `yes` when every module of the build has the signature that was made with that certificate, `no` when one has not, `none` when
# there is no build.
ovs_modules_signed() (
  [ -s "${OVS_ROOT:-}$1/manifest" ] || {
    echo none
    return 75
  }
  for name in $(ovs__built_names "$1"); do
    file=${OVS_ROOT:-}$1/$name
    if [ "$(cat "$file.signed" 2>/dev/null)" != "$2" ] || [ -z "$(ovs__modinfo signer "$file.ko")" ]; then
      echo no
      return 0
    fi
  done
  echo yes
)

# ovs_modules_sign STAGE KEY CERT FINGERPRINT: signs each module of the build, and has the kernel say whether it would take it, where it is particular. A signature of another key
# stays below the new one: the kernel looks at the last.
ovs_modules_sign() (
  tool=$(ovs__sign_tool) || ovs__no "nothing here can sign modules: neither scripts/sign-file of the kernel's headers nor kmodsign" || return 1
  for name in $(ovs__built_names "$1"); do
    file=${OVS_ROOT:-}$1/$name
    # from here on it is not the file of the manifest any more
    : >"$file.signed"
    timeout 60 "$tool" sha256 "$2" "$3" "$file.ko" && printf '%s\n' "$4" | ovs__put "$file.signed" || return 1
  done
  trouble=$(ovs_kernel_takes "$1") || ovs__no "$trouble"
)

# ovs__signing_objections STAGE KEYID FINGERPRINT: why signing them with that certificate would not do here.
ovs__signing_objections() (
  [ "$(ovs_modules_signed "$1" "$3")" = yes ] || ovs__sign_tool >/dev/null ||
    echo "nothing here can sign modules: neither scripts/sign-file of the kernel's headers nor kmodsign"
  why=$(ovs_signatures_enforced)
  if [ -n "$why" ] && ! ovs__key_known "$2"; then
    echo "this kernel takes only signed modules: $why; and the key of that certificate ($2) is in none of its keyrings"
  fi
)

# ovs__key_known KEYID: whether a keyring of the kernel has that key; true as well where it does not show its keys: then it is asked once the modules are signed. To be in one is
# not yet to be trusted with modules.
ovs__key_known() {
  keys=${OVS_ROOT:-}/proc/keys
  ! grep -q ' asymmetri' "$keys" 2>/dev/null || grep -q -i " asymmetri.*: $1: X509" "$keys"
}
