"""What an import makes of stores, and of what is metered or let: quantities, shipments, readings."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from tests.support import views

from dw_simulator.schema.inference.moments.stage_reading import read_moment
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import MEMORY, Settings

pytestmark = pytest.mark.passing

PRESENT = date(2025, 9, 30)
ROWS = 900

SCHEMAS = {
    "depot": """
CREATE TABLE SKU_MSTR (SKU_NBR VARCHAR(10) NOT NULL PRIMARY KEY, SKU_DSC VARCHAR(60) NOT NULL, CRT_DT DATE NOT NULL);
CREATE TABLE BYR_MSTR (BYR_NBR INTEGER NOT NULL PRIMARY KEY, BYR_NM VARCHAR(50) NOT NULL, CRT_DT DATE NOT NULL);
CREATE TABLE WRKR_MSTR (WRKR_ID INTEGER NOT NULL PRIMARY KEY, HR_DT DATE NOT NULL, TRMNTN_DT DATE);
CREATE TABLE STCK (SKU_NBR VARCHAR(10) NOT NULL, ZN_CD CHAR(2) NOT NULL, OHND_QTY INTEGER NOT NULL, RSVD_QTY INTEGER NOT NULL,
  AVLB_QTY INTEGER NOT NULL, PRIMARY KEY (SKU_NBR, ZN_CD));
CREATE TABLE SLS_HDR (SLS_NBR INTEGER NOT NULL PRIMARY KEY, BYR_NBR INTEGER NOT NULL, ORD_DT DATE NOT NULL, SHP_DT DATE,
  LN_CNT SMALLINT NOT NULL, TTL_QTY INTEGER NOT NULL, TTL_AMT DECIMAL(13,2) NOT NULL);
CREATE TABLE SLS_DTL (SLS_NBR INTEGER NOT NULL, LN_NBR SMALLINT NOT NULL, SKU_NBR VARCHAR(10) NOT NULL, ORDRD_QTY INTEGER NOT NULL,
  SHPD_QTY INTEGER NOT NULL, BCKORD_QTY INTEGER NOT NULL, UNT_PRC DECIMAL(9,2) NOT NULL, LN_AMT DECIMAL(12,2) NOT NULL,
  PRIMARY KEY (SLS_NBR, LN_NBR));
CREATE TABLE PCK_ORD (PCK_ID INTEGER NOT NULL PRIMARY KEY, SLS_NBR INTEGER NOT NULL, LN_NBR SMALLINT NOT NULL, WRKR_ID INTEGER,
  STRT_TS TIMESTAMP, CMPLT_TS TIMESTAMP, RQSTD_QTY INTEGER NOT NULL, PCKD_QTY INTEGER NOT NULL, SHRT_QTY INTEGER NOT NULL,
  SHRT_RSN_CD CHAR(3));
CREATE TABLE SHPMT (SHPMT_ID INTEGER NOT NULL PRIMARY KEY, SLS_NBR INTEGER NOT NULL, SSCC_CD CHAR(18) NOT NULL, SHP_TS TIMESTAMP NOT NULL);
""",
    "wasser": """
CREATE TABLE abnehmer (abnehmernr INT PRIMARY KEY, nachname VARCHAR(30) NOT NULL, kundeseit DATE NOT NULL);
CREATE TABLE messgeraete (geraetenr INT PRIMARY KEY, medium VARCHAR(10) NOT NULL, eingebautam DATE NOT NULL);
CREATE TABLE zaehler (zaehlernr INT PRIMARY KEY, medium VARCHAR(10) NOT NULL CHECK (medium IN ('Kalt', 'Warm')), eingebautam DATE NOT NULL);
CREATE TABLE tarife (tarifnr INT PRIMARY KEY, bezeichnung VARCHAR(30) NOT NULL, medium VARCHAR(10) NOT NULL, gueltigvon DATE NOT NULL,
  gueltigbis DATE);
