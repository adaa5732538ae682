# shellcheck shell=sh
# Compiling a release on a builder. Function definitions only; they need ovs-base and ovs-build-facts.
# Everything that is made lies under /var/cache/ovsfleet; what a command prints goes on as it comes, and into the build's log.

# ovs_build_logged LOG WORDS...: runs a command, and keeps what it prints in a file as well. Its status is the command's.
ovs_build_logged() {
  ovs__log=$1
  shift
  mkdir -p "${ovs__log%/*}" || return 1
  # the status of a pipe is its last command's, and POSIX has no pipefail
  {
    "$@" 2>&1
    echo "$?" >"$ovs__log.status"
  } | tee -a "$ovs__log"
  ovs__status=$(cat "$ovs__log.status")
  rm -f "$ovs__log.status"
  return "${ovs__status:-1}"
}

# ovs_build_unpack TARBALL WORK: its tree becomes WORK/src. How it is packed is looked at, not taken from its name.
ovs_build_unpack() (
  rm -rf "$2"
  mkdir -p "$2/src" "$2/stage" || return 1
  case $(od -An -tx1 -N4 "$1" | tr -d ' ') in
    1f8b*) unpacks='gzip -dc' ;;
    fd377a58) unpacks='xz -dc' ;;
    425a68*) unpacks='bzip2 -dc' ;;
    *) unpacks='cat' ;;
  esac
  $unpacks "$1" | tar -xf - -C "$2/src" --strip-components=1 || return 1
  # a tarball of a tarball's directory has one level more; a tree says what it is by configure.ac
  [ -e "$2/src/configure.ac" ] || ovs__no "there is no configure.ac in $1: it is not a source of Open vSwitch"
)

# ovs__python MAJOR LEAST: the first interpreter that fits, or nothing.
ovs__python() (
  ovs__pythons | sed -n 's/^python\.\([0-9][0-9.]*\)=\(.*\)/\1 \2/p' | while read -r version path; do
    case $version in "$1".*) ;; *) continue ;; esac
    if ovs__newer_or_same "$version" "$2"; then
      printf '%s\n' "$path"
      return
    fi
  done
)

# ovs_build_configure SOURCE MAJOR LEAST OPTIONS...: writes configure where it is missing (a checkout, an archive of a tag), and runs it with
# an interpreter that fits: the first on PATH may be too early.
ovs_build_configure() (
  cd "$1" || return 1
  python=$(ovs__python "$2" "$3")
  [ -n "$python" ] || ovs__no "no Python that fits is installed" || return 1
  # builds of Python 2 look for it themselves
  [ "$2" != 3 ] || export PYTHON3="$python"
  shift 3
  [ -x configure ] || ./boot.sh || return 1
  ./configure "$@"
)

# ovs_build_compile DIRECTORY WORDS...: make, in parallel as far as memory allows: a compiler takes some 300 MB.
ovs_build_compile() (
  dir=$1
  shift
  jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || jobs=1
  most=$(awk '/^MemAvailable:/ { m = $2 } /^MemFree:/ { f = $2 } END { n = int((m ? m : f) / 300000); print n < 1 ? 1 : n }' /proc/meminfo)
  [ "$jobs" -le "$most" ] || jobs=$most
  make -C "$dir" -j "$jobs" "$@"
)

# ovs_build_install WORK PREFIX ID VERSION: into WORK/stage; strips, and leaves out manuals and static libraries.
ovs_build_install() (
  make -C "$1/src" install "DESTDIR=$1/stage" >/dev/null || return 1
  tree=$1/stage$2
  find "$tree" -type f -perm -u+x -exec strip --strip-debug {} + 2>/dev/null
  rm -rf "$tree/share/man" "$tree/lib/pkgconfig"
  find "$tree/lib" -type f \( -name '*.a' -o -name '*.la' \) -exec rm -f {} + 2>/dev/null
  find "$tree/lib" -depth -type d -exec rmdir {} + 2>/dev/null
  marks=$tree
  # below /usr, which is everybody's, among its own
  [ "$2" != /usr ] || marks=$tree/share/openvswitch
  printf '%s\n' "$3" >"$marks/.build-id"
  ovs__built=$(timeout 10 "$tree/sbin/ovs-vswitchd" --version 2>/dev/null | awk 'NR == 1 { print $NF }')
  # a release that was compiled for another architecture does not start here
  case $ovs__built in '' | "$4" | "$4".0) ;; *) ovs__no "the source is of release $ovs__built, not $4" || return 1 ;; esac
  # what it is made of, for whoever unpacks it
  cd "$tree" && find . -type f ! -name .manifest | LC_ALL=C sort | xargs sha256sum >"$1/manifest" && mv "$1/manifest" "$marks/.manifest"
)

# ovs_build_pack WORK PREFIX ARCHIVE: the tree below the prefix alone, since `make install` also makes /etc and /var, and a tar that holds them
# would set the modes of the host's own. The same tree gives the same file: sorted, no owners, no times.
ovs_build_pack() (
  mkdir -p "${3%/*}" && cd "$1/stage" || return 1
  find "${2#/}" | LC_ALL=C sort >"$1/files" || return 1
  tar --no-recursion --owner=0 --group=0 --numeric-owner --mtime='2000-01-01 00:00:00Z' -cf "$1/packed.tar" -T "$1/files" &&
    gzip -nc "$1/packed.tar" >"$3.new" && ovs__fsync "$3.new" && mv "$3.new" "$3" && cd / && rm -rf "$1"
)
