# Rebooting a host, and whether anything on it asks for that. Function definitions only.
# shellcheck shell=sh

# op_reboot: the host reboots a second from now, by a process of its own, so that who asked for it can say its last words.
op_reboot() {
  if [ -d /run/systemd/system ]; then op_reboot_how='systemctl reboot'; else op_reboot_how=reboot; fi
  setsid sh -c "sleep 1; $op_reboot_how" </dev/null >/dev/null 2>&1 &
  echo "it reboots now: $op_reboot_how"
}

# op_reboot_asked: `no`, or who asks for a reboot: Debian's packages leave a file, EL's needs-restarting (of yum-utils or
# dnf-utils) compares what was installed with what was there at boot, and ends with 1.
op_reboot_asked() {
  if [ -e /run/reboot-required ] || [ -e /var/run/reboot-required ]; then
    op_reboot_by=$(sort -u /run/reboot-required.pkgs 2>/dev/null | tr '\n' ' ')
    printf 'asked for by %s\n' "${op_reboot_by:-the package manager}" | sed 's/ $//'
    return 0
  fi
  if command -v needs-restarting >/dev/null 2>&1; then
    needs-restarting -r >/dev/null 2>&1
    if [ "$?" -eq 1 ]; then
      echo 'asked for by needs-restarting'
      return 0
    fi
  fi
  echo no
}