CREATE TABLE vertraege (vertragnr INT PRIMARY KEY, abnehmernr INT NOT NULL REFERENCES abnehmer, zaehlernr INT NOT NULL REFERENCES zaehler,
  tarifnr INT NOT NULL REFERENCES tarife, beginn DATE NOT NULL, ende DATE, gekuendigtam DATE,
  zustand VARCHAR(12) NOT NULL CHECK (zustand IN ('aktiv', 'gekuendigt', 'beendet')));
CREATE TABLE staende (standnr INT PRIMARY KEY, zaehlernr INT NOT NULL REFERENCES zaehler, abgelesenam DATE NOT NULL,
  standalt DECIMAL(12,2) NOT NULL, standneu DECIMAL(12,2) NOT NULL, verbrauch DECIMAL(12,2) NOT NULL);
CREATE TABLE belege (belegnr INT PRIMARY KEY, vertragnr INT NOT NULL REFERENCES vertraege, rechnungsdatum DATE NOT NULL,
  zeitraumvon DATE NOT NULL, zeitraumbis DATE NOT NULL, bruttobetrag DECIMAL(10,2) NOT NULL, bezahltam DATE, mahnstufe SMALLINT NOT NULL);
CREATE TABLE zahlungen (zahlungnr INT PRIMARY KEY, belegnr INT NOT NULL REFERENCES belege, zahlungsdatum DATE NOT NULL,
  betrag DECIMAL(10,2) NOT NULL);
""",
    "flats": """
CREATE TABLE flats (id INT PRIMARY KEY, rooms INT NOT NULL);
CREATE TABLE tenants (id INT PRIMARY KEY, first_name VARCHAR(30) NOT NULL, last_name VARCHAR(30) NOT NULL, created_at TIMESTAMP NOT NULL);
CREATE TABLE leases (id INT PRIMARY KEY, flat_id INT NOT NULL REFERENCES flats, tenant_id INT NOT NULL REFERENCES tenants,
  start_date DATE NOT NULL, end_date DATE);
CREATE TABLE wells (id INT PRIMARY KEY, drilled_on DATE NOT NULL);
CREATE TABLE meters (id INT PRIMARY KEY, installed_on DATE NOT NULL);
CREATE TABLE meter_readings (id INT PRIMARY KEY, meter_id INT NOT NULL REFERENCES meters, read_on DATE NOT NULL, reading_m3 DECIMAL(12,2) NOT NULL);
CREATE TABLE vans (id INT PRIMARY KEY, van_class VARCHAR(8) NOT NULL CHECK (van_class IN ('S', 'M', 'L')), bought_on DATE NOT NULL);
CREATE TABLE rates (id INT PRIMARY KEY, van_class VARCHAR(8) NOT NULL, day_price DECIMAL(8,2) NOT NULL);
CREATE TABLE hires (id INT PRIMARY KEY, van_id INT NOT NULL REFERENCES vans, rate_id INT NOT NULL REFERENCES rates, picked_up_at TIMESTAMP NOT NULL);
""",
}

Ask = Callable[[str, str], object]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The one value that a query gives of a schema's rows."""
    home = tmp_path_factory.mktemp("stores")
    service = ExperimentService(Settings(home=home, store_url=MEMORY))
    made: dict[str, duckdb.DuckDBPyConnection] = {}

    def asked(name: str, query: str) -> object:
        if name not in made:
            made[name] = _generated(service, name, home / "rows" / name)
        return made[name].execute(query).fetchall()[0][0]

    return asked


def _generated(service: ExperimentService, name: str, output: Path) -> duckdb.DuckDBPyConnection:
    dialect = "redshift" if name == "depot" else "duckdb"
    created = service.import_sql(SCHEMAS[name], name=name, dialect=dialect, as_of=PRESENT)
    rows = {table.name: ROWS for table in created.experiment.tables if not table.hidden}
    few = {"wrkr_mstr": 40, "tarife": 12, "rates": 9, "stck": 300}
    service.generate(
        name, GenerateRequest({**rows, **{one: n for one, n in few.items() if one in rows}}, 5, output)
    )
    return views(output)


