#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds the kernel module and boots a real kernel with it in QEMU (software emulation).

	tests/kernel/vm.py [--kernel RELEASE | --suite SUITE | --debug-kernel] [--coverage] [--build FOLDER] SCRIPT

The kernel is the one whose headers are installed; with --suite the newest of that Debian suite (trixie,
testing...), with its headers and its compiler, downloaded and unpacked; or one made to find mistakes. With --coverage the
module notes which of its blocks ran; lines "COVERAGE ..." go to coverage-ran in the build folder (scripts/coverage).
SCRIPT (a shell script in tests/kernel) runs as root in the booted machine; its output comes out here.
It says "RESULT n passed, m failed" at its end: the status is 0 if nothing failed. Needs what
scripts/install-packages installs; runs as an ordinary user.
"""

import argparse
import glob
import gzip
import lzma
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from debian import Suite, run

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAMS = ["kernel-test-native", "kernel-test-devices", "kernel-test-device", "kernel-test-changes",
            "kernel-test-manager", "kernel-fuzz", "kernel-faults"]
# Where some of the tools are that an ordinary user does not have in the path.
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
CORES = str(os.cpu_count() or 1)


def newest_headers():
    """The release whose headers are installed, such as 6.1.0-56-amd64."""
    found = sorted(glob.glob("/usr/src/linux-headers-*-amd64"), key=os.path.getmtime)
    found = [name for name in found if not re.search("cloud|rt-", name)]
    if not found:
        sys.exit("vm.py: no kernel headers: apt-get install linux-headers-amd64")
    return os.path.basename(found[-1])[len("linux-headers-"):]


class Kernel:
    """A kernel to boot: its image, where modules are built against it and by which make, its own modules."""

    def __init__(self, image, build, modules, make=("make",)):
        self.image, self.build, self.modules, self.make = image, build, modules, list(make)


def modules_of(where, release):
    """The folder of a kernel's own modules; newer packages have it below usr. Tools look in either."""
    places = [os.path.join(where, place, "modules") for place in ("lib", "usr/lib")]
    there = [place for place in places if os.path.exists(place)]
    for place in places:
        if not os.path.exists(place):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.symlink(there[0], place)
    return os.path.join(places[0], release)


def debian_kernel(release, folder):
    """Debian's image, unpacked but not installed."""
    where = os.path.join(folder, "debian-" + release)
    image = os.path.join(where, "boot/vmlinuz-" + release)
    if not os.path.exists(image):
        packages = os.path.join(folder, "packages")
        os.makedirs(packages, exist_ok=True)
        run("apt-get", "download", "linux-image-" + release, cwd=packages)
        run("dpkg-deb", "-x", glob.glob(f"{packages}/linux-image-{release}_*.deb")[0], where)
    return Kernel(image, "/usr/src/linux-headers-" + release, modules_of(where, release))


def suite_kernel(name, folder):
    """The newest of another Debian suite."""
    suite = Suite(name, folder)
    release = suite.release()
    print(f"Linux {release} of Debian {name}", flush=True)
    return Kernel(suite.image(), "/usr/src/linux-headers-" + release,
                  modules_of(suite.root, release), suite.make())


def debug_kernel(folder):
    """Debian's source, built once with everything that finds mistakes (debug.config)."""
    where = os.path.join(folder, "debug-kernel")
    image = os.path.join(where, "arch/x86/boot/bzImage")
    config = os.path.join(ROOT, "tests/kernel/debug.config")
    if not os.path.exists(image) or os.path.getmtime(config) > os.path.getmtime(image):
        os.makedirs(where, exist_ok=True)
        archive = sorted(glob.glob("/usr/src/linux-source-*.tar.xz"))
        if not archive:
            sys.exit("vm.py: no kernel source: apt-get install linux-source flex bison bc libelf-dev libssl-dev")
        if not os.path.exists(os.path.join(where, "Makefile")):
            run("tar", "xf", archive[-1], "--strip-components=1", "-C", where)
        print("building the debug kernel: some minutes", flush=True)
        run("make", "-s", "tinyconfig", cwd=where)
        run("scripts/kconfig/merge_config.sh", "-m", ".config", config, cwd=where)
        run("make", "-s", "olddefconfig", cwd=where)
        run("make", "-s", "-j" + CORES, "bzImage", "modules", cwd=where)
    return Kernel(image, where, where)


