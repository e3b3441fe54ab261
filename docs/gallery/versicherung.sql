-- Eine Versicherung: Kunden, Verträge, Schäden. Kein Verweis ist erklärt. PostgreSQL.
CREATE TABLE kunde (
    kunde_id     INTEGER PRIMARY KEY,
    vorname      VARCHAR(40) NOT NULL,
    nachname     VARCHAR(40) NOT NULL,
    geburtsdatum DATE NOT NULL,
    strasse      VARCHAR(60) NOT NULL,
    plz          CHAR(5) NOT NULL,
    ort          VARCHAR(40) NOT NULL
);

CREATE TABLE vertrag (
    vertrag_id    INTEGER PRIMARY KEY,
    kunde_id      INTEGER NOT NULL,
    sparte        VARCHAR(20) NOT NULL,
    beginn_datum  DATE NOT NULL,
    ende_datum    DATE,
    jahrespraemie DECIMAL(10, 2) NOT NULL
);

CREATE TABLE schaden (
    schaden_id    INTEGER PRIMARY KEY,
    vertrag_id    INTEGER NOT NULL,
    schadendatum  DATE NOT NULL,
    gemeldet_am   TIMESTAMP NOT NULL,
    status        VARCHAR(20) NOT NULL,
    schadenhoehe  DECIMAL(12, 2) NOT NULL,
    ausgezahlt_am DATE
);
