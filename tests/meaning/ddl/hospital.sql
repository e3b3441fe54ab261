CREATE TABLE departments (
    department_id   SERIAL PRIMARY KEY,
    code            VARCHAR(8) NOT NULL UNIQUE,
    name            VARCHAR(80) NOT NULL,
    floor           SMALLINT,
    is_inpatient    BOOLEAN NOT NULL DEFAULT false,
    bed_count       INTEGER NOT NULL DEFAULT 0,
    parent_department_id INTEGER REFERENCES departments (department_id)
);

CREATE TABLE payers (
    payer_id     INTEGER PRIMARY KEY,
    payer_name   VARCHAR(120) NOT NULL,
    payer_type   VARCHAR(20) NOT NULL CHECK (payer_type IN ('commercial', 'medicare', 'medicaid', 'self_pay')),
    phone        VARCHAR(20),
    claims_email VARCHAR(120)
);

CREATE TABLE providers (
    provider_id    SERIAL PRIMARY KEY,
    npi            CHAR(10) NOT NULL UNIQUE,
    first_name     VARCHAR(50) NOT NULL,
    last_name      VARCHAR(50) NOT NULL,
    credential     VARCHAR(10),
    specialty      VARCHAR(60),
    department_id  INTEGER NOT NULL REFERENCES departments (department_id),
    hired_on       DATE NOT NULL,
    terminated_on  DATE,
    is_active      BOOLEAN NOT NULL DEFAULT true
);

CREATE TABLE patients (
    patient_id      BIGSERIAL PRIMARY KEY,
    mrn             VARCHAR(12) NOT NULL UNIQUE,
    first_name      VARCHAR(50) NOT NULL,
    middle_initial  CHAR(1),
    last_name       VARCHAR(50) NOT NULL,
    date_of_birth   DATE NOT NULL,
    sex             CHAR(1) NOT NULL CHECK (sex IN ('F', 'M', 'U')),
    blood_type      VARCHAR(3),
    marital_status  VARCHAR(15),
    language_code   CHAR(2) DEFAULT 'en',
    address_line1   VARCHAR(120),
    city            VARCHAR(60),
    state           CHAR(2),
    zip             VARCHAR(10),
    phone_mobile    VARCHAR(20),
    email           VARCHAR(120),
    primary_provider_id INTEGER REFERENCES providers (provider_id),
    deceased        BOOLEAN NOT NULL DEFAULT false,
    deceased_on     DATE,
    created_at      TIMESTAMP NOT NULL DEFAULT now(),
    updated_at      TIMESTAMP
);

CREATE TABLE patient_coverages (
    patient_id      BIGINT NOT NULL REFERENCES patients (patient_id),
    coverage_no     SMALLINT NOT NULL,
    payer_id        INTEGER NOT NULL REFERENCES payers (payer_id),
    member_number   VARCHAR(20) NOT NULL,
    group_number    VARCHAR(15),
    relationship_to_subscriber VARCHAR(12) DEFAULT 'self',
    effective_date  DATE NOT NULL,
    expiration_date DATE,
    copay_amount    NUMERIC(8,2),
    PRIMARY KEY (patient_id, coverage_no)
);

CREATE TABLE encounters (
    encounter_id        BIGSERIAL PRIMARY KEY,
    patient_id          BIGINT NOT NULL REFERENCES patients (patient_id),
    department_id       INTEGER NOT NULL REFERENCES departments (department_id),
    attending_provider_id INTEGER NOT NULL REFERENCES providers (provider_id),
    encounter_class     VARCHAR(12) NOT NULL,
    status              VARCHAR(15) NOT NULL,
    scheduled_at        TIMESTAMP,
    admitted_at         TIMESTAMP NOT NULL,
    discharged_at       TIMESTAMP,
    discharge_disposition VARCHAR(30),
    length_of_stay_days NUMERIC(6,2),
    chief_complaint     VARCHAR(200),
    bmi                 NUMERIC(4,1),
    height_cm           NUMERIC(5,1),
    weight_kg           NUMERIC(5,1),
    systolic_bp         SMALLINT,
    diastolic_bp        SMALLINT,
    heart_rate          SMALLINT,
    temperature_c       NUMERIC(3,1),
    CHECK (discharged_at IS NULL OR discharged_at >= admitted_at)
);
CREATE INDEX ix_encounters_patient ON encounters (patient_id);