def build_module(kernel, source, build, module_build=None, extra=()):
    """An external module; module_build: pnpnotify.ko's, which it stands on."""
    if module_build is None:
        run("make", "-C", os.path.join(ROOT, "kernel"), "layout", "BUILD=" + build)
        run(*kernel.make, "-C", kernel.build, "M=" + build, "-j" + CORES, *extra, "modules")
        return
    os.makedirs(build, exist_ok=True)
    for name in os.listdir(source):
        path = os.path.join(source, name)
        if name == "Kbuild" or name.endswith((".c", ".h")) and not name.startswith("fail-"):
            if not os.path.exists(os.path.join(build, name)) or \
                    os.path.getmtime(path) > os.path.getmtime(os.path.join(build, name)):
                shutil.copy2(path, build)
    # Linux's build does not look whether the symbols that it was linked against are others now.
    symbols, linked = os.path.join(module_build, "Module.symvers"), os.path.join(build, "Module.symvers")
    if os.path.exists(linked) and os.path.getmtime(symbols) > os.path.getmtime(linked):
        os.remove(linked)
    run(*kernel.make, "-C", kernel.build, "M=" + build, "PNPNOTIFY=" + module_build, "-j" + CORES, "modules")


def libraries(program):
    """What a dynamic program is linked with, its loader included."""
    result = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return re.findall(r"(/\S+)", result.stdout)


def coverage_of(kernel, folder, module, number):
    """Has the module be built with notes of which of its blocks ran: what its build takes besides."""
    source, store = os.path.join(ROOT, "tests/kernel/coverage"), os.path.join(folder, "coverage-store")
    for where, names in ((store, os.listdir(source)), (module, ["trace.c", "coverage.h"])):
        os.makedirs(where, exist_ok=True)
        for name in names:
            shutil.copy2(os.path.join(source, name), where)
    run(*kernel.make, "-C", kernel.build, "M=" + store, "modules")
    return ["PNPN_EXTRA=trace.o", f"PNPN_FLAGS=-include {module}/coverage.h -fsanitize-coverage=trace-pc -g "
            f"-fno-reorder-functions -fno-reorder-blocks-and-partition -DPNPN_COVERAGE_BUILD={number}",
            f"KBUILD_EXTRA_SYMBOLS={store}/Module.symvers"]


class Image:
    """The initial ramdisk's tree."""

    def __init__(self, where):
        self.where = where
        shutil.rmtree(where, ignore_errors=True)
        for folder in ("bin", "dev", "etc", "lib", "proc", "root", "run", "sys", "tmp", "modules", "hardware"):
            os.makedirs(os.path.join(where, folder))
        shutil.copy("/bin/busybox", os.path.join(where, "bin"))
        with open(os.path.join(where, "etc/passwd"), "w", encoding="ascii") as file:
            file.write("root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")
        with open(os.path.join(where, "etc/group"), "w", encoding="ascii") as file:
            file.write("root:x:0:\nnogroup:x:65534:\n")

    def add(self, path, to):
        target = os.path.join(self.where, to)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(path, target)

    def add_module(self, path, folder):
        """busybox loads none that is packed."""
        name = os.path.basename(path)
        if not name.endswith(".xz"):
            self.add(path, os.path.join(folder, name))
            return name
        name = name[:-len(".xz")]
        with lzma.open(path) as packed, open(os.path.join(self.where, folder, name), "wb") as file:
            shutil.copyfileobj(packed, file)
        return name

    def add_program(self, path):
        self.add(path, "bin/" + os.path.basename(path))
        for library in libraries(path):
            ours = not library.startswith(("/lib", "/usr/lib"))
            to = "lib/" + os.path.basename(library) if ours else library.lstrip("/")
            if not os.path.exists(os.path.join(self.where, to)):
                self.add(library, to)

    def pack(self, archive):
        names = run("find", ".", cwd=self.where)
        data = subprocess.run(["cpio", "-o", "-H", "newc", "--quiet", "-R", "0:0"], cwd=self.where,
                              input=names.encode(), stdout=subprocess.PIPE, check=True).stdout
        with gzip.open(archive, "wb", compresslevel=1) as file:
            file.write(data)


# What a machine with --hardware has besides its serial port and keyboard; DISKS/ is made before.
HARDWARE = ["-device", "edu", "-device", "virtio-scsi-pci", "-drive", "if=none,id=hd,format=raw,file=DISKS/scsi",
            "-device", "scsi-hd,drive=hd", "-drive", "if=none,id=cd,media=cdrom", "-device", "ide-cd,drive=cd", "-device", "qemu-xhci",
            "-drive", "if=none,id=stick,format=raw,file=DISKS/stick"]
HARDWARE_MODULES = ["virtio_pci", "virtio_scsi", "virtio_blk", "sd_mod", "ata_piix", "sr_mod", "xhci_pci", "usb_storage",
                    "usbhid", "hid_generic", "evdev", "vfat", "nls_cp437", "nls_ascii", "loop", "ext4", "dm_mod",
                    "dm_crypt", "raid1", "wireguard"]
