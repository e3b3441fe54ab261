"""Moments that an import puts in order: schemas of many trades and languages, generated, and asked by DuckDB."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.support import views

from dw_simulator.schema.durations import nanoseconds
from dw_simulator.schema.inference.moments.stage_reading import read_moment, stage_of, stages
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import MEMORY, Settings

pytestmark = pytest.mark.passing

PRESENT = date(2025, 9, 30)
ROWS = 2000

HOSPITAL = """
CREATE TABLE patients (patient_id INT PRIMARY KEY, birth_date DATE NOT NULL, registered_on DATE NOT NULL, deceased_date DATE);
CREATE TABLE physicians (physician_id INT PRIMARY KEY, dob DATE, hire_date DATE NOT NULL, termination_date DATE);
CREATE TABLE encounters (encounter_id INT PRIMARY KEY, patient_id INT NOT NULL REFERENCES patients,
  physician_id INT NOT NULL REFERENCES physicians, admitted_at TIMESTAMP NOT NULL, discharged_at TIMESTAMP,
  length_of_stay_hours DECIMAL(8,1), created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP, age_at_admission INT);
CREATE TABLE lab_results (result_id INT PRIMARY KEY, encounter_id INT NOT NULL REFERENCES encounters,
  ordered_ts TIMESTAMP NOT NULL, collected_ts TIMESTAMP, received_ts TIMESTAMP, resulted_ts TIMESTAMP, verified_ts TIMESTAMP);
CREATE TABLE prescriptions (rx_id INT PRIMARY KEY, encounter_id INT NOT NULL REFERENCES encounters,
  prescribed_at TIMESTAMP NOT NULL, start_date DATE, end_date DATE, next_refill_date DATE);
CREATE TABLE invoices (invoice_id INT PRIMARY KEY, encounter_id INT NOT NULL REFERENCES encounters,
  issued_on DATE NOT NULL, due_date DATE, paid_on DATE);
"""
SAAS = """
CREATE TABLE accounts (account_id INT PRIMARY KEY, created_at TIMESTAMP NOT NULL, trial_start DATE, trial_end DATE, churned_at TIMESTAMP);
CREATE TABLE users (user_id INT PRIMARY KEY, account_id INT NOT NULL REFERENCES accounts, signup_at TIMESTAMP NOT NULL,
  email_verified_at TIMESTAMP, first_login_at TIMESTAMP, last_login_at TIMESTAMP, deactivated_at TIMESTAMP);
CREATE TABLE subscriptions (subscription_id INT PRIMARY KEY, account_id INT NOT NULL REFERENCES accounts,
  started_at TIMESTAMP NOT NULL, canceled_at TIMESTAMP, ended_at TIMESTAMP);
CREATE TABLE invoices (invoice_id INT PRIMARY KEY, subscription_id INT NOT NULL REFERENCES subscriptions,
  invoice_date DATE NOT NULL, due_date DATE, paid_at TIMESTAMP);
CREATE TABLE sessions (session_id INT PRIMARY KEY, user_id INT NOT NULL REFERENCES users, session_start TIMESTAMP NOT NULL,
  session_end TIMESTAMP, duration_sec INT);
CREATE TABLE page_views (id BIGINT PRIMARY KEY, session_id INT NOT NULL REFERENCES sessions, viewed_at TIMESTAMP NOT NULL);
CREATE TABLE support_tickets (ticket_id INT PRIMARY KEY, user_id INT NOT NULL REFERENCES users, opened_at TIMESTAMP NOT NULL,
  first_response_at TIMESTAMP, resolved_at TIMESTAMP, closed_at TIMESTAMP);
CREATE TABLE emails (email_id INT PRIMARY KEY, user_id INT NOT NULL REFERENCES users, sent_at TIMESTAMP NOT NULL,
  delivered_at TIMESTAMP, clicked_at TIMESTAMP, unsubscribed_at TIMESTAMP);
"""
AIRLINE = """
CREATE TABLE aircraft (tail_no VARCHAR(8) PRIMARY KEY, manufactured_on DATE, in_service_since DATE NOT NULL, retired_on DATE);
CREATE TABLE passengers (passenger_id INT PRIMARY KEY, date_of_birth DATE, passport_issue_date DATE, passport_expiry_date DATE);
CREATE TABLE flights (flight_id INT PRIMARY KEY, tail_no VARCHAR(8) NOT NULL REFERENCES aircraft, scheduled_departure TIMESTAMP NOT NULL,
  scheduled_arrival TIMESTAMP NOT NULL, actual_departure TIMESTAMP, actual_arrival TIMESTAMP);
CREATE TABLE bookings (booking_id INT PRIMARY KEY, passenger_id INT NOT NULL REFERENCES passengers,
  flight_id INT NOT NULL REFERENCES flights, booked_at TIMESTAMP NOT NULL, paid_at TIMESTAMP, cancelled_at TIMESTAMP);
CREATE TABLE boarding_scans (scan_id INT PRIMARY KEY, flight_id INT NOT NULL REFERENCES flights, scanned_at TIMESTAMP NOT NULL);
"""
VERTRIEB = """
CREATE TABLE kunden (kundennr INT PRIMARY KEY, geburtsdatum DATE, angelegt_am TIMESTAMP NOT NULL, geaendert_am TIMESTAMP);
CREATE TABLE auftraege (auftragsnr INT PRIMARY KEY, kundennr INT NOT NULL REFERENCES kunden, bestelldatum DATE NOT NULL,
  versanddatum DATE, lieferdatum DATE, storniert_am DATE);
