CREATE TABLE abteilung (
    abteilung_id     INTEGER PRIMARY KEY,
    kuerzel          VARCHAR(10) NOT NULL,
    bezeichnung      VARCHAR(100) NOT NULL,
    kostenstelle     CHAR(6),
    uebergeordnet_id INTEGER REFERENCES abteilung (abteilung_id),
    standort_id      INTEGER,
    gueltig_von      DATE NOT NULL,
    gueltig_bis      DATE
);

CREATE TABLE standort (
    standort_id INTEGER PRIMARY KEY,
    name        VARCHAR(80) NOT NULL,
    strasse     VARCHAR(80),
    hausnummer  VARCHAR(8),
    plz         CHAR(5),
    ort         VARCHAR(60),
    bundesland  VARCHAR(40)
);

CREATE TABLE tarifgruppe (
    tarifgruppe  VARCHAR(6) PRIMARY KEY,
    beschreibung VARCHAR(100),
    gehalt_min   NUMERIC(10,2) NOT NULL,
    gehalt_max   NUMERIC(10,2) NOT NULL,
    wochenstunden NUMERIC(4,1) NOT NULL DEFAULT 38.5
);

CREATE TABLE mitarbeiter (
    mitarbeiter_id    INTEGER PRIMARY KEY,
    personalnummer    VARCHAR(10) NOT NULL UNIQUE,
    anrede            VARCHAR(10),
    vorname           VARCHAR(50) NOT NULL,
    nachname          VARCHAR(50) NOT NULL,
    geburtsname       VARCHAR(50),
    geschlecht        CHAR(1) CHECK (geschlecht IN ('m', 'w', 'd')),
    geburtsdatum      DATE NOT NULL,
    email_dienstlich  VARCHAR(100) UNIQUE,
    telefon           VARCHAR(30),
    iban              VARCHAR(34),
    abteilung_id      INTEGER NOT NULL REFERENCES abteilung (abteilung_id),
    vorgesetzter_id   INTEGER REFERENCES mitarbeiter (mitarbeiter_id),
    tarifgruppe       VARCHAR(6) REFERENCES tarifgruppe (tarifgruppe),
    beschaeftigungsart VARCHAR(20),
    teilzeit          BOOLEAN NOT NULL DEFAULT FALSE,
    arbeitszeit_prozent NUMERIC(5,2) NOT NULL DEFAULT 100,
    eintrittsdatum    DATE NOT NULL,
    probezeit_ende    DATE,
    austrittsdatum    DATE,
    austrittsgrund    VARCHAR(60),
    aktiv             BOOLEAN NOT NULL,
    angelegt_am       TIMESTAMP,
    geaendert_am      TIMESTAMP
);

CREATE TABLE gehaltshistorie (
    mitarbeiter_id INTEGER NOT NULL REFERENCES mitarbeiter (mitarbeiter_id),
    gueltig_ab     DATE NOT NULL,
    gueltig_bis    DATE,
    tarifgruppe    VARCHAR(6) REFERENCES tarifgruppe (tarifgruppe),
    monatsgehalt   NUMERIC(10,2) NOT NULL,
    jahresgehalt   NUMERIC(12,2),
    waehrung       CHAR(3) NOT NULL DEFAULT 'EUR',
    aenderungsgrund VARCHAR(40),
    PRIMARY KEY (mitarbeiter_id, gueltig_ab)
);

CREATE TABLE abwesenheit (
    abwesenheit_id INTEGER PRIMARY KEY,
    mitarbeiter_id INTEGER NOT NULL REFERENCES mitarbeiter (mitarbeiter_id),
    art            VARCHAR(20) NOT NULL,
    beginn         DATE NOT NULL,
    ende           DATE NOT NULL,
    arbeitstage    NUMERIC(5,1),
    status         VARCHAR(15) NOT NULL CHECK (status IN ('beantragt', 'genehmigt', 'abgelehnt', 'storniert')),
    beantragt_am   TIMESTAMP NOT NULL,
    genehmigt_von  INTEGER REFERENCES mitarbeiter (mitarbeiter_id),
    genehmigt_am   TIMESTAMP,
    ablehnungsgrund VARCHAR(200)
);

CREATE TABLE urlaubskonto (
    mitarbeiter_id   INTEGER NOT NULL REFERENCES mitarbeiter (mitarbeiter_id),
    jahr             SMALLINT NOT NULL,
    anspruch_tage    NUMERIC(4,1) NOT NULL,
    uebertrag_tage   NUMERIC(4,1) NOT NULL DEFAULT 0,
    genommen_tage    NUMERIC(4,1) NOT NULL DEFAULT 0,
    resturlaub_tage  NUMERIC(4,1) NOT NULL,
    PRIMARY KEY (mitarbeiter_id, jahr)
);

CREATE TABLE zeiterfassung (
    buchung_id     BIGINT PRIMARY KEY,
    mitarbeiter_id INTEGER NOT NULL REFERENCES mitarbeiter (mitarbeiter_id),
    arbeitstag     DATE NOT NULL,
    kommen         TIMESTAMP NOT NULL,
    gehen          TIMESTAMP,
    pause_minuten  SMALLINT DEFAULT 30,
    netto_stunden  NUMERIC(4,2),
    homeoffice     CHAR(1) NOT NULL DEFAULT 'N',
    quelle         VARCHAR(15)
);

CREATE TABLE bewerbung (
    bewerbung_id    INTEGER PRIMARY KEY,
    abteilung_id    INTEGER REFERENCES abteilung (abteilung_id),
    stellentitel    VARCHAR(100),
    bewerber_vorname  VARCHAR(50),
    bewerber_nachname VARCHAR(50),
    bewerber_email  VARCHAR(100),
    kanal           VARCHAR(30),
    status          VARCHAR(20),
    eingegangen_am  TIMESTAMP NOT NULL,
    gespraech_am    TIMESTAMP,
    entschieden_am  TIMESTAMP,
    absagegrund     VARCHAR(100),
    gehaltswunsch   NUMERIC(10,2),
    mitarbeiter_id  INTEGER REFERENCES mitarbeiter (mitarbeiter_id)
);
