"""What the name of a column says it holds: English, German, French, Spanish, Italian, Portuguese and Dutch."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TIME = _words("""time times timing t ts timestamp timestamps timepoint timepoints instant instants moment moments
    zeit zeiten zeitpunkt zeitpunkte zeitstempel temps horodatage horodatages tiempo tiempos tempo tempi tempos
    instante instantes istante istanti tijd tijden tijdstip tijdstippen tijdstempel tijdstempels""")
SPIKE = _words("""spike spikes event events ap aps impuls impulse impulsen impulso impulsos impulsi impulsion impulsions
    espiga espigas spiketrain spiketrains ereignis ereignisse evenement evenements evento eventos eventi""")
TRIAL = _words("""trial trials sweep sweeps repetition repetitions repeat repeats rep reps run runs
    versuch versuche versuchs durchgang durchgangs durchgange durchlauf durchlaufe wiederholung wiederholungen
    essai essais balayage balayages ensayo ensayos barrido barridos repeticion repeticiones
    prova prove ripetizione ripetizioni ensaio ensaios tentativa tentativas repeticao repeticoes
    proef proeven poging pogingen herhaling herhalingen""")
CELL = _words("""neuron neurons unit units cell cells cluster clusters train trains channel channels electrode
    electrodes node nodes sender senders gid gids zelle zellen nervenzelle nervenzellen neurone neuronen kanal kanale
    einheit einheiten elektrode elektroden neurones cellule cellules canal canaux unite unites neurona neuronas celula
    celulas canales unidad unidades electrodo electrodos neuroni cellula canale canali unita elettrodo elettrodi
    neuronio neuronios canais unidade unidades eletrodo eletrodos cel kanaal kanalen eenheid eenheden""")
NUMBERING = _words("id ids number numbers num nr no nummer nummern numero numeros index indices idx indice indeks")
OTHER = _words("""amplitude amplitudes amp amps amplitud amplituden ampiezza peak peaks spitze depth tiefe x y z snr
    quality score width breite waveform waveforms duration durations dauer energy weight weights confidence std mean sd
    var temperature phase noise interval intervals intervall intervalle intervalles intervallo intervalli intervalo
    intervalos isi isis interspike since between inter diff delta difference lag
    reaction dt latency bin bins step steps distance""")
TRACE = _words("""voltage voltages v mv uv volt potential spannung potentiel potencial potenziale lfp signal psth count
    counts anzahl nombre numbersof rate rates rata taux tasa taxa freq frequency hz khz current strom courant corriente
    corrente stroom trace fr fs membrane vm im histogram raster binary""")
GROUP = _words("""condition conditions stimulus stimuli stim block blocks session group type label class experiment
    animal subject mouse rat day date file epoch direction orientation contrast bedingung reiz estimulo condicion
    condizione stimolo condicao conditie population pop layer region area shank probe""")
SAMPLES = _words("""sample samples frame frames tick ticks datapoint abtastwert abtastwerte min minute minutes minuten
    minutos minuti h hour hours stunde stunden heure heures hora horas ora ore uur""")
DERIVED = _words("""constant constants konstante konstanten constante costante tau log ln sqrt inverse reciprocal
    percent normalized normalised normiert relative period periods periode waiting dead rise decay recovery refractory
    exposure delay delays response first last previous next median rank order warped""")
"""With a word for times: quantities that are no times of spikes."""

PLAIN = _words("""of the an and at by for to with der die das des dem den und von vom zur zum beim du le la les et
    des el los las del della delle dei degli dello il lo gli do dos das os as van het een bij
    elapsed ecoule ecoules verstrichen transcurrido trascorso decorrido verstreken absolute absolut recording aufnahme
    onset onsets firing firings fired decharge decharges disparo disparos scarica scariche column data value values
    list all sorted raw""")
"""Words that may stand behind the word for times and say nothing on the unit."""

LONG = _words("""min minute minutes minuten minuto minutos minuti hour hours stunde stunden heure heures hora horas ora
    ore uur day days tag tage tagen jour jours dia dias giorno giorni dag dagen week weeks centisecond centiseconds
    decisecond deciseconds""")
"""Units of times that are not read."""

COUNTED = _words("bin bins step steps index indices") | SAMPLES
"""What numbers of samples are counted in."""

FROM = _words("from ab von starting beginning start de desde da dal vanaf partir since starts begin counted")

BEFORE_UNIT = _words("in en em unit units einheit unite unidad unita unidade eenheid")

UNITS: dict[str, str] = {word: unit for unit, words in {
    "ms": """ms msec msecs millisecond milliseconds millisekunde millisekunden milliseconde millisecondes milisegundo
        milisegundos millisecondo millisecondi milissegundo milissegundos milliseconden""",
    "s": """s sec secs second seconds sekunde sekunden seconde secondes segundo segundos secondo secondi seconden""",
    "us": """us usec usecs microsecond microseconds mikrosekunde mikrosekunden microseconde microsecondes microsegundo
        microsegundos microsecondo microsecondi microssegundo microssegundos microseconden μs""",
    "ns": """ns nsec nsecs nanosecond nanoseconds nanosekunde nanosekunden nanoseconde nanosecondes nanosegundo
        nanosegundos nanosecondo nanosecondi nanossegundo nanossegundos nanoseconden""",
}.items() for word in words.split()}
"""Units that are read."""

PER_MS = {"ms": 1.0, "s": 1e-3, "us": 1e3, "ns": 1e6}
"""How many of a unit make one ms."""

KNOWN = TIME | SPIKE | TRIAL | CELL | NUMBERING | OTHER | TRACE | GROUP | SAMPLES | DERIVED | frozenset(UNITS)


class Role(NamedTuple):
    """What a column holds, by its name.

    `kind` is "time", "spike", "trial", "cell", "index", "id", "other", "trace", "group", "samples",
    "blank" (no name) or "unknown"; `unit` one of `UNITS` or ""; `number` that of the one train whose
    times a column holds ("trial 3"), or -1; `first` the number from which trains are counted, or -1.
    """

    name: str
    kind: str
    unit: str = ""
    number: int = -1
    first: int = -1


def tokens(name: str) -> list[str]:
    """Return the words of a name: small letters without accents, compounds parted into words that are known."""
    name = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z]{2})", " ", name.replace("µ", "μ"))
    name = re.sub(r"['’]s?\b", " ", name)
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower().replace("ß", "ss"))
                    if not unicodedata.combining(c))
    return [word for found in re.findall(r"[^\W\d_]+|\d+", plain) for word in _parted(found)]


def _parted(word: str) -> list[str]:
    """Return a word, or the two known ones of which it is made."""
    if word in KNOWN or word in FROM or word.isdigit():
        return [word]
    for k in range(2, len(word) - 1):
        head, tail = word[:k], word[k:]
        for first in (head, head.removesuffix("s"), head + "e"):
            if len(first) > 1 and first in KNOWN and tail in KNOWN and not (len(first) < 4 and len(tail) < 4):
                return [first, tail]
    return [word]


def units_in(words: list[str]) -> set[str]:
    """Return the units among words."""
    return {UNITS[word] for word in words if word in UNITS}


def role_of(name: str) -> Role:
    """Return what a column holds; raise a ValueError where its name holds two units, or 0.1 ms as one."""
    words = tokens(name)
    units = units_in(words)
    if len(units) > 1:
        raise ValueError(f"one unit in the name of a column expected, {shown(name)} found")
    unit = next(iter(units), "")
    scaled = re.search(r"\d[\d.,]*\s*(?![\d.,])[a-zµμ]", name, re.IGNORECASE) or re.search(r"[\[(][^\])]*\d", name)
    if unit and scaled:
        raise ValueError(f"a unit (ms, s, µs, ns) in the name of a column expected, {shown(name)} found, which may "
                         "multiply it")
    numbers = [int(word) for word in words if word.isdigit() and len(word) < 7]
    begins = bool(FROM & set(words)) and len(numbers) == 1
    said = set(words) - set(UNITS) - {word for word in words if word.isdigit()}
    kind = _kind(said, bool(unit), words)
    if kind == "spike" and unit and re.search(r"/|-1|\b(?:per|pro|par|por)\b", name.lower()):
        kind = "trace"  # a rate, such as spikes/s
    number = numbers[0] if len(numbers) == 1 and not begins else -1
    return Role(name, kind, unit, number, numbers[0] if begins else -1)


def _kind(said: set[str], unit: bool, words: list[str]) -> str:
    if not words:
        return "blank"
    timed, trains = said & TIME, said & (TRIAL | CELL)
    if said & SAMPLES:
        return "samples"
    if timed:
        grouped = said & GROUP - {"session", "experiment"} and not said & SPIKE  # the time of a stimulus
        numbering = said & NUMBERING and not said & SPIKE and not trains
        return "unknown" if said & (OTHER | TRACE | DERIVED) or grouped or numbering else "time"
    for kind, meant in (("trace", TRACE), ("other", OTHER), ("group", GROUP)):
        if said & meant:
            return kind
    if trains:
        return "trial" if said & TRIAL else "cell"
    if said & SPIKE:
        return "index" if said & NUMBERING else "spike"
    if said and said <= NUMBERING:
        return "id" if said & {"id", "ids"} else "index"
    return "time" if unit and not said else "unknown"


def shown(name: str) -> str:
    """Return a name as a sentence may hold it."""
    plain = " ".join(re.sub(r"[^\w .,:=()\[\]/%+-]", "?", name).split())
    return repr(plain if len(plain) <= 30 else f"{plain[:27]}...")
