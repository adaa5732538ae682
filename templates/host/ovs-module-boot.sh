# shellcheck shell=sh
# Loading the modules at boot: by systemd's /etc/modules-load.d, or by /etc/sysconfig/modules where something runs what is in there; and what is in memory now.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs__systemd_list, ovs__sysconfig_script: the two files.
ovs__systemd_list() { printf '%s\n' "${OVS_ROOT:-}/etc/modules-load.d/openvswitch.conf"; }
ovs__sysconfig_script() { printf '%s\n' "${OVS_ROOT:-}/etc/sysconfig/modules/ovs.modules"; }

# ovs__sysconfig_loader: what runs /etc/sysconfig/modules at boot: rc.sysinit of EL 6, or a unit (rhel-loadmodules of EL 7, loadmodules of the initscripts package later, or
# somebody's own).
ovs__sysconfig_loader() {
  grep -l -s 'sysconfig/modules' "${OVS_ROOT:-}/etc/rc.d/rc.sysinit" "${OVS_ROOT:-}"/etc/systemd/system/*.service \
    "${OVS_ROOT:-}"/usr/lib/systemd/system/*.service "${OVS_ROOT:-}"/lib/systemd/system/*.service | head -n 1
}

# ovs_modules_at_boot SCRIPT: the record of what is loaded at boot: `modules-load.d=` and `sysconfig=`, each the modules in order, `none`, or what is the matter with the
# file. SCRIPT is the text that the one below /etc/sysconfig/modules shall have.
ovs_modules_at_boot() (
  list=none
  [ ! -e "$(ovs__systemd_list)" ] || list=$(sed -e 's/[#;].*//' "$(ovs__systemd_list)" | tr -s ' \t\n' ' ' | sed 's/^ //; s/ $//')
  file=$(ovs__sysconfig_script)
  script=none
  if [ -e "$file" ]; then
    modules=$(sed -n 's/^for module in \(.*\); do$/\1/p' "$file")
    if ! grep -q 'Written by ovsfleet' "$file"; then
      script="somebody else's script"
    elif [ ! -x "$file" ]; then
      script="not executable: $modules"
    elif [ -z "$(ovs__sysconfig_loader)" ]; then
      script="nothing runs it here: $modules"
    elif [ "$1" != "$(cat "$file")" ]; then
      script="another script of ours: $modules"
    else
      script=$modules
    fi
  fi
  printf 'modules-load.d=%s\nsysconfig=%s\n' "${list:-none}" "$script"
)

# ovs_load_at_boot modules-load.d|sysconfig TEXT: writes that file and takes the other away; what somebody else wrote is kept under /var/lib/ovsfleet.
ovs_load_at_boot() (
  kept=${OVS_ROOT:-}/var/lib/ovsfleet/modules/boot-before
  for file in "$(ovs__systemd_list)" "$(ovs__sysconfig_script)"; do
    if [ -e "$file" ] && ! grep -q 'Written by ovsfleet' "$file"; then mkdir -p "$kept" && cp -a "$file" "$kept/" || return 1; fi
  done
  case $1 in
    modules-load.d)
      printf '%s\n' "$2" | ovs__put "$(ovs__systemd_list)" || return 1
      rm -f "$(ovs__sysconfig_script)"
      ;;
    sysconfig)
      [ -n "$(ovs__sysconfig_loader)" ] || ovs__no 'nothing runs /etc/sysconfig/modules at boot here' || return 1
      printf '%s\n' "$2" | ovs__put "$(ovs__sysconfig_script)" 755 || return 1
      rm -f "$(ovs__systemd_list)"
      ;;
  esac
)

# ovs_module_memory_note STAGE|in-tree: a sentence where the module in memory stays another one than modprobe would load.
ovs_module_memory_note() (
  memory=$(ovs_modules_in_memory "$1")
  case $memory in
    "loaded=${1##*/}" | 'loaded=none') ;;
    *) echo "the module in memory (${memory#loaded=}) stays until this host is rebooted: first these files, then the reboot" ;;
  esac
)

# ovs_module_signature_note STAGE|in-tree: a sentence where modules without a signature will be loaded.
ovs_module_signature_note() (
  file=${OVS_ROOT:-}$1/openvswitch.ko
  [ "$1" != in-tree ] || return 0
  if [ -e "$file" ] && [ -z "$(ovs__modinfo signer "$file")" ]; then echo "the modules are $(ovs_module_verdict "$file"), but is tainted by it"; fi
)
