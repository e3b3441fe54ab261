CREATE TABLE guests (guest_id INT PRIMARY KEY, name VARCHAR(40), joined_at TIMESTAMP NOT NULL);
CREATE TABLE campsites (campsite_id INT PRIMARY KEY, name VARCHAR(40), listed_at TIMESTAMP NOT NULL, avg_rating DECIMAL(3,2), review_count INT NOT NULL);
CREATE TABLE reviews (review_id INT PRIMARY KEY, campsite_id INT NOT NULL REFERENCES campsites, guest_id INT NOT NULL REFERENCES guests, stars SMALLINT NOT NULL CHECK (stars BETWEEN 1 AND 5), created_at TIMESTAMP NOT NULL);
CREATE TABLE kurse (kurs_id INT PRIMARY KEY, titel VARCHAR(40), durchschnittsbewertung DOUBLE PRECISION, anzahl_bewertungen INT);
CREATE TABLE bewertungen (bewertung_id INT PRIMARY KEY, kurs_id INT NOT NULL REFERENCES kurse, sterne INT NOT NULL, erstellt_am TIMESTAMP NOT NULL);

-- violated: campsites LEFT JOIN (SELECT campsite_id, avg(stars) AS a, count(*) AS n FROM reviews GROUP BY 1) x USING (campsite_id) | review_count <> coalesce(n, 0) OR abs(coalesce(avg_rating, 0) - coalesce(a, 0)) > 0.006
-- violated: reviews JOIN campsites USING (campsite_id) JOIN guests USING (guest_id) | created_at < listed_at OR created_at < joined_at
-- violated: kurse LEFT JOIN (SELECT kurs_id, avg(sterne) AS a, count(*) AS n FROM bewertungen GROUP BY 1) x USING (kurs_id) | coalesce(anzahl_bewertungen, 0) <> coalesce(n, 0) OR abs(coalesce(durchschnittsbewertung, 0) - coalesce(a, 0)) > 0.000001
