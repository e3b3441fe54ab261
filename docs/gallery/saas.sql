-- Software by subscription, in BigQuery: accounts, what they subscribe to, and who uses it when.
CREATE TABLE accounts (
    accountId INT64 NOT NULL, companyName STRING(60) NOT NULL, countryCode STRING(2) NOT NULL,
    createdAt TIMESTAMP NOT NULL,
    PRIMARY KEY (accountId) NOT ENFORCED);

CREATE TABLE subscriptions (
    subscriptionId INT64 NOT NULL, accountId INT64 NOT NULL, seats INT64 NOT NULL, status STRING(12) NOT NULL,
    startedAt TIMESTAMP NOT NULL, cancelledAt TIMESTAMP, cancelReason STRING(40),
    PRIMARY KEY (subscriptionId) NOT ENFORCED);

CREATE TABLE sessions (
    sessionId STRING(36) NOT NULL, accountId INT64 NOT NULL, startedAt TIMESTAMP NOT NULL, endedAt TIMESTAMP,
    device STRING(10), browser STRING(20), pageViews INT64 NOT NULL,
    PRIMARY KEY (sessionId) NOT ENFORCED);
