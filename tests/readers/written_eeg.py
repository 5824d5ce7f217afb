"""Files of recordings, written byte by byte as their formats say, without the library that reads them."""

from __future__ import annotations

import io
import zipfile

import numpy as np

FS, SECONDS = 256, 10
T = np.arange(FS * SECONDS) / FS
ALPHA = np.round(20.0 * np.sin(2.0 * np.pi * 10.0 * T) + 5.0 * np.sin(2.0 * np.pi * 3.0 * T), 3)


def text(*columns, head="", sign=",", mark=".", digits=6):
    """Return numbers in columns, with lines above."""
    rows = zip(*columns, strict=True)
    return head + "\n".join(sign.join(f"{value:.{digits}g}".replace(".", mark) for value in row) for row in rows) + "\n"


def npz(compressed=False, **arrays):
    """Return an archive of arrays."""
    whole = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(whole, **arrays)
    return whole.getvalue()


def edf(channels, unit="uV", bdf=False, records=None, reserved="", cut=0):
    """Return an EDF or BDF file of 1 s records; `channels` are name -> samples of whole seconds, -100 to 100 units."""
    top = 2**23 - 1 if bdf else 2**15 - 1
    count, seconds = len(channels), records or len(next(iter(channels.values()))) // FS
    sizes = [len(samples) // seconds for samples in channels.values()]

    def field(value, width):
        return str(value).ljust(width)[:width].encode("latin-1")

    fixed = [(b"\xffBIOSEMI" if bdf else field("0", 8)), field("X X X X", 80), field("Startdate X X X X", 80),
             b"01.01.2001.01.01", field(256 * (count + 1), 8), field(reserved, 44), field(seconds, 8), field(1, 8),
             field(count, 4)]
    each = [(list(channels), 16), ([""] * count, 80), ([unit] * count, 8), ([-100] * count, 8), ([100] * count, 8),
            ([-top - 1] * count, 8), ([top] * count, 8), ([""] * count, 80), (sizes, 8), ([""] * count, 32)]
    head = b"".join(fixed) + b"".join(field(value, width) for values, width in each for value in values)
    body = b""
    for second in range(seconds):
        for samples, size in zip(channels.values(), sizes, strict=True):
            part = np.asarray(samples[second * size:(second + 1) * size])
            whole = np.rint((part + 100.0) / 200.0 * (2 * top + 1) - top - 1).astype("<i4")
            body += whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes() if bdf else whole.astype("<i2").tobytes()
    return (head + body)[: len(head) + len(body) - cut]


def brainvision(channels, name="rec", companion="rec.eeg", marks=1, leave=(), data_file=None):
    """Return a .zip of the three files of BrainVision, with steps of 0.1 µV."""
    listed = "\n".join(f"Ch{k}={channel},,0.1,µV" for k, channel in enumerate(channels, 1))
    head = ("Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\nCodepage=UTF-8\n"
            f"DataFile={data_file or companion}\nMarkerFile={name}.vmrk\n"
            "DataFormat=BINARY\nDataOrientation=MULTIPLEXED\n"
            f"NumberOfChannels={len(channels)}\nSamplingInterval={1e6 / FS:g}\n[Binary Infos]\nBinaryFormat=INT_16\n"
            f"[Channel Infos]\n{listed}\n")
    marker = "Brain Vision Data Exchange Marker File, Version 1.0\n[Marker Infos]\n" + "".join(
        f"Mk{k}=New Segment,,{100 * k + 1},1,0,0\n" for k in range(marks))
    samples = np.rint(np.array(list(channels.values())).T * 10.0).astype("<i2").tobytes()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, held in ((f"{name}.vhdr", head.encode()), (companion, samples), (f"{name}.vmrk", marker.encode())):
            if file not in leave:
                archive.writestr(file, held)
    return whole.getvalue()
