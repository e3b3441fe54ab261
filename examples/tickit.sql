-- A ticket-sales warehouse for Amazon Redshift: who sells which seats for which event to whom.
-- Seven tables, after the structure of the TICKIT sample that Redshift users know.

CREATE TABLE users (
    userid        INTEGER NOT NULL IDENTITY(1, 1) DISTKEY SORTKEY,
    username      VARCHAR(32) NOT NULL UNIQUE,
    firstname     VARCHAR(30),
    lastname      VARCHAR(30),
    city          VARCHAR(30),
    state         CHAR(2),
    email         VARCHAR(100) ENCODE zstd,
    phone         VARCHAR(24) ENCODE zstd,
    likesports    BOOLEAN,
    liketheatre   BOOLEAN,
    likeconcerts  BOOLEAN,
    likejazz      BOOLEAN,
    likeclassical BOOLEAN,
    likeopera     BOOLEAN,
    likerock      BOOLEAN,
    likevegas     BOOLEAN,
    likebroadway  BOOLEAN,
    likemusicals  BOOLEAN,
    created_at    TIMESTAMP NOT NULL ENCODE az64,
    PRIMARY KEY (userid)
);

CREATE TABLE venue (
    venueid    INTEGER NOT NULL IDENTITY(1, 1) SORTKEY PRIMARY KEY,
    venuename  VARCHAR(100) NOT NULL,
    venuecity  VARCHAR(30) NOT NULL,
    venuestate CHAR(2),
    venueseats INTEGER ENCODE az64
)
DISTSTYLE ALL;

CREATE TABLE category (
    catid    SMALLINT NOT NULL IDENTITY(1, 1) PRIMARY KEY,
    catgroup VARCHAR(10) NOT NULL,
    catname  VARCHAR(10) NOT NULL,
    catdesc  VARCHAR(50)
)
DISTSTYLE ALL
SORTKEY (catid);

CREATE TABLE date (
    dateid  INTEGER NOT NULL IDENTITY(1, 1) PRIMARY KEY,
    caldate DATE NOT NULL UNIQUE,
    day     CHAR(3) NOT NULL,
    week    SMALLINT NOT NULL,
    month   CHAR(5) NOT NULL,
    qtr     CHAR(5) NOT NULL,
    year    SMALLINT NOT NULL,
    holiday BOOLEAN DEFAULT FALSE
)
DISTSTYLE ALL
COMPOUND SORTKEY (dateid);

CREATE TABLE event (
    eventid   INTEGER NOT NULL IDENTITY(1, 1) PRIMARY KEY,
    venueid   INTEGER NOT NULL REFERENCES venue (venueid),
    catid     SMALLINT NOT NULL REFERENCES category (catid),
    dateid    INTEGER NOT NULL REFERENCES date (dateid),
    eventname VARCHAR(200) NOT NULL,
    starttime TIMESTAMP NOT NULL
)
DISTSTYLE KEY
DISTKEY (eventid)
COMPOUND SORTKEY (dateid, eventid);

CREATE TABLE listing (
    listid         INTEGER NOT NULL IDENTITY(1, 1) DISTKEY,
    sellerid       INTEGER NOT NULL REFERENCES users (userid),
    eventid        INTEGER NOT NULL REFERENCES event (eventid),
    dateid         INTEGER NOT NULL REFERENCES date (dateid),
    numtickets     SMALLINT NOT NULL,
    priceperticket DECIMAL(8, 2) ENCODE az64,
    totalprice     DECIMAL(8, 2) ENCODE az64,
    listtime       TIMESTAMP NOT NULL,
    PRIMARY KEY (listid)
)
SORTKEY (dateid);

CREATE TABLE sales (
    salesid    INTEGER NOT NULL IDENTITY(1, 1) PRIMARY KEY,
    listid     INTEGER NOT NULL DISTKEY,
    sellerid   INTEGER NOT NULL,
    buyerid    INTEGER NOT NULL,
    eventid    INTEGER NOT NULL,
    dateid     INTEGER NOT NULL SORTKEY,
    qtysold    SMALLINT NOT NULL,
    pricepaid  DECIMAL(8, 2),
    commission DECIMAL(8, 2),
    saletime   TIMESTAMP,
    FOREIGN KEY (listid) REFERENCES listing (listid),
    FOREIGN KEY (sellerid) REFERENCES users (userid),
    FOREIGN KEY (buyerid) REFERENCES users (userid),
    FOREIGN KEY (eventid) REFERENCES event (eventid),
    FOREIGN KEY (dateid) REFERENCES date (dateid)
);

COMMENT ON TABLE sales IS 'One row for each purchase of one or more tickets from a listing';
