"""Files opened in a real browser: a good one, and each kind that cannot be."""

from __future__ import annotations

import pickle
import weakref

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.models.masses._made_signals import made_signal
from ncm_app.numerics.spikes import recordings
from tests.numerics import files
from tests.support.tabs import tab_in

MODEL = find("spike_trains")
FIRST, SECOND, THIRD = MODEL.presets


@pytest.fixture(scope="module")
def shared(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        yield tab.open("model=spike_trains")


@pytest.fixture
def tab(shared):
    shared.page.wait_for_selector(".ncm-upload")
    if shared.page.locator(".ncm-do-close").is_visible():
        shared.press("close")
    shared.choose("preset", FIRST)
    shared.press("reset")
    shared.until(lambda: shared.text("regime").startswith("Made by the app: 11 spikes"), "the app's own recording")
    # The words may be those from before the reset: what a test types next would then be what the page still shows.
    shared.until(lambda: shared.value("sigma") == MODEL.preset_values(FIRST)["sigma"], "the preset's values")
    return shared


def send(tab, path):
    tab.page.locator(".ncm-upload input").set_input_files(path)


def drop(tab, name, text):
    """Let a file of text fall onto the place for it."""
    tab.page.locator(".ncm-upload .upload").evaluate("""(box, [name, text]) => {
      const files = new DataTransfer()
      files.items.add(new File([text], name))
      box.dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}))
    }""", [name, text])


def seen(tab):
    """Return which plots of the model are to be seen."""
    return {panel.name for panel in MODEL.plots if tab.page.locator(f".ncm-view-{panel.name}").is_visible()}


def test_recordings_in_turn_show_their_own_plots(tab, tmp_path):
    assert seen(tab) == {"potential", "rate", "intervals"}
    for name, data, words, plots in (
            ("trials.npz", files.trials(silent=False), "File trials.npz: 2200 spikes in 200 trials", {
                "raster", "rate", "intervals", "successive", "counts"}),
            ("counts.npz", files.counts(), "File counts.npz: most spikes at 120 deg", {"tuning", "told_apart"}),
            ("cell.npz", files.membrane(), "File cell.npz: 4 spikes in 1 s", {"potential", "rate", "intervals"})):
        path = tmp_path / name
        path.write_bytes(data)
        send(tab, path)
        tab.until(lambda words=words: tab.text("regime").startswith(words), words)
        tab.until(lambda plots=plots: seen(tab) == plots, f"the plots of {name}")
    t, V = tab.columns("potential", "V")
    assert (t[0], t[-1]) == (0.0, 1000.0)
    assert np.nanmax(V) == pytest.approx(-69.0, abs=0.01)
    assert tab.figure("potential", "figure.x_range.end") == 1000.0
    assert tab.figure("rate", "view.frame.bbox.width") > 500  # laid out, though it was hidden meanwhile
    tab.until(lambda: "view.file=open" in tab.page.url, "the address")
    assert "cell" not in tab.page.url
    tab.press("close")
    tab.until(lambda: tab.text("regime").startswith("Made by the app"), "the app's own recording")


def test_file_is_dropped_and_a_slider_acts_on_it(tab):
    drop(tab, "mine.csv", "time,trial\n" + "\n".join(f"{10 * k},{k % 4}" for k in range(1, 101)))
    tab.until(lambda: tab.text("regime").startswith("File mine.csv: 100 spikes in 4 trials"), "the file")
    tab.type("sigma", 100)
    tab.until(lambda: tab.text("numbers").startswith("rate 25.0 Hz"), "its rate")
    assert "100 spikes" in tab.text("regime")


@pytest.mark.parametrize(("name", "data", "found"), [
    ("cut.npz", files.trials()[:-2000], "cut off or damaged found"),
    ("objects.npz", pickle.dumps({"SpikeTimes": [1.0]}), "a Python pickle found"),
    ("photo.npz", b"\x89PNG\r\n\x1a\n" + bytes(2000), "a PNG picture found"),
    ("empty.txt", b"", "an empty one found"), ("big.npz", 30 << 20, "at most 20 MB expected, 30 MB found")])
def test_wrong_file_gives_a_sentence_and_the_page_lives_on(tab, tmp_path, name, data, found):
    path = tmp_path / name
    path.write_bytes(bytes(data) if isinstance(data, int) else data)
    send(tab, path)
    tab.until(lambda: found in tab.text("notice"), found)
    assert tab.text("notice").startswith(f"{name} was not opened: ")
    assert tab.text("regime").startswith("Made by the app: 11 spikes")
    assert tab.page.locator(".ncm-lost").count() == 0
    tab.type("sigma", 300)
    tab.until(lambda: tab.text("notice") == "", "the page to go on")


def test_large_file_arrives_in_parts(tab, tmp_path):
    path = tmp_path / "long.npz"
    noise = np.random.default_rng(1).normal(-65.0, 3.0, 2_200_000)  # 17.6 MB that cannot be packed
    path.write_bytes(files.npz(V=noise, SpikeTimes=np.arange(1.0, 9000.0, 90.0), dt=0.1))
    send(tab, path)
    tab.until(lambda: tab.text("regime").startswith("File long.npz: 100 spikes in 220 s"), "the file", 60.0)
    assert len(tab.columns("potential", "V")[0]) < 10_000


def test_recording_is_freed_when_the_tab_is_closed_and_a_reload_asks_for_it(browser, server, tmp_path, monkeypatch):
    kept = []
    made = recordings.Recording.__post_init__

    def noted(self):
        made(self)
        if self.source == "mine.npz":
            kept.append(weakref.ref(self))

    monkeypatch.setattr(recordings.Recording, "__post_init__", noted)
    path = tmp_path / "mine.npz"
    path.write_bytes(files.counts())
    with tab_in(browser, server) as tab:
        tab.open("model=spike_trains").page.wait_for_selector(".ncm-upload")
        send(tab, path)
        tab.until(lambda: tab.text("regime").startswith("File mine.npz"), "the file")
        tab.until(lambda: "view.file=open" in tab.page.url, "the address")
        held = [one for one in kept if one() is not None]
        assert len(held) == 1
        tab.page.reload()
        tab.until(lambda: "open the file again" in tab.text("notice"), "the notice")
        tab.until(lambda: tab.text("regime").startswith("Made by the app: most spikes"), "the app's own recording")
    assert server.frees(held[0])


def test_a_recording_of_two_channels_is_placed(browser, patient_server, tmp_path):
    """An EEG in a text, its second channel, and a time clicked in it."""
    t, alpha = np.arange(20_000) / 250.0, made_signal("alpha", 3)
    rows = zip(t, made_signal("spikes", 3), 40.0 * alpha, strict=True)
    path = tmp_path / "eeg.csv"
    path.write_text("t (s),Fz (µV),Cz (µV)\n" + "\n".join(f"{a:.3f},{b:.4f},{c:.4f}" for a, b, c in rows),
                    encoding="utf-8")
    with tab_in(browser, patient_server) as tab:
        tab.open("model=recording_place&preset=Spikes")
        tab.until(lambda: tab.text("regime").startswith("Made by the app: 10 windows: spikes 10"), "the own one", 90.0)
        send(tab, path)
        tab.until(lambda: "File eeg.csv, channel 1 of 2 (Fz): 10 windows: spikes" in tab.text("regime"), "the file",
                  60.0)
        tab.type("channel", 2)
        tab.until(lambda: "channel 2 of 2 (Cz): 10 windows: α rhythm 10" in tab.text("regime"), "the other channel")
        tab.until(lambda: tab.columns("recording", "y")[0][-1] == pytest.approx(80.0, abs=0.1), "the recording")
        at, _ = tab.click("recording", 0.55, 0.5)
        tab.until(lambda: f"; at {at // 8 * 8:.0f} s α rhythm" in tab.text("regime"), "the window that is clicked")
        bad = tmp_path / "bad.csv"
        bad.write_text("time (min),Fz\n" + "1,2\n" * 900)
        send(tab, bad)
        tab.until(lambda: "a column 'time (min)' found" in tab.text("notice"), "the sentence")
        tab.press("close")
        tab.until(lambda: tab.text("regime").startswith("Made by the app"), "what the app has made")
