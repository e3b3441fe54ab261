CREATE TABLE plans (
  id STRING NOT NULL,
  name STRING NOT NULL,
  tier STRING,
  billingPeriod STRING NOT NULL,
  priceCents INT64 NOT NULL,
  currency STRING NOT NULL DEFAULT 'USD',
  maxSeats INT64,
  trialDays INT64 DEFAULT 14,
  isPublic BOOL NOT NULL,
  archivedAt TIMESTAMP,
  PRIMARY KEY (id) NOT ENFORCED
);

CREATE TABLE accounts (
  id INT64 NOT NULL,
  companyName STRING NOT NULL,
  domain STRING,
  industry STRING,
  employeeRange STRING,
  billingEmail STRING,
  billingCountry STRING,
  currency STRING,
  timezone STRING,
  signupSource STRING,
  createdAt TIMESTAMP NOT NULL,
  updatedAt TIMESTAMP NOT NULL,
  churnedAt TIMESTAMP,
  isTest BOOL,
  PRIMARY KEY (id) NOT ENFORCED
);

CREATE TABLE users (
  id INT64 NOT NULL,
  accountId INT64 NOT NULL,
  email STRING NOT NULL,
  firstName STRING,
  lastName STRING,
  role STRING NOT NULL,
  locale STRING,
  isVerified BOOL NOT NULL,
  verifiedAt TIMESTAMP,
  lastSeenAt TIMESTAMP,
  invitedById INT64,
  createdAt TIMESTAMP NOT NULL,
  deactivatedAt TIMESTAMP,
  PRIMARY KEY (id) NOT ENFORCED,
  FOREIGN KEY (accountId) REFERENCES accounts (id) NOT ENFORCED
);

CREATE TABLE subscriptions (
  id INT64 NOT NULL,
  accountId INT64 NOT NULL,
  planId STRING NOT NULL,
  status STRING NOT NULL,
  seats INT64 NOT NULL,
  mrrCents INT64,
  arrCents INT64,
  discountPct FLOAT64,
  trialStart TIMESTAMP,
  trialEnd TIMESTAMP,
  startedAt TIMESTAMP NOT NULL,
  currentPeriodStart TIMESTAMP,
  currentPeriodEnd TIMESTAMP,
  canceledAt TIMESTAMP,
  cancelReason STRING,
  endedAt TIMESTAMP,
  createdAt TIMESTAMP NOT NULL,
  PRIMARY KEY (id) NOT ENFORCED,
  FOREIGN KEY (accountId) REFERENCES accounts (id) NOT ENFORCED,
  FOREIGN KEY (planId) REFERENCES plans (id) NOT ENFORCED
);

CREATE TABLE invoices (
  id INT64 NOT NULL,
  number STRING NOT NULL,
  accountId INT64 NOT NULL,
  subscriptionId INT64,
  status STRING NOT NULL,
  currency STRING,
  periodStart DATE,
  periodEnd DATE,
  issuedAt TIMESTAMP,
  dueDate DATE,
  paidAt TIMESTAMP,
  voidedAt TIMESTAMP,
  subtotal NUMERIC,
  taxRate NUMERIC,
  taxAmount NUMERIC,
  total NUMERIC NOT NULL,
  amountPaid NUMERIC,
  amountDue NUMERIC,
  PRIMARY KEY (id) NOT ENFORCED,
  FOREIGN KEY (accountId) REFERENCES accounts (id) NOT ENFORCED,
  FOREIGN KEY (subscriptionId) REFERENCES subscriptions (id) NOT ENFORCED
);

CREATE TABLE invoiceLines (
  invoiceId INT64 NOT NULL,
  lineNumber INT64 NOT NULL,
  description STRING,
  quantity INT64 NOT NULL,
  unitPrice NUMERIC NOT NULL,
  amount NUMERIC NOT NULL,
  isProration BOOL,
  PRIMARY KEY (invoiceId, lineNumber) NOT ENFORCED,
  FOREIGN KEY (invoiceId) REFERENCES invoices (id) NOT ENFORCED
);

CREATE TABLE payments (
  id INT64 NOT NULL,
  invoiceId INT64 NOT NULL,
  accountId INT64 NOT NULL,
  method STRING,
  cardBrand STRING,
  cardLast4 STRING,
  amount NUMERIC NOT NULL,
  feeAmount NUMERIC,
  netAmount NUMERIC,
  currency STRING,
  status STRING NOT NULL,
  failureCode STRING,
  attemptedAt TIMESTAMP NOT NULL,
  succeededAt TIMESTAMP,
  refundedAt TIMESTAMP,
  refundedAmount NUMERIC,
  PRIMARY KEY (id) NOT ENFORCED,
  FOREIGN KEY (invoiceId) REFERENCES invoices (id) NOT ENFORCED
);

CREATE TABLE events (
  id STRING NOT NULL,
  accountId INT64 NOT NULL,
  userId INT64,
  eventName STRING NOT NULL,
  occurredAt TIMESTAMP NOT NULL,
  receivedAt TIMESTAMP,
  sessionId STRING,
  pageUrl STRING,
  pagePath STRING,
  browser STRING,
  os STRING,
  deviceType STRING,
  isMobile BOOL,
  ipAddress STRING,
  country STRING,
  appVersion STRING
);
