-- An airline with Spanish names in camelCase: flights that are late, tickets that are changed, payments that are given
-- back, miles that run up, prices that have a history. Written by hand; nothing in it contradicts anything else.
CREATE MACRO rows(a, b) AS TABLE SELECT CAST(range AS INTEGER) AS n FROM range(a, b);
CREATE MACRO u(k, salt) AS (hash(k, salt) % 1000003) / 1000003.0;
CREATE MACRO tail(k, salt) AS exp(.9 * sqrt(-2 * ln(u(k, salt) + 1e-9)) * cos(6.2831853 * u(k, salt || 'b')));
CREATE MACRO luhn(digits) AS digits || CAST((10 - list_sum([CASE WHEN i % 2 = 1 THEN CASE WHEN CAST(digits[i] AS INT) > 4
    THEN 2 * CAST(digits[i] AS INT) - 9 ELSE 2 * CAST(digits[i] AS INT) END ELSE CAST(digits[i] AS INT) END FOR i IN range(1, 16)]) % 10) % 10 AS VARCHAR);

CREATE TABLE aeropuerto AS
SELECT * FROM (VALUES ('MAD', 'Barajas', 'Madrid', 'ES', 40.47, -3.56, 1931), ('BCN', 'El Prat', 'Barcelona', 'ES', 41.3, 2.08, 1927),
  ('LIS', 'Humberto Delgado', 'Lisboa', 'PT', 38.78, -9.13, 1942), ('ORY', 'Orly', 'Paris', 'FR', 48.73, 2.36, 1932),
  ('LGW', 'Gatwick', 'London', 'GB', 51.15, -.18, 1958), ('MEX', 'Benito Juarez', 'Ciudad de Mexico', 'MX', 19.44, -99.07, 1931),
  ('EZE', 'Ezeiza', 'Buenos Aires', 'AR', -34.82, -58.54, 1949), ('BOG', 'El Dorado', 'Bogota', 'CO', 4.7, -74.15, 1959))
  t(aeropuertoId, nombre, ciudad, codigoPais, latitud, longitud, anioApertura);

CREATE TABLE avion AS
SELECT n AS avionId, 'EC-' || chr(65 + n % 26) || chr(65 + n * 7 % 26) || chr(65 + n * 11 % 26) AS matricula,
       ['A320', 'A321', 'A330', 'B787'][1 + n % 4] AS modelo, [180, 220, 290, 310][1 + n % 4] AS capacidad,
       [84, 98, 242, 228][1 + n % 4] * 1000 AS pesoMaxKg, [42, 48, 120, 119][1 + n % 4] * 1000 AS pesoMinKg,
       DATE '2006-05-01' + CAST(floor(4500 * u(n, 'f')) AS INT) AS fechaFabricacion,
       CASE WHEN n % 12 = 5 THEN DATE '2023-10-01' + n END AS fechaBaja FROM rows(1, 41) t(n);

CREATE TABLE tripulante AS
SELECT n AS tripulanteId, CASE WHEN n > 6 THEN 1 + n % 6 END AS jefeId, ['Ana', 'Luis', 'Eva', 'Juan', 'Sara', 'Hugo', 'Marta'][1 + n % 7] AS nombre,
       ['Garcia', 'Lopez', 'Ruiz', 'Vidal', 'Costa', 'Silva'][1 + n % 6] AS apellido, CASE WHEN n % 5 = 0 THEN 'piloto' ELSE 'cabina' END AS cargo,
       DATE '1965-01-01' + CAST(floor(12000 * u(n, 'b')) AS INT) AS fechaNacimiento,
       CASE WHEN n <= 6 THEN DATE '2010-02-01' ELSE DATE '2018-01-01' + CAST(floor(1700 * u(n, 'c')) AS INT) END AS fechaContrato,
       CAST(round(1400 + 900 * tail(n, 's'), 0) AS DECIMAL(9,2)) AS salarioMensual FROM rows(1, 301) t(n);