# Not in every kernel: what is built in, or no module of its own any more.
OPTIONAL_MODULES = ["crc32c_generic", "ecb", "xts", "aes_generic", "algif_skcipher"]
# What makes disks when it is loaded: the script does that.
LATE_MODULES = ["null_blk", "zram", "scsi_debug"]
# What storage.sh makes disks with, and udev.
STORAGE_PROGRAMS = ["mkfs.ext4", "e2label", "dmsetup", "cryptsetup", "lvm", "mdadm", "udevadm", "/lib/systemd/systemd-udevd",
                    "/lib/udev/scsi_id", "/lib/udev/cdrom_id"]


def make_disks(folder):
    """The media: a SCSI disk, a USB stick with a file system, three discs of which two are alike."""
    os.makedirs(folder, exist_ok=True)
    for name, size in (("scsi", "8M"), ("stick", "8M"), ("virtual", "8M"), ("disc1", "2M"), ("disc2", "4M"),
                       ("disc3", "4M"), ("card1", "8M"), ("card2", "8M")):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            os.remove(path)
        run("truncate", "-s", size, path)
    for name, label in (("stick", "STICK"), ("card1", "ALIKE"), ("card2", "ALIKE")):
        run("mkfs.fat", "-n", label, os.path.join(folder, name), env={**os.environ, "PATH": PATH})


def add_modules(image, kernel):
    """Modules of the kernel's own with what they need, and the order to load them in."""
    base = kernel.modules[:kernel.modules.index("/lib/modules")]
    release = os.path.basename(kernel.modules)
    environment = {**os.environ, "PATH": PATH}
    if not os.path.exists(kernel.modules + "/modules.dep.bin"):
        run("depmod", "-b", base, release, env=environment)
    order, late = [], [name + ".ko" for name in LATE_MODULES]
    for wanted in HARDWARE_MODULES + OPTIONAL_MODULES + LATE_MODULES:
        found = subprocess.run(["modprobe", "--show-depends", "-d", base, "-S", release, wanted], env=environment,
                               stdout=subprocess.PIPE, text=True, check=wanted not in OPTIONAL_MODULES)
        for line in found.stdout.splitlines():
            name = image.add_module(line.split()[1], "hardware") if line.startswith("insmod") else None
            if name and name not in order and name not in late:
                order.append(name)
    with open(os.path.join(image.where, "hardware/order"), "w", encoding="ascii") as file:
        file.write("\n".join(order) + "\n")


def add_storage_programs(image):
    """What makes disks of disks; udev with the rules that this machine has."""
    for name in STORAGE_PROGRAMS:
        path = shutil.which(name, path=PATH)
        if not path:
            sys.exit(f"vm.py: there is no {name}: scripts/install-packages kernel")
        image.add_program(path)
    for helper in ("scsi_id", "cdrom_id"):
        image.add("/lib/udev/" + helper, "lib/udev/" + helper)
    shutil.copytree("/lib/udev/rules.d", os.path.join(image.where, "lib/udev/rules.d"))
    # Where rules look for programs.
    os.symlink("bin", os.path.join(image.where, "sbin"))


