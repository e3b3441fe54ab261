-- The DDL of the boxoffice corpus, as it came: a market for tickets in Redshift, with run-together names and no comments.
-- redshift; run-together names
CREATE TABLE member (
  memberid INTEGER NOT NULL IDENTITY(1,1) DISTKEY SORTKEY,
  loginname VARCHAR(40) NOT NULL,
  firstname VARCHAR(30) NOT NULL,
  lastname VARCHAR(40) NOT NULL,
  birthdate DATE,
  city VARCHAR(40),
  state CHAR(2),
  zip VARCHAR(10),
  email VARCHAR(120),
  phone VARCHAR(20),
  joindate TIMESTAMP NOT NULL,
  lastlogin TIMESTAMP,
  newsletter BOOLEAN,
  likesports BOOLEAN,
  likeopera BOOLEAN,
  loyaltytier VARCHAR(12),
  points INTEGER,
  PRIMARY KEY (memberid)
);
CREATE TABLE venue (
  venueid INTEGER NOT NULL IDENTITY(1,1) PRIMARY KEY,
  venuename VARCHAR(80) NOT NULL,
  venuecity VARCHAR(40),
  venuestate CHAR(2),
  venueseats INTEGER,
  venuetype VARCHAR(20)
) DISTSTYLE ALL;
CREATE TABLE genre (
  genreid SMALLINT NOT NULL PRIMARY KEY,
  genregroup VARCHAR(20) NOT NULL,
  genrename VARCHAR(20) NOT NULL,
  genredesc VARCHAR(80)
) DISTSTYLE ALL;
CREATE TABLE performer (
  performerid INTEGER NOT NULL PRIMARY KEY,
  performername VARCHAR(80) NOT NULL,
  genreid SMALLINT NOT NULL REFERENCES genre(genreid)
);
CREATE TABLE event (
  eventid INTEGER NOT NULL IDENTITY(1,1) PRIMARY KEY,
  venueid INTEGER NOT NULL REFERENCES venue(venueid),
  genreid SMALLINT NOT NULL REFERENCES genre(genreid),
  performerid INTEGER REFERENCES performer(performerid),
  eventname VARCHAR(120) NOT NULL,
  doorsopen TIMESTAMP,
  starttime TIMESTAMP NOT NULL,
  endtime TIMESTAMP,
  onsalefrom DATE,
  onsaleuntil DATE,
  status VARCHAR(16) NOT NULL,
  minprice DECIMAL(8,2),
  maxprice DECIMAL(8,2)
) SORTKEY (starttime);
CREATE TABLE listing (
  listid INTEGER NOT NULL IDENTITY(1,1) PRIMARY KEY,
  sellerid INTEGER NOT NULL REFERENCES member(memberid),
  eventid INTEGER NOT NULL REFERENCES event(eventid),
  section VARCHAR(10),
  seatrow CHAR(2),
  numtickets SMALLINT NOT NULL,
  priceperticket DECIMAL(8,2) NOT NULL,
  totalprice DECIMAL(10,2) NOT NULL,
  listtime TIMESTAMP NOT NULL
) SORTKEY (listtime);
CREATE TABLE sale (
  saleid INTEGER NOT NULL IDENTITY(1,1) PRIMARY KEY,
  listid INTEGER NOT NULL REFERENCES listing(listid),
  sellerid INTEGER NOT NULL REFERENCES member(memberid),
  buyerid INTEGER NOT NULL REFERENCES member(memberid),
  eventid INTEGER NOT NULL REFERENCES event(eventid),
  qtysold SMALLINT NOT NULL,
  pricepaid DECIMAL(10,2) NOT NULL,
  commission DECIMAL(8,2),
  paymethod VARCHAR(20),
  saletime TIMESTAMP NOT NULL,
  refundtime TIMESTAMP
) SORTKEY (saletime);