CREATE TABLE rechnungen (rechnungsnr INT PRIMARY KEY, auftragsnr INT NOT NULL REFERENCES auftraege, rechnungsdatum DATE NOT NULL,
  faellig_am DATE NOT NULL, bezahlt_am DATE, gemahnt_am DATE);
CREATE TABLE vertraege (vertragsnr INT PRIMARY KEY, kundennr INT NOT NULL REFERENCES kunden, vertragsbeginn DATE NOT NULL,
  vertragsende DATE, gekuendigt_am DATE);
CREATE TABLE zaehlerstaende (id INT PRIMARY KEY, vertragsnr INT NOT NULL REFERENCES vertraege, abgelesen_am TIMESTAMP NOT NULL, erfasst_am TIMESTAMP);
"""
BIBLIOTHEQUE = """
CREATE TABLE lecteurs (lecteur_id INT PRIMARY KEY, date_naissance DATE, date_inscription DATE NOT NULL, date_desinscription DATE);
CREATE TABLE livres (livre_id INT PRIMARY KEY, date_publication DATE, date_achat DATE NOT NULL);
CREATE TABLE commandes (commande_id INT PRIMARY KEY, lecteur_id INT NOT NULL REFERENCES lecteurs, date_commande TIMESTAMP NOT NULL,
  date_paiement TIMESTAMP, date_expedition DATE, date_livraison DATE, date_livraison_prevue DATE);
"""
HOTEL = """
CREATE TABLE huespedes (huesped_id INT PRIMARY KEY, fecha_nacimiento DATE, fecha_registro TIMESTAMP NOT NULL);
CREATE TABLE habitaciones (habitacion_id INT PRIMARY KEY, fecha_construccion DATE);
CREATE TABLE reservas (reserva_id INT PRIMARY KEY, huesped_id INT NOT NULL REFERENCES huespedes,
  habitacion_id INT NOT NULL REFERENCES habitaciones, fecha_reserva TIMESTAMP NOT NULL, fecha_llegada DATE NOT NULL, fecha_salida DATE NOT NULL,
  fecha_cancelacion TIMESTAMP);
CREATE TABLE pagos (pago_id INT PRIMARY KEY, reserva_id INT NOT NULL REFERENCES reservas, fecha_pago TIMESTAMP NOT NULL);
"""
SCUOLA = """
CREATE TABLE studenti (studente_id INT PRIMARY KEY, data_nascita DATE, data_iscrizione DATE NOT NULL);
CREATE TABLE corsi (corso_id INT PRIMARY KEY, data_inizio DATE NOT NULL, data_fine DATE NOT NULL);
CREATE TABLE lezioni (lezione_id INT PRIMARY KEY, corso_id INT NOT NULL REFERENCES corsi, ora_inizio TIMESTAMP NOT NULL, ora_fine TIMESTAMP);
"""
SEGUROS = """
CREATE TABLE clientes (cliente_id INT PRIMARY KEY, data_nascimento DATE, data_cadastro DATE NOT NULL);
CREATE TABLE apolices (apolice_id INT PRIMARY KEY, cliente_id INT NOT NULL REFERENCES clientes, data_emissao DATE NOT NULL,
  inicio_vigencia DATE NOT NULL, fim_vigencia DATE NOT NULL, data_cancelamento DATE);
CREATE TABLE sinistros (sinistro_id INT PRIMARY KEY, apolice_id INT NOT NULL REFERENCES apolices, data_ocorrencia DATE NOT NULL,
  data_aviso DATE, data_aprovacao DATE, data_pagamento DATE);
"""
PERSONEEL = """
CREATE TABLE medewerkers (medewerker_id INT PRIMARY KEY, geboortedatum DATE NOT NULL, datum_indienst DATE NOT NULL, datum_uitdienst DATE);
CREATE TABLE verlof (verlof_id INT PRIMARY KEY, medewerker_id INT NOT NULL REFERENCES medewerkers, aangevraagd_op TIMESTAMP NOT NULL,
  goedgekeurd_op TIMESTAMP, begindatum DATE NOT NULL, einddatum DATE NOT NULL);
"""
TICKETS = """
CREATE TABLE Fans (fanId INT PRIMARY KEY, joinedAt TIMESTAMP NOT NULL, lastLoginAt TIMESTAMP);
CREATE TABLE Concerts (concertId INT PRIMARY KEY, announcedAt TIMESTAMP, onSaleFrom DATE, onSaleUntil DATE, doorsOpenAt TIMESTAMP,
  startTime TIMESTAMP NOT NULL, endTime TIMESTAMP);
CREATE TABLE Offers (offerId INT PRIMARY KEY, concertId INT NOT NULL REFERENCES Concerts, sellerId INT NOT NULL REFERENCES Fans,
  listedAt TIMESTAMP NOT NULL);
CREATE TABLE Orders (orderId INT PRIMARY KEY, offerId INT NOT NULL REFERENCES Offers, buyerId INT NOT NULL REFERENCES Fans,
  orderedAt TIMESTAMP NOT NULL, refundedAt TIMESTAMP);
"""
LEGACY = """
CREATE TABLE cli_mst (cli_no INT PRIMARY KEY, dt_crt DATE NOT NULL, dt_upd DATE);
CREATE TABLE ord_hdr (ord_no INT PRIMARY KEY, cli_no INT NOT NULL REFERENCES cli_mst, dt_ord TIMESTAMP NOT NULL, dt_shp_plnd TIMESTAMP,
  dt_ship_actl TIMESTAMP, dt_dlv_prms DATE, dt_dlvry_actl TIMESTAMP);