def _gone(query: str) -> str:
    return f"SELECT count(*) FROM {query}"


NEVER = [
    ("depot", "stck WHERE avlb_qty <> ohnd_qty - rsvd_qty OR rsvd_qty > ohnd_qty"),
    ("depot", "sls_dtl WHERE shpd_qty > ordrd_qty OR shpd_qty + bckord_qty > ordrd_qty OR bckord_qty < 0"),
    ("depot", "sls_dtl d JOIN sls_hdr h USING (sls_nbr) WHERE (d.shpd_qty > 0) <> (h.shp_dt IS NOT NULL)"),
    (
        "depot",
        (
            "sls_hdr h JOIN (SELECT sls_nbr, count(*) n, sum(ordrd_qty) q, sum(ln_amt) a FROM sls_dtl GROUP BY 1) d USING (sls_nbr)"
            " WHERE h.ln_cnt <> d.n OR h.ttl_qty <> d.q OR abs(h.ttl_amt - d.a) > 0.005"
        ),
    ),
    ("depot", "pck_ord WHERE cmplt_ts IS NOT NULL AND pckd_qty + shrt_qty <> rqstd_qty"),
    ("depot", "pck_ord WHERE shrt_rsn_cd IS NOT NULL AND shrt_qty = 0"),
    ("depot", "pck_ord WHERE cmplt_ts < strt_ts"),
    ("depot", "pck_ord p JOIN sls_hdr h USING (sls_nbr) WHERE CAST(p.strt_ts AS DATE) < h.ord_dt"),
    (
        "depot",
        "shpmt s JOIN sls_hdr h USING (sls_nbr) WHERE h.shp_dt IS NULL OR CAST(s.shp_ts AS DATE) <> h.shp_dt",
    ),
    ("depot", "shpmt WHERE length(sscc_cd) <> 18"),
    ("wasser", "tarife WHERE gueltigbis < gueltigvon"),
    (
        "wasser",
        "vertraege v JOIN zaehler z USING (zaehlernr) JOIN tarife t USING (tarifnr) WHERE t.medium <> z.medium",
    ),
    (
        "wasser",
        (
            "(SELECT beginn, lag(coalesce(ende, DATE '9999-01-01')) OVER (PARTITION BY zaehlernr ORDER BY beginn, vertragnr)"
            " AS davor FROM vertraege) WHERE beginn < davor"
        ),
    ),
    ("wasser", "vertraege WHERE ende < beginn OR gekuendigtam < beginn OR gekuendigtam > ende"),
    ("wasser", "vertraege WHERE zustand = 'beendet' AND coalesce(ende > DATE '2025-09-30', true)"),
    ("wasser", "vertraege WHERE (zustand = 'gekuendigt') <> (gekuendigtam IS NOT NULL)"),
    ("wasser", "vertraege JOIN abnehmer USING (abnehmernr) WHERE beginn < kundeseit"),
    (
        "wasser",
        (
            "(SELECT standalt, lag(standneu) OVER (PARTITION BY zaehlernr ORDER BY abgelesenam, standneu) AS davor FROM staende)"
            " WHERE standalt <> davor"
        ),
    ),
    ("wasser", "staende WHERE standneu - standalt <> verbrauch"),
    ("wasser", "belege WHERE zeitraumbis < zeitraumvon OR rechnungsdatum < zeitraumbis"),
    ("wasser", "belege b JOIN zahlungen z USING (belegnr) WHERE z.zahlungsdatum < b.rechnungsdatum"),
    (
        "wasser",
        (
            "belege b LEFT JOIN (SELECT belegnr, max(zahlungsdatum) AS tag FROM zahlungen GROUP BY 1) z USING (belegnr)"
            " WHERE b.bezahltam IS DISTINCT FROM z.tag"
        ),
    ),
    (
        "flats",
        (
            "(SELECT start_date, lag(coalesce(end_date, DATE '9999-01-01')) OVER (PARTITION BY flat_id ORDER BY start_date, id)"
            " AS before FROM leases) WHERE start_date < before"
        ),
    ),
    (
        "flats",
        "leases l JOIN tenants t ON t.id = l.tenant_id WHERE l.start_date < CAST(t.created_at AS DATE)",
    ),
    (
        "flats",
        (
            "(SELECT reading_m3, lag(reading_m3) OVER (PARTITION BY meter_id ORDER BY read_on, reading_m3) AS before"
            " FROM meter_readings) WHERE reading_m3 < before"
        ),
    ),
    ("flats", "rates WHERE van_class NOT IN ('S', 'M', 'L')"),
    (
        "flats",
        "hires h JOIN vans v ON v.id = h.van_id JOIN rates r ON r.id = h.rate_id WHERE r.van_class <> v.van_class",
    ),
]