CREATE TABLE diagnoses (
    encounter_id  BIGINT NOT NULL REFERENCES encounters (encounter_id),
    seq           SMALLINT NOT NULL,
    icd10_code    VARCHAR(8) NOT NULL,
    description   VARCHAR(200),
    is_primary    BOOLEAN NOT NULL DEFAULT false,
    onset_date    DATE,
    resolved_date DATE,
    PRIMARY KEY (encounter_id, seq)
);

CREATE TABLE lab_orders (
    lab_order_id        BIGSERIAL PRIMARY KEY,
    encounter_id        BIGINT NOT NULL REFERENCES encounters (encounter_id),
    patient_id          BIGINT NOT NULL REFERENCES patients (patient_id),
    ordering_provider_id INTEGER NOT NULL REFERENCES providers (provider_id),
    priority            VARCHAR(10) NOT NULL DEFAULT 'routine',
    status              VARCHAR(12) NOT NULL,
    ordered_at          TIMESTAMP NOT NULL,
    collected_at        TIMESTAMP,
    resulted_at         TIMESTAMP,
    cancelled_at        TIMESTAMP,
    cancel_reason       VARCHAR(100)
);

CREATE TABLE lab_results (
    lab_result_id   BIGSERIAL PRIMARY KEY,
    lab_order_id    BIGINT NOT NULL REFERENCES lab_orders (lab_order_id),
    loinc_code      VARCHAR(10) NOT NULL,
    test_name       VARCHAR(100) NOT NULL,
    value_numeric   NUMERIC(12,3),
    unit            VARCHAR(20),
    reference_low   NUMERIC(12,3),
    reference_high  NUMERIC(12,3),
    abnormal_flag   CHAR(1),
    verified_by     INTEGER REFERENCES providers (provider_id),
    verified_at     TIMESTAMP
);

CREATE TABLE claims (
    claim_id        BIGSERIAL PRIMARY KEY,
    claim_number    VARCHAR(20) NOT NULL UNIQUE,
    encounter_id    BIGINT NOT NULL REFERENCES encounters (encounter_id),
    patient_id      BIGINT NOT NULL REFERENCES patients (patient_id),
    payer_id        INTEGER NOT NULL REFERENCES payers (payer_id),
    status          VARCHAR(12) NOT NULL CHECK (status IN ('draft', 'submitted', 'accepted', 'denied', 'paid')),
    service_from    DATE NOT NULL,
    service_to      DATE NOT NULL,
    submitted_at    TIMESTAMP,
    adjudicated_at  TIMESTAMP,
    paid_at         TIMESTAMP,
    billed_amount   NUMERIC(12,2) NOT NULL,
    allowed_amount  NUMERIC(12,2),
    paid_amount     NUMERIC(12,2),
    patient_responsibility NUMERIC(12,2),
    denial_reason   VARCHAR(100)
);

CREATE TABLE claim_lines (
    claim_id     BIGINT NOT NULL REFERENCES claims (claim_id),
    line_no      SMALLINT NOT NULL,
    cpt_code     CHAR(5) NOT NULL,
    modifier     CHAR(2),
    units        SMALLINT NOT NULL DEFAULT 1,
    unit_charge  NUMERIC(10,2) NOT NULL,
    line_charge  NUMERIC(12,2) NOT NULL,
    rendering_provider_id INTEGER REFERENCES providers (provider_id),
    PRIMARY KEY (claim_id, line_no)
);