CREATE TABLE ord_ln (ord_no INT NOT NULL REFERENCES ord_hdr, ln_no SMALLINT NOT NULL, ts_crt TIMESTAMP NOT NULL, PRIMARY KEY (ord_no, ln_no));
CREATE TABLE pymt (pymt_no INT PRIMARY KEY, ord_no INT NOT NULL REFERENCES ord_hdr, pymt_dt DATE NOT NULL, dwh_load_ts TIMESTAMP NOT NULL);
"""
IOT = """
CREATE TABLE devices (device_id INT PRIMARY KEY, manufactured_date DATE, installed_at TIMESTAMP NOT NULL, last_seen_at TIMESTAMP, decommissioned_at TIMESTAMP);
CREATE TABLE sensor_readings (reading_id BIGINT PRIMARY KEY, device_id INT NOT NULL REFERENCES devices, reading_ts TIMESTAMP NOT NULL, ingested_at TIMESTAMP NOT NULL);
CREATE TABLE alerts (alert_id INT PRIMARY KEY, device_id INT NOT NULL REFERENCES devices, raised_at TIMESTAMP NOT NULL, acknowledged_at TIMESTAMP, cleared_at TIMESTAMP);
CREATE TABLE maintenance (id INT PRIMARY KEY, device_id INT NOT NULL REFERENCES devices, planned_start TIMESTAMP, planned_end TIMESTAMP, actual_start TIMESTAMP, actual_end TIMESTAMP);
"""
BANK = """
CREATE TABLE customers (customer_id INT PRIMARY KEY, birth_date DATE NOT NULL, customer_since DATE NOT NULL);
CREATE TABLE accounts (account_id INT PRIMARY KEY, customer_id INT NOT NULL REFERENCES customers, opened_on DATE NOT NULL, closed_on DATE);
CREATE TABLE cards (card_id INT PRIMARY KEY, account_id INT NOT NULL REFERENCES accounts, issued_on DATE NOT NULL, expires_on DATE NOT NULL, blocked_at TIMESTAMP);
CREATE TABLE transactions (txn_id BIGINT PRIMARY KEY, account_id INT NOT NULL REFERENCES accounts, transaction_ts TIMESTAMP NOT NULL, posted_date DATE, value_date DATE);
CREATE TABLE loans (loan_id INT PRIMARY KEY, customer_id INT NOT NULL REFERENCES customers, application_date DATE NOT NULL, approval_date DATE, disbursed_on DATE, maturity_date DATE);
"""
STAR = """
CREATE TABLE dim_date (date_key INT PRIMARY KEY, full_date DATE NOT NULL, year SMALLINT NOT NULL, month SMALLINT NOT NULL, weekday VARCHAR(9) NOT NULL);
CREATE TABLE dim_store (store_key INT PRIMARY KEY, opened_on DATE NOT NULL, closed_on DATE);
CREATE TABLE dim_product (product_key INT PRIMARY KEY, launch_date DATE NOT NULL, discontinued_date DATE);
CREATE TABLE dim_promotion (promo_key INT PRIMARY KEY, start_date DATE NOT NULL, end_date DATE NOT NULL);
CREATE TABLE fact_sales (sale_id INT PRIMARY KEY, date_key INT NOT NULL REFERENCES dim_date, store_key INT NOT NULL REFERENCES dim_store,
  product_key INT NOT NULL REFERENCES dim_product, promo_key INT REFERENCES dim_promotion, sold_at TIMESTAMP NOT NULL, etl_loaded_at TIMESTAMP);
CREATE TABLE fact_returns (return_id INT PRIMARY KEY, sale_id INT NOT NULL REFERENCES fact_sales, return_date_key INT NOT NULL REFERENCES dim_date);
"""
KIN = """
CREATE TABLE employees (employee_id INT PRIMARY KEY, manager_id INT REFERENCES employees, hire_date DATE NOT NULL, termination_date DATE);
CREATE TABLE salaries (salary_id INT PRIMARY KEY, employee_id INT NOT NULL REFERENCES employees, amount DECIMAL(10,2),
  valid_from DATE NOT NULL, valid_to DATE, is_current BOOLEAN NOT NULL);
CREATE TABLE campaigns (campaign_id INT PRIMARY KEY, start_date DATE NOT NULL, end_date DATE);
CREATE TABLE ads (ad_id INT PRIMARY KEY, campaign_id INT NOT NULL REFERENCES campaigns);
CREATE TABLE daily_stats (ad_id INT NOT NULL REFERENCES ads, day DATE NOT NULL, device VARCHAR(10) NOT NULL, clicks INT,
  PRIMARY KEY (ad_id, day, device));
