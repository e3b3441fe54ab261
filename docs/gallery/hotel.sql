-- A chain of hotels: who stays where, for how long, and what a night costs. PostgreSQL.
CREATE TABLE hotels (
    hotel_id   INT PRIMARY KEY,
    hotel_name VARCHAR(60) NOT NULL,
    city       VARCHAR(40) NOT NULL,
    stars      SMALLINT NOT NULL
);

CREATE TABLE guests (
    guest_id      INT PRIMARY KEY,
    first_name    VARCHAR(40) NOT NULL,
    last_name     VARCHAR(40) NOT NULL,
    email         VARCHAR(100) NOT NULL,
    registered_at TIMESTAMP NOT NULL
);

CREATE TABLE reservations (
    reservation_id INT PRIMARY KEY,
    hotel_id       INT NOT NULL REFERENCES hotels,
    guest_id       INT NOT NULL REFERENCES guests,
    booked_at      TIMESTAMP NOT NULL,
    check_in       DATE NOT NULL,
    check_out      DATE NOT NULL,
    nights         INT NOT NULL,
    room_rate      DECIMAL(8, 2) NOT NULL,
    status         VARCHAR(15) NOT NULL
);
