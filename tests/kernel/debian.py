# SPDX-License-Identifier: MIT
"""A kernel of any Debian suite, with what builds modules for it: downloaded and unpacked, nothing installed.

Headers of a newer suite bring programs that need its C library, and want its compiler. So both lie in one
tree with them, and make runs inside (chroot in a mount namespace; as an ordinary user in a user namespace).
"""

import glob
import os
import re
import shutil
import subprocess
import sys

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts/debian-sources")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
WANTED = ["linux-image-amd64", "linux-headers-amd64", "make", "?essential"]
# Words: the tree, the folder that is seen inside under its own name, then the command.
INSIDE = """root=$1 folder=$2; shift 2; mkdir -p "$root$folder"
mount --rbind /dev "$root/dev" && mount --rbind /proc "$root/proc" && mount --bind "$folder" "$root$folder" &&
exec chroot "$root" "$@"
"""


def run(*command, **options):
    """Runs it or ends with what it said. Returns what it said."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode:
        sys.exit(f"{' '.join(command)}:\n{result.stdout[-6000:]}")
    return result.stdout


class Suite:
    """What was unpacked of one suite, in a folder that holds nothing else."""

    def __init__(self, name, folder):
        self.folder = folder
        self.root = os.path.join(folder, "root")
        self.apt = os.path.join(folder, "apt")
        self.options = [word for key, value in (
            ("Etc::SourceList", "sources.list"), ("Etc::SourceParts", "none"), ("State", "state"),
            ("State::Status", "status"), ("Cache", "cache")) for word in ("-o", f"Dir::{key}={self.apt}/{value}")]
        self._write_sources(name)
        packages = self._download()
        if not self._is_unpacked(packages):
            self._unpack(packages)

    def _write_sources(self, name):
        for path in ("state/lists/partial", "cache/archives/partial", "none"):
            os.makedirs(os.path.join(self.apt, path), exist_ok=True)
        with open(os.path.join(self.apt, "status"), "w", encoding="ascii"):
            pass
        with open(os.path.join(self.apt, "sources.list"), "w", encoding="ascii") as file:
            file.writelines(f"deb [signed-by={KEYRING}] {line[4:]}\n" for line in run(SOURCES, name).splitlines()
                            if line.startswith("deb "))

    def _download(self):
        """Paths of all packages: with the empty status each dependency counts as missing."""
        apt = ["apt-get", *self.options]
        install = ["install", "-y", "--no-install-recommends", *WANTED]
        run(*apt, "update")
        run(*apt, "autoclean")
        run(*apt, *install, "--download-only")
        found = re.findall(r"^Inst (\S+) \((\S+) .*\[(\w+)\]\)", run(*apt, *install, "--simulate"), re.MULTILINE)
        return sorted(f"{self.apt}/cache/archives/{name}_{version.replace(':', '%3a')}_{architecture}.deb"
                      for name, version, architecture in found)

    def _is_unpacked(self, packages):
        try:
            with open(os.path.join(self.folder, "unpacked"), encoding="ascii") as file:
                return file.read().split() == packages
        except FileNotFoundError:
            return False

    def _unpack(self, packages):
        """Anew, and what was built against others goes."""
        for entry in os.listdir(self.folder):
            path = os.path.join(self.folder, entry)
            if path != self.apt:
                shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        # First of all the one that has /bin and /lib as links to /usr.
        for package in sorted(packages, key=lambda path: not os.path.basename(path).startswith("base-files_")):
            run("dpkg-deb", "-x", package, self.root)
        for place in ("dev", "proc"):
            os.makedirs(os.path.join(self.root, place), exist_ok=True)
        # What installing would have done, as far as make needs it.
        os.symlink("mawk", os.path.join(self.root, "usr/bin/awk"))
        with open(os.path.join(self.folder, "unpacked"), "w", encoding="ascii") as file:
            file.write("\n".join(packages))

    def release(self):
        """Such as 6.12.117+deb13-amd64."""
        return os.path.basename(glob.glob(self.root + "/usr/src/linux-headers-*-amd64")[0])[len("linux-headers-"):]

    def image(self):
        """The kernel to boot: newer packages have it beside its modules."""
        release = self.release()
        return (glob.glob(f"{self.root}/boot/vmlinuz-{release}") +
                glob.glob(f"{self.root}/usr/lib/modules/{release}/vmlinuz"))[0]

    def make(self):
        """The words that run make inside; it sees the suite's folder under its own name."""
        namespaces = ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]
        return ["unshare", *namespaces, "sh", "-c", INSIDE, "sh", self.root, self.folder, "env", "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "make"]