CREATE TABLE orders (order_id INT PRIMARY KEY, employee_id INT REFERENCES employees, ordered_at TIMESTAMP NOT NULL);
CREATE TABLE order_events (event_id INT PRIMARY KEY, order_id INT NOT NULL REFERENCES orders, event_ts TIMESTAMP NOT NULL);
"""

VOWELLESS = """
CREATE TABLE wrkr (wrkr_no INT PRIMARY KEY, brth_dt DATE NOT NULL, hr_dt DATE NOT NULL, trm_dt DATE, upd_ts TIMESTAMP);
CREATE TABLE appl_hdr (appl_no INT PRIMARY KEY, appl_dt DATE NOT NULL, scrn_dt DATE, offr_dt DATE, acpt_dt DATE);
CREATE TABLE mtng (mtng_no INT PRIMARY KEY, schd_strt_ts TIMESTAMP NOT NULL, schd_end_ts TIMESTAMP NOT NULL);
CREATE TABLE wage_run (run_no INT PRIMARY KEY, prd_strt_dt DATE NOT NULL, prd_end_dt DATE NOT NULL, pay_dt DATE NOT NULL);
"""
NETZ = """
CREATE TABLE "Geraet" ("geraetNr" INT PRIMARY KEY, "einbauDat" DATE NOT NULL, "ausbauDat" DATE);
CREATE TABLE "Wartung" ("wartungNr" INT PRIMARY KEY, "geraetNr" INT NOT NULL REFERENCES "Geraet", "gemeldetTs" TIMESTAMP NOT NULL,
  "beginnTs" TIMESTAMP NOT NULL, "behobenTs" TIMESTAMP);
CREATE TABLE "Rechnung" ("rechNr" INT PRIMARY KEY, "zeitraumVon" DATE NOT NULL, "zeitraumBis" DATE NOT NULL, "rechDat" DATE NOT NULL,
  "faelligAm" DATE NOT NULL, "bezahltAm" DATE);
"""
SEJOURS = """
CREATE TABLE sejours (sejour_id INT PRIMARY KEY, reserve_le TIMESTAMP NOT NULL, date_arrivee DATE NOT NULL, date_depart DATE NOT NULL,
  annule_le TIMESTAMP, check_in_le TIMESTAMP, check_out_le TIMESTAMP);
