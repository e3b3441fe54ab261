CREATE TABLE tariff (
  tariffcode   VARCHAR(8) NOT NULL ENCODE lzo,
  tariffname   VARCHAR(50),
  prepaid      CHAR(1),
  monthlyfee   DECIMAL(8,2),
  freeminutes  INTEGER,
  datagb       DECIMAL(6,1),
  pricepermin  DECIMAL(6,4),
  validfrom    DATE,
  validto      DATE
) DISTSTYLE ALL;

CREATE TABLE cellsite (
  cellid      INTEGER NOT NULL,
  sitename    VARCHAR(60),
  lac         INTEGER,
  technology  VARCHAR(4),
  bandmhz     INTEGER,
  latitude    DECIMAL(9,6),
  longitude   DECIMAL(9,6),
  azimuth     SMALLINT,
  onairdate   DATE,
  offairdate  DATE
) DISTSTYLE ALL;

CREATE TABLE subscriber (
  subscriberid   BIGINT NOT NULL,
  msisdn         VARCHAR(15) NOT NULL,
  imsi           CHAR(15) NOT NULL,
  imei           CHAR(15),
  firstname      VARCHAR(40),
  lastname       VARCHAR(40),
  birthdate      DATE,
  city           VARCHAR(40),
  countrycode    CHAR(2),
  tariffcode     VARCHAR(8),
  handsetbrand   VARCHAR(30),
  handsetmodel   VARCHAR(40),
  status         VARCHAR(12),
  activationdate DATE NOT NULL,
  suspenddate    DATE,
  deactivationdate DATE,
  churnreason    VARCHAR(40),
  creditlimit    DECIMAL(10,2),
  autopay        CHAR(1),
  PRIMARY KEY (subscriberid)
) DISTKEY(subscriberid) SORTKEY(activationdate);

CREATE TABLE cdr (
  cdrid         BIGINT NOT NULL,
  subscriberid  BIGINT NOT NULL,
  callingnumber VARCHAR(15),
  callednumber  VARCHAR(15),
  calltype      VARCHAR(10),
  direction     CHAR(1),
  startcellid   INTEGER,
  endcellid     INTEGER,
  starttime     TIMESTAMP NOT NULL,
  answertime    TIMESTAMP,
  endtime       TIMESTAMP,
  durationsec   INTEGER,
  billedsec     INTEGER,
  charge        DECIMAL(10,4),
  roaming       CHAR(1),
  roamingcountry CHAR(2),
  causecode     SMALLINT
) DISTKEY(subscriberid) SORTKEY(starttime);

CREATE TABLE datasession (
  sessionid    BIGINT NOT NULL,
  subscriberid BIGINT NOT NULL,
  cellid       INTEGER,
  apn          VARCHAR(40),
  rattype      VARCHAR(8),
  starttime    TIMESTAMP NOT NULL,
  endtime      TIMESTAMP,
  bytesup      BIGINT,
  bytesdown    BIGINT,
  bytestotal   BIGINT,
  charge       DECIMAL(10,4)
) DISTKEY(subscriberid) SORTKEY(starttime);

CREATE TABLE topup (
  topupid      BIGINT NOT NULL,
  subscriberid BIGINT NOT NULL,
  topuptime    TIMESTAMP,
  amount       DECIMAL(8,2),
  bonus        DECIMAL(8,2),
  balancebefore DECIMAL(10,2),
  balanceafter DECIMAL(10,2),
  channel      VARCHAR(16),
  voucherno    VARCHAR(16)
);

CREATE TABLE bill (
  billno       BIGINT NOT NULL,
  subscriberid BIGINT NOT NULL,
  billdate     DATE NOT NULL,
  duedate      DATE,
  periodstart  DATE,
  periodend    DATE,
  monthlyfee   DECIMAL(10,2),
  usagecharge  DECIMAL(10,2),
  discount     DECIMAL(10,2),
  taxamount    DECIMAL(10,2),
  totalamount  DECIMAL(10,2),
  paidamount   DECIMAL(10,2),
  paiddate     DATE,
  paystatus    VARCHAR(10),
  PRIMARY KEY (billno)
);

CREATE TABLE billitem (
  billno   BIGINT NOT NULL,
  itemno   SMALLINT NOT NULL,
  itemtype VARCHAR(16),
  itemdesc VARCHAR(80),
  quantity DECIMAL(12,2),
  unitprice DECIMAL(10,4),
  amount   DECIMAL(10,2),
  PRIMARY KEY (billno, itemno)
);

CREATE TABLE ticket (
  ticketno     BIGINT NOT NULL,
  subscriberid BIGINT,
  openedat     TIMESTAMP NOT NULL,
  category     VARCHAR(30),
  severity     VARCHAR(10),
  status       VARCHAR(12),
  assignedto   VARCHAR(60),
  firstresponseat TIMESTAMP,
  resolvedat   TIMESTAMP,
  closedat     TIMESTAMP,
  csatscore    SMALLINT,
  reopened     CHAR(1)
);
