-- Those who drive, and what they drive, are few.
-- violated: (SELECT count(DISTINCT driver_name) AS drivers, count(*) AS n FROM haulage_runs) | drivers * 10 > n OR drivers < 5
-- violated: (SELECT count(DISTINCT trailer_no) AS trailers, count(*) AS n FROM haulage_runs) | trailers * 4 > n OR trailers < 5
-- violated: (SELECT count(DISTINCT inspector_name) AS people, count(*) AS n FROM haulage_runs) | people * 10 > n OR people < 5
CREATE TABLE hauliers (haulier_id INTEGER PRIMARY KEY, name VARCHAR(60) NOT NULL);
CREATE TABLE haulage_runs (
  run_id INTEGER PRIMARY KEY,
  haulier_id INTEGER NOT NULL REFERENCES hauliers (haulier_id),
  driver_name VARCHAR(60) NOT NULL,
  trailer_no VARCHAR(12),
  inspector_name VARCHAR(40),
  departed_at TIMESTAMP NOT NULL
);
