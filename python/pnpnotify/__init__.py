# SPDX-License-Identifier: MIT
"""What just happened on a device, told to everyone who asked.

    with pnpnotify.Connection() as connection:
        connection.register_device(r"\\\\.\\Hello")
        for event in connection:
            print(event.device, event.text)

and the other side:

    with pnpnotify.Connection() as connection, connection.device(r"ROOT\\HELLO\\0000") as device:
        device.add_link(r"\\\\.\\Hello")
        device.start()
        device.report("0e7d5c36-1f0f-4a38-9d0c-6a4a4a0f7b52", text="Hello!")

Every call is one of libpnpnotify's, whose header says more. What it refuses is an OSError with its errno, such as
FileNotFoundError where there is no such device. A connection and what was made from it are used by one thread at a
time, but for Device.report(). Events are copies: they last.
"""
from __future__ import annotations

import asyncio
import dataclasses
import enum
import os
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Union

from cffi import FFI

from ._cdef import DECLARATIONS

__all__ = ["Connection", "Device", "DeviceInfo", "Event", "Interface", "Kind", "Registration", "version"]

_ffi = FFI()
_ffi.cdef(DECLARATIONS + "void free(void *);")
_lib = _ffi.dlopen("libpnpnotify.so.0")
_libc = _ffi.dlopen(None)

Guid = Union[uuid.UUID, str]


class Kind(enum.IntEnum):
    """What an event is about. An event of a kind that is not here is not handed out."""

    CUSTOM = 1
    INTERFACE_ARRIVED = 2
    INTERFACE_REMOVED = 3
    DEVICE_REMOVED = 4
    DISCONNECTED = 5
    DEVICE_ARRIVED = 6
    CONNECTED = 7
    LOST = 8
    RESTORED = 9


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that happened."""

    kind: Kind
    device: str  # instance id; "" in DISCONNECTED and CONNECTED
    guid: uuid.UUID  # the event's; in arrivals and removals of interfaces the class
    data: bytes
    text: str | None
    name_offset: int | None  # where text starts in the data
    interface: str | None
    sequence: int  # 1 for the device's first report; 0 where kind is not CUSTOM
    time_ns: int  # of the real-time clock
    monotonic_ns: int  # the same time on time.monotonic()'s clock
    lost: int  # events of this device that were lost just before this one
    registration: Registration | None
    userdata: Any


@dataclasses.dataclass(frozen=True)
class Interface:
    """An interface of a device."""

    name: str
    interface_class: uuid.UUID
    enabled: bool


@dataclasses.dataclass(frozen=True)
class DeviceInfo:
    """A device as it was when it was listed."""

    id: str
    source: str  # driver, kernel or linux
    syspath: str
    started: bool
    pid: int
    registrants: int
    handles: int
    links: tuple[str, ...]
    interfaces: tuple[Interface, ...]


def version() -> str:
    """The library's."""
    return _text(_lib.pnpn_get_version())


def _check(result: int) -> int:
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    return result


def _text(pointer: Any) -> str:
    return _ffi.string(pointer).decode("utf-8", "surrogateescape")


def _text_or_none(pointer: Any) -> str | None:
    return None if pointer == _ffi.NULL else _text(pointer)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _guid(guid: Guid) -> Any:
    value = guid if isinstance(guid, uuid.UUID) else uuid.UUID(guid)
    return _ffi.new("struct pnpn_guid *", (*value.fields[:3], value.bytes[8:]))


def _uuid(guid: Any) -> uuid.UUID:
    fields = (guid.data1, guid.data2, guid.data3, guid.data4[0], guid.data4[1])
    return uuid.UUID(fields=(*fields, int.from_bytes(bytes(guid.data4[2:8]), "big")))


