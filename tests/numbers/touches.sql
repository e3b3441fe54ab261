-- Ad touches: what each touch is given of a sign-up.
-- violated: (SELECT signup_id, abs(sum(attribution_weight) - 1) AS off FROM touches GROUP BY 1) | off > 0.0000001
-- violated: touches | scheme = 'last_click' AND attribution_weight NOT IN (0, 1)
-- violated: (SELECT scheme, attribution_weight, count(*) OVER (PARTITION BY signup_id) AS n FROM touches) | scheme = 'linear' AND abs(attribution_weight - 1.0 / n) > 0.0001
-- violated: (SELECT max(n) AS most FROM (SELECT count(DISTINCT scheme) AS n FROM touches GROUP BY signup_id)) | most > 1
CREATE TABLE signups (signup_id INTEGER PRIMARY KEY, signed_up_at TIMESTAMP NOT NULL);
CREATE TABLE touches (
  touch_id INTEGER PRIMARY KEY,
  signup_id INTEGER NOT NULL REFERENCES signups (signup_id),
  scheme VARCHAR(30),
  attribution_weight DECIMAL(6,4) NOT NULL
);