def tell_monitor(path, command):
    """One command for the machine's monitor: a line that it printed asked for it. Returns what the monitor said."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as monitor:
        monitor.connect(path)
        monitor.sendall(command.encode() + b"\n")
        monitor.settimeout(5)
        answer = b""
        while answer.count(b"(qemu)") < 2:
            answer += monitor.recv(4096)
    return answer


def exchange(path, command):
    """As tell_monitor(); a drive is locked while somebody in the machine has it open: then again."""
    while b"is locked" in tell_monitor(path, command):
        time.sleep(0.1)


def boot(kernel, archive, timeout, hardware=None):
    """Boots, prints what the machine prints, and returns it."""
    command = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "3072",
               "-kernel", kernel.image, "-initrd", archive, "-display", "none", "-serial", "stdio", "-no-reboot", "-append",
               "console=ttyS0 quiet panic=-1 loglevel=3 kunit.enable=1 kasan.fault=report"]
    control = os.path.join(tempfile.mkdtemp(), "monitor")
    command += ["-monitor", f"unix:{control},server=on,wait=off"]
    if hardware:
        command += [word.replace("DISKS", hardware) for word in HARDWARE]
    lines, started = [], False
    with subprocess.Popen(["timeout", str(timeout)] + command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, errors="replace", text=True) as machine:
        for line in machine.stdout:
            line = line.rstrip("\r\n")
            if not started:
                started = line == "STARTED"
                continue
            if line.startswith("MONITOR "):
                (exchange if line.startswith("MONITOR change") else tell_monitor)(
                    control, line[8:].replace("DISKS", hardware))
                continue
            lines.append(line)
            if not line.startswith("COVERAGE "):
                print(line, flush=True)
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernel", default=None)
    parser.add_argument("--suite", default=None, help="a Debian suite's newest kernel")
    parser.add_argument("--debug-kernel", action="store_true")
    parser.add_argument("--build", default=os.path.join(ROOT, "build/kernel"))
    parser.add_argument("--programs", default=os.path.join(ROOT, "build/kernel/programs"))
    parser.add_argument("--timeout", type=int, default=600)
    parser.add_argument("--coverage", action="store_true", help="notes which parts of the module ran")
    parser.add_argument("--hardware", action="store_true", help="with disks, a drive, USB")
    parser.add_argument("script")
    options = parser.parse_args()

    folder = os.path.abspath(os.path.join(options.build, options.suite or ""))
    os.makedirs(folder, exist_ok=True)
    kernel = debug_kernel(folder) if options.debug_kernel else suite_kernel(options.suite, folder) if options.suite else \
        debian_kernel(options.kernel or newest_headers(), folder)
    name = "debug" if options.debug_kernel else "coverage" if options.coverage else "debian"
    module = os.path.join(folder, name + "-module")
    build_module(kernel, None, module, extra=coverage_of(kernel, folder, module, 0) if options.coverage else ())
    # Once more, with allocations that can be made to fail.
    failing = os.path.join(folder, name + "-failing")
    os.makedirs(failing, exist_ok=True)
    for wanted in ("fail-allocations.c", "fail-allocations.h"):
        shutil.copy2(os.path.join(ROOT, "tests/kernel", wanted), failing)
    extra = coverage_of(kernel, folder, failing, 1) if options.coverage else ["PNPN_EXTRA=", "PNPN_FLAGS="]
    build_module(kernel, None, failing, extra=[f"{extra[0]} fail-allocations.o",
                                               f"{extra[1]} -include {failing}/fail-allocations.h", *extra[2:]])
    build_module(kernel, os.path.join(ROOT, "tests/kernel"), os.path.join(folder, name + "-failing-test"), failing)
    others = {"test": "tests/kernel", "hello": "examples/kernel-hello", "carrier": "examples/kernel-carrier",
              "edu": "examples/kernel-edu", "bench": "bench/kernel"}
    for key, source in others.items():
        build_module(kernel, os.path.join(ROOT, source), os.path.join(folder, f"{name}-{key}"), module)

    if not os.path.exists(os.path.join(options.programs, "build.ninja")):
        run("meson", "setup", "-Db_lto=false", "-Dtests=enabled", options.programs, ROOT)
    programs = ["tests/kernel/" + name for name in PROGRAMS] + \
        ["src/tool/pnpnotify", "src/manager/pnpnotifyd", "examples/hello-app", "examples/kernel-watch", "bench/pnpn-bench-kernel"]
    run("ninja", "-C", options.programs, *programs)

    image = Image(os.path.join(folder, name + "-image"))
    for path in glob.glob(f"{folder}/{name}-*/*.ko"):
        folder_name = "modules-failing" if path.startswith(failing) else "modules"
        image.add(path, os.path.join(folder_name, os.path.basename(path)))
    for wanted in ("dummy", "veth"):
        for path in glob.glob(f"{kernel.modules}/**/{wanted}.ko*", recursive=True):
            image.add_module(path, "modules")
    for program in programs:
        image.add_program(os.path.join(options.programs, program))
    image.add(os.path.join(ROOT, "tests/kernel/init"), "init")
    image.add(os.path.join(ROOT, "tests/kernel", options.script), "script")
    for script in glob.glob(os.path.join(ROOT, "tests/kernel/*.sh")):
        image.add(script, "root/" + os.path.basename(script))
    hardware = None
    if options.hardware:
        hardware = os.path.join(folder, "disks")
        make_disks(hardware)
        add_modules(image, kernel)
        add_storage_programs(image)
    archive = os.path.join(folder, name + ".cpio.gz")
    image.pack(archive)

    lines = boot(kernel, archive, options.timeout, hardware)
    if options.coverage:
        with open(os.path.join(folder, "coverage-ran"), "w", encoding="ascii") as file:
            file.writelines(line + "\n" for line in lines if line.startswith("COVERAGE "))
    for line in reversed(lines):
        found = re.search(r"RESULT (\d+) passed, (\d+) failed", line)
        if found:
            sys.exit(0 if found.group(2) == "0" and found.group(1) != "0" else 1)
    sys.exit("vm.py: the machine ended without a result")


if __name__ == "__main__":
    main()