class _Owned:
    """Something that a connection has, and that ends once: with close(), with `with`, or with the connection."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._pointer = _ffi.NULL

    def _open(self) -> Any:
        if self._pointer == _ffi.NULL or self._connection.closed:
            raise ValueError(f"this {type(self).__name__.lower()} is closed")
        return self._pointer

    def _end(self, function: Any) -> None:
        if self._pointer != _ffi.NULL and not self._connection.closed:
            function(self._pointer)
        self._pointer = _ffi.NULL

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Registration(_Owned):
    """What one register_…() call asked for; it lasts as long as the connection unless it is closed."""

    def __init__(self, connection: Connection, userdata: Any):
        super().__init__(connection)
        self.userdata = userdata
        self._handle = _ffi.new_handle(self)

    def close(self) -> None:
        """No event of it is handed out any more, not even one that waits."""
        self._end(_lib.pnpn_unregister)
        self._connection._registrations.discard(self)


class Device(_Owned):
    """A device that this process owns and reports on."""

    def __init__(self, connection: Connection, instance_id: str):
        super().__init__(connection)
        result = _ffi.new("struct pnpn_device **")
        _check(_lib.pnpn_device_new(connection._open(), _bytes(instance_id), result))
        self._pointer = result[0]

    @property
    def id(self) -> str:
        """Its instance id."""
        return _text(_lib.pnpn_device_get_id(self._open()))

    def set_access(self, mode: int, uid: int = -1, gid: int = -1) -> None:
        """Who may register (4), have events reported (2), open (1): as of a file. Before start()."""
        _check(_lib.pnpn_device_set_access(self._open(), mode, uid & 0xffffffff, gid & 0xffffffff))

    def add_link(self, link: str) -> None:
        r"""Gives it a \\.\ name."""
        _check(_lib.pnpn_device_add_link(self._open(), _bytes(link)))

    def remove_link(self, link: str) -> None:
        """Takes the name away."""
        _check(_lib.pnpn_device_remove_link(self._open(), _bytes(link)))

    def add_interface(self, interface_class: Guid, reference: str | None = None, enable: bool = True) -> str:
        """Registers an interface of a class and returns its name; a device that has not started tells of it then."""
        name = _ffi.new("char **")
        _check(_lib.pnpn_device_add_interface(self._open(), _guid(interface_class),
                                              _ffi.NULL if reference is None else _bytes(reference), name))
        text = _text(name[0])
        _libc.free(name[0])
        if enable:
            self.enable_interface(text)
        return text

    def enable_interface(self, name: str, enable: bool = True) -> None:
        """Tells of its arrival, or of its removal."""
        _check(_lib.pnpn_device_enable_interface(self._open(), _bytes(name), enable))

    def start(self) -> None:
        """Presents it to the world."""
        _check(_lib.pnpn_device_start(self._open()))

    def report(self, guid: Guid, data: bytes = b"", text: str | None = None) -> None:
        """Tells every registrant that something happened; text goes behind the data. Any thread."""
        device, what = self._open(), _guid(guid)
        if text is None:
            _check(_lib.pnpn_device_report(device, what, data, len(data), -1))
        else:
            _check(_lib.pnpn_device_report_text(device, what, data, len(data), _bytes(text)))

    def close(self) -> None:
        """The device is gone: registrants get what was reported, then its removal."""
        self._end(_lib.pnpn_device_remove)


class Connection:
    """A connection to the PnP manager at an address, $PNPNOTIFY_ADDRESS or the system bus."""

    def __init__(self, address: str | None = None, *, lasting: bool = False):
        """lasting: it outlasts the manager, and need not find one now."""
        self.lasting = lasting
        self._registrations: set[Registration] = set()
        self._pointer = _ffi.NULL
        result = _ffi.new("struct pnpn_connection **")
        connect = _lib.pnpn_connect_lasting if lasting else _lib.pnpn_connect
        _check(connect(result, _ffi.NULL if address is None else _bytes(address)))
        self._pointer = result[0]

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._pointer == _ffi.NULL

    def _open(self) -> Any:
        if self.closed:
            raise ValueError("this connection is closed")
        return self._pointer

    def close(self) -> None:
        """Ends it, its registrations and its devices."""
        if not self.closed:
            _lib.pnpn_disconnect(self._pointer)
        self._pointer = _ffi.NULL
        self._registrations.clear()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fileno(self) -> int:
        """Readable when next_event() may have something: for select, poll and event loops, with dispatch()."""
        return _lib.pnpn_get_fd(self._open())

    # --- registering

    def _register(self, function: Any, arguments: tuple[Any, ...], flags: int, userdata: Any) -> Registration:
        registration = Registration(self, userdata)
        result = _ffi.new("struct pnpn_registration **")
        # Before the first event can name it.
        self._registrations.add(registration)
        try:
            _check(function(self._open(), *arguments, flags, registration._handle, result))
        except BaseException:
            self._registrations.discard(registration)
            raise
        registration._pointer = result[0]
        return registration

    def register_device(self, device: str, *, history: bool = False, wait: bool = False, existing: bool = False,
                        userdata: Any = None) -> Registration:
        r"""For one device's events: an instance id, a \\.\ or interface name, a path below /dev or /sys.

        history: with those of the recent past that are still there. wait: the device need not be there; it is told
        when it comes, goes and comes again; existing: also if it is there already.
        """
        flags = (_lib.PNPN_REGISTER_HISTORY if history else 0) | (_lib.PNPN_REGISTER_WAIT if wait else 0) | (
            _lib.PNPN_REGISTER_EXISTING if existing else 0)
        return self._register(_lib.pnpn_register_device, (_bytes(device),), flags, userdata)

    def register_class(self, interface_class: Guid, *, existing: bool = False, interfaces_only: bool = False,
                       userdata: Any = None) -> Registration:
        """For a class's interfaces and their devices' events; existing: with arrivals of those that are there."""
        flags = (_lib.PNPN_REGISTER_EXISTING if existing else 0) | (
            _lib.PNPN_REGISTER_INTERFACES_ONLY if interfaces_only else 0)
        return self._register(_lib.pnpn_register_class, (_guid(interface_class),), flags, userdata)

    def register_all(self, *, existing: bool = False, userdata: Any = None) -> Registration:
        """For everything that happens on every device."""
        flags = _lib.PNPN_REGISTER_EXISTING if existing else 0
        return self._register(_lib.pnpn_register_all, (), flags, userdata)

    def register_filter(self, *, classes: Iterable[Guid] = (), properties: Iterable[tuple[str, str]] = (),
                        events: Iterable[Guid] = (), existing: bool = False, userdata: Any = None) -> Registration:
        """For devices with an interface of one of the classes, a value of each key of the properties, and of their own
        events for those named; what is left empty keeps nothing out."""
        pointer = _ffi.new("struct pnpn_filter **")
        _check(_lib.pnpn_filter_new(pointer))
        wanted = _ffi.gc(pointer[0], _lib.pnpn_filter_free)
        for interface_class in classes:
            _check(_lib.pnpn_filter_add_class(wanted, _guid(interface_class)))
        for key, value in properties:
            _check(_lib.pnpn_filter_add_property(wanted, _bytes(key), _bytes(value)))
        for event in events:
            _check(_lib.pnpn_filter_add_event(wanted, _guid(event)))
        flags = _lib.PNPN_REGISTER_EXISTING if existing else 0
        return self._register(_lib.pnpn_register_filter, (wanted,), flags, userdata)

    # --- events

    def dispatch(self) -> None:
        """Takes what came; never blocks."""
        _check(_lib.pnpn_dispatch(self._open()))

    def next_event(self, timeout: float | None = 0) -> Event | None:
        """The next event; None if none came within so many seconds. timeout None: for ever."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (event := self._take()) is None:
            left = -1 if deadline is None else max(0, round((deadline - time.monotonic()) * 1000))
            _check(_lib.pnpn_wait(self._open(), left))
            if left == 0:
                return self._take()
        return event

    def _take(self) -> Event | None:
        result = _ffi.new("const struct pnpn_event **")
        while _lib.pnpn_next_event(self._open(), result) > 0:
            event = self._copy(result[0])
            if event:
                return event
        return None

    @staticmethod
    def _copy(event: Any) -> Event | None:
        try:
            kind = Kind(_lib.pnpn_event_get_kind(event))
        except ValueError:
            return None
        size = _ffi.new("size_t *")
        data = _lib.pnpn_event_get_data(event, size)
        offset = _lib.pnpn_event_get_name_offset(event)
        handle = _lib.pnpn_event_get_userdata(event)
        registration = None if handle == _ffi.NULL else _ffi.from_handle(handle)
        return Event(
            kind=kind,
            device=_text(_lib.pnpn_event_get_device(event)),
            guid=_uuid(_lib.pnpn_event_get_guid(event)),
            data=bytes(_ffi.buffer(data, size[0])) if size[0] else b"",
            text=_text_or_none(_lib.pnpn_event_get_text(event)),
            name_offset=None if offset < 0 else offset,
            interface=_text_or_none(_lib.pnpn_event_get_interface(event)),
            sequence=_lib.pnpn_event_get_sequence(event),
            time_ns=_lib.pnpn_event_get_time(event),
            monotonic_ns=_lib.pnpn_event_get_monotonic_time(event),
            lost=_lib.pnpn_event_get_lost(event),
            registration=registration,
            userdata=registration.userdata if registration else None)

    def _is_last(self, event: Event) -> bool:
        return event.kind == Kind.DISCONNECTED and not self.lasting

    def __iter__(self) -> Iterator[Event]:
        """Every event; ends when the manager is gone, unless the connection is lasting."""
        while True:
            event = self.next_event(None)
            assert event is not None
            yield event
            if self._is_last(event):
                return

    async def __aiter__(self) -> AsyncIterator[Event]:
        """The same in an asyncio program."""
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        descriptor = self.fileno()
        loop.add_reader(descriptor, ready.set)
        try:
            while True:
                while (event := self._take()) is not None:
                    yield event
                    if self._is_last(event):
                        return
                await ready.wait()
                ready.clear()
                self.dispatch()
        finally:
            loop.remove_reader(descriptor)

    # --- devices

    def device(self, instance_id: str) -> Device:
        r"""A new device of this process: three parts, as in ROOT\HELLO\0000."""
        return Device(self, instance_id)

    def report(self, device: str, guid: Guid, data: bytes = b"", text: str | None = None) -> None:
        """Has somebody else's device report an event."""
        offset = -1
        if text is not None:
            data += b"\0" * (len(data) % 2)
            offset = len(data)
            data += text.encode("utf-16-le") + b"\0\0"
        _check(_lib.pnpn_report_by_hand(self._open(), _bytes(device), _guid(guid), data, len(data), offset))

    def devices(self) -> list[DeviceInfo]:
        """Every device and what it offers."""
        result = _ffi.new("struct pnpn_device_list **")
        _check(_lib.pnpn_list_devices(self._open(), result))
        try:
            return [_info(_lib.pnpn_device_list_get(result[0], i))
                    for i in range(_lib.pnpn_device_list_get_size(result[0]))]
        finally:
            _lib.pnpn_device_list_free(result[0])


def _info(info: Any) -> DeviceInfo:
    return DeviceInfo(
        id=_text(_lib.pnpn_device_info_get_id(info)),
        source=_text(_lib.pnpn_device_info_get_source(info)),
        syspath=_text(_lib.pnpn_device_info_get_syspath(info)),
        started=_lib.pnpn_device_info_is_started(info),
        pid=_lib.pnpn_device_info_get_pid(info),
        registrants=_lib.pnpn_device_info_get_registrants(info),
        handles=_lib.pnpn_device_info_get_handles(info),
        links=tuple(_links(info)),
        interfaces=tuple(_interfaces(info)))


def _links(info: Any) -> Iterator[str]:
    index = 0
    while (link := _text_or_none(_lib.pnpn_device_info_get_link(info, index))) is not None:
        yield link
        index += 1


def _interfaces(info: Any) -> Iterator[Interface]:
    guid, enabled, index = _ffi.new("struct pnpn_guid *"), _ffi.new("bool *"), 0
    while (name := _text_or_none(_lib.pnpn_device_info_get_interface(info, index, guid, enabled))) is not None:
        yield Interface(name, _uuid(guid), enabled[0])
        index += 1