@pytest.mark.parametrize(("name", "query"), NEVER, ids=[query[:60] for _name, query in NEVER])
def test_what_never_is(ask: Ask, name: str, query: str) -> None:
    assert ask(name, _gone(query)) == 0


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("depot", "SELECT count(*) > 0 FROM pck_ord WHERE shrt_qty > 0 AND shrt_rsn_cd IS NOT NULL"),
        ("depot", "SELECT avg(CAST(wrkr_id IS NULL AS INT)) < 0.01 FROM pck_ord WHERE strt_ts IS NOT NULL"),
        ("depot", "SELECT avg(CAST(isodow(ord_dt) > 5 AS INT)) < 0.1 FROM sls_hdr"),
        ("depot", "SELECT count(DISTINCT shpd_qty) > 3 AND sum(bckord_qty) > 0 FROM sls_dtl"),
        ("wasser", "SELECT avg(CAST(zustand = 'aktiv' AS INT)) > 0.5 FROM vertraege"),
        ("wasser", "SELECT count(DISTINCT zustand) = 3 FROM vertraege"),
        ("wasser", "SELECT avg(CAST(mahnstufe = 0 AS INT)) BETWEEN 0.65 AND 0.95 FROM belege"),
        (
            "wasser",
            "SELECT count(*) > 10 FROM (SELECT zaehlernr FROM vertraege GROUP BY 1 HAVING count(*) > 1)",
        ),
        ("wasser", "SELECT count(bezahltam) BETWEEN 200 AND 899 FROM belege"),
        ("flats", "SELECT avg(CAST(end_date IS NULL AS INT)) BETWEEN 0.2 AND 0.8 FROM leases"),
    ],
)
def test_what_there_is(ask: Ask, name: str, query: str) -> None:
    assert ask(name, query) is True


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gueltigvon", ("valid", "from")),
        ("faelligam", ("due", "at")),
        ("geldig_van", ("valid", "from")),
        ("van_id", ("van", "id")),
        ("valido_dal", ("from", "valid")),
        ("nom_du_client", ("customer", "name")),
        ("STRT_TS", ("start", "timestamp")),
        ("STRT_NM", ("street", "name")),
        ("TRNSCTN_ID", ("transaction", "id")),
        ("PRDCTS", ("product",)),
        ("ITMMST", ("item", "master")),
        ("instagram", ("instagram",)),
    ],
)
def test_short_and_glued_names(name: str, words: tuple[str, ...]) -> None:
    assert read(name).words == words


@pytest.mark.parametrize(
    ("name", "stage"), [("HR_DT", "hire"), ("OPN_DT", "register"), ("geldig_van", "start")]
)
def test_short_names_of_moments(name: str, stage: str) -> None:
    assert read_moment(name, ("worker",)).stage == stage