CREATE TABLE pasajero AS
SELECT n AS pasajeroId, ['Ana', 'Luis', 'Eva', 'Juan', 'Sara', 'Hugo', 'Marta', 'Pablo', 'Lola'][1 + n % 9] AS nombre,
       ['Garcia', 'Lopez', 'Ruiz', 'Vidal', 'Costa', 'Silva', 'Dupont', 'Smith'][1 + CAST(floor(8 * u(n, 'a')) AS INT)] AS apellido,
       'p' || n || '@example.com' AS correo, ['ES', 'PT', 'FR', 'GB', 'MX'][1 + CAST(floor(5 * pow(u(n, 'p'), 1.8)) AS INT)] AS codigoPais,
       DATE '1938-01-01' + CAST(floor(24000 * u(n, 'b')) AS INT) AS fechaNacimiento,
       CASE WHEN u(n, 'v') < .7 THEN 'basic' WHEN u(n, 'v') < .93 THEN 'silver' ELSE 'gold' END AS nivel,
       TIMESTAMP '2020-01-03 09:00:00' + to_minutes(CAST(floor(1400000 * u(n, 'r')) AS INT) // 1440 * 1440 + CAST(floor(700 * u(n, 'rm')) AS INT)) AS registradoEn,
       u(n, 'act') < .9 AS activo, u(n, 'news') < .35 AS aceptaCorreo FROM rows(1, 3001) t(n);

CREATE TABLE vuelo AS
WITH planned AS (
  SELECT n, 1 + CAST(floor(8 * pow(u(n, 'o'), 1.6)) AS INT) AS o, CAST(floor(7 * u(n, 'd')) AS INT) AS d, 1 + n % 40 AS avionId,
         CAST(DATE '2023-01-02' + n // 4 % 500 AS TIMESTAMP) + to_minutes(CAST(300 + floor(1100 * u(n, 'h')) AS INT)) AS salidaPrevista FROM rows(1, 2001) t(n)),
timed AS (
  SELECT n, o, 1 + (o + d) % 8 AS dest, avionId, salidaPrevista, CAST(70 + floor(500 * u(o * 9 + d, 'min')) AS INT) AS minutos,
         CAST(floor(greatest(-8, 9 * tail(n, 'late') - 8)) AS INT) AS retraso, u(n, 'x') < .02 AS cancelado FROM planned)
SELECT n AS vueloId, 'IB' || lpad(CAST(1000 + n % 900 AS VARCHAR), 4, '0') AS numeroVuelo, a.aeropuertoId AS origenAeropuertoId,
       b.aeropuertoId AS destinoAeropuertoId, t.avionId, salidaPrevista, salidaPrevista + to_minutes(minutos) AS llegadaPrevista,
       CASE WHEN NOT cancelado THEN salidaPrevista + to_minutes(retraso) END AS salidaReal,
       CASE WHEN NOT cancelado THEN salidaPrevista + to_minutes(retraso + minutos + CAST(floor(20 * u(n, 'w')) AS INT) - 8) END AS llegadaReal,
       CASE WHEN NOT cancelado THEN retraso END AS retrasoMinutos, CASE WHEN cancelado THEN 'cancelado' ELSE 'operado' END AS estado,
       CASE WHEN cancelado THEN ['meteorologia', 'huelga', 'averia'][1 + n % 3] END AS motivoCancelacion,
       v.capacidad AS plazasTotales, CAST(floor(v.capacidad * (.5 + .5 * u(n, 'load'))) AS INT) AS plazasVendidas
FROM timed t JOIN (SELECT *, row_number() OVER () AS i FROM aeropuerto) a ON a.i = t.o JOIN (SELECT *, row_number() OVER () AS i FROM aeropuerto) b ON b.i = t.dest
JOIN avion v USING (avionId) WHERE t.o <> t.dest AND (v.fechaBaja IS NULL OR salidaPrevista < v.fechaBaja - 2);

CREATE TABLE reserva AS
WITH drawn AS (
  SELECT n, p.pasajeroId, f.vueloId, f.salidaPrevista, f.estado AS vueloEstado, p.registradoEn,
         f.salidaPrevista - to_minutes(CAST(120 + floor(90000 * pow(u(n, 'lead'), 2.5)) AS INT)) AS creadaEn
  FROM rows(1, 12001) t(n) JOIN pasajero p ON p.pasajeroId = 1 + CAST(floor(3000 * pow(u(n, 'p'), 2.3)) AS INT)
  JOIN vuelo f ON f.vueloId = 1 + CAST(floor(2000 * u(n, 'f')) AS INT)),
kept AS (SELECT *, u(n, 'z') AS z FROM drawn WHERE creadaEn > registradoEn AND hour(creadaEn) BETWEEN 6 AND 23
         AND u(n, 'wd') < [1, 1, .9, .9, .8, .5, .6][isodow(creadaEn)]),
priced AS (
  SELECT *, CAST(round(30 + 60 * tail(n, 'pr'), 0) + .99 AS DECIMAL(10,2)) AS tarifaBase, 1 + CAST(floor(3 * pow(u(n, 'pax'), 3)) AS INT) AS numPasajeros,
         CASE WHEN vueloEstado = 'cancelado' OR z < .06 THEN 'cancelada' WHEN z < .09 THEN 'cambiada' ELSE 'volada' END AS estado FROM kept)
SELECT row_number() OVER (ORDER BY creadaEn, n) AS reservaId, chr(CAST(65 + hash(n, 1) % 26 AS INT)) || chr(CAST(65 + hash(n, 2) % 26 AS INT)) || CAST(1000 + n AS VARCHAR) AS localizador,
       pasajeroId, vueloId, creadaEn, creadaEn + to_minutes(CAST(floor(3000 * u(n, 'up')) AS INT)) AS actualizadaEn, estado,
       CASE WHEN estado = 'cancelada' THEN least(salidaPrevista, creadaEn + to_minutes(CAST(60 + floor(2000 * u(n, 'ca')) AS INT))) END AS canceladaEn,
       numPasajeros, tarifaBase, CAST(tarifaBase * numPasajeros AS DECIMAL(12,2)) AS importeNeto,
       CAST(round(tarifaBase * numPasajeros * .1, 2) AS DECIMAL(12,2)) AS iva, CAST(tarifaBase * numPasajeros + round(tarifaBase * numPasajeros * .1, 2) AS DECIMAL(12,2)) AS importeTotal,
       CASE WHEN u(pasajeroId, 'mon') < .8 THEN 'EUR' WHEN u(pasajeroId, 'mon') < .95 THEN 'USD' ELSE 'GBP' END AS moneda,
       CASE WHEN u(n, 'can') < .6 THEN 'web' WHEN u(n, 'can') < .9 THEN 'app' ELSE 'agencia' END AS canal
FROM priced;

CREATE TABLE pago AS
SELECT row_number() OVER (ORDER BY reservaId, i) AS pagoId, reservaId, pasajeroId, creadaEn + to_minutes(CAST(2 + floor(25 * u(reservaId * 3 + i, 'm')) AS INT)) AS pagadoEn,
       CASE WHEN parts = 1 THEN importeTotal WHEN i = 0 THEN CAST(round(importeTotal / 2, 2) AS DECIMAL(12,2)) ELSE CAST(importeTotal - round(importeTotal / 2, 2) AS DECIMAL(12,2)) END AS importe,
       moneda, CASE WHEN u(reservaId, 'card') < .8 THEN 'tarjeta' ELSE 'transferencia' END AS metodo,
       CASE WHEN u(reservaId, 'card') < .8 THEN luhn('4' || lpad(CAST(hash(pasajeroId, 'c') % 100000000000000 AS VARCHAR), 14, '0')) END AS numeroTarjeta,
       CASE WHEN estado = 'cancelada' THEN canceladaEn + to_days(1 + CAST(floor(9 * u(reservaId, 'rf')) AS INT)) END AS reembolsadoEn
FROM (SELECT *, CASE WHEN u(reservaId, 'two') < .1 THEN 2 ELSE 1 END AS parts FROM reserva), range(0, 2) r(i) WHERE i < parts;

CREATE TABLE equipaje AS
SELECT row_number() OVER (ORDER BY reservaId, i) AS equipajeId, reservaId, vueloId, CAST(round(6 + 5 * tail(reservaId * 4 + i, 'kg'), 1) AS DECIMAL(5,1)) AS pesoKg,
       salidaReal - to_minutes(CAST(40 + floor(100 * u(reservaId * 4 + i, 'fac')) AS INT)) AS facturadoEn, u(reservaId * 4 + i, 'lost') < .01 AS perdido
FROM reserva JOIN vuelo USING (vueloId), range(0, 3) r(i) WHERE reserva.estado = 'volada' AND i < CAST(floor(3 * u(reservaId, 'bags')) AS INT);

CREATE TABLE movimientoMillas AS
SELECT row_number() OVER (ORDER BY momento, reservaId) AS movimientoId, pasajeroId, reservaId, momento, millas,
       sum(millas) OVER (PARTITION BY pasajeroId ORDER BY momento, reservaId) AS saldoMillas, 'vuelo' AS origen
FROM (SELECT r.pasajeroId, r.reservaId, v.llegadaReal + INTERVAL 2 DAY AS momento, CAST(round(r.importeNeto * 3) AS INT) AS millas
      FROM reserva r JOIN vuelo v USING (vueloId) WHERE r.estado = 'volada');

CREATE TABLE tarifaHist AS
SELECT row_number() OVER (ORDER BY rutaId, i) AS tarifaHistId, rutaId, CAST(19 + floor(80 * tail(rutaId * 13 + i, 't')) + .9 AS DECIMAL(9,2)) AS precio, vigenteDesde,
       lead(vigenteDesde) OVER w - 1 AS vigenteHasta, lead(vigenteDesde) OVER w IS NULL AS esVigente
FROM (SELECT n AS rutaId, i, DATE '2022-01-01' + CAST(n % 17 + i * (30 + floor(60 * u(n, 'g'))) AS INT) AS vigenteDesde FROM rows(1, 57) t(n), range(0, 12) r(i) WHERE i < 4 + n % 8)
WINDOW w AS (PARTITION BY rutaId ORDER BY vigenteDesde);
