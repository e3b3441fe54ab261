-- MES: anagrafiche
CREATE TABLE reparto (
    id_reparto  INTEGER PRIMARY KEY,
    codice      VARCHAR NOT NULL,
    nome        VARCHAR NOT NULL,
    capo_reparto VARCHAR
);

CREATE TABLE macchina (
    id_macchina     INTEGER PRIMARY KEY,
    matricola       VARCHAR NOT NULL UNIQUE,
    descrizione     VARCHAR,
    id_reparto      INTEGER NOT NULL REFERENCES reparto (id_reparto),
    costruttore     VARCHAR,
    modello         VARCHAR,
    anno_costruzione SMALLINT,
    data_installazione DATE NOT NULL,
    data_dismissione   DATE,
    in_servizio     BOOLEAN NOT NULL DEFAULT true,
    potenza_kw      DECIMAL(8,2),
    velocita_max_rpm INTEGER
);

CREATE TABLE sensore (
    id_sensore     INTEGER PRIMARY KEY,
    id_macchina    INTEGER NOT NULL REFERENCES macchina (id_macchina),
    tipo_sensore   VARCHAR NOT NULL,
    unita_misura   VARCHAR NOT NULL,
    soglia_min     DOUBLE,
    soglia_max     DOUBLE,
    indirizzo_mac  VARCHAR,
    indirizzo_ip   VARCHAR,
    versione_firmware VARCHAR,
    ultimo_contatto TIMESTAMP
);

CREATE TABLE lettura (
    id_sensore   INTEGER NOT NULL REFERENCES sensore (id_sensore),
    rilevata_il  TIMESTAMP NOT NULL,
    ricevuta_il  TIMESTAMP,
    valore       DOUBLE NOT NULL,
    qualita      VARCHAR DEFAULT 'OK',
    allarme      BOOLEAN NOT NULL,
    PRIMARY KEY (id_sensore, rilevata_il)
);

CREATE TABLE articolo (
    codice_articolo VARCHAR PRIMARY KEY,
    descrizione     VARCHAR NOT NULL,
    famiglia        VARCHAR,
    um              VARCHAR(3) NOT NULL DEFAULT 'PZ',
    peso_netto_kg   DECIMAL(10,3),
    peso_lordo_kg   DECIMAL(10,3),
    costo_standard  DECIMAL(12,4),
    prezzo_listino  DECIMAL(12,2),
    scorta_minima   INTEGER,
    scorta_massima  INTEGER,
    ean             VARCHAR(13)
);

CREATE TABLE operatore (
    id_operatore  INTEGER PRIMARY KEY,
    matricola     VARCHAR(8) NOT NULL,
    nome          VARCHAR NOT NULL,
    cognome       VARCHAR NOT NULL,
    codice_fiscale CHAR(16),
    id_reparto    INTEGER REFERENCES reparto (id_reparto),
    turno         VARCHAR,
    assunto_il    DATE,
    cessato_il    DATE
);

CREATE TABLE ordine_produzione (
    numero_ordine     VARCHAR(12) PRIMARY KEY,
    codice_articolo   VARCHAR NOT NULL REFERENCES articolo (codice_articolo),
    id_macchina       INTEGER NOT NULL REFERENCES macchina (id_macchina),
    stato             VARCHAR NOT NULL,
    priorita          SMALLINT CHECK (priorita BETWEEN 1 AND 5),
    qta_pianificata   INTEGER NOT NULL,
    qta_prodotta      INTEGER,
    qta_scarto        INTEGER,
    qta_buona         INTEGER,
    inizio_previsto   TIMESTAMP NOT NULL,
    fine_prevista     TIMESTAMP NOT NULL,
    inizio_effettivo  TIMESTAMP,
    fine_effettiva    TIMESTAMP,
    tempo_ciclo_sec   DECIMAL(8,2),
    resa_pct          DECIMAL(5,2),
    creato_il         TIMESTAMP NOT NULL,
    chiuso_da         INTEGER REFERENCES operatore (id_operatore)
);

CREATE TABLE consumo_materiale (
    numero_ordine  VARCHAR(12) NOT NULL REFERENCES ordine_produzione (numero_ordine),
    riga           SMALLINT NOT NULL,
    codice_articolo VARCHAR NOT NULL REFERENCES articolo (codice_articolo),
    lotto          VARCHAR(20),
    quantita       DECIMAL(12,3) NOT NULL,
    costo_unitario DECIMAL(12,4),
    costo_totale   DECIMAL(14,2),
    PRIMARY KEY (numero_ordine, riga)
);

CREATE TABLE controllo_qualita (
    id_controllo   BIGINT PRIMARY KEY,
    numero_ordine  VARCHAR(12) NOT NULL REFERENCES ordine_produzione (numero_ordine),
    codice_articolo VARCHAR REFERENCES articolo (codice_articolo),
    id_operatore   INTEGER REFERENCES operatore (id_operatore),
    eseguito_il    TIMESTAMP NOT NULL,
    campione       INTEGER NOT NULL,
    difettosi      INTEGER NOT NULL,
    limite_inferiore DECIMAL(10,4),
    valore_misurato  DECIMAL(10,4),
    limite_superiore DECIMAL(10,4),
    esito          VARCHAR NOT NULL CHECK (esito IN ('conforme', 'non conforme', 'in deroga')),
    causale_scarto VARCHAR
);

CREATE TABLE fermo_macchina (
    id_fermo      BIGINT PRIMARY KEY,
    id_macchina   INTEGER NOT NULL REFERENCES macchina (id_macchina),
    inizio        TIMESTAMP NOT NULL,
    fine          TIMESTAMP,
    durata_minuti DECIMAL(10,1),
    causale       VARCHAR NOT NULL,
    pianificato   BOOLEAN NOT NULL,
    note          VARCHAR
);

CREATE TABLE intervento_manutenzione (
    id_intervento   INTEGER PRIMARY KEY,
    id_macchina     INTEGER NOT NULL REFERENCES macchina (id_macchina),
    id_fermo        BIGINT REFERENCES fermo_macchina (id_fermo),
    tipo            VARCHAR NOT NULL,
    stato           VARCHAR NOT NULL,
    richiesto_il    TIMESTAMP NOT NULL,
    assegnato_a     INTEGER REFERENCES operatore (id_operatore),
    iniziato_il     TIMESTAMP,
    completato_il   TIMESTAMP,
    ore_lavoro      DECIMAL(6,2),
    costo_manodopera DECIMAL(10,2),
    costo_ricambi   DECIMAL(10,2),
    costo_totale    DECIMAL(10,2)
);
