-- Een fabriek: machines, hun onderhoud en hun storingen. DuckDB.
CREATE TABLE machine (
    machine_id       INTEGER PRIMARY KEY,
    serienummer      VARCHAR(20) NOT NULL,
    fabrikant        VARCHAR(60) NOT NULL,
    installatiedatum DATE NOT NULL
);

CREATE TABLE onderhoud (
    onderhoud_id  INTEGER PRIMARY KEY,
    machine_id    INTEGER NOT NULL REFERENCES machine,
    uitgevoerd_op DATE NOT NULL,
    kosten        DECIMAL(10, 2) NOT NULL
);

CREATE TABLE storing (
    storing_id   INTEGER PRIMARY KEY,
    machine_id   INTEGER NOT NULL REFERENCES machine,
    begin_tijd   TIMESTAMP NOT NULL,
    eind_tijd    TIMESTAMP,
    duur_minuten INTEGER,
    ernst        VARCHAR(15) NOT NULL
);