CREATE TABLE courses_taxi (trajet_id INT PRIMARY KEY, heure_depart TIMESTAMP NOT NULL, heure_arrivee TIMESTAMP);
CREATE TABLE tarifs (tarif_id INT PRIMARY KEY, valable_du DATE NOT NULL, valable_au DATE);
"""
UNKNOWN = """
CREATE TABLE parcels (parcel_id INT PRIMARY KEY, created_at TIMESTAMP NOT NULL, frobbed_at TIMESTAMP, wibbled_on DATE, zorked_ts TIMESTAMP NOT NULL);
CREATE TABLE quotations (quotation_id INT PRIMARY KEY, quotation_date DATE NOT NULL, answered_on DATE);
CREATE TABLE tabs (tab_id INT PRIMARY KEY, opened_at TIMESTAMP NOT NULL, paid_at TIMESTAMP, closed_at TIMESTAMP);
"""

# what may lie after the present; what holds in every row: a source, and a condition (NULL counts as holding)
CASES: dict[str, tuple[str, str, str]] = {
    "hospital": (
        HOSPITAL,
        "prescriptions.end_date prescriptions.next_refill_date invoices.due_date",
        """
        patients | registered_on >= birth_date
        patients | deceased_date > registered_on
        physicians | hire_date >= dob + INTERVAL 17 YEAR
        physicians | termination_date > hire_date
        encounters | discharged_at > admitted_at
        encounters | updated_at >= created_at
        encounters | abs(length_of_stay_hours - epoch(discharged_at - admitted_at) / 3600) < 0.06
        encounters JOIN patients USING (patient_id) | admitted_at >= registered_on
        encounters JOIN patients USING (patient_id) | admitted_at::DATE <= deceased_date
        encounters JOIN patients USING (patient_id) | age_at_admission = date_sub('year', birth_date, admitted_at::DATE)
        encounters JOIN physicians USING (physician_id) | admitted_at >= hire_date
        lab_results JOIN encounters USING (encounter_id) | ordered_ts BETWEEN admitted_at AND discharged_at
        lab_results | resulted_ts >= collected_ts AND verified_ts >= resulted_ts
        lab_results | received_ts >= collected_ts AND received_ts <= resulted_ts
        prescriptions JOIN encounters USING (encounter_id) | prescribed_at BETWEEN admitted_at AND discharged_at
        prescriptions | start_date >= prescribed_at::DATE AND end_date > start_date
        prescriptions | next_refill_date > prescribed_at
        invoices JOIN encounters USING (encounter_id) | issued_on >= discharged_at::DATE
        invoices | due_date > issued_on
        invoices | paid_on >= issued_on
        """,
    ),
    "saas": (
        SAAS,
        "accounts.trial_end accounts.trial_start invoices.due_date",
        """
        accounts | trial_start >= created_at::DATE AND trial_end BETWEEN trial_start + 7 AND trial_start + 31
        accounts | churned_at > created_at
        users JOIN accounts USING (account_id) | signup_at >= created_at
        users | email_verified_at >= signup_at
        users | last_login_at >= first_login_at AND first_login_at >= signup_at
        users | last_login_at <= deactivated_at
        subscriptions JOIN accounts USING (account_id) | started_at >= created_at
        subscriptions | ended_at > started_at
        subscriptions | canceled_at > started_at
        invoices JOIN subscriptions USING (subscription_id) | invoice_date >= started_at::DATE AND invoice_date <= ended_at
        invoices | due_date > invoice_date
        invoices | paid_at >= invoice_date
        sessions JOIN users USING (user_id) | session_start >= signup_at
        sessions | session_end BETWEEN session_start + INTERVAL 10 SECOND AND session_start + INTERVAL 5 HOUR
        sessions | duration_sec = epoch(session_end - session_start)
        page_views JOIN sessions USING (session_id) | viewed_at BETWEEN session_start AND session_end
        support_tickets JOIN users USING (user_id) | opened_at >= signup_at
        support_tickets | first_response_at BETWEEN opened_at AND coalesce(resolved_at, '2099-01-01')
        support_tickets | resolved_at >= opened_at AND closed_at >= opened_at
        emails | delivered_at >= sent_at AND clicked_at >= delivered_at AND unsubscribed_at > sent_at
        """,
    ),
    "airline": (
        AIRLINE,
        "passengers.passport_expiry_date flights.scheduled_arrival",
        """
        aircraft | in_service_since > manufactured_on
        aircraft | retired_on > in_service_since
        passengers | passport_expiry_date > passport_issue_date
        flights | scheduled_arrival > scheduled_departure
        flights | actual_arrival > actual_departure
        flights | abs(epoch(actual_departure - scheduled_departure)) < 86400
        flights JOIN aircraft USING (tail_no) | scheduled_departure >= in_service_since
        bookings JOIN flights USING (flight_id) | booked_at < scheduled_departure
        bookings | paid_at >= booked_at
        bookings | cancelled_at >= booked_at
        """,
    ),
    "vowelless": (
        VOWELLESS,
        "mtng.schd_strt_ts mtng.schd_end_ts",
        """
        wrkr | hr_dt >= brth_dt + INTERVAL 17 YEAR AND trm_dt > hr_dt
        appl_hdr | scrn_dt >= appl_dt AND offr_dt >= appl_dt AND acpt_dt >= offr_dt
        mtng | schd_end_ts BETWEEN schd_strt_ts AND schd_strt_ts + INTERVAL 10 HOUR
        wage_run | prd_end_dt >= prd_strt_dt AND pay_dt >= prd_end_dt
        """,
    ),
    "netz": (
        NETZ,
        "Rechnung.faelligAm",
        """
        "Geraet" | "ausbauDat" > "einbauDat"
        "Wartung" | "gemeldetTs" >= "beginnTs" AND "behobenTs" >= "beginnTs"
        "Rechnung" | "zeitraumBis" >= "zeitraumVon" AND "rechDat" >= "zeitraumBis"
        "Rechnung" | "faelligAm" > "rechDat" AND "bezahltAm" >= "rechDat"
        """,
    ),
    "sejours": (
        SEJOURS,
        "sejours.date_arrivee sejours.date_depart tarifs.valable_au",
        """
        sejours | date_arrivee >= reserve_le::DATE AND date_depart > date_arrivee
        sejours | check_in_le::DATE = date_arrivee AND check_out_le::DATE = date_depart
        sejours | annule_le BETWEEN reserve_le AND date_arrivee + INTERVAL 1 DAY
        courses_taxi | heure_arrivee BETWEEN heure_depart AND heure_depart + INTERVAL 6 HOUR
        tarifs | valable_au > valable_du
        """,
    ),
    "unknown": (
        UNKNOWN,
        "",
        """
        parcels | frobbed_at >= created_at AND wibbled_on >= created_at::DATE AND zorked_ts >= created_at
        quotations | answered_on >= quotation_date
        tabs | closed_at BETWEEN opened_at AND opened_at + INTERVAL 200 DAY
        """,
    ),
    "vertrieb": (
        VERTRIEB,
        "rechnungen.faellig_am vertraege.vertragsende",
        """
        kunden | geaendert_am >= angelegt_am
        kunden | angelegt_am >= geburtsdatum + INTERVAL 17 YEAR
        auftraege JOIN kunden USING (kundennr) | bestelldatum >= angelegt_am::DATE
        auftraege | versanddatum >= bestelldatum AND lieferdatum >= versanddatum
        auftraege | storniert_am >= bestelldatum
        auftraege | storniert_am IS NULL OR lieferdatum IS NULL
        rechnungen JOIN auftraege USING (auftragsnr) | rechnungsdatum >= bestelldatum
        rechnungen | faellig_am > rechnungsdatum
        rechnungen | bezahlt_am >= rechnungsdatum
        rechnungen | gemahnt_am >= rechnungsdatum
        vertraege JOIN kunden USING (kundennr) | vertragsbeginn >= angelegt_am::DATE
        vertraege | vertragsende > vertragsbeginn
        vertraege | gekuendigt_am > vertragsbeginn AND gekuendigt_am <= coalesce(vertragsende, '2099-01-01')
        zaehlerstaende JOIN vertraege USING (vertragsnr) | abgelesen_am >= vertragsbeginn AND abgelesen_am::DATE <= vertragsende
        zaehlerstaende | erfasst_am >= abgelesen_am
        """,
    ),
    "bibliotheque": (
        BIBLIOTHEQUE,
        "commandes.date_livraison_prevue",
        """
        lecteurs | date_inscription > date_naissance
        lecteurs | date_desinscription >= date_inscription
        livres | date_achat > date_publication
        commandes JOIN lecteurs USING (lecteur_id) | date_commande >= date_inscription
        commandes | date_paiement >= date_commande AND date_expedition >= date_paiement::DATE
        commandes | date_livraison >= date_expedition
        commandes | date_livraison_prevue >= date_commande::DATE
        commandes | date_livraison - date_livraison_prevue BETWEEN -30 AND 30
        """,
    ),
    "hotel": (
        HOTEL,
        "reservas.fecha_llegada reservas.fecha_salida",
        """
        huespedes | fecha_registro >= fecha_nacimiento + INTERVAL 17 YEAR
        reservas JOIN huespedes USING (huesped_id) | fecha_reserva >= fecha_registro
        reservas | fecha_llegada >= fecha_reserva::DATE
        reservas | fecha_salida > fecha_llegada
        reservas | fecha_cancelacion >= fecha_reserva
        pagos JOIN reservas USING (reserva_id) | fecha_pago >= fecha_reserva
        """,
    ),
    "scuola": (
        SCUOLA,
        "corsi.data_fine",
        """
        studenti | data_iscrizione > data_nascita
        corsi | data_fine > data_inizio
        lezioni JOIN corsi USING (corso_id) | ora_inizio >= data_inizio AND ora_inizio::DATE <= data_fine
        lezioni | ora_fine BETWEEN ora_inizio AND ora_inizio + INTERVAL 4 HOUR
        """,
    ),
    "seguros": (
        SEGUROS,
        "apolices.inicio_vigencia apolices.fim_vigencia",
        """
        clientes | data_cadastro >= data_nascimento + INTERVAL 17 YEAR
        apolices JOIN clientes USING (cliente_id) | data_emissao >= data_cadastro
        apolices | inicio_vigencia >= data_emissao AND fim_vigencia > inicio_vigencia
        apolices | data_cancelamento >= data_emissao AND data_cancelamento <= fim_vigencia
        sinistros JOIN apolices USING (apolice_id) | data_ocorrencia BETWEEN data_emissao AND fim_vigencia
        sinistros | data_aviso >= data_ocorrencia AND data_aprovacao >= data_aviso AND data_pagamento >= data_aprovacao
        """,
    ),
    "personeel": (
        PERSONEEL,
        "verlof.einddatum verlof.begindatum",
        """
        medewerkers | datum_indienst >= geboortedatum + INTERVAL 17 YEAR
        medewerkers | datum_uitdienst > datum_indienst
        verlof JOIN medewerkers USING (medewerker_id) | aangevraagd_op >= datum_indienst
        verlof | goedgekeurd_op >= aangevraagd_op
        verlof | begindatum >= aangevraagd_op::DATE AND einddatum > begindatum
        """,
    ),
    "tickets": (
        TICKETS,
        "",
        """
        Fans | lastLoginAt >= joinedAt
        Concerts | announcedAt <= startTime AND onSaleFrom <= startTime AND onSaleUntil <= startTime
        Concerts | onSaleFrom <= onSaleUntil
        Concerts | doorsOpenAt BETWEEN startTime - INTERVAL 1 DAY AND startTime
        Concerts | endTime BETWEEN startTime AND startTime + INTERVAL 8 HOUR
        Offers JOIN Concerts USING (concertId) | listedAt < startTime
        Offers JOIN Fans ON fanId = sellerId | listedAt >= joinedAt
        Orders JOIN Offers USING (offerId) JOIN Concerts USING (concertId) | orderedAt BETWEEN listedAt AND startTime
        Orders JOIN Fans ON fanId = buyerId | orderedAt >= joinedAt
        Orders | refundedAt >= orderedAt
        """,
    ),
    "legacy": (
        LEGACY,
        "ord_hdr.dt_shp_plnd ord_hdr.dt_dlv_prms",
        """
        cli_mst | dt_upd >= dt_crt
        ord_hdr JOIN cli_mst USING (cli_no) | dt_ord >= dt_crt
        ord_hdr | dt_shp_plnd >= dt_ord AND dt_ship_actl >= dt_ord
        ord_hdr | dt_dlvry_actl >= dt_ship_actl
        ord_hdr | dt_dlv_prms >= dt_ord::DATE
        ord_ln JOIN ord_hdr USING (ord_no) | ts_crt BETWEEN dt_ord AND dt_ord + INTERVAL 1 HOUR
        pymt JOIN ord_hdr USING (ord_no) | pymt_dt >= dt_ord::DATE
        pymt | dwh_load_ts >= pymt_dt
        """,
    ),
    "iot": (
        IOT,
        "maintenance.planned_end maintenance.planned_start",
        """
        devices | installed_at > manufactured_date
        devices | last_seen_at >= installed_at AND last_seen_at <= coalesce(decommissioned_at, '2099-01-01')
        devices | decommissioned_at > installed_at
        sensor_readings JOIN devices USING (device_id) | reading_ts >= installed_at
        sensor_readings JOIN devices USING (device_id) | reading_ts <= decommissioned_at
        sensor_readings | ingested_at >= reading_ts
        alerts JOIN devices USING (device_id) | raised_at >= installed_at
        alerts | acknowledged_at >= raised_at
        alerts | cleared_at >= raised_at
        maintenance | planned_end > planned_start AND actual_end >= actual_start
        """,
    ),
    "bank": (
        BANK,
        "cards.expires_on loans.maturity_date",
        """
        customers | customer_since >= birth_date + INTERVAL 17 YEAR
        accounts JOIN customers USING (customer_id) | opened_on >= customer_since
        accounts | closed_on > opened_on
        cards JOIN accounts USING (account_id) | issued_on >= opened_on
        cards | expires_on > issued_on
        cards | blocked_at >= issued_on
        transactions JOIN accounts USING (account_id) | transaction_ts >= opened_on
        transactions JOIN accounts USING (account_id) | transaction_ts::DATE <= closed_on
        transactions | posted_date >= transaction_ts::DATE
        loans JOIN customers USING (customer_id) | application_date >= customer_since
        loans | approval_date >= application_date AND disbursed_on >= approval_date
        loans | maturity_date > application_date
        """,
    ),
    "kin": (
        KIN,
        "campaigns.end_date daily_stats.day",
        """
        employees e JOIN employees m ON m.employee_id = e.manager_id | e.hire_date > m.hire_date
        salaries JOIN employees USING (employee_id) | valid_from >= hire_date
        (SELECT *, lead(valid_from) OVER (PARTITION BY employee_id ORDER BY salary_id) AS later FROM salaries) | valid_to = later
        (SELECT *, lead(valid_from) OVER (PARTITION BY employee_id ORDER BY salary_id) AS later FROM salaries) | valid_from <= later
        salaries | is_current = (valid_to IS NULL)
        daily_stats JOIN ads USING (ad_id) JOIN campaigns USING (campaign_id) | day BETWEEN start_date AND end_date
        orders JOIN employees USING (employee_id) | ordered_at BETWEEN hire_date AND coalesce(termination_date, '2099-01-01')
        order_events JOIN orders USING (order_id) | event_ts >= ordered_at
        (SELECT *, lag(event_ts) OVER (PARTITION BY order_id ORDER BY event_id) AS before FROM order_events) | event_ts >= before
        """,
    ),
    "star": (
        STAR,
        "dim_date.full_date dim_promotion.end_date",
        """
        fact_sales JOIN dim_date USING (date_key) JOIN dim_store USING (store_key) | full_date >= opened_on
        fact_sales JOIN dim_date USING (date_key) JOIN dim_store USING (store_key) | full_date <= closed_on
        fact_sales JOIN dim_date USING (date_key) JOIN dim_product USING (product_key) | full_date >= launch_date
        fact_sales JOIN dim_date USING (date_key) JOIN dim_promotion USING (promo_key) | full_date BETWEEN start_date AND end_date
        fact_sales JOIN dim_date USING (date_key) | sold_at::DATE = full_date
        fact_sales | etl_loaded_at >= sold_at
        fact_returns r JOIN fact_sales s USING (sale_id) JOIN dim_date a ON a.date_key = s.date_key
          JOIN dim_date b ON b.date_key = return_date_key | b.full_date >= a.full_date
        """,
    ),
}


@pytest.fixture(scope="module", params=CASES)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
    out = tmp_path_factory.mktemp(request.param)
    service = ExperimentService(Settings(home=out / "home", store_url=MEMORY))
    service.import_sql(
        CASES[request.param][0], name=request.param, dialect="duckdb", target_rows=ROWS, as_of=PRESENT
    )
    service.generate(request.param, GenerateRequest(output_dir=str(out / "out"), seed=5))
    with views(out / "out") as source:
        yield request.param, source


def test_every_moment_is_in_its_order(made: tuple[str, duckdb.DuckDBPyConnection]) -> None:
    name, source = made
    wrong = []
    for line in CASES[name][2].replace("\n          ", " ").splitlines():
        if line.strip():
            where, condition = line.split(" | ")
            query = f"SELECT count_if(NOT ({condition})), count(*), count_if(({condition}) IS NOT NULL) FROM {where.strip()}"
            bad, rows, asked = source.execute(query).fetchall()[0]
            if bad > 0.002 * rows or not rows or not asked:
                wrong.append(f"{where.strip()}: {condition}: {bad} of {asked}")
    assert not wrong, "\n".join(wrong)


def test_nothing_lies_after_the_present_but_plans(made: tuple[str, duckdb.DuckDBPyConnection]) -> None:
    name, source = made
    planned = set(CASES[name][1].split())
    end = PRESENT + timedelta(days=1)
    wrong = []
    for table, column in source.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE data_type IN ('DATE', 'TIMESTAMP')"
    ).fetchall():
        late, split, most = source.execute(
            f"SELECT count_if({column} >= DATE '{end}'), count_if({column}::TIMESTAMP <> date_trunc('second', {column}::TIMESTAMP)), "
            f"max({column}) FROM {table}"
        ).fetchall()[0]
        if late and f"{table}.{column}" not in planned:
            wrong.append(f"{table}.{column}: {late} late, up to {most}")
        if split:
            wrong.append(f"{table}.{column}: {split} with parts of a second")
    assert not wrong, "\n".join(wrong)


# --- when things happen

RHYTHM = """
CREATE TABLE customers (customer_id INT PRIMARY KEY, created_at TIMESTAMP NOT NULL);
CREATE TABLE web_orders (order_id INT PRIMARY KEY, ordered_at TIMESTAMP NOT NULL);
CREATE TABLE purchase_invoices (invoice_id INT PRIMARY KEY, issued_at TIMESTAMP NOT NULL);
CREATE TABLE sensor_log (log_id INT PRIMARY KEY, logged_at TIMESTAMP NOT NULL);
CREATE TABLE concerts (concert_id INT PRIMARY KEY, start_time TIMESTAMP NOT NULL);
"""


def imported(service: ExperimentService, sql: str, name: str = "x") -> Any:
    return service.import_sql(sql, name=name, dialect="duckdb", target_rows=ROWS, as_of=PRESENT).experiment


def test_hours_and_weekdays_are_those_of_who_makes_them(service: ExperimentService, tmp_path: Path) -> None:
    imported(service, RHYTHM)
    service.generate("x", GenerateRequest(output_dir=str(tmp_path / "out"), seed=5))
    with views(tmp_path / "out") as source:

        def share(table: str, column: str, test: str) -> float:
            found: float = source.execute(
                f"SELECT avg(({test.format(column)})::INT) FROM {table}"
            ).fetchall()[0][0]
            return found

        night, weekend = "hour({}) < 6", "isodow({}) > 5"
        assert share("web_orders", "ordered_at", night) < 0.1
        assert 0.2 < share("web_orders", "ordered_at", weekend) < 0.36
        assert share("purchase_invoices", "issued_at", night) < 0.01
        assert share("purchase_invoices", "issued_at", weekend) < 0.08
        assert 0.15 < share("sensor_log", "logged_at", night) < 0.3
        assert share("concerts", "start_time", "hour({}) BETWEEN 17 AND 21") > 0.5
        assert share("concerts", "start_time", weekend) > 0.33
        assert share("web_orders", "ordered_at", "{} >= DATE '2024-10-01'") > 0.27, "more each year"
        first = source.execute("SELECT min(created_at), max(created_at) FROM customers").fetchall()[0]
        assert first[0].year == PRESENT.year - 8, "customers have come for longer"
        assert first[1].year == PRESENT.year


def test_the_order_of_tables_and_columns_of_other_tables_changes_nothing(service: ExperimentService) -> None:
    scripts = [part + ";" for part in HOSPITAL.strip().split(";") if part.strip()]
    one = imported(service, "".join(scripts), "one")
    again = imported(service, "".join(scripts), "again")
    assert one.changed(name="x") == again.changed(name="x")
    other = imported(service, "".join([scripts[0], *scripts[:0:-1]]), "other")

    def rules(made: Any) -> dict[str, Any]:
        return {
            table.name: [(c.name, c.rule, c.null_fraction) for c in table.columns] for table in made.tables
        }

    assert rules(one) == rules(other)


@pytest.mark.parametrize(
    ("name", "things", "stage", "owner"),
    [
        ("dt_crt", ("order",), "create", ()),
        ("crt_ts", ("order",), "create", ()),
        ("dateCreated", ("order",), "create", ()),
        ("createdon", ("order",), "create", ()),
        ("angelegt_am", ("kunde",), "create", ()),
        ("fällig_am", ("rechnung",), "due", ()),
        ("startTs", ("session",), "start", ()),
        ("contract_start_date", ("employee",), "start", ("contract",)),
        ("vertragsende", ("vertraege",), "end", ()),
        ("date_livraison_prevue", ("commande",), "deliver", ()),
        ("fecha_entrega_estimada", ("pedido",), "deliver", ()),
        ("payment_received_at", ("order",), "pay", ()),
        ("received_at", ("claim",), "receipt", ()),
        ("received_at", ("order",), "receive", ()),
        ("opened_at", ("account",), "register", ()),
        ("opened_at", ("email",), "open", ()),
        ("arrival_date", ("reservation",), "checkin", ()),
        ("arrival_time", ("flight",), "arrive", ()),
        ("data_nascimento", ("cliente",), "birth", ()),
        ("geboortedatum", ("klant",), "birth", ()),
        ("etl_loaded_at", ("sale",), "load", ()),
        ("wibble_date", ("thing",), "", ("wibble",)),
    ],
)
def test_names_say_what_happens(
    name: str, things: tuple[str, ...], stage: str, owner: tuple[str, ...]
) -> None:
    found = read_moment(name, things)
    assert (found.stage, found.owner) == (stage, owner)


def test_the_table_of_stages_is_sound() -> None:
    assert all(0 <= one.nulls < 1 and one.rank > 0 for one in stages().values())
    spans = [tuple(map(nanoseconds, (one.least, one.mean, one.most))) for one in stages().values()]
    assert all(least < mean < most or (least == 0 and mean <= most) for least, mean, most in spans)
    assert {
        stage_of(word) for word in ("shipped", "versandt", "expedie", "enviado", "spedito", "verzonden")
    } == {"ship"}


@pytest.mark.parametrize(
    ("columns", "name", "truth"),
    [
        (
            "loss_date DATE NOT NULL, report_date DATE NOT NULL",
            "report_lag_days INT",
            "report_date - loss_date",
        ),
        (
            "ordered_at TIMESTAMP NOT NULL, shipped_at TIMESTAMP NOT NULL",
            "days_to_ship INT",
            "floor(epoch(shipped_at - ordered_at) / 86400)",
        ),
        (
            "start_ts TIMESTAMP NOT NULL, end_ts TIMESTAMP NOT NULL",
            "dauer_minuten INT",
            "floor(epoch(end_ts - start_ts) / 60)",
        ),
        (
            "start_ts TIMESTAMP NOT NULL, end_ts TIMESTAMP NOT NULL",
            "duration_ms BIGINT",
            "epoch(end_ts - start_ts) * 1000",
        ),
        ("check_in DATE NOT NULL, check_out DATE NOT NULL", "nights INT", "check_out - check_in"),
    ],
)
def test_a_duration_is_what_lies_between(
    service: ExperimentService, tmp_path: Path, columns: str, name: str, truth: str
) -> None:
    imported(service, f"CREATE TABLE t (id INT PRIMARY KEY, {columns}, {name});")
    service.generate("x", GenerateRequest(output_dir=str(tmp_path / "out"), seed=5))
    with views(tmp_path / "out") as source:
        query = f"SELECT count_if({name.split(maxsplit=1)[0]} <> {truth}), count({name.split(maxsplit=1)[0]}) FROM t"
        wrong, asked = source.execute(query).fetchall()[0]
    assert asked > ROWS / 2
    assert wrong == 0


def test_what_follows_others_is_told(service: ExperimentService) -> None:
    made = imported(
        service,
        "CREATE TABLE t (id INT PRIMARY KEY, ordered_at TIMESTAMP NOT NULL, shipped_at TIMESTAMP(3));",
    )
    column = made.tables[0].column("shipped_at")
    assert column.inferred == "shipped_at looks like what comes after ordered_at"
    assert "digits" not in column.rule.options, "its type asks for thousandths"
